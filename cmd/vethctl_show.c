// SPDX-License-Identifier: MIT
/* vethctl_show.c - asks for links, addresses, routes and neighbours, and prints those that the
 * words of a line want. */
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "err.h"
#include "rtnl.h"
#include "vethctl.h"

static bool wanted_link(const struct request *filter, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = NLMSG_DATA(message), *want;
	const struct nlattr *have[IFLA_MAX + 1], *asked[IFLA_MAX + 1], *kind[IFLA_INFO_MAX + 1];

	want = NLMSG_DATA(filter->batch.head);
	nl_parse_message(have, IFLA_MAX, message, sizeof(*info));
	nl_parse_message(asked, IFLA_MAX, filter->batch.head, sizeof(*info));
	nl_parse_nest(kind, IFLA_INFO_MAX, have[IFLA_LINKINFO]);
	return (!want->ifi_index || want->ifi_index == info->ifi_index) &&
		(info->ifi_flags & want->ifi_flags) == want->ifi_flags &&
		(!asked[IFLA_MASTER] || nl_u32(asked[IFLA_MASTER]) == nl_u32(have[IFLA_MASTER])) &&
		(!filter->kind || !strcmp(filter->kind, nl_text(kind[IFLA_INFO_KIND])));
}

static bool wanted_route(const struct request *filter, const struct nlmsghdr *message)
{
	const struct rtmsg *route = NLMSG_DATA(message), *want = NLMSG_DATA(filter->batch.head);
	const struct nlattr *have[RTA_MAX + 1], *asked[RTA_MAX + 1];
	uint32_t table;

	nl_parse_message(have, RTA_MAX, message, sizeof(*route));
	nl_parse_message(asked, RTA_MAX, filter->batch.head, sizeof(*route));
	table = asked[RTA_TABLE]                       ? nl_u32(asked[RTA_TABLE])
		: want->rtm_table || filter->has_table ? want->rtm_table
						       : (uint32_t)RT_TABLE_MAIN;
	return (!table || table == nl_u32(have[RTA_TABLE])) && !(route->rtm_flags & RTM_F_CLONED) &&
		(!asked[RTA_OIF] || nl_u32(asked[RTA_OIF]) == nl_u32(have[RTA_OIF]));
}

/* The destination of a route or neighbour, where the line names one. */
static bool wanted_destination(const struct request *filter, const struct nlmsghdr *message)
{
	const struct rtmsg *route = NLMSG_DATA(message), *want = NLMSG_DATA(filter->batch.head);
	const struct nlattr *have[RTA_DST + 1], *asked[RTA_DST + 1];

	if (!*filter->self)
		return true;
	nl_parse_message(have, RTA_DST, message, filter->object->size);
	nl_parse_message(asked, RTA_DST, filter->batch.head, filter->object->size);
	if (filter->object == &route_object && route->rtm_dst_len != want->rtm_dst_len)
		return false;
	/* "default" has none. */
	if (!asked[RTA_DST] || !have[RTA_DST])
		return !asked[RTA_DST] && !have[RTA_DST];
	return have[RTA_DST]->nla_len == asked[RTA_DST]->nla_len &&
		!memcmp(have[RTA_DST], asked[RTA_DST], asked[RTA_DST]->nla_len);
}

bool show_wanted(const struct request *filter, const struct nlmsghdr *message)
{
	const struct object *object = filter->object;
	const struct ndmsg *neigh = NLMSG_DATA(message), *want = NLMSG_DATA(filter->batch.head);
	const struct ifaddrmsg *addr = NLMSG_DATA(message);
	unsigned index = ((const struct ifaddrmsg *)NLMSG_DATA(filter->batch.head))->ifa_index;

	if (message->nlmsg_type != object->add ||
		message->nlmsg_len < object->size + sizeof(*message))
		return false;
	if (object == &link_object)
		return wanted_link(filter, message);
	if (object == &addr_object)
		return !index || index == addr->ifa_index;
	if (!wanted_destination(filter, message))
		return false;
	if (object == &route_object)
		return wanted_route(filter, message);
	return (!want->ndm_ifindex || want->ndm_ifindex == neigh->ndm_ifindex) &&
		(want->ndm_flags & NTF_PROXY ? neigh->ndm_flags & NTF_PROXY
					     : neigh->ndm_state && neigh->ndm_state != NUD_NOARP);
}

