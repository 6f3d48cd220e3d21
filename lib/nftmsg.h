/* SPDX-License-Identifier: MIT */
/* nftmsg.h - the parts that nft.c and nftport.c build their messages of. */
#ifndef NFTMSG_H
#define NFTMSG_H

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "nl.h"

struct nft_family {
	uint8_t number;                           /* NFPROTO_*, which is AF_* */
	uint32_t size, source, destination, type; /* of an address in the header */
	uint32_t after;                           /* the register behind an address in NFT_REG_1 */
};

const struct nft_family *nft_family(int family);

/* NFNL_MSG_BATCH_BEGIN and _END: the messages between them are one transaction. */
void nft_frame(struct nl_batch *batch, unsigned type);

/* Begins a message about the table of a family; its first attribute names the table. */
void nft_message(struct nl_batch *batch, const struct nft_family *f, unsigned type, unsigned flags);

void nft_put_be32(struct nl_batch *batch, unsigned type, uint32_t value);
void nft_put_data(struct nl_batch *batch, unsigned type, const void *data, size_t size);

/* Begins a message about elements of a set; nl_end() takes what is returned. */
size_t nft_elements(struct nl_batch *batch, const struct nft_family *f, unsigned type,
	unsigned flags, const char *set);

#endif
