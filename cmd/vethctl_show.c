// SPDX-License-Identifier: MIT
/* vethctl_show.c - prints links, addresses, routes and neighbours: for programs with the keys and
 * types of `ip -j -d`, for people as `label value` on a line.  The tables are in vethctl_words.c.
 */
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "err.h"
#include "rtnl.h"
#include "vethctl.h"

void show_string(struct out *out, const char *text)
{
	out_printf(out, "\"");
	for (; *text; text++) {
		if ((unsigned char)*text < ' ')
			out_printf(out, "\\u%04x", *text);
		else
			out_printf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	}
	out_printf(out, "\"");
}

/* Begins a member: its key in JSON; its label, after a blank, as text. */
static void begin(struct print *p, const char *key, const char *label)
{
	bool joined = label && *label == '/';

	if (p->v->json)
		out_printf(&p->out, "%s\"%s\":", p->items++ ? "," : "", key);
	else
		out_printf(&p->out, "%s%s%s", p->items++ && !joined ? " " : "", label,
			*label && !joined ? " " : "");
}

static void print_text(struct print *p, const char *text)
{
	if (p->v->json)
		show_string(&p->out, text);
	else
		out_printf(&p->out, "%s", text);
}

static const char *name_of(const struct choice *choices, uint32_t value)
{
	static char number[12];

	for (; choices->name; choices++)
		if (choices->value == value)
			return choices->name;
	fmt_buf(number, sizeof(number), "%u", value);
	return number;
}

static void print_bits(struct print *p, const struct choice *choices, uint32_t bits)
{
	bool first = true, running = !(bits & IFF_UP) || bits & IFF_RUNNING || p->request;

	if (p->v->json)
		out_printf(&p->out, "[");
	for (const struct choice *c = choices; c->name; c++) {
		/* The one name that stands for a flag that is missing. */
		if (c->value ? !(bits & c->value) : running)
			continue;
		out_printf(&p->out, p->v->json ? "%s\"%s\"" : "%s%s", first ? "" : ",", c->name);
		first = false;
	}
	if (p->v->json)
		out_printf(&p->out, "]");
}

struct source {
	const struct nlmsghdr *message;
	const struct nlattr **table;
	int family;
};

static uint32_t number_of(const struct source *from, const struct field *field)
{
	const unsigned char *head = NLMSG_DATA(from->message);
	const struct nlattr *attr = field->head ? NULL : from->table[field->attr];
	uint32_t value = 0;

	if (field->head) /* little or big endian alike: the sizes are the kernel's own */
		return field->head == 1    ? head[field->attr]
			: field->head == 2 ? *(const uint16_t *)(const void *)(head + field->attr)
					   : *(const uint32_t *)(const void *)(head + field->attr);
	value = nl_size(attr) == 1 ? nl_u8(attr) : nl_u32(attr);
	return value;
}

/* false: the attribute holds no such address */
static bool address_of(const struct source *from, uint16_t attr, struct inet *a)
{
	*a = (struct inet){ .family = (uint8_t)from->family };
	if (from->family != AF_INET && from->family != AF_INET6)
		return false;
	a->prefix = (uint8_t)(8 * inet_size(a));
	if (!nl_data(from->table[attr], inet_size(a)))
		return false;
	memcpy(a->bytes, nl_data(from->table[attr], inet_size(a)), inet_size(a));
	return true;
}

static void print_kind_data(struct print *p, const char *kind, const struct nlattr *data)
{
	const struct link_kind *k = link_kinds;
	const struct nlattr *table[IFLA_BR_MAX + 1];
	unsigned items = 0;

	while (k->name && strcmp(k->name, kind) != 0)
		k++;
	if (!k->name || !data)
		return;
	nl_parse_nest(table, IFLA_BR_MAX, data);
	for (const struct word *word = k->words; word->name; word++) {
		const struct nlattr *attr = table[word->attr];
		size_t size = nl_size(attr);

		if (!attr || word->kind == W_PEER)
			continue;
		out_printf(&p->out, "%s\"%s\":", items++ ? "," : ",\"info_data\":{", word->name);
		if (word->choices)
			show_string(&p->out, name_of(word->choices, nl_u32(attr)));
		else
			out_printf(&p->out, "%u",
				size == 1           ? nl_u8(attr)
					: size == 2 ? nl_u16(attr)
						    : nl_u32(attr));
	}
	if (items)
		out_printf(&p->out, "}");
}

