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
#include "ipam.h"
#include "parse.h"
#include "procstat.h"
#include "rtnl.h"
#include "sig.h"
#include "vethctl.h"

#define ADDRESSES 8

struct attach {
	/* options */
	const char *netns, *bridge, *gw, *ifname, *host_ifname, *mac_text, *mtu_text, *qlen, *group;
	const char *id, *net, *pid;
	struct opt_list ips, routes, ports;
	bool hairpin, isolated, replace;
	/* what they come to */
	struct inet ip[ADDRESSES], gateway[2]; /* of IPv4, of IPv6; family 0: none */
	unsigned ip_count;
	bool any_ip;
	uint8_t mac[MAC_SIZE];
	uint32_t mtu, qlen_number, group_number;
	struct inet bridge_ip[2];
	int bridge_index, host_index, inside_index;
	char host_name[IFNAMSIZ];
	struct lease lease;
	int nsfd;
};

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
	struct inet gw;
	pid_t pid;

	if (applet_args(&attach_applet, a, words, 0)[0])
		usage_die("attach: unknown word");
	if (!a->netns || !a->bridge)
		usage_die("attach needs --netns and --bridge");
	if ((a->host_ifname && !rtnl_is_name(a->host_ifname)) || !rtnl_is_name(a->ifname) ||
		!rtnl_is_name(a->bridge))
		usage_die("attach: not a name for a link");
	if (a->id && !ipam_is_id(a->id))
		usage_die("attach: --id %s: only letters, digits, _ . and -", a->id);
	if (a->mac_text && mac_parse(a->mac_text, a->mac) < 0)
		usage_die("attach: --mac %s is not a MAC address", a->mac_text);
	if (strcmp(a->gw, "auto") && strcmp(a->gw, "none")) {
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

/* ---- what the host has */

static int read_bridge(struct veth *v, struct attach *a)
{
	const struct nlattr *table[IFLA_MAX + 1], *kind[IFLA_INFO_MAX + 1];
	_Alignas(8) unsigned char buf[8192];
	const struct nlmsghdr *link;
	int r = rtnl_get_link(&v->nl, 0, a->bridge, buf, sizeof(buf), &link);

	if (r < 0)
		return failed(v, r, "attach: %s", a->bridge);
	a->bridge_index = ((const struct ifinfomsg *)NLMSG_DATA(link))->ifi_index;
	nl_parse_message(table, IFLA_MAX, link, sizeof(struct ifinfomsg));
	nl_parse_nest(kind, IFLA_INFO_MAX, table[IFLA_LINKINFO]);
	if (strcmp(nl_text(kind[IFLA_INFO_KIND]), "bridge") != 0)
		return failed(v, 0, "attach: %s is not a bridge", a->bridge);
	if (!a->mtu_text)
		a->mtu = nl_u32(table[IFLA_MTU]);
	return 0;
}

/* The first global address of each family is the gateway of the containers. */
static int read_bridge_addresses(struct veth *v, struct attach *a)
{
	CLEANUP_FREE unsigned char *memory = NULL;
	struct ifaddrmsg all = { .ifa_index = (unsigned)a->bridge_index };
	const struct nlmsghdr *message = NULL;
	struct nl_answer answer;
	struct nl_batch request;
	int r;

	nl_init(&request);
	nl_begin(&request, RTM_GETADDR, 0, &all, sizeof(all));
	r = nl_dump(&v->nl, &request, &answer);
	memory = answer.data;
	if (r < 0)
		return failed(v, r, "attach: addresses of %s", a->bridge);
	while ((message = nl_next(&answer, message))) {
		const struct ifaddrmsg *addr = NLMSG_DATA(message);
		struct inet *ip = &a->bridge_ip[addr->ifa_family == AF_INET6];
		const struct nlattr *table[IFA_MAX + 1];

		nl_parse_message(table, IFA_MAX, message, sizeof(*addr));
		if ((int)addr->ifa_index != a->bridge_index || ip->family ||
			addr->ifa_scope != RT_SCOPE_UNIVERSE)
			continue;
		*ip = (struct inet){ .family = addr->ifa_family, .prefix = addr->ifa_prefixlen };
		if (!nl_data(table[IFA_ADDRESS], inet_size(ip)))
			return failed(v, -EBADMSG, "attach: addresses of %s", a->bridge);
		memcpy(ip->bytes, nl_data(table[IFA_ADDRESS], inet_size(ip)), inet_size(ip));
	}
	return 0;
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
	char text[INET_TEXT + 2];
	struct inet ip;

	for (unsigned i = 0; i < a->ip_count; i++) {
		ip = a->ip[i];
		text[0] = '"';
		strcat(inet_format_cidr(&ip, text + 1), "\"");
		if (!strstr(lease->note, text))
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

/* ---- the two sends */

static void put_end(struct nl_batch *batch, const struct attach *a, const char *name)
{
	nl_put_text(batch, IFLA_IFNAME, name);
	nl_put_u32(batch, IFLA_MTU, a->mtu);
	if (a->qlen)
		nl_put_u32(batch, IFLA_TXQLEN, a->qlen_number);
}

static int make_pair(struct veth *v, struct attach *a)
{
	const struct ifinfomsg up = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP }, none = { 0 };
	const struct nlattr *table[IFLA_MAX + 1];
	_Alignas(8) unsigned char buf[8192];
	struct nl_answer answer = { .data = buf, .room = sizeof(buf) };
	const struct nlmsghdr *link;
	struct nl_batch batch;
	size_t info, data, peer;
	int r;

	nl_init(&batch);
	nl_begin(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK | NLM_F_ECHO, &up,
		sizeof(up));
	put_end(&batch, a, a->host_name);
	nl_put_u32(&batch, IFLA_GROUP, a->group_number);
	nl_put_u32(&batch, IFLA_MASTER, (uint32_t)a->bridge_index);
	info = nl_nest(&batch, IFLA_LINKINFO);
	nl_put_text(&batch, IFLA_INFO_KIND, "veth");
	data = nl_nest(&batch, IFLA_INFO_DATA);
	peer = nl_nest(&batch, VETH_INFO_PEER);
	nl_put_raw(&batch, &none, sizeof(none));
	put_end(&batch, a, a->ifname);
	nl_put_u32(&batch, IFLA_NET_NS_FD, (uint32_t)a->nsfd);
	if (a->mac_text)
		nl_put(&batch, IFLA_ADDRESS, a->mac, MAC_SIZE);
	nl_end(&batch, peer);
	nl_end(&batch, data);
	nl_end(&batch, info);
	r = nl_talk(&v->nl, &batch, &answer);
	if (r < 0)
		return r;
	/* Kernels before 6.2 do not say what they made. */
	link = nl_next(&answer, NULL);
	if (!link && rtnl_get_link(&v->nl, 0, a->host_name, buf, sizeof(buf), &link) < 0)
		return -ENODEV;
	a->host_index = ((const struct ifinfomsg *)NLMSG_DATA(link))->ifi_index;
	nl_parse_message(table, IFLA_MAX, link, sizeof(none));
	a->inside_index = (int)nl_u32(table[IFLA_LINK]);
	return 0;
}

static void put_route(struct nl_batch *batch, const struct attach *a, const struct inet *net,
	const struct inet *via)
{
	struct rtmsg route = { .rtm_family = net->family,
		.rtm_dst_len = net->prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_type = RTN_UNICAST };

	if (!via && net->family == AF_INET)
		route.rtm_scope = RT_SCOPE_LINK;
	nl_begin(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &route, sizeof(route));
	if (net->prefix)
		nl_put(batch, RTA_DST, net->bytes, inet_size(net));
	if (via)
		nl_put(batch, RTA_GATEWAY, via->bytes, inet_size(via));
	nl_put_u32(batch, RTA_OIF, (uint32_t)a->inside_index);
}

static void put_routes(struct nl_batch *batch, const struct attach *a)
{
	for (int i = 0; i < 2; i++) {
		struct inet any = { .family = a->gateway[i].family };

		if (any.family)
			put_route(batch, a, &any, &a->gateway[i]);
	}
	for (size_t i = 0; i < a->routes.count; i++) {
		const char *text = a->routes.items[i].value, *comma = strchr(text, ',');
		char cidr[INET_TEXT];
		struct inet net, via;

		fmt_buf(cidr, sizeof(cidr), "%.*s", (int)strcspn(text, ","), text);
		inet_parse_cidr(cidr, &net);
		if (comma)
			inet_parse(comma + 1, net.family, &via);
		put_route(batch, a, &net, comma ? &via : NULL);
	}
}

/* Runs in the namespace. */
static int configure_inside(struct veth *v, struct attach *a)
{
	struct ifinfomsg up = { .ifi_index = 1, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct nl_batch batch;
	struct nl inside;
	int r;

	r = nl_open(&inside, NETLINK_ROUTE);
	if (r < 0)
		return failed(v, r, "attach: a netlink socket inside");
	nl_init(&batch);
	nl_begin(&batch, RTM_NEWLINK, NLM_F_ACK, &up, sizeof(up));
	up.ifi_index = a->inside_index;
	nl_begin(&batch, RTM_NEWLINK, NLM_F_ACK, &up, sizeof(up));
	for (unsigned i = 0; i < a->ip_count; i++) {
		const struct inet *ip = &a->ip[i];
		struct ifaddrmsg addr = { .ifa_family = ip->family,
			.ifa_prefixlen = ip->prefix,
			.ifa_index = (unsigned)a->inside_index,
			.ifa_flags = ip->family == AF_INET6 ? IFA_F_NODAD : 0 };
		struct inet last = inet_last(ip);

		nl_begin(&batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, &addr,
			sizeof(addr));
		nl_put(&batch, IFA_LOCAL, ip->bytes, inet_size(ip));
		nl_put(&batch, IFA_ADDRESS, ip->bytes, inet_size(ip));
		if (ip->family == AF_INET && ip->prefix < 31)
			nl_put(&batch, IFA_BROADCAST, last.bytes, inet_size(&last));
	}
	put_routes(&batch, a);
	r = nl_talk(&inside, &batch, NULL);
	memcpy(v->nl.why, inside.why, sizeof(v->nl.why));
	if (r < 0) {
		failed(v, r, "attach: %s inside %s",
			inside.failed < 2                         ? "bring up the links"
				: inside.failed < 2 + a->ip_count ? "add the address"
								  : "add the route",
			a->netns);
	}
	nl_close(&inside);
	return r < 0;
}

/* Goes inside; comes back only where there is more to do outside than the host socket can. */
static int visit_inside(struct veth *v, struct attach *a)
{
	CLEANUP_FD int home = -1;
	int status;

	if (v->batch || a->ports.count) {
		home = openat(AT_FDCWD, "/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (home < 0)
			return failed(v, -errno, "attach: my own network namespace");
	}
	if (setns(a->nsfd, CLONE_NEWNET) < 0)
		return failed(v, -errno, "attach: enter %s", a->netns);
	status = configure_inside(v, a);
	if (home >= 0 && setns(home, CLONE_NEWNET) < 0)
		status = failed(v, -errno, "attach: return");
	return status;
}

/* What the bridge port may do, no link-local address on it and, as the last of all, the alias.
 * What is attached without an ID pays no send for it. */
static int finish_host(struct veth *v, struct attach *a)
{
	struct ifinfomsg info = { .ifi_index = a->host_index };
	char alias[IPAM_ID + 8];
	struct nl_batch batch;
	size_t outer, inner;
	int r;

	if (!a->hairpin && !a->isolated && !a->id)
		return 0;
	nl_init(&batch);
	nl_begin(&batch, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
	if (a->hairpin || a->isolated) {
		outer = nl_nest(&batch, IFLA_LINKINFO);
		nl_put_text(&batch, IFLA_INFO_SLAVE_KIND, "bridge");
		inner = nl_nest(&batch, IFLA_INFO_SLAVE_DATA);
		nl_put_u8(&batch, IFLA_BRPORT_MODE, a->hairpin);
		nl_put_u8(&batch, IFLA_BRPORT_ISOLATED, a->isolated);
		nl_end(&batch, inner);
		nl_end(&batch, outer);
	}
	if (a->id) {
		fmt_buf(alias, sizeof(alias), "husk:%s", a->id);
		nl_put_text(&batch, IFLA_IFALIAS, alias);
	}
	outer = nl_nest(&batch, IFLA_AF_SPEC);
	inner = nl_nest(&batch, AF_INET6);
	nl_put_u8(&batch, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	nl_end(&batch, inner);
	nl_end(&batch, outer);
	r = nl_talk(&v->nl, &batch, NULL);
	return r < 0 ? failed(v, r, "attach: set up %s", a->host_name) : 0;
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

static int delete_link(struct veth *v, int index)
{
	const struct ifinfomsg info = { .ifi_index = index };
	struct nl_batch batch;

	nl_init(&batch);
	nl_begin(&batch, RTM_DELLINK, NLM_F_ACK, &info, sizeof(info));
	return nl_talk(&v->nl, &batch, NULL);
}

static int connect_namespace(struct veth *v, struct attach *a)
{
	char line[1000];
	int status, r = make_pair(v, a);

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
		status = visit_inside(v, a);
	if (!status && r < 0)
		status = failed(v, r, "attach: keep the lease");
	if (!status)
		status = finish_host(v, a);
	if (!status && !v->quiet) {
		r = fmt_fd(STDOUT_FILENO, "%s", line);
		status = r < 0 ? failed(v, r, "stdout") : 0;
	}
	if (status) {
		if (a->ports.count)
			unpublish(v, a->id);
		delete_link(v, a->host_index);
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
	if (read_bridge(v, a) ||
		((!strcmp(a->gw, "auto") || a->any_ip) && read_bridge_addresses(v, a)))
		return 1;
	choose_names(a);
	if (a->replace && a->id)
		detach_id(v, a->net ? a->net : a->bridge, a->id);
	r = a->id ? claim(v, a) : 0;
	if (r)
		return r != -EEXIST;
	derive_ipv6(a);
	choose_mac(a);
	choose_gateways(a);
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
	if (v->checking || v->dry_run)
		return 0;
	a.hairpin |= a.ports.count > 0;
	/* All or nothing: a signal ends us only when it is done. */
	sig_block_all(&before);
	status = attach(v, &a);
	sig_restore(&before);
	return status;
}
