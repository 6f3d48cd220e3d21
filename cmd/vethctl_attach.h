/* SPDX-License-Identifier: MIT */
/* vethctl_attach.h - an attachment while it is made: vethctl_attach.c decides what it is to be,
 * vethctl_pair.c tells the kernel. */
#ifndef VETHCTL_ATTACH_H
#define VETHCTL_ATTACH_H

#include <net/if.h>

#include "ipam.h"
#include "vethctl.h"

#define ADDRESSES 8

struct attach {
	/* options */
	const char *netns, *bridge, *gw, *ifname, *host_ifname, *mac_text, *mtu_text, *qlen, *group;
	const char *id, *net, *pid;
	struct opt_list ips, routes, ports;
	bool hairpin, isolated, replace;
	/* what they come to */
	struct inet ip[ADDRESSES], gateway[2]; /* of IPv4, of IPv6; family 0: none */
	unsigned ip_count;
	bool any_ip;
	uint8_t mac[MAC_SIZE];
	uint32_t mtu, qlen_number, group_number;
	struct inet bridge_ip[2];
	int bridge_index, host_index, inside_index;
	char host_name[IFNAMSIZ];
	struct lease lease;
	int nsfd;
};

/* Each returns 0, or 1 after a message; attach_pair a negative errno instead. */

/* Finds the bridge, its MTU and, where they are needed, its addresses. */
int attach_read_bridge(struct veth *v, struct attach *a);
/* Makes both ends, by one message. */
int attach_pair(struct veth *v, struct attach *a);
/* Brings up and addresses what is inside.  The process stays there, unless it has more to do. */
int attach_inside(struct veth *v, struct attach *a);
/* Sets what the bridge port may do, and brings it up with its alias; is there any of it to do? */
bool attach_has_outside(const struct attach *a);
int attach_outside(struct veth *v, struct attach *a);
/* --dry-run: prints the commands instead. */
int attach_plan(struct veth *v, const struct attach *a);
int attach_undo(struct veth *v, const struct attach *a);

#endif
