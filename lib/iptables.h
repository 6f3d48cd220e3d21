/* SPDX-License-Identifier: MIT */
/* iptables.h - the one thing to know of the rules that nftables does not show: those of the old
 * iptables (ip_tables), which a packet goes through as well. */
#ifndef IPTABLES_H
#define IPTABLES_H

#include <stdbool.h>

/* Is the policy of the chain FORWARD to drop?  False also where there is no such table, which is
 * not made by asking.  Source: include/uapi/linux/netfilter_ipv4/ip_tables.h. */
bool iptables_forward_drops(int family);

#endif
