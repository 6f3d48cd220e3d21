/* SPDX-License-Identifier: MIT */
/* ipam.h - address leases: a file an address below $HUSK_RUN/net/NET/ip ($HUSK_RUN is /run/husk
 * where unset), which a reboot takes away with the rest of /run.
 *
 * A lease is claimed by link(2) of a complete file to the address's name: whoever comes first has
 * it, and nobody ever sees an empty one.  The file stays locked (flock(2)) as long as its claimer
 * keeps the descriptor: that tells a set-up under way from one that was killed.  id/ID is a
 * symbolic link to the lease of that owner. */
#ifndef IPAM_H
#define IPAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "inet.h"

#define IPAM_ID   65
#define IPAM_PATH 320

struct lease {
	char net[IPAM_ID], id[IPAM_ID];
	struct inet ip; /* the prefix is the subnet's while claimed, else all bits */
	pid_t pid;      /* of the owner, 0: until it is released */
	uint64_t start; /* its start time, which tells it from a later process of that number */
	bool same_boot;
	char ifname[16]; /* the host end that goes with it, "-": none */
	char note[1024]; /* what the claimer added, one line */
	int fd;          /* the claimer's, to be closed; else -1 */
};

/* Is this fit for an ID or the name of a network?  1..64 of A-Z a-z 0-9 _ . - and no dot first. */
bool ipam_is_id(const char *id);

/* A path below $HUSK_RUN: its directory is made. */
int ipam_path(char *path, const char *dir, const char *name);

/* Does the process that owns the lease still live?  A pid of 0 does. */
bool ipam_alive(const struct lease *lease);

/* Claims lease->ip or, when its family is 0, a free address of subnet, an address of which the
 * gateway has.  The rest of the lease is the caller's.
 *   returns  0; lease->fd is open and locked
 *   errors   -EEXIST  the id has a lease already: see ipam_find
 *            -EADDRINUSE  the address is taken; -EADDRNOTAVAIL  all are
 *            -ERANGE  an IPv4 subnet larger than /16 or smaller than /30, or not IPv4 */
int ipam_claim(struct lease *lease, const struct inet *subnet);

/* The address that ipam_claim would get for an id without a lease, without getting it. */
int ipam_next(struct lease *lease, const struct inet *subnet);

/* Adds the one line to a claimed lease, which a reader finds in note. */
int ipam_note(const struct lease *lease, const char *note);

/* Reads the lease of an id.  -ENOENT: it has none. */
int ipam_find(const char *net, const char *id, struct lease *lease);

/* Removes a lease.  Never one that somebody else has claimed since. */
int ipam_release(const struct lease *lease);

/* Calls each for every lease of a network (NULL: of every one) until it returns other than 0. */
int ipam_each(const char *net, int (*each)(struct lease *lease, void *data), void *data);

/* Locks the file of a lease as its claimer does.
 *   returns  the descriptor; -EAGAIN: it is in the making, and the caller does not wait */
int ipam_lock(const struct lease *lease, bool wait);

/* Removes the files of claims that were killed before they had an address. */
void ipam_sweep(void);

#endif
