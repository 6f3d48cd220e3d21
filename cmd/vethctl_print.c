// SPDX-License-Identifier: MIT
/* vethctl_print.c - prints links, addresses, routes and neighbours: for programs with the keys and
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
			show_string(&p->out, choice_name(word->choices, nl_u32(attr)));
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
		print_text(p, choice_name(field->choices, value));
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
