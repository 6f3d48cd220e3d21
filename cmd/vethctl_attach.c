// SPDX-License-Identifier: MIT
/* vethctl_attach.c - connects a network namespace to a bridge, and takes that back.
 *
 * One RTM_NEWLINK makes both ends where they belong, with their final names: moving a link later
 * waits for RCU, ten milliseconds each time.  A second send, from a socket inside, brings up and
 * addresses what is in there.  All of it hangs off the pair: deleting the host end undoes it.
 *
 * With an ID the order is lease, pair, inside, ports, alias.  The lease is locked until then, and
 * the alias is the sign that all was done: `gc` removes what has a lease that nobody locks, and a
 * link without alias. */
#include "vethctl_attach.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "cleanup.h"
#include "err.h"
#include "parse.h"
#include "procstat.h"
#include "rtnl.h"
#include "sig.h"

static const struct opt attach_opts[] = { OPT(0, "netns", struct attach, netns, "NS",
						  "the namespace to connect"),
	OPT(0, "bridge", struct attach, bridge, "BRIDGE", "the bridge to connect it to"),
	OPT(0, "ip", struct attach, ips, "CIDR|auto",
		"its address; auto: a free one; V6NET/P: by IPv4"),
	OPT(0, "gw", struct attach, gw, "A|auto|none", "default route; auto: the bridge"),
	OPT(0, "route", struct attach, routes, "CIDR[,VIA]", "one more route"),
	OPT(0, "publish", struct attach, ports, "[HIP:]HPORT:CPORT[/udp]", "publish a port"),
	OPT(0, "id", struct attach, id, "ID", "keep a lease: for detach and gc"),
	OPT(0, "pid", struct attach, pid, "PID", "the lease ends with this process"),
	OPT(0, "net", struct attach, net, "NAME", "whose leases; the bridge's name"),
	OPT(0, "ifname", struct attach, ifname, "NAME", "the end inside, eth0"),
	OPT(0, "host-ifname", struct attach, host_ifname, "NAME", "the end outside"),
	OPT(0, "mac", struct attach, mac_text, "MAC", "its MAC; else by its address"),
	OPT(0, "mtu", struct attach, mtu_text, "N", "MTU of both ends; the bridge's"),
	OPT(0, "qlen", struct attach, qlen, "N", "transmit queue of both ends"),
	OPT(0, "group", struct attach, group, "N", "group of the end outside"),
	OPT(0, "hairpin", struct attach, hairpin, NULL, "may reach its own published ports"),
	OPT(0, "isolated", struct attach, isolated, NULL, "may not reach other isolated ports"),
	OPT(0, "replace", struct attach, replace, NULL, "first detach what has this ID"), OPT_END };

static const struct applet attach_applet = { .name = "vethctl attach",
	.operands = "",
	.summary = "connect a network namespace to a bridge",
	.opts = attach_opts };

/* ---- the options */

static uint32_t number_option(const char *name, const char *text, uint32_t max)
{
	uint32_t value = 0;

	if (text && parse_u32(text, 0, max, &value) < 0)
		usage_die("attach: --%s %s is not a number up to %u", name, text, max);
	return value;
}

static void read_addresses(struct attach *a)
{
	for (size_t i = 0; i < a->ips.count; i++) {
		const char *text = a->ips.items[i].value;
		struct inet *ip = &a->ip[a->ip_count];

		if (!strcmp(text, "auto")) {
			a->any_ip = true;
			continue;
		}
		if (a->ip_count == ADDRESSES)
			usage_die("attach: more than %d addresses", ADDRESSES);
		if (inet_parse_cidr(text, ip) < 0)
			usage_die("attach: --ip %s is not ADDRESS/PREFIX", text);
		if (!inet_is_host(ip))
			usage_die("attach: no host can have %s", text);
		a->ip_count++;
	}
}

static void check_routes(const struct attach *a)
{
	for (size_t i = 0; i < a->routes.count; i++) {
		const char *text = a->routes.items[i].value, *comma = strchr(text, ',');
		char cidr[INET_TEXT];
		struct inet net, via;

		if (fmt_path(cidr, sizeof(cidr), "%.*s", (int)strcspn(text, ","), text) < 0 ||
			inet_parse_cidr(cidr, &net) < 0 ||
			(comma && inet_parse(comma + 1, net.family, &via) < 0))
			usage_die("attach: --route %s is not NETWORK/PREFIX[,GATEWAY]", text);
	}
}