int show_dump(struct veth *v, const struct request *filter, struct nl_answer *answer)
{
	static const unsigned char zero[32];
	const struct object *object = filter->object;
	const struct ndmsg *want = NLMSG_DATA(filter->batch.head);
	struct nl_batch request;
	unsigned char *head;
	int r;

	nl_init(&request);
	head = nl_begin(&request, object->get, 0, zero, object->size);
	*head = v->ipv6 ? AF_INET6 : v->ipv4 || object == &route_object ? AF_INET : AF_UNSPEC;
	if (object == &link_object)
		*head = AF_UNSPEC;
	if (object == &neigh_object)
		((struct ndmsg *)(void *)head)->ndm_flags = want->ndm_flags;
	r = nl_dump(&v->nl, &request, answer);
	if (r < 0)
		return failed(v, r, "%s show", object->name);
	if (answer->interrupted && !v->quiet)
		warn(0, "%s show: the list changed while it was read: it may lack entries",
			object->name);
	return 0;
}

/* ip prints addresses inside their links. */
static void print_links_of_addresses(
	struct print *p, const struct request *filter, const struct nl_answer *addresses)
{
	const struct ifaddrmsg *asked = NLMSG_DATA(filter->batch.head);
	const struct nlmsghdr *link = NULL, *message;
	struct request all = { .v = p->v, .object = &link_object };
	CLEANUP_ANSWER struct nl_answer links = { 0 };

	nl_init(&all.batch);
	nl_begin(&all.batch, RTM_GETLINK, 0, &(struct ifinfomsg){ 0 }, sizeof(struct ifinfomsg));
	if (show_dump(p->v, &all, &links))
		return;
	while ((link = nl_next(&links, link))) {
		const struct ifinfomsg *info = NLMSG_DATA(link);
		unsigned count = 0;

		if (!show_wanted(&all, link) ||
			(asked->ifa_index && (int)asked->ifa_index != info->ifi_index))
			continue;
		out_printf(&p->out, "%s{", p->level++ ? "," : "");
		p->items = 0;
		print_object(p, &link_object, link, NULL);
		out_printf(&p->out, ",\"addr_info\":[");
		for (message = NULL; (message = nl_next(addresses, message));) {
			const struct ifaddrmsg *addr = NLMSG_DATA(message);

			if (!show_wanted(filter, message) ||
				(int)addr->ifa_index != info->ifi_index)
				continue;
			out_printf(&p->out, "%s{", count++ ? "," : "");
			p->items = 0;
			print_object(p, &addr_object, message, NULL);
			out_printf(&p->out, "}");
		}
		out_printf(&p->out, "]}");
	}
}

/* Prints the messages of an answer that the filter (NULL: all) lets through. */
static int print_answer(struct veth *v, const struct object *object, const struct request *filter,
	const struct nl_answer *answer)
{
	struct print p = { .out = OUT_INIT(STDOUT_FILENO), .v = v, .request = v->dry_run };
	bool nested = v->json && object == &addr_object && filter;
	const struct nlmsghdr *message = NULL;
	char name[IFNAMSIZ];

	out_printf(&p.out, v->json ? "[" : "");
	if (nested)
		print_links_of_addresses(&p, filter, answer);
	while (!nested && (message = nl_next(answer, message))) {
		if (filter && !show_wanted(filter, message))
			continue;
		p.items = 0;
		if (v->json)
			out_printf(&p.out, "%s{", p.level++ ? "," : "");
		else if (object == &addr_object)
			out_printf(&p.out, "%s ",
				rtnl_name(&v->nl, ((const int *)NLMSG_DATA(message))[1], name));
		print_object(&p, object, message, NULL);
		out_printf(&p.out, v->json ? "}" : "\n");
	}
	out_printf(&p.out, v->json ? "]\n" : "");
	return out_flush(&p.out) < 0 ? failed(v, p.out.error, "stdout") : 0;
}

int show_answer(struct veth *v, const struct object *object, const struct nl_answer *answer)
{
	return print_answer(v, object, NULL, answer);
}

/* --dry-run: a request has the form of an answer. */
int show_message(
	struct veth *v, const struct object *object, const char *verb, struct nlmsghdr *message)
{
	struct nl_answer answer = { .data = (unsigned char *)message, .used = message->nlmsg_len };
	bool json = v->json;
	int status;

	fmt_fd(STDOUT_FILENO, "%s %s ", object->name, verb);
	v->json = true;
	status = print_answer(v, object, NULL, &answer);
	v->json = json;
	return status;
}

int show_run(struct veth *v, const struct object *object, char **words)
{
	CLEANUP_ANSWER struct nl_answer answer = { 0 };
	struct request filter;

	request_parse(&filter, v, object, "show", ON_SHOW, object->get, 0, words);
	if (filter.error || v->checking)
		return filter.error != 0;
	if (show_dump(v, &filter, &answer))
		return 1;
	return print_answer(v, object, &filter, &answer);
}
