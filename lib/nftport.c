// SPDX-License-Identifier: MIT
/* nftport.c - published ports: elements of the maps that nft.c makes, and the flows of conntrack
 * that go through them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "cleanup.h"
#include "fmt.h"
#include "nft.h"
#include "nftmsg.h"

#define COMMENT      0   /* the type of a comment among nft(8)'s user data */
#define ELEMENTS     256 /* of one message: a list of them has at most 64 KiB */
#define ELEMENT_ROOM 160

/* Every part of a concatenation begins at a multiple of four bytes. */
static size_t put_part(uint8_t *at, size_t used, const void *data, size_t size)
{
	memcpy(at + used, data, size);
	return used + ((size + 3) & ~(size_t)3);
}

static void put_element(struct nl_batch *batch, const struct nft_port *port, bool with_data)
{
	const uint16_t host_port = htons(port->host_port), target_port = htons(port->target_port);
	uint8_t key[24] = { 0 }, data[20] = { 0 }, note[2 + NFT_COMMENT];
	size_t length = strlen(port->comment) + 1, used = 0;
	size_t nest = nl_nest(batch, NFTA_LIST_ELEM | NLA_F_NESTED);

	if (port->host.family)
		used = put_part(key, 0, port->host.bytes, inet_size(&port->host));
	used = put_part(key, used, &port->protocol, 1);
	used = put_part(key, used, &host_port, sizeof(host_port));
	nft_put_data(batch, NFTA_SET_ELEM_KEY, key, used);
	if (with_data) {
		used = put_part(data, 0, port->target.bytes, inet_size(&port->target));
		used = put_part(data, used, &target_port, sizeof(target_port));
		nft_put_data(batch, NFTA_SET_ELEM_DATA, data, used);
		note[0] = COMMENT;
		note[1] = (uint8_t)length;
		memcpy(note + 2, port->comment, length);
		nl_put(batch, NFTA_SET_ELEM_USERDATA, note, 2 + length);
	}
	nl_end(batch, nest);
}

/* Each of the four maps gets its elements in messages of their own: an ACK for each port would
 * be more than a socket holds. */
static void put_elements(struct nl_batch *batch, const struct nft_port *ports, size_t count,
	unsigned type, unsigned flags)
{
	for (int map = 0; map < 4; map++) {
		size_t nest = 0, used = 0;
		int family = map < 2 ? AF_INET : AF_INET6;

		for (size_t i = 0; i < count; i++) {
			if (ports[i].target.family != family || !ports[i].host.family != !(map & 1))
				continue;
			if (used++ % ELEMENTS == 0) {
				if (nest)
					nl_end(batch, nest);
				nest = nft_elements(batch, nft_family(family), type, flags,
					map & 1 ? "puba" : "pub");
			}
			put_element(batch, &ports[i], type == NFT_MSG_NEWSETELEM);
		}
		if (nest)
			nl_end(batch, nest);
	}
}

