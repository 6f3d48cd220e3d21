// SPDX-License-Identifier: MIT
/* nft.c - see nft.h.  What the messages say, as nft(8) prints it, for IPv4:
 *
 *	map pub  { type inet_proto . inet_service : ipv4_addr . inet_service }
 *	map puba { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service }
 *	set nets { type ipv4_addr; flags interval }
 *	set brs  { type ifname }
 *	chain raw   { type filter hook prerouting priority -300
 *	              iifname != "lo" ip daddr 127.0.0.0/8 drop }
 *	chain pre   { type nat hook prerouting priority -100
 *	              dnat to ip daddr . meta l4proto . th dport map @puba
 *	              fib daddr type local dnat to meta l4proto . th dport map @pub }
 *	chain out   { type nat hook output priority -100; the same }
 *	chain post  { type nat hook postrouting priority 100
 *	              ip saddr @nets ip daddr != @nets masquerade
 *	              ip saddr @nets ip daddr @nets ct status dnat masquerade   (hairpin)
 *	              ip saddr 127.0.0.0/8 ct status dnat masquerade }
 *	chain guard { type filter hook forward priority 0
 *	              iifname != @brs oifname @brs ct state new ct status & dnat == 0 drop }
 *
 * raw keeps route_localnet, which publishing on 127.0.0.1 needs, from opening the host's loopback
 * services to containers; guard keeps LAN hosts with a route to the subnet from ports that were
 * not published.  IPv6 has no route_localnet: ::1 is left out of its chains. */
#include "nft.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/rtnetlink.h>

#include "fmt.h"
#include "nftmsg.h"

#define REG    NFT_REG_1
#define ACCEPT 1

/* The numbers by which nft(8) prints the types of keys: six bits each in a concatenation. */
enum { T_PROTO = 12, T_PORT = 13, T_IFNAME = 41 };
#define CONCAT(a, b) ((uint32_t)(a) << 6 | (b))

enum { HOOK_PREROUTING, HOOK_INPUT, HOOK_FORWARD, HOOK_OUTPUT, HOOK_POSTROUTING };
enum { SET_PUB = 1, SET_PUBA, SET_NETS, SET_BRS };

/* ---- expressions */

struct nests {
	size_t element, data;
};

static struct nests begin(struct nl_batch *batch, const char *name)
{
	struct nests nests;

	nests.element = nl_nest(batch, NFTA_LIST_ELEM | NLA_F_NESTED);
	nl_put_text(batch, NFTA_EXPR_NAME, name);
	nests.data = nl_nest(batch, NFTA_EXPR_DATA | NLA_F_NESTED);
	return nests;
}

static void end(struct nl_batch *batch, struct nests nests)
{
	nl_end(batch, nests.data);
	nl_end(batch, nests.element);
}

/* An expression of numbers: pairs of attribute and value, ended by 0. */
static void expression(struct nl_batch *batch, const char *name, const uint32_t *pairs)
{
	struct nests nests = begin(batch, name);

	for (; *pairs; pairs += 2)
		nft_put_be32(batch, pairs[0], pairs[1]);
	end(batch, nests);
}

#define EXPR(batch, name, ...) expression(batch, name, (const uint32_t[]){ __VA_ARGS__, 0 })

static void load_meta(struct nl_batch *batch, uint32_t key, uint32_t reg)
{
	EXPR(batch, "meta", NFTA_META_KEY, key, NFTA_META_DREG, reg);
}

static void load_header(
	struct nl_batch *batch, uint32_t base, uint32_t offset, uint32_t size, uint32_t reg)
{
	EXPR(batch, "payload", NFTA_PAYLOAD_DREG, reg, NFTA_PAYLOAD_BASE, base, NFTA_PAYLOAD_OFFSET,
		offset, NFTA_PAYLOAD_LEN, size);
}

static void compare(struct nl_batch *batch, uint32_t op, const void *data, size_t size)
{
	struct nests nests = begin(batch, "cmp");

	nft_put_be32(batch, NFTA_CMP_SREG, REG);
	nft_put_be32(batch, NFTA_CMP_OP, op);
	nft_put_data(batch, NFTA_CMP_DATA, data, size);
	end(batch, nests);
}

