// SPDX-License-Identifier: MIT
/* vethctl_port.c - see vethctl_port.h.  The file of an ID, $HUSK_RUN/pub/ID, keeps a line a port,
 * written before the map is changed, so that `nat up` can restore what a `flush ruleset` took and
 * gc finds what a killed process left. */
#include "vethctl_port.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "ipam.h"
#include "parse.h"

void ports_free(struct ports *ports)
{
	free(ports->port);
}

int ports_add(struct ports *ports, const struct nft_port *port)
{
	/* Grows at 64, 128, 256…: the counts that are powers of two. */
	if (ports->count < 64 ? !ports->count : !(ports->count & (ports->count - 1))) {
		size_t room = ports->count < 64 ? 64 : 2 * ports->count;
		void *more = realloc(ports->port, room * sizeof(*port));

		if (!more)
			return -ENOMEM;
		ports->port = more;
	}
	ports->port[ports->count++] = *port;
	return 0;
}

/* PORT or FIRST-LAST → *port, and how many; 0: neither */
static unsigned read_ports(char *text, uint16_t *port)
{
	char *last = strchr(text, '-');
	uint32_t from, to;

	if (last)
		*last++ = '\0';
	if (parse_u32(text, 1, UINT16_MAX, &from) < 0)
		return 0;
	to = from;
	if (last && parse_u32(last, from, UINT16_MAX, &to) < 0)
		return 0;
	*port = (uint16_t)from;
	return to - from + 1;
}

unsigned port_read(const char *text, struct nft_port *port)
{
	static const struct inet one = { .family = AF_INET6, .bytes = { [15] = 1 } };
	char copy[INET_TEXT + 48], *slash, *target, *host, *bracket;
	unsigned count;

	*port = (struct nft_port){ .protocol = IPPROTO_TCP };
	if (fmt_path(copy, sizeof(copy), "%s", text) < 0)
		return 0;
	slash = strchr(copy, '/');
	if (slash && !parse_word_in(slash, "/udp /tcp"))
		return 0;
	if (slash && !strcmp(slash, "/udp"))
		port->protocol = IPPROTO_UDP;
	if (slash)
		*slash = '\0';
	target = strrchr(copy, ':');
	if (!target)
		return 0;
	*target++ = '\0';
	host = strrchr(copy, ':');
	if (host) {
		*host = '\0';
		bracket = copy + strlen(copy) - 1;
		if (*copy == '[' && *bracket == ']')
			*bracket = '\0';
		if (inet_parse(copy + (*copy == '['), AF_UNSPEC, &port->host) < 0 ||
			(port->host.family == AF_INET6) != (*copy == '['))
			return 0;
	}
	count = read_ports(host ? host + 1 : copy, &port->host_port);
	if (!count || read_ports(target, &port->target_port) != count)
		return 0;
	if (inet_equal(&port->host, &one))
		usage_die("publish %s: nothing can rewrite ::1: use vethctl proxy", text);
	return count;
}

void publish_check(const struct opt_list *list)
{
	struct nft_port port;

	for (size_t i = 0; i < list->count; i++)
		if (!port_read(list->items[i].value, &port))
			usage_die("publish %s: not [ADDRESS:]PORT[-LAST]:PORT[-LAST][/udp]",
				list->items[i].value);
}

char *port_text(const struct nft_port *port, char *text, size_t size)
{
	char host[INET_TEXT] = "";
	bool six = port->host.family == AF_INET6;

	if (port->host.family)
		inet_format(&port->host, host);
	fmt_buf(text, size, "%s%s%s%u:%u%s", six ? "[" : "", host,
		six                         ? "]:"
			: port->host.family ? ":"
					    : "",
		port->host_port, port->target_port, port->protocol == IPPROTO_UDP ? "/udp" : "");
	return text;
}

int ports_expand(struct ports *ports, const char *id, const struct opt_list *list,
	const struct inet *ips, unsigned count)
{
	for (size_t i = 0; i < list->count; i++) {
		bool done[2] = { false, false };
		struct nft_port port;
		unsigned ends = port_read(list->items[i].value, &port);
		int r = 0;

		fmt_buf(port.comment, sizeof(port.comment), "%s", id);
		for (unsigned k = 0; k < count; k++) {
			bool six = ips[k].family == AF_INET6;

			if (done[six] || (port.host.family && port.host.family != ips[k].family))
				continue;
			done[six] = true;
			port.target = ips[k];
			for (unsigned n = 0; n < ends && !r; n++) {
				r = ports_add(ports, &port);
				port.host_port++;
				port.target_port++;
			}
			port.host_port = (uint16_t)(port.host_port - ends);
			port.target_port = (uint16_t)(port.target_port - ends);
		}
		if (r < 0)
			return r;
		if (!done[0] && !done[1])
			return -EAFNOSUPPORT;
	}
	return 0;
}

/* ---- the file of an ID */

int ports_save(const struct ports *ports, const char *id, bool append)
{
	char path[IPAM_PATH], host[INET_TEXT], target[INET_TEXT];
	int r = ipam_path(path, "pub", id);
	CLEANUP_FD int fd = -1;
	struct out out;

	if (r < 0)
		return r;
	if (!ports->count)
		return append || unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0644);
	if (fd < 0)
		return -errno;
	out = (struct out)OUT_INIT(fd);
	for (size_t i = 0; i < ports->count; i++) {
		const struct nft_port *p = &ports->port[i];

		out_printf(&out, "v1 %s %u %s %u %u\n",
			p->host.family ? inet_format(&p->host, host) : "-", p->host_port,
			inet_format(&p->target, target), p->target_port, p->protocol);
	}
	return out_flush(&out);
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
	char path[IPAM_PATH], *rest, *line;
	CLEANUP_FREE char *text = NULL;
	struct nft_port port;
	struct stat st;
	int r = ipam_path(path, "pub", id);

	if (r == 0 && stat(path, &st) < 0)
		r = -errno;
	if (r == 0)
		text = malloc((size_t)st.st_size + 1);
	if (r == 0)
		r = text ? (int)fs_read(AT_FDCWD, path, text, (size_t)st.st_size + 1) : -ENOMEM;
	rest = text;
	while (r >= 0 && (line = parse_field(&rest, "\n"))) {
		if (!read_line(line, &port))
			continue;
		fmt_buf(port.comment, sizeof(port.comment), "%s", id);
		r = nft_change(nl, NULL, 0, &port, 1);
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
