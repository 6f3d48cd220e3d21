// SPDX-License-Identifier: MIT
/* vethctl_pair.c - the messages of attach: one for the pair, one batch for the inside, and one for
 * what the kernel does not take at creation. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "cleanup.h"
#include "err.h"
#include "rtnl.h"
#include "vethctl_attach.h"

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
	struct ifaddrmsg all = { .ifa_index = (unsigned)a->bridge_index };
	const struct nlmsghdr *message = NULL;
	CLEANUP_ANSWER struct nl_answer answer = { 0 };
	struct nl_batch request;
	int r;

	nl_init(&request);
	nl_begin(&request, RTM_GETADDR, 0, &all, sizeof(all));
	r = nl_dump(&v->nl, &request, &answer);
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

int attach_read_bridge(struct veth *v, struct attach *a)
{
	bool addresses = !strcmp(a->gw, "auto") || a->any_ip;

	return read_bridge(v, a) || (addresses && read_bridge_addresses(v, a));
}

/* ---- the two sends */

static void put_end(struct nl_batch *batch, const struct attach *a, const char *name)
{
	nl_put_text(batch, IFLA_IFNAME, name);
	nl_put_u32(batch, IFLA_MTU, a->mtu);
	if (a->qlen)
		nl_put_u32(batch, IFLA_TXQLEN, a->qlen_number);
}

int attach_pair(struct veth *v, struct attach *a)
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
	nl_begin(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK | NLM_F_ECHO,
		attach_has_outside(a) ? &none : &up, sizeof(up));
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
int attach_inside(struct veth *v, struct attach *a)
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
	if (home >= 0 && setns(home, CLONE_NEWNET) < 0) {
		/* The ports cannot be taken back from here: gc does, by the lease. */
		attach_undo(v, a);
		die(-errno, "attach: return from %s", a->netns);
	}
	return status;
}

/* What is attached without an ID pays no send for it. */
bool attach_has_outside(const struct attach *a)
{
	return a->hairpin || a->isolated || a->id;
}

/* What the bridge port may do, and no link-local address on it: it must have none before it is up.
 * With that, as the last of all, comes the alias. */
int attach_outside(struct veth *v, struct attach *a)
{
	struct ifinfomsg info = { .ifi_index = a->host_index };
	const struct ifinfomsg up = {
		.ifi_index = a->host_index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP
	};
	char alias[IPAM_ID + 8];
	struct nl_batch batch;
	size_t outer, inner;
	int r;

	if (!attach_has_outside(a))
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
	outer = nl_nest(&batch, IFLA_AF_SPEC);
	inner = nl_nest(&batch, AF_INET6);
	nl_put_u8(&batch, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	nl_end(&batch, inner);
	nl_end(&batch, outer);
	nl_begin(&batch, RTM_NEWLINK, NLM_F_ACK, &up, sizeof(up));
	if (a->id) {
		fmt_buf(alias, sizeof(alias), "husk:%s", a->id);
		nl_put_text(&batch, IFLA_IFALIAS, alias);
	}
	r = nl_talk(&v->nl, &batch, NULL);
	return r < 0 ? failed(v, r, "attach: set up %s", a->host_name) : 0;
}

int attach_undo(struct veth *v, const struct attach *a)
{
	return rtnl_delete(&v->nl, a->host_index);
}