static void print_linkinfo(struct print *p, const struct field *field, const struct nlattr *info)
{
	const struct nlattr *table[IFLA_INFO_SLAVE_DATA + 1];
	const char *kind, *port;

	nl_parse_nest(table, IFLA_INFO_SLAVE_DATA, info);
	kind = nl_text(table[IFLA_INFO_KIND]);
	port = nl_text(table[IFLA_INFO_SLAVE_KIND]);
	if (!*kind && (!*port || !p->v->json))
		return;
	begin(p, field->key, field->label);
	if (!p->v->json) {
		print_text(p, kind);
		return;
	}
	out_printf(&p->out, "{");
	if (*kind) {
		out_printf(&p->out, "\"info_kind\":");
		show_string(&p->out, kind);
		print_kind_data(p, kind, table[IFLA_INFO_DATA]);
	}
	if (*port) {
		out_printf(&p->out, "%s\"info_slave_kind\":", *kind ? "," : "");
		show_string(&p->out, port);
	}
	out_printf(&p->out, "}");
}

/* A peer in another namespace has an index, but no name that we could know. */
static void print_peer_link(struct print *p, const struct source *from, uint32_t index)
{
	char name[IFNAMSIZ];

	if (from->table[IFLA_LINK_NETNSID]) {
		begin(p, "link_index", "link");
		out_printf(&p->out, "%u", index);
		begin(p, "link_netnsid", "netnsid");
		out_printf(&p->out, "%d", (int)nl_u32(from->table[IFLA_LINK_NETNSID]));
	} else if (index) {
		begin(p, "link", "link");
		print_text(p, rtnl_name(&p->v->nl, (int)index, name));
	}
}

static void print_destination(struct print *p, const struct field *field, const struct source *from)
{
	const struct rtmsg *route = NLMSG_DATA(from->message);
	char text[INET_TEXT] = "default";
	struct inet a;

	if (address_of(from, field->attr, &a)) {
		bool whole = route->rtm_dst_len >= a.prefix;

		a.prefix = route->rtm_dst_len;
		whole ? inet_format(&a, text) : inet_format_cidr(&a, text);
	}
	begin(p, field->key, field->label);
	print_text(p, text);
}

static void print_address(struct print *p, const struct field *field, const struct source *from)
{
	char text[INET_TEXT];
	struct inet a, own;

	if (!address_of(from, field->attr, &a) &&
		(field->kind != F_OWN || !address_of(from, IFA_ADDRESS, &a)))
		return;
	if (field->kind == F_OTHER && (!address_of(from, IFA_LOCAL, &own) || inet_equal(&a, &own)))
		return;
	begin(p, field->key, field->label);
	print_text(p, inet_format(&a, text));
}

static void print_number(struct print *p, const struct field *field, uint32_t value, bool four)
{
	const char *name;

	if (field->kind == F_TRUE) {
		for (const struct choice *c = field->choices; c->name; c++) {
			if (!(value & c->value))
				continue;
			name = four && c->value == IFA_F_SECONDARY ? "secondary" : c->name;
			begin(p, name, "");
			out_printf(&p->out, "%s", p->v->json ? "true" : name);
		}
		return;
	}
	/* As ip does it: the main table goes without saying. */
	if (field->attr == RTA_TABLE && field->kind == F_CHOICE && value == RT_TABLE_MAIN &&
		!field->head)
		return;
	/* Nor does the usual need words: no flags, a unicast route. */
	if (!p->v->json &&
		(field->kind == F_BITS ? !value
				       : field->kind == F_CHOICE && !*field->label &&
					value == RTN_UNICAST))
		return;
	begin(p, field->key, field->label);
	if (field->kind == F_BITS)
		print_bits(p, field->choices, value);
	else if (field->kind == F_CHOICE)
		print_text(p, name_of(field->choices, value));
	else
		out_printf(&p->out, "%u", value);
}