static void read_options(struct attach *a, char **words)
{
	const char *extra = *applet_args(&attach_applet, a, words, 0);
	struct inet gw;
	pid_t pid;

	if (extra)
		usage_die("attach: unknown word %s", extra);
	if (!a->netns || !a->bridge)
		usage_die("attach needs --netns and --bridge");
	if ((a->host_ifname && !rtnl_is_name(a->host_ifname)) || !rtnl_is_name(a->ifname) ||
		!rtnl_is_name(a->bridge))
		usage_die("attach: not a name for a link");
	if (a->id && !ipam_is_id(a->id))
		usage_die("attach: --id %s: only letters, digits, _ . and -", a->id);
	if (a->mac_text && mac_parse(a->mac_text, a->mac) < 0)
		usage_die("attach: --mac %s is not a MAC address", a->mac_text);
	if (!parse_word_in(a->gw, "auto none")) {
		if (inet_parse(a->gw, AF_UNSPEC, &gw) < 0)
			usage_die("attach: --gw %s is not an address", a->gw);
		a->gateway[gw.family == AF_INET6] = gw;
	}
	a->mtu = number_option("mtu", a->mtu_text, UINT32_MAX);
	a->qlen_number = number_option("qlen", a->qlen, UINT32_MAX);
	a->group_number = a->group ? number_option("group", a->group, INT32_MAX) : VETH_GROUP;
	read_addresses(a);
	check_routes(a);
	if ((a->any_ip || a->pid || a->ports.count) && !a->id)
		usage_die("attach: --ip auto, --pid and --publish need an --id");
	if (a->pid && parse_pid(a->pid, &pid) < 0)
		usage_die("attach: --pid %s is no PID", a->pid);
	publish_check(&a->ports);
}

/* The network alone as an IPv6 address: the IPv4 address is the rest of it, so that one lease
 * serves both. */
static void derive_ipv6(struct attach *a)
{
	for (unsigned i = 1; i < a->ip_count; i++) {
		struct inet net = inet_first(&a->ip[i]);

		if (a->ip[0].family == AF_INET && net.family == AF_INET6 && net.prefix <= 96 &&
			inet_equal(&net, &a->ip[i]))
			memcpy(a->ip[i].bytes + 12, a->ip[0].bytes, 4);
	}
}

/* What was not said follows from the bridge: the gateways. */
static void choose_gateways(struct attach *a)
{
	if (strcmp(a->gw, "auto") != 0)
		return;
	for (unsigned i = 0; i < a->ip_count; i++) {
		unsigned six = a->ip[i].family == AF_INET6;

		if (a->bridge_ip[six].family && inet_contains(&a->ip[i], &a->bridge_ip[six]))
			a->gateway[six] = a->bridge_ip[six];
	}
}

/* Host ends have a new name each start: for some milliseconds after a container's death the old
 * one is still there. */
