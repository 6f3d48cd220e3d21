// SPDX-License-Identifier: MIT
/* vethctl_ports.c - published ports of containers.
 *
 * The kernel's map is what counts; $HUSK_RUN/pub/ID keeps a line a port, written before the map is
 * changed, so that `nat up` can restore what a `flush ruleset` took and gc finds what a killed
 * process left.  A port is taken back only where the map still says that it is this ID's: a late
 * `publish del` never hits the port's next owner. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "ipam.h"
#include "nft.h"
#include "parse.h"
#include "vethctl.h"

#define FILE_MAX (PORTS_MAX * 128)

struct ports {
	struct nft_port port[PORTS_MAX];
	size_t count;
	const char *id; /* whose are collected, NULL: everybody's */
	const struct opt_list *only;
};

/* [HOST:]PORT:PORT[/PROTOCOL] → everything but the target's address */
static bool read_port(const char *text, struct nft_port *port)
{
	static const struct inet one = { .family = AF_INET6, .bytes = { [15] = 1 } };
	char copy[INET_TEXT + 32], *slash, *colon;
	struct inet host;
	uint32_t number;

	*port = (struct nft_port){ .protocol = IPPROTO_TCP };
	if (fmt_path(copy, sizeof(copy), "%s", text) < 0)
		return false;
	slash = strchr(copy, '/');
	if (slash && !parse_word_in(slash, "/udp /tcp"))
		return false;
	if (slash && !strcmp(slash, "/udp"))
		port->protocol = IPPROTO_UDP;
	if (slash)
		*slash = '\0';
	colon = strrchr(copy, ':');
	if (!colon || parse_u32(colon + 1, 1, UINT16_MAX, &number) < 0)
		return false;
	port->target_port = (uint16_t)number;
	*colon = '\0';
	if (!strchr(copy, ':')) {
		if (parse_u32(copy, 1, UINT16_MAX, &number) < 0)
			return false;
		port->host_port = (uint16_t)number;
		return true;
	}
	if (inet_parse_endpoint(copy, &host, &port->host_port) < 0)
		return false;
	port->host = host;
	if (inet_equal(&host, &one))
		usage_die("publish %s: nothing can rewrite ::1: use vethctl proxy", text);
	return true;
}

void publish_check(const struct opt_list *list)
{
	struct nft_port port;

	for (size_t i = 0; i < list->count; i++)
		if (!read_port(list->items[i].value, &port))
			usage_die(
				"publish %s: not [ADDRESS:]PORT:PORT[/udp]", list->items[i].value);
}

/* Each port for the first address of each family that it can be for. */
static int expand(struct ports *ports, const char *id, const struct opt_list *list,
	const struct inet *ips, unsigned count)
{
	for (size_t i = 0; i < list->count; i++) {
		bool done[2] = { false, false };
		struct nft_port port;

		read_port(list->items[i].value, &port);
		fmt_buf(port.comment, sizeof(port.comment), "%s", id);
		for (unsigned k = 0; k < count; k++) {
			bool six = ips[k].family == AF_INET6;

			if (done[six] || (port.host.family && port.host.family != ips[k].family))
				continue;
			if (ports->count == PORTS_MAX)
				return -E2BIG;
			done[six] = true;
			port.target = ips[k];
			ports->port[ports->count++] = port;
		}
		if (!done[0] && !done[1])
			return -EAFNOSUPPORT;
	}
	return 0;
}

/* ---- the file of an ID */

static int save(const struct ports *ports, const char *id, bool append)
{
	char path[IPAM_PATH], host[INET_TEXT], target[INET_TEXT], text[FILE_MAX];
	size_t used = 0;
	int r = ipam_path(path, "pub", id), fd;

	if (r < 0)
		return r;
	for (size_t i = 0; i < ports->count; i++) {
		const struct nft_port *p = &ports->port[i];

		used += (size_t)fmt_buf(text + used, sizeof(text) - used, "v1 %s %u %s %u %u\n",
			p->host.family ? inet_format(&p->host, host) : "-", p->host_port,
			inet_format(&p->target, target), p->target_port, p->protocol);
	}
	if (!used)
		return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0644);
	r = fd < 0 ? -errno : fs_write_all(fd, text, used);
	if (fd >= 0)
		close(fd);
	return r;
}

static bool read_line(char *line, struct nft_port *port)
{
	char *word[6];
	uint32_t numbers[3];

	*port = (struct nft_port){ 0 };
	for (int i = 0; i < 6; i++) {
		word[i] = parse_field(&line, " ");
		if (!word[i])
			return false;
	}
	for (int i = 0; i < 3; i++)
		if (parse_u32(word[i == 0 ? 2 : i + 3], 1, UINT16_MAX, &numbers[i]) < 0)
			return false;
	port->host_port = (uint16_t)numbers[0];
	port->target_port = (uint16_t)numbers[1];
	port->protocol = (uint8_t)numbers[2];
	return (!strcmp(word[1], "-") || !inet_parse(word[1], AF_UNSPEC, &port->host)) &&
		!inet_parse(word[3], AF_UNSPEC, &port->target);
}

/* Publishes again what the file of an ID says.  A port that is there already is fine. */
static int restore(struct nl *nl, const char *id)
{
	char path[IPAM_PATH], text[FILE_MAX], *rest = text, *line;
	struct nft_port port;
	int r = ipam_path(path, "pub", id);

	if (r == 0)
		r = (int)fs_read(AT_FDCWD, path, text, sizeof(text));
	while (r >= 0 && (line = parse_field(&rest, "\n"))) {
		if (!read_line(line, &port))
			continue;
		fmt_buf(port.comment, sizeof(port.comment), "%s", id);
		r = nft_publish(nl, &port, 1);
		/* No table of that family: its subnet is not up (yet). */
		r = r == -EEXIST || r == -ENOENT ? 0 : r;
	}
	return r < 0 ? r : 0;
}