static void print_field(struct print *p, const struct field *field, const struct source *from)
{
	const struct nlattr *attr = field->head ? NULL : from->table[field->attr];
	char text[3 * 32];

	if (!p->v->json && !field->label)
		return;
	if (field->kind == F_DST) {
		print_destination(p, field, from);
		return;
	}
	if (field->kind == F_IP || field->kind == F_OWN || field->kind == F_OTHER) {
		print_address(p, field, from);
		return;
	}
	if (!field->head && !attr)
		return;
	switch (field->kind) {
	case F_TEXT:
		begin(p, field->key, field->label);
		print_text(p, nl_text(attr));
		break;
	case F_MAC:
		if (nl_size(attr) > 32 || !nl_size(attr))
			return;
		begin(p, field->key, field->label);
		print_text(p, mac_format(nl_data(attr, 1), nl_size(attr), text));
		break;
	case F_DEV:
		if (!number_of(from, field))
			return;
		begin(p, field->key, field->label);
		print_text(p, rtnl_name(&p->v->nl, (int)number_of(from, field), text));
		break;
	case F_LINKINFO:
		print_linkinfo(p, field, attr);
		break;
	case F_PEERLINK:
		print_peer_link(p, from, nl_u32(attr));
		break;
	default:
		/* What a request leaves to the kernel. */
		if (p->request && field->head > 1 && field->kind != F_BITS &&
			!number_of(from, field))
			return;
		print_number(p, field, number_of(from, field), from->family == AF_INET);
	}
}

#define ATTRS 128

void print_object(struct print *p, const struct object *object, const struct nlmsghdr *message,
	const struct field *only)
{
	const struct nlattr *table[ATTRS];
	struct source from = { message, table, 0 };

	if (message->nlmsg_len < object->size + sizeof(*message))
		return;
	nl_parse_message(table, ATTRS - 1, message, object->size);
	from.family = *(const uint8_t *)NLMSG_DATA(message);
	for (const struct field *field = object->fields; field->key; field++)
		if (!only || field == only)
			print_field(p, field, &from);
}

/* ---- show */

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
	CLEANUP_FREE unsigned char *memory = NULL;
	const struct ifaddrmsg *asked = NLMSG_DATA(filter->batch.head);
	const struct nlmsghdr *link = NULL, *message;
	struct request all = { .v = p->v, .object = &link_object };
	struct nl_answer links;

	nl_init(&all.batch);
	nl_begin(&all.batch, RTM_GETLINK, 0, &(struct ifinfomsg){ 0 }, sizeof(struct ifinfomsg));
	if (show_dump(p->v, &all, &links))
		return;
	memory = links.data;
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
int show_request(struct veth *v, const struct request *request)
{
	struct nl_answer answer = { .data = (unsigned char *)request->batch.head,
		.used = request->batch.head->nlmsg_len };
	bool json = v->json;
	int status;

	fmt_fd(STDOUT_FILENO, "%s %s ", request->object->name, request->verb);
	v->json = true;
	status = print_answer(v, request->object, NULL, &answer);
	v->json = json;
	return status;
}

int show_run(struct veth *v, const struct object *object, char **words)
{
	CLEANUP_FREE unsigned char *memory = NULL;
	struct nl_answer answer;
	struct request filter;

	request_parse(&filter, v, object, "show", ON_SHOW, object->get, 0, words);
	if (filter.error || v->checking)
		return filter.error != 0;
	if (show_dump(v, &filter, &answer))
		return 1;
	memory = answer.data;
	return print_answer(v, object, &filter, &answer);
}
