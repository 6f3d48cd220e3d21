// SPDX-License-Identifier: MIT
/* vethctl_finish.c - what the tables of words cannot say of a line: the word that no keyword
 * introduces, the defaults of what was left out, and what must be there. */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "err.h"
#include "rtnl.h"
#include "vethctl.h"

void link_first(struct request *request, const char *word)
{
	if (request->dev)
		usage_die("link %s: unknown word %s", request->verb, word);
	request->dev = request->self = word;
	if (!rtnl_is_name(word))
		usage_die("link %s: %s is no name for a link", request->verb, *word ? word : "''");
	if (request->on == ON_ADD)
		nl_put_text(&request->batch, IFLA_IFNAME, word);
}

static void put_port(struct request *request)
{
	static const uint16_t attrs[] = { IFLA_BRPORT_MODE, IFLA_BRPORT_ISOLATED };
	struct nl_batch *batch = &request->batch;
	size_t outer, inner;

	if (!request->port_set[0] && !request->port_set[1])
		return;
	outer = nl_nest(batch, IFLA_LINKINFO);
	nl_put_text(batch, IFLA_INFO_SLAVE_KIND, "bridge");
	inner = nl_nest(batch, IFLA_INFO_SLAVE_DATA | NLA_F_NESTED);
	for (int i = 0; i < 2; i++)
		if (request->port_set[i])
			nl_put_u8(batch, attrs[i], request->port[i]);
	nl_end(batch, inner);
	nl_end(batch, outer);
}

void link_finish(struct request *request)
{
	struct ifinfomsg *info = request_head(request);

	if (request->on == ON_ADD && !request->dev)
		usage_die("link add: no name given");
	if (request->on == ON_ADD && !request->kind)
		usage_die("link add %s: no type given", request->self);
	if (request->on == ON_ADD)
		return;
	put_port(request);
	if (request->dev)
		info->ifi_index = request_link(request, request->dev);
	else if (request->on == ON_SET ||
		(request->on == ON_DEL && request->batch.used <= NLMSG_LENGTH(sizeof(*info))))
		usage_die("link %s: which link?", request->verb);
	else
		request->self = "of this group";
}

void addr_first(struct request *request, const char *word)
{
	struct ifaddrmsg *info = request_head(request);
	struct inet a;

	if (request->on == ON_SHOW) {
		if (request->has_dev)
			usage_die("addr %s: unknown word %s", request->verb, word);
		request->has_dev = true;
		info->ifa_index = (uint32_t)request_link(request, word);
		return;
	}
	if (inet_parse_cidr(word, &a) < 0)
		usage_die("addr %s: %s is not ADDRESS/PREFIX", request->verb, word);
	if (!inet_is_host(&a))
		usage_die("addr %s: no host can have %s (%s)", request->verb, word,
			"network, broadcast, multicast or unspecified address");
	request_family(request, word, a.family);
	info->ifa_prefixlen = a.prefix;
	if (request->on == ON_ADD && a.family == AF_INET && a.bytes[0] == 127)
		info->ifa_scope = RT_SCOPE_HOST;
	request->self = word;
	request->address = a;
	nl_put(&request->batch, IFA_LOCAL, a.bytes, inet_size(&a));
}

void addr_finish(struct request *request)
{
	const struct nlattr *table[IFA_MAX + 1];

	if (request->on == ON_SHOW)
		return;
	nl_parse_message(table, IFA_MAX, request->batch.head, sizeof(struct ifaddrmsg));
	if (!table[IFA_LOCAL])
		usage_die("addr %s: no address given", request->verb);
	if (!request->has_dev)
		usage_die("addr %s %s: no dev given", request->verb, request->self);
	if (request->on == ON_ADD && !table[IFA_ADDRESS])
		nl_put(&request->batch, IFA_ADDRESS, request->address.bytes,
			inet_size(&request->address));
}

void route_first(struct request *request, const char *word)
{
	static const struct word destination = {
		.name = "destination", .kind = W_DST, .attr = RTA_DST
	};

	if (*request->self)
		usage_die("route %s: unknown word %s", request->verb, word);
	if (request->on == ON_GET) {
		request->self = word;
		if (inet_parse(word, AF_UNSPEC, &request->address) < 0)
			usage_die("route get: %s is not an address", word);
		request_family(request, word, request->address.family);
		((struct rtmsg *)request_head(request))->rtm_dst_len = request->address.prefix;
		nl_put(&request->batch, RTA_DST, request->address.bytes,
			inet_size(&request->address));
		return;
	}
	request_inet(request, &destination, word);
}

void route_finish(struct request *request)
{
	struct rtmsg *route = request_head(request);

	if (request->on == ON_SHOW || request->on == ON_GET)
		return;
	if (!*request->self)
		usage_die("route %s: no destination given", request->verb);
	if (!route->rtm_family)
		route->rtm_family = request->v->ipv6 ? AF_INET6 : AF_INET;
	if (!route->rtm_table && !request->has_table)
		route->rtm_table = RT_TABLE_MAIN;
	if (request->on == ON_ADD) {
		route->rtm_protocol = RTPROT_BOOT;
		if (!route->rtm_type)
			route->rtm_type = RTN_UNICAST;
	}
	if (!request->has_scope && route->rtm_family == AF_INET && route->rtm_type < RTN_BLACKHOLE)
		route->rtm_scope = request->on == ON_DEL ? RT_SCOPE_NOWHERE
			: request->has_gateway           ? RT_SCOPE_UNIVERSE
							 : RT_SCOPE_LINK;
}

void neigh_first(struct request *request, const char *word)
{
	static const struct word address = { .name = "address", .kind = W_ADDR, .attr = NDA_DST };

	if (*request->self)
		usage_die("neigh %s: unknown word %s", request->verb, word);
	request->self = word;
	request_inet(request, &address, word);
}

void neigh_finish(struct request *request)
{
	struct ndmsg *neigh = request_head(request);

	if (request->on == ON_SHOW)
		return;
	if (!*request->self)
		usage_die("neigh %s: no address given", request->verb);
	if (!request->has_dev)
		usage_die("neigh %s %s: no dev given", request->verb, request->self);
	if (request->on == ON_ADD && !neigh->ndm_state)
		neigh->ndm_state = NUD_PERMANENT;
}