int publish_restore(struct nl *nl)
{
	CLEANUP_DIR DIR *dir = NULL;
	const struct dirent *entry;
	char path[IPAM_PATH];
	int r = ipam_path(path, "pub", ".");

	dir = r < 0 ? NULL : opendir(path);
	while (r == 0 && dir && (entry = readdir(dir)))
		if (ipam_is_id(entry->d_name))
			r = restore(nl, entry->d_name);
	return r;
}

/* ---- publishing */

static int collect(const struct nft_port *port, void *data)
{
	struct ports *ports = data;

	if (strcmp(port->comment, ports->id) != 0 || ports->count == PORTS_MAX)
		return 0;
	for (size_t i = 0; ports->only && i < ports->only->count; i++) {
		struct nft_port only;

		read_port(ports->only->items[i].value, &only);
		if (only.host_port == port->host_port && only.protocol == port->protocol)
			break;
		if (i + 1 == ports->only->count)
			return 0;
	}
	ports->port[ports->count++] = *port;
	return 0;
}

/* The ports that the kernel's maps say are an ID's. */
static int published(
	struct nl *nl, struct ports *ports, const char *id, const struct opt_list *only)
{
	int r4, r6;

	ports->count = 0;
	ports->id = id;
	ports->only = only && only->count ? only : NULL;
	r4 = nft_each(nl, AF_INET, collect, ports);
	r6 = nft_each(nl, AF_INET6, collect, ports);
	return r4 && r4 != -ENOENT ? r4 : r6 && r6 != -ENOENT ? r6 : 0;
}

static int find_owner(const struct nft_port *port, void *data)
{
	struct nft_port *wanted = data;

	if (port->host_port != wanted->host_port || port->protocol != wanted->protocol ||
		port->host.family != wanted->host.family)
		return 0;
	memcpy(wanted->comment, port->comment, sizeof(wanted->comment));
	return 1;
}

static int explain(struct veth *v, struct nl *nl, const struct ports *ports, int r)
{
	struct nft_port taken =
		ports->port[nl->failed && nl->failed <= ports->count ? nl->failed - 1 : 0];

	memcpy(v->nl.why, nl->why, sizeof(v->nl.why));
	if (r == -EEXIST && nft_each(nl, taken.target.family, find_owner, &taken) == 1)
		return failed(v, 0, "publish: port %u/%s is taken by %s", taken.host_port,
			taken.protocol == IPPROTO_UDP ? "udp" : "tcp", taken.comment);
	if (r == -ENOENT)
		return failed_hint(v, 0, "vethctl nat up --subnet CIDR --bridge BRIDGE",
			"publish: the nftables table husk is not there");
	return failed(v, r, "publish");
}

/* What listens on the host itself gets nothing from outside any more. */
static void warn_if_bound(const struct veth *v, const struct nft_port *port)
{
	const struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_port = htons(port->host_port) };
	CLEANUP_FD int fd = -1;

	if (v->quiet || port->protocol != IPPROTO_TCP || port->host.family)
		return;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0 && errno == EADDRINUSE)
		warn(0, "publish: a process of this host listens on port %u: it is cut off",
			port->host_port);
}

int publish_ports(struct veth *v, const char *id, const struct opt_list *list,
	const struct inet *ips, unsigned count)
{
	struct ports ports = { .count = 0 };
	char path[IPAM_PATH];
	struct stat before = { .st_size = 0 };
	struct nl nl = { .fd = -1 };
	int r = expand(&ports, id, list, ips, count);

	if (r < 0)
		return failed(v, r, "publish: %s",
			r == -E2BIG ? "the ports" : "an address of the port's family");
	r = nft_open(&nl);
	if (r == 0)
		r = ipam_path(path, "pub", id);
	if (r == 0 && stat(path, &before) < 0 && errno != ENOENT)
		r = -errno;
	if (r == 0)
		r = save(&ports, id, true);
	if (r < 0) {
		nl_close(&nl);
		return failed(v, r, "publish");
	}
	for (size_t i = 0; i < ports.count; i++)
		warn_if_bound(v, &ports.port[i]);
	r = nft_publish(&nl, &ports.port[0], ports.count);
	if (r < 0) {
		explain(v, &nl, &ports, r);
		/* The file as it was. */
		if (before.st_size ? truncate(path, before.st_size) : unlink(path))
			failed(v, -errno, "publish: %s", path);
	}
	for (size_t i = 0; r == 0 && i < ports.count; i++)
		if (ports.port[i].protocol == IPPROTO_UDP)
			nft_forget_flows(&nl, &ports.port[i]);
	nl_close(&nl);
	return r < 0;
}

int unpublish_some(struct veth *v, const char *id, const struct opt_list *only)
{
	struct ports ports, left;
	char path[IPAM_PATH];
	struct nl nl;
	int r = ipam_path(path, "pub", id);

	if (r == 0 && !fs_exists(path))
		return 0;
	r = nft_open(&nl);
	if (r == 0)
		r = published(&nl, &ports, id, only);
	if (r == 0 && ports.count)
		r = nft_unpublish(&nl, ports.port, ports.count);
	for (size_t i = 0; r == 0 && i < ports.count; i++)
		nft_forget_flows(&nl, &ports.port[i]);
	if (r == 0)
		r = published(&nl, &left, id, NULL);
	if (r == 0)
		r = save(&left, id, false);
	nl_close(&nl);
	return r < 0 ? failed(v, r, "publish del %s", id) : 0;
}

int unpublish(struct veth *v, const char *id)
{
	return unpublish_some(v, id, NULL);
}