static void choose_names(struct attach *a)
{
	struct timespec now;
	uint64_t hash;

	/* The address of the stack tells those of the same nanosecond apart. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	hash = inet_hash(a->id ? a->id : a->netns,
		(uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec ^
			(uint64_t)(uintptr_t)&now << 20);
	if (a->host_ifname)
		fmt_buf(a->host_name, sizeof(a->host_name), "%s", a->host_ifname);
	else
		fmt_buf(a->host_name, sizeof(a->host_name), "v%010llx",
			(unsigned long long)(hash >> 24));
}

static void choose_mac(struct attach *a)
{
	if (!a->mac_text && a->ip_count)
		inet_mac(&a->ip[0], a->mac);
	a->mac_text = a->ip_count || a->mac_text ? "" : NULL;
}

/* ---- the lease */

static bool lease_has(const struct lease *lease, const struct attach *a)
{
	char cidr[INET_TEXT], quoted[INET_TEXT + 2];

	for (unsigned i = 0; i < a->ip_count; i++) {
		fmt_buf(quoted, sizeof(quoted), "\"%s\"", inet_format_cidr(&a->ip[i], cidr));
		if (!strstr(lease->note, quoted))
			return false;
	}
	return true;
}

/* 0: claimed; 1: failed; -EEXIST: the same is there already and was printed. */
static int claim(struct veth *v, struct attach *a)
{
	struct lease *lease = &a->lease, other;
	char text[INET_TEXT];
	bool zombie;
	int r;

	*lease = (struct lease){ .fd = -1 };
	fmt_buf(lease->net, sizeof(lease->net), "%s", a->net ? a->net : a->bridge);
	fmt_buf(lease->id, sizeof(lease->id), "%s", a->id);
	fmt_buf(lease->ifname, sizeof(lease->ifname), "%s", a->host_name);
	if (parse_pid(a->pid                               ? a->pid
			    : strncmp(a->netns, "pid:", 4) ? a->netns
							   : a->netns + 4,
		    &lease->pid) == 0) {
		r = procstat_start(lease->pid, &lease->start, &zombie);
		if (r < 0)
			return failed(v, r, "attach: process %d", lease->pid);
	}
	if (!a->any_ip && a->ip_count)
		lease->ip = a->ip[0];
	if (!a->any_ip && !a->ip_count)
		return failed(v, 0, "attach: --id needs an --ip");
	if (v->dry_run)
		r = !a->replace && !ipam_find(lease->net, a->id, &other)
			? -EEXIST
			: ipam_next(lease, &a->bridge_ip[0]);
	else
		r = ipam_claim(lease, &a->bridge_ip[0]);
	if (r == -EEXIST && v->if_missing && !ipam_find(lease->net, a->id, &other)) {
		if (*other.note && lease_has(&other, a))
			return fmt_fd(STDOUT_FILENO, "%s\n", other.note) < 0 ? 1 : -EEXIST;
		return failed(v, 0, "attach: id %s: exists but differs: has %s", a->id,
			inet_format(&other.ip, text));
	}
	if (r == -EEXIST)
		return failed(v, 0, "attach: id %s is attached already", a->id);
	if (r == -EADDRINUSE)
		return failed(v, r, "attach: %s", inet_format(&lease->ip, text));
	if (r < 0)
		return failed(v, r, "attach: an address of network %s", lease->net);
	if (a->any_ip) {
		memmove(a->ip + 1, a->ip, (ADDRESSES - 1) * sizeof(*a->ip));
		a->ip_count += a->ip_count < ADDRESSES;
		a->ip[0] = lease->ip;
		a->ip[0].prefix = a->bridge_ip[0].prefix;
	}
	return 0;
}

/* ---- the whole */

/* What was made, as one line of JSON of less than size bytes. */
static int describe(const struct attach *a, char *line, size_t size)
{
	char text[INET_TEXT], mac[3 * MAC_SIZE] = "";
	size_t used = 0;

#define ADD(...) (used += (size_t)fmt_buf(line + used, used < size ? size - used : 0, __VA_ARGS__))
	ADD("{\"ifname\":\"%s\",\"ifindex\":%d,\"host_ifname\":\"%s\",\"host_ifindex\":%d",
		a->ifname, a->inside_index, a->host_name, a->host_index);
	if (a->mac_text)
		ADD(",\"mac\":\"%s\"", mac_format(a->mac, MAC_SIZE, mac));
	ADD(",\"ips\":[");
	for (unsigned i = 0; i < a->ip_count; i++)
		ADD("%s\"%s\"", i ? "," : "", inet_format_cidr(&a->ip[i], text));
	ADD("],\"gateways\":[");
	for (int i = 0; i < 2; i++)
		if (a->gateway[i].family)
			ADD("%s\"%s\"", i && a->gateway[0].family ? "," : "",
				inet_format(&a->gateway[i], text));
	ADD("],\"published\":[");
	for (size_t i = 0; i < a->ports.count; i++)
		ADD("%s\"%s\"", i ? "," : "", a->ports.items[i].value);
	ADD("]}\n");
#undef ADD
	return used < size ? 0 : -EMSGSIZE;
}

static int connect_namespace(struct veth *v, struct attach *a)
{
	char line[1000];
	int status, r = attach_pair(v, a);

	if (r < 0) {
		failed(v, r, "attach: link %s", a->host_name);
		/* The answer may be what was lost, and the link be there. */
		if (r != -EEXIST)
			delete_host_end(v, a->host_name, a->id ? a->id : "");
		return 1;
	}
	r = describe(a, line, sizeof(line));
	if (!r && a->id)
		r = ipam_note(&a->lease, line);
	status = a->ports.count ? publish_ports(v, a->id, &a->ports, a->ip, a->ip_count) : 0;
	if (!status)
		status = attach_inside(v, a);
	if (!status && r < 0)
		status = failed(v, r, "attach: keep the lease");
	if (!status)
		status = attach_outside(v, a);
	if (!status && !v->quiet) {
		r = fmt_fd(STDOUT_FILENO, "%s", line);
		status = r < 0 ? failed(v, r, "stdout") : 0;
	}
	if (status) {
		if (a->ports.count)
			unpublish(v, a->id);
		attach_undo(v, a);
	}
	return status;
}

static int attach(struct veth *v, struct attach *a)
{
	CLEANUP_FD int nsfd = -1;
	char path[128];
	int r, own;

	nsfd = netns_open(a->netns, path, sizeof(path));
	if (nsfd < 0)
		return failed(v, nsfd, "attach: %s", path);
	a->nsfd = nsfd;
	own = netns_is_own(nsfd);
	if (own)
		return failed(v, own < 0 ? own : 0, "attach: %s is my own network namespace", path);
	if (attach_read_bridge(v, a))
		return 1;
	choose_names(a);
	a->replace |= v->replace;
	if (a->replace && a->id)
		detach_id(v, a->net ? a->net : a->bridge, a->id);
	if (a->replace && a->host_ifname)
		delete_host_end(v, a->host_ifname, NULL);
	r = a->id ? claim(v, a) : 0;
	if (r)
		return r != -EEXIST;
	derive_ipv6(a);
	choose_mac(a);
	choose_gateways(a);
	if (v->dry_run)
		return attach_plan(v, a);
	r = connect_namespace(v, a);
	if (r && a->id)
		ipam_release(&a->lease);
	if (a->id)
		close(a->lease.fd);
	return r;
}

int attach_run(struct veth *v, char **words)
{
	struct attach a = { .ifname = "eth0", .gw = "auto" };
	sigset_t before;
	int status;

	read_options(&a, words);
	if (v->checking)
		return 0;
	a.hairpin |= a.ports.count > 0;
	/* All or nothing: a signal ends us only when it is done. */
	sig_block_all(&before);
	status = attach(v, &a);
	sig_restore(&before);
	return status;
}