int nft_change(struct nl *nl, const struct nft_port *gone, size_t gone_count,
	const struct nft_port *new, size_t new_count)
{
	const int room = (int)(4096 + (gone_count + new_count) * ELEMENT_ROOM);
	CLEANUP_FREE void *memory = malloc((size_t)room);
	struct nl_batch batch;

	if (!memory)
		return -ENOMEM;
	/* What a socket sends at once is bounded; root may set the bound. */
	if (room > 65536)
		setsockopt(nl->fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	nl_init_in(&batch, memory, (size_t)room);
	nft_frame(&batch, NFNL_MSG_BATCH_BEGIN);
	put_elements(&batch, gone, gone_count, NFT_MSG_DELSETELEM, 0);
	put_elements(&batch, new, new_count, NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL);
	nft_frame(&batch, NFNL_MSG_BATCH_END);
	return nl_talk(nl, &batch, NULL);
}

/* ---- reading them back */

static bool get_address(struct inet *a, int family, const uint8_t **data, size_t *left)
{
	*a = (struct inet){ .family = (uint8_t)family };
	a->prefix = (uint8_t)(8 * inet_size(a));
	if (*left < inet_size(a))
		return false;
	memcpy(a->bytes, *data, inet_size(a));
	*data += inet_size(a);
	*left -= inet_size(a);
	return true;
}

static const uint8_t *value_of(const struct nlattr *nest, size_t *size)
{
	const struct nlattr *table[NFTA_DATA_MAX + 1];

	nl_parse_nest(table, NFTA_DATA_MAX, nest);
	*size = nl_size(table[NFTA_DATA_VALUE]);
	return nl_data(table[NFTA_DATA_VALUE], 0);
}

static bool read_element(
	const struct nlattr *element, int family, bool has_host, struct nft_port *port)
{
	const struct nlattr *table[NFTA_SET_ELEM_MAX + 1];
	const uint8_t *key, *data, *note;
	size_t left, room;

	*port = (struct nft_port){ 0 };
	nl_parse_nest(table, NFTA_SET_ELEM_MAX, element);
	key = value_of(table[NFTA_SET_ELEM_KEY], &left);
	data = value_of(table[NFTA_SET_ELEM_DATA], &room);
	if (!key || !data || (has_host && !get_address(&port->host, family, &key, &left)) ||
		!get_address(&port->target, family, &data, &room) || left < 8 || room < 4)
		return false;
	port->protocol = key[0];
	port->host_port = (uint16_t)(key[4] << 8 | key[5]);
	port->target_port = (uint16_t)(data[0] << 8 | data[1]);
	note = nl_data(table[NFTA_SET_ELEM_USERDATA], 2);
	room = nl_size(table[NFTA_SET_ELEM_USERDATA]);
	if (note && note[0] == COMMENT && note[1] <= room - 2 && note[1] <= NFT_COMMENT)
		fmt_buf(port->comment, NFT_COMMENT, "%.*s", note[1], (const char *)note + 2);
	return true;
}

int nft_each(
	struct nl *nl, int family, int (*each)(const struct nft_port *port, void *data), void *data)
{
	int r = 0;

	for (int has_host = 0; has_host < 2 && !r; has_host++) {
		const struct nlmsghdr *message = NULL;
		CLEANUP_ANSWER struct nl_answer answer = { 0 };
		struct nl_batch request;

		nl_init(&request);
		nft_message(&request, nft_family(family), NFT_MSG_GETSETELEM, 0);
		nl_put_text(&request, NFTA_SET_ELEM_LIST_SET, has_host ? "puba" : "pub");
		r = nl_dump(nl, &request, &answer);
		while (!r && (message = nl_next(&answer, message))) {
			const struct nlattr *table[NFTA_SET_ELEM_LIST_MAX + 1], *element = NULL;
			struct nft_port port;

			nl_parse_message(
				table, NFTA_SET_ELEM_LIST_MAX, message, sizeof(struct nfgenmsg));
			while (!r &&
				(element = nl_next_attr(
					 table[NFTA_SET_ELEM_LIST_ELEMENTS], element)))
				if (read_element(element, family, has_host, &port))
					r = each(&port, data);
		}
	}
	return r;
}

int nft_foreign_drop(struct nl *nl, int family, char *name, size_t size)
{
	const struct nfgenmsg head = { .nfgen_family = (uint8_t)family };
	const struct nlmsghdr *message = NULL;
	CLEANUP_ANSWER struct nl_answer answer = { 0 };
	struct nl_batch request;

	nl_init(&request);
	nl_begin(&request, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETCHAIN, 0, &head, sizeof(head));
	if (nl_dump(nl, &request, &answer) < 0)
		answer.used = 0;
	while ((message = nl_next(&answer, message))) {
		const struct nlattr *table[NFTA_CHAIN_MAX + 1], *hook[NFTA_HOOK_MAX + 1];

		nl_parse_message(table, NFTA_CHAIN_MAX, message, sizeof(head));
		nl_parse_nest(hook, NFTA_HOOK_MAX, table[NFTA_CHAIN_HOOK]);
		if (!hook[NFTA_HOOK_HOOKNUM] || ntohl(nl_u32(hook[NFTA_HOOK_HOOKNUM])) != 2 ||
			!table[NFTA_CHAIN_POLICY] || nl_u32(table[NFTA_CHAIN_POLICY]) != 0)
			continue;
		fmt_buf(name, size, "%s %s", nl_text(table[NFTA_CHAIN_TABLE]),
			nl_text(table[NFTA_CHAIN_NAME]));
		return 1;
	}
	return 0;
}

/* ---- conntrack */

static bool is_flow_to(const struct nlattr *tuple, const struct nft_port *ports, size_t count)
{
	const struct nlattr *parts[CTA_TUPLE_MAX + 1], *proto[CTA_PROTO_MAX + 1];
	uint16_t port;
	bool found = false;

	nl_parse_nest(parts, CTA_TUPLE_MAX, tuple);
	nl_parse_nest(proto, CTA_PROTO_MAX, parts[CTA_TUPLE_PROTO]);
	port = ntohs(nl_u16(proto[CTA_PROTO_DST_PORT]));
	for (size_t i = 0; i < count && !found; i++)
		found = port == ports[i].host_port &&
			nl_u8(proto[CTA_PROTO_NUM]) == ports[i].protocol;
	return found;
}

static int forget_flows(struct nl *nl, int family, const struct nft_port *ports, size_t count)
{
	const struct nfgenmsg head = { .nfgen_family = (uint8_t)family };
	const struct nlmsghdr *message = NULL;
	CLEANUP_ANSWER struct nl_answer answer = { 0 };
	struct nl_batch batch;
	int r;

	nl_init(&batch);
	nl_begin(&batch, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, 0, &head, sizeof(head));
	r = nl_dump(nl, &batch, &answer);
	while (!r && (message = nl_next(&answer, message))) {
		const struct nlattr *table[CTA_MAX + 1], *tuple;

		nl_parse_message(table, CTA_MAX, message, sizeof(head));
		tuple = table[CTA_TUPLE_ORIG];
		if (!is_flow_to(tuple, ports, count))
			continue;
		nl_init(&batch);
		nl_begin(&batch, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE, NLM_F_ACK,
			&head, sizeof(head));
		nl_put(&batch, CTA_TUPLE_ORIG | NLA_F_NESTED, tuple + 1, nl_size(tuple));
		r = nl_talk(nl, &batch, NULL);
		r = r == -ENOENT ? 0 : r; /* it ended by itself */
	}
	return r;
}

int nft_forget_flows(struct nl *nl, const struct nft_port *ports, size_t count)
{
	int r = 0;

	for (int i = 0; i < 2 && r == 0; i++) {
		int family = i ? AF_INET6 : AF_INET;
		bool any = false;

		for (size_t k = 0; k < count && !any; k++)
			any = ports[k].target.family == family;
		if (any)
			r = forget_flows(nl, family, ports, count);
	}
	return r;
}
