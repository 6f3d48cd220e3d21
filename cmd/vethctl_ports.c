// SPDX-License-Identifier: MIT
/* vethctl_ports.c - publishes ports of containers, and ends that.
 *
 * The kernel's map is what counts.  A port is taken back only where the map still says that it is
 * this ID's: a late `publish del` never hits the port's next owner. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "ipam.h"
#include "vethctl_port.h"

/* ---- what the kernel has */

static bool same_key(const struct nft_port *a, const struct nft_port *b)
{
	return a->host_port == b->host_port && a->protocol == b->protocol &&
		a->target.family == b->target.family && a->host.family == b->host.family &&
		(!a->host.family || inet_equal(&a->host, &b->host));
}

static int collect(const struct nft_port *port, void *data)
{
	struct ports *ports = data;
	bool wanted = !ports->only;

	for (size_t i = 0; !wanted && i < ports->only->count; i++) {
		struct nft_port only;
		unsigned count = port_read(ports->only->items[i].value, &only);

		wanted = only.protocol == port->protocol && port->host_port >= only.host_port &&
			port->host_port - only.host_port < (int)count;
	}
	return wanted && !strcmp(port->comment, ports->id) ? ports_add(ports, port) : 0;
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

/* Leaves in `ports` those that `other` has as well; returns how many. */
static size_t overlap(struct ports *ports, const struct ports *other)
{
	size_t count = 0;

	for (size_t k = 0; k < ports->count; k++)
		for (size_t i = 0; i < other->count; i++)
			if (same_key(&other->port[i], &ports->port[k])) {
				ports->port[count++] = ports->port[k];
				break;
			}
	return count;
}

/* --if-missing and --replace: what the ID has as it is wanted is wanted no more; what it has
 * otherwise goes with --replace.  What is another's stays: the kernel says so. */
static int keep_missing(const struct veth *v, struct nl *nl, const char *id, struct ports *wanted,
	struct ports *gone)
{
	size_t count = 0;
	int r = published(nl, gone, id, NULL);

	for (size_t i = 0; r == 0 && i < wanted->count; i++) {
		const struct nft_port *want = &wanted->port[i], *have = NULL;

		for (size_t k = 0; k < gone->count && !have; k++)
			if (same_key(want, &gone->port[k]))
				have = &gone->port[k];
		if (have && have->target_port == want->target_port &&
			inet_equal(&have->target, &want->target))
			continue;
		wanted->port[count++] = *want;
	}
	wanted->count = count;
	gone->count = v->replace ? overlap(gone, wanted) : 0;
	return r;
}

/* ---- publishing */

struct clash {
	const struct ports *ports;
	struct nft_port taken;
};

static int find_clash(const struct nft_port *port, void *data)
{
	struct clash *clash = data;

	for (size_t i = 0; i < clash->ports->count; i++)
		if (same_key(port, &clash->ports->port[i])) {
			clash->taken = *port;
			return 1;
		}
	return 0;
}

static int explain(struct veth *v, struct nl *nl, const struct ports *ports, int r)
{
	struct clash clash = { .ports = ports };

	memcpy(v->nl.why, nl->why, sizeof(v->nl.why));
	for (int i = 0; i < 2 && r == -EEXIST; i++)
		if (nft_each(nl, i ? AF_INET6 : AF_INET, find_clash, &clash) == 1)
			return failed(v, 0, "publish: port %u/%s is taken by %s",
				clash.taken.host_port,
				clash.taken.protocol == IPPROTO_UDP ? "udp" : "tcp",
				clash.taken.comment);
	if (r == -EEXIST)
		return failed(v, 0, "publish: a port is named twice");
	if (r == -ENOENT)
		return failed_hint(v, 0, "vethctl nat up --subnet CIDR --bridge BRIDGE",
			"publish: the nftables table husk is not there");
	if (r == -EMSGSIZE)
		return failed(v, 0, "publish: %zu ports are more than go in one transaction",
			ports->count);
	return failed(v, r, "publish");
}

/* What listens on the host itself gets nothing from outside any more. */
static void warn_if_bound(const struct veth *v, const struct nft_port *port)
{
	const struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_port = htons(port->host_port) };
	CLEANUP_FD int fd = -1;

	if (v->quiet || port->protocol != IPPROTO_TCP || port->host.family ||
		port->target.family != AF_INET)
		return;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0 && errno == EADDRINUSE)
		warn(0, "publish: a process of this host listens on port %u: it is cut off",
			port->host_port);
}