static void mask(struct nl_batch *batch, const void *bits, uint32_t size)
{
	static const uint8_t zero[16];
	struct nests nests = begin(batch, "bitwise");

	nft_put_be32(batch, NFTA_BITWISE_SREG, REG);
	nft_put_be32(batch, NFTA_BITWISE_DREG, REG);
	nft_put_be32(batch, NFTA_BITWISE_LEN, size);
	nft_put_data(batch, NFTA_BITWISE_MASK, bits, size);
	nft_put_data(batch, NFTA_BITWISE_XOR, zero, size);
	end(batch, nests);
}

static void lookup(struct nl_batch *batch, const char *set, uint32_t id, bool map, bool invert)
{
	struct nests nests = begin(batch, "lookup");

	nl_put_text(batch, NFTA_LOOKUP_SET, set);
	nft_put_be32(batch, NFTA_LOOKUP_SREG, REG);
	nft_put_be32(batch, NFTA_LOOKUP_SET_ID, id);
	if (map)
		nft_put_be32(batch, NFTA_LOOKUP_DREG, REG);
	if (invert)
		nft_put_be32(batch, NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
	end(batch, nests);
}

static void drop(struct nl_batch *batch)
{
	struct nests nests = begin(batch, "immediate");
	size_t data, verdict;

	nft_put_be32(batch, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = nl_nest(batch, NFTA_IMMEDIATE_DATA | NLA_F_NESTED);
	verdict = nl_nest(batch, NFTA_DATA_VERDICT | NLA_F_NESTED);
	nft_put_be32(batch, NFTA_VERDICT_CODE, 0); /* NF_DROP */
	nl_end(batch, verdict);
	nl_end(batch, data);
	end(batch, nests);
}

/* The bits of ct state or ct status that a flow must have, or must lack. */
static void match_ct(struct nl_batch *batch, uint32_t key, uint32_t bits, bool has)
{
	const uint32_t zero = 0;

	EXPR(batch, "ct", NFTA_CT_KEY, key, NFTA_CT_DREG, REG);
	mask(batch, &bits, sizeof(bits));
	compare(batch, has ? NFT_CMP_NEQ : NFT_CMP_EQ, &zero, sizeof(zero));
}

static void match_net(struct nl_batch *batch, const struct nft_family *f, bool source, bool invert)
{
	load_header(batch, NFT_PAYLOAD_NETWORK_HEADER, source ? f->source : f->destination, f->size,
		REG);
	lookup(batch, "nets", SET_NETS, false, invert);
}

/* 127.0.0.0/8, or ::1. */
static void match_loopback(
	struct nl_batch *batch, const struct nft_family *f, bool source, uint32_t op)
{
	static const uint8_t mask4[4] = { 255 }, net4[4] = { 127 }, one[16] = { [15] = 1 };

	load_header(batch, NFT_PAYLOAD_NETWORK_HEADER, source ? f->source : f->destination, f->size,
		REG);
	if (f->number == AF_INET)
		mask(batch, mask4, sizeof(mask4));
	compare(batch, op, f->number == AF_INET ? net4 : one, f->size);
}

/* ---- the table */

static void set(struct nl_batch *batch, const struct nft_family *f, const char *name, uint32_t id,
	uint32_t flags, uint32_t key_type, uint32_t key_size)
{
	nft_message(batch, f, NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL);
	nl_put_text(batch, NFTA_SET_NAME, name);
	nft_put_be32(batch, NFTA_SET_FLAGS, flags);
	nft_put_be32(batch, NFTA_SET_KEY_TYPE, key_type);
	nft_put_be32(batch, NFTA_SET_KEY_LEN, key_size);
	nft_put_be32(batch, NFTA_SET_ID, id);
	if (flags & NFT_SET_MAP) {
		nft_put_be32(batch, NFTA_SET_DATA_TYPE, CONCAT(f->type, T_PORT));
		nft_put_be32(batch, NFTA_SET_DATA_LEN, f->size + 4);
	}
}

/* nft(8) needs to be told that names are not numbers in network order. */
static void set_of_names(struct nl_batch *batch, const struct nft_family *f)
{
	static const struct {
		uint8_t type, size;
		uint8_t value[4];
	} key_order = { 0, 4, { 1 } };

	set(batch, f, "brs", SET_BRS, 0, T_IFNAME, IFNAMSIZ);
	nl_put(batch, NFTA_SET_USERDATA, &key_order, sizeof(key_order));
}

static void chain(struct nl_batch *batch, const struct nft_family *f, const char *name,
	const char *type, uint32_t hook, int32_t priority)
{
	size_t nest;

	nft_message(batch, f, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);
	nl_put_text(batch, NFTA_CHAIN_NAME, name);
	nest = nl_nest(batch, NFTA_CHAIN_HOOK | NLA_F_NESTED);
	nft_put_be32(batch, NFTA_HOOK_HOOKNUM, hook);
	nft_put_be32(batch, NFTA_HOOK_PRIORITY, (uint32_t)priority);
	nl_end(batch, nest);
	nft_put_be32(batch, NFTA_CHAIN_POLICY, ACCEPT);
	nl_put_text(batch, NFTA_CHAIN_TYPE, type);
}

static size_t rule(struct nl_batch *batch, const struct nft_family *f, const char *name)
{
	nft_message(batch, f, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nl_put_text(batch, NFTA_RULE_CHAIN, name);
	return nl_nest(batch, NFTA_RULE_EXPRESSIONS | NLA_F_NESTED);
}

/* To the address and port that the map holds for what the registers hold from REG on. */
static void dnat(struct nl_batch *batch, const struct nft_family *f, const char *map, uint32_t id,
	uint32_t reg)
{
	load_meta(batch, NFT_META_L4PROTO, reg);
	load_header(batch, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, reg + 1);
	lookup(batch, map, id, true, false);
	EXPR(batch, "nat", NFTA_NAT_TYPE, NFT_NAT_DNAT, NFTA_NAT_FAMILY, f->number,
		NFTA_NAT_REG_ADDR_MIN, REG, NFTA_NAT_REG_PROTO_MIN, f->after);
}

static void publishing_rules(struct nl_batch *batch, const struct nft_family *f, const char *name)
{
	const uint32_t local = RTN_LOCAL;
	size_t nest = rule(batch, f, name);

	load_header(batch, NFT_PAYLOAD_NETWORK_HEADER, f->destination, f->size, REG);
	dnat(batch, f, "puba", SET_PUBA, f->after);
	nl_end(batch, nest);
	nest = rule(batch, f, name);
	EXPR(batch, "fib", NFTA_FIB_DREG, REG, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE,
		NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR);
	compare(batch, NFT_CMP_EQ, &local, sizeof(local));
	if (f->number == AF_INET6)
		match_loopback(batch, f, false, NFT_CMP_NEQ);
	dnat(batch, f, "pub", SET_PUB, NFT_REG32_00);
	nl_end(batch, nest);
}

static void masquerading_rules(struct nl_batch *batch, const struct nft_family *f)
{
	for (int i = 0; i < 3; i++) {
		size_t nest;

		if (i == 2 && f->number == AF_INET6)
			break;
		nest = rule(batch, f, "post");
		if (i == 2)
			match_loopback(batch, f, true, NFT_CMP_EQ);
		else
			match_net(batch, f, true, false);
		if (i < 2)
			match_net(batch, f, false, i == 0);
		if (i > 0)
			match_ct(batch, NFT_CT_STATUS, IPS_DST_NAT, true);
		EXPR(batch, "masq", 0);
		nl_end(batch, nest);
	}
}

static void guarding_rules(struct nl_batch *batch, const struct nft_family *f)
{
	static const char lo[IFNAMSIZ] = "lo";
	size_t nest;

	if (f->number == AF_INET) {
		nest = rule(batch, f, "raw");
		load_meta(batch, NFT_META_IIFNAME, REG);
		compare(batch, NFT_CMP_NEQ, lo, sizeof(lo));
		match_loopback(batch, f, false, NFT_CMP_EQ);
		drop(batch);
		nl_end(batch, nest);
	}
	nest = rule(batch, f, "guard");
	load_meta(batch, NFT_META_IIFNAME, REG);
	lookup(batch, "brs", SET_BRS, false, true);
	load_meta(batch, NFT_META_OIFNAME, REG);
	lookup(batch, "brs", SET_BRS, false, false);
	match_ct(batch, NFT_CT_STATE, NF_CT_STATE_BIT(IP_CT_NEW), true);
	match_ct(batch, NFT_CT_STATUS, IPS_DST_NAT, false);
	drop(batch);
	nl_end(batch, nest);
}

static void table(struct nl_batch *batch, const struct nft_family *f)
{
	nft_message(batch, f, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
	set(batch, f, "pub", SET_PUB, NFT_SET_MAP, CONCAT(T_PROTO, T_PORT), 8);
	set(batch, f, "puba", SET_PUBA, NFT_SET_MAP, CONCAT(CONCAT(f->type, T_PROTO), T_PORT),
		f->size + 8);
	set(batch, f, "nets", SET_NETS, NFT_SET_INTERVAL, f->type, f->size);
	set_of_names(batch, f);
	if (f->number == AF_INET)
		chain(batch, f, "raw", "filter", HOOK_PREROUTING, -300);
	chain(batch, f, "pre", "nat", HOOK_PREROUTING, -100);
	chain(batch, f, "out", "nat", HOOK_OUTPUT, -100);
	chain(batch, f, "post", "nat", HOOK_POSTROUTING, 100);
	chain(batch, f, "guard", "filter", HOOK_FORWARD, 0);
	publishing_rules(batch, f, "pre");
	publishing_rules(batch, f, "out");
	masquerading_rules(batch, f);
	guarding_rules(batch, f);
}

/* ---- elements */

static void key(struct nl_batch *batch, const void *data, size_t size, uint32_t flags)
{
	size_t nest = nl_nest(batch, NFTA_LIST_ELEM | NLA_F_NESTED);

	nft_put_data(batch, NFTA_SET_ELEM_KEY, data, size);
	if (flags)
		nft_put_be32(batch, NFTA_SET_ELEM_FLAGS, flags);
	nl_end(batch, nest);
}

/* The network as an interval: its first address, and the one behind its last. */
static void add_network(struct nl_batch *batch, const struct nft_family *f,
	const struct inet *subnet, const char *bridge)
{
	struct inet first = inet_first(subnet), behind = inet_last(subnet);
	char name[IFNAMSIZ] = "";
	size_t nest = nft_elements(batch, f, NFT_MSG_NEWSETELEM, NLM_F_CREATE, "nets");

	for (size_t i = f->size; i-- > 0 && !++behind.bytes[i];)
		;
	key(batch, first.bytes, f->size, 0);
	key(batch, behind.bytes, f->size, NFT_SET_ELEM_INTERVAL_END);
	nl_end(batch, nest);
	fmt_buf(name, sizeof(name), "%s", bridge);
	nest = nft_elements(batch, f, NFT_MSG_NEWSETELEM, NLM_F_CREATE, "brs");
	key(batch, name, sizeof(name), 0);
	nl_end(batch, nest);
}

int nft_open(struct nl *nl)
{
	const int on = 1;
	int r = nl_open(nl, NETLINK_NETFILTER);

	/* An error without the message that it is about: that can be 64 KiB. */
	if (r == 0)
		setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return r;
}

int nft_up(struct nl *nl, const struct inet *subnet, const char *bridge)
{
	const struct nft_family *f = nft_family(subnet->family);
	struct nl_batch batch;
	int r = -EEXIST;

	/* First with the table, then, where that is there already, without. */
	for (int try = 0; try < 2 && r == -EEXIST; try++) {
		nl_init(&batch);
		nft_frame(&batch, NFNL_MSG_BATCH_BEGIN);
		if (!try)
			table(&batch, f);
		add_network(&batch, f, subnet, bridge);
		nft_frame(&batch, NFNL_MSG_BATCH_END);
		r = nl_talk(nl, &batch, NULL);
	}
	return r;
}

int nft_down(struct nl *nl, int family)
{
	struct nl_batch batch;

	nl_init(&batch);
	nft_frame(&batch, NFNL_MSG_BATCH_BEGIN);
	nft_message(&batch, nft_family(family), NFT_MSG_DELTABLE, 0);
	nft_frame(&batch, NFNL_MSG_BATCH_END);
	return nl_talk(nl, &batch, NULL);
}

bool nft_is_up(struct nl *nl, int family)
{
	struct nl_batch batch;

	nl_init(&batch);
	nft_message(&batch, nft_family(family), NFT_MSG_GETTABLE, 0);
	return nl_talk(nl, &batch, NULL) == 0;
}
