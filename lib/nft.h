/* SPDX-License-Identifier: MIT */
/* nft.h - the nftables tables `ip husk` and `ip6 husk`: masquerading for container networks and
 * published ports, one element of a map each.  By raw nfnetlink messages, as a transaction each:
 * all of it or nothing happens.  Source: nft(8); include/uapi/linux/netfilter/nf_tables.h. */
#ifndef NFT_H
#define NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inet.h"
#include "nl.h"

#define NFT_COMMENT 65

struct nft_port {
	struct inet host; /* family 0: every local address */
	struct inet target;
	uint16_t host_port, target_port;
	uint8_t protocol;          /* IPPROTO_TCP or IPPROTO_UDP */
	char comment[NFT_COMMENT]; /* whose port it is */
};

/* Opens a netfilter socket in the current network namespace. */
int nft_open(struct nl *nl);

/* Makes the table of the subnet's family, unless it is there, and adds the subnet and its bridge.
 *   errors  -EOPNOTSUPP, -EPROTONOSUPPORT  the kernel lacks nf_tables or NAT */
int nft_up(struct nl *nl, const struct inet *subnet, const char *bridge);

/* Removes the table of a family.  -ENOENT: there is none. */
int nft_down(struct nl *nl, int family);

/* Is the table of a family there? */
bool nft_is_up(struct nl *nl, int family);

/* Ends the publishing of some ports and publishes others, in one transaction.
 *   errors  -EEXIST  one is taken, or there twice; -ENOENT  no table, or no such port;
 *           -EMSGSIZE  more than the socket takes at once (some 2,000 where we may not enlarge it)
 */
int nft_change(struct nl *nl, const struct nft_port *gone, size_t gone_count,
	const struct nft_port *new, size_t new_count);

/* Calls each for every published port of a family until it returns other than 0.
 *   returns  that, 0, or -errno; -ENOENT: no table */
int nft_each(struct nl *nl, int family, int (*each)(const struct nft_port *port, void *data),
	void *data);

/* Looks for a chain of somebody else's that drops what it is not told to forward: no accept of
 * ours gets over that.  1 and "TABLE CHAIN" in name, or 0. */
int nft_foreign_drop(struct nl *nl, int family, char *name, size_t size);

/* Deletes the conntrack entries of flows to host ports: they would keep their old fate. */
int nft_forget_flows(struct nl *nl, const struct nft_port *ports, size_t count);

#endif