/* The file first: a port in it that is not in the map is harmless, the other way round it would
 * outlive its container. */
static int change(struct veth *v, struct nl *nl, const char *id, const struct ports *gone,
	const struct ports *wanted)
{
	char path[IPAM_PATH];
	struct stat before = { .st_size = 0 };
	CLEANUP_PORTS struct ports all = { 0 };
	int r = ipam_path(path, "pub", id);

	if (r == 0 && stat(path, &before) < 0 && errno != ENOENT)
		r = -errno;
	if (r < 0)
		return failed(v, r, "publish");
	r = ports_save(wanted, id, true);
	if (r < 0)
		failed(v, r, "publish: %s", path);
	for (size_t i = 0; r == 0 && i < wanted->count; i++)
		warn_if_bound(v, &wanted->port[i]);
	if (r == 0) {
		r = nft_change(nl, gone->port, gone->count, wanted->port, wanted->count);
		if (r < 0)
			explain(v, nl, wanted, r);
		/* The answer may be what was lost, and the ports be there. */
		if (r < 0 && r != -EEXIST && published(nl, &all, id, NULL) == 0) {
			all.count = overlap(&all, wanted);
			nft_change(nl, all.port, all.count, NULL, 0);
		}
	}
	if (r < 0) {
		/* The file as it was. */
		if ((before.st_size ? truncate(path, before.st_size) : unlink(path)) < 0 &&
			errno != ENOENT)
			failed(v, -errno, "publish: %s", path);
		return 1;
	}
	nft_forget_flows(nl, wanted->port, wanted->count);
	if (gone->count && published(nl, &all, id, NULL) == 0)
		ports_save(&all, id, false);
	return 0;
}

/* --dry-run: a line a port. */
static void print_each(struct veth *v, const char *id, const struct ports *ports, bool add)
{
	char text[INET_TEXT + 32], target[INET_TEXT] = "";

	for (size_t i = 0; i < ports->count; i++) {
		if (add)
			inet_format(&ports->port[i].target, target);
		would(v, "publish %s --id %s%s%s %s", add ? "add" : "del", id, add ? " --to " : "",
			target, port_text(&ports->port[i], text, sizeof(text)));
	}
}

int publish_ports(struct veth *v, const char *id, const struct opt_list *list,
	const struct inet *ips, unsigned count)
{
	CLEANUP_PORTS struct ports wanted = { 0 }, gone = { 0 };
	struct nl nl = { .fd = -1 };
	int r = ports_expand(&wanted, id, list, ips, count), status = 0;

	if (r == 0)
		r = nft_open(&nl);
	if (r == 0 && (v->if_missing || v->replace))
		r = keep_missing(v, &nl, id, &wanted, &gone);
	if (r < 0)
		status = failed(v, r, "publish%s",
			r == -EAFNOSUPPORT ? ": an address of the port's family" : "");
	if (v->dry_run) {
		print_each(v, id, &gone, false);
		print_each(v, id, &wanted, true);
	} else if (!status && wanted.count)
		status = change(v, &nl, id, &gone, &wanted);
	nl_close(&nl);
	return status;
}

int unpublish_some(struct veth *v, const char *id, const struct opt_list *only)
{
	CLEANUP_PORTS struct ports ports = { 0 }, left = { 0 };
	char path[IPAM_PATH];
	struct nl nl = { .fd = -1 };
	int r = ipam_path(path, "pub", id);

	if (r == 0 && !only->count && !fs_exists(path))
		return 0;
	if (r == 0)
		r = nft_open(&nl);
	if (r == 0)
		r = published(&nl, &ports, id, only);
	if (r == 0 && v->dry_run) {
		print_each(v, id, &ports, false);
	} else if (r == 0) {
		if (ports.count)
			r = nft_change(&nl, ports.port, ports.count, NULL, 0);
		if (r == 0)
			nft_forget_flows(&nl, ports.port, ports.count);
		if (r == 0)
			r = published(&nl, &left, id, NULL);
		if (r == 0)
			r = ports_save(&left, id, false);
	}
	nl_close(&nl);
	if (r == 0 && only->count && !ports.count && !v->if_exists)
		return failed(v, 0, "publish del: %s has no such port", id);
	return r < 0 ? failed(v, r, "publish del %s", id) : 0;
}

int unpublish(struct veth *v, const char *id)
{
	return unpublish_some(v, id, &(const struct opt_list){ .count = 0 });
}
