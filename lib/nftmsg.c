// SPDX-License-Identifier: MIT
/* nftmsg.c - see nftmsg.h. */
#include "nftmsg.h"

#include <arpa/inet.h>
#include <sys/socket.h>

const struct nft_family *nft_family(int family)
{
	/* The type is the number by which nft(8) prints addresses: ipv4_addr, ipv6_addr. */
	static const struct nft_family families[] = { { AF_INET, 4, 12, 16, 7, NFT_REG32_01 },
		{ AF_INET6, 16, 8, 24, 8, NFT_REG32_04 } };

	return &families[family == AF_INET6];
}

void nft_frame(struct nl_batch *batch, unsigned type)
{
	const struct nfgenmsg head = { .res_id = htons(NFNL_SUBSYS_NFTABLES) };

	nl_begin(batch, type, 0, &head, sizeof(head));
}

void nft_message(struct nl_batch *batch, const struct nft_family *f, unsigned type, unsigned flags)
{
	const struct nfgenmsg head = { .nfgen_family = f->number };

	nl_begin(batch, NFNL_SUBSYS_NFTABLES << 8 | type, flags | NLM_F_ACK, &head, sizeof(head));
	/* NFTA_TABLE_NAME, NFTA_SET_TABLE, NFTA_RULE_TABLE and the others are all 1. */
	nl_put_text(batch, NFTA_TABLE_NAME, "husk");
}

void nft_put_be32(struct nl_batch *batch, unsigned type, uint32_t value)
{
	nl_put_u32(batch, type, htonl(value));
}

void nft_put_data(struct nl_batch *batch, unsigned type, const void *data, size_t size)
{
	size_t nest = nl_nest(batch, type | NLA_F_NESTED);

	nl_put(batch, NFTA_DATA_VALUE, data, size);
	nl_end(batch, nest);
}

size_t nft_elements(struct nl_batch *batch, const struct nft_family *f, unsigned type,
	unsigned flags, const char *set)
{
	nft_message(batch, f, type, flags);
	nl_put_text(batch, NFTA_SET_ELEM_LIST_SET, set);
	return nl_nest(batch, NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED);
}
