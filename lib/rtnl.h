/* SPDX-License-Identifier: MIT */
/* rtnl.h - what several rtnetlink(7) users need beside messages: links by name and by index, and
 * network namespaces by every name that they have. */
#ifndef RTNL_H
#define RTNL_H

#include <stdbool.h>
#include <stddef.h>

#include "nl.h"

#define NETNS_DIR "/run/netns"

/* Is this a name that a link can have without a surprise?  1..15 bytes; no `/`, `:`, blank or
 * control byte; none of . .. all default; no `%`, of which the kernel makes a number. */
bool rtnl_is_name(const char *name);

/* The index of a link in the namespace of the socket: > 0, or -ENODEV. */
int rtnl_index(const struct nl *nl, const char *name);

/* The name of a link into name[16]; "" where there is none of that index. */
const char *rtnl_name(const struct nl *nl, int index, char *name);

/* Gets a link by index, or by name when index is 0.
 *   room     of buf, at least 4 KiB, which keeps the answer
 *   returns  the message in *link, or -ENODEV and the like */
int rtnl_get_link(struct nl *nl, int index, const char *name, void *buf, size_t room,
	const struct nlmsghdr **link);

/* Brings a link up or down; deletes it, and with it the other end of a pair. */
int rtnl_set_up(struct nl *nl, int index, bool up);
int rtnl_delete(struct nl *nl, int index);

/* Opens a network namespace: NAME below /run/netns, PID, pid:PID, a path, or fd:N (duplicated).
 *   path     of size bytes: what was opened, for messages
 *   errors   -ENOENT  no such name; -ESRCH  no such process; -EBADF */
int netns_open(const char *ns, char *path, size_t size);

/* Opens a netlink socket in the namespace nsfd (-1: the current one) and comes back. */
int netns_nl_open(int nsfd, struct nl *nl, int protocol);

/* Is nsfd the namespace that this process is in?  1, 0 or -errno. */
int netns_is_own(int nsfd);

#endif
