/* SPDX-License-Identifier: MIT */
/* mntopt.h - the words of a mount's options, and where each of them lives: in the mount, in the
 * file system, or in how the mount is made. */
#ifndef MNTOPT_H
#define MNTOPT_H

#include <stdbool.h>
#include <stdint.h>

#define MNTOPT_DATA 16

struct mntopt {
	uint64_t set, clear;             /* MOUNT_ATTR_* of the mount itself */
	uint64_t all_set, all_clear;     /* and of those below: the r... words */
	unsigned long propagation;       /* MS_SHARED..., 0: private */
	bool propagation_below;          /* rshared... */
	bool flat;                       /* bind: without the mounts below */
	bool move, remount;              /* bind: the mount itself; what is there already */
	bool nofollow;                   /* the source may not be a symbolic link */
	bool no_create, create_file;     /* x-create=none|file; the default is the source's kind */
	uint32_t inside, outside, count; /* idmap=INSIDE:OUTSIDE:COUNT, count 0: none */
	const char *data[MNTOPT_DATA + 1]; /* for the file system, NULL-terminated */
	const char *deprecated;            /* a word that the kernel ignores today */
};

/* Reads a list of words separated by commas, in place: *opt keeps pointers into it.
 *   bind    for a bind mount: what only a file system can have is refused, as the kernel would
 *           take it and do nothing
 *   bad     the word that was refused
 *   errors  -EINVAL  no such word, or no such value; -EOPNOTSUPP  nothing a bind mount can have;
 *           -E2BIG   too many words; -EEXIST  a second propagation */
int mntopt_parse(char *list, bool bind, struct mntopt *opt, const char **bad);

/* "INSIDE:OUTSIDE:COUNT", each a whole number. */
int mntopt_parse_idmap(const char *spec, struct mntopt *opt);

#endif
