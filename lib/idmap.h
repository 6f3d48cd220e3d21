/* SPDX-License-Identifier: MIT */
/* idmap.h - the ID maps of a user namespace (user_namespaces(7)) and the ranges that an ordinary
 * user may use in them (subuid(5)). */
#ifndef IDMAP_H
#define IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define IDMAP_RANGES 340  /* as many lines as the kernel takes since 4.15 */
#define IDMAP_TEXT   4096 /* it wants the text to be shorter than a page */

struct id_range {
	uint32_t inner, outer, count;
};

struct idmap {
	size_t count;
	struct id_range ranges[IDMAP_RANGES];
};

/* "INNER:OUTER:COUNT", or in the order of util-linux before 2.39 "OUTER,INNER,COUNT".
 *   errors  -EINVAL  not three numbers, or a count of 0   -ERANGE  an ID above 4294967294 */
int idmap_parse(const char *s, struct id_range *range);

/* errors  -E2BIG  there are IDMAP_RANGES already */
int idmap_add(struct idmap *map, struct id_range range);

/* Adds the first range that /etc/subuid or /etc/subgid (path) grants to a user, named there by name
 * or number.
 *   identity  the same IDs inside as outside; else from 0 on inside
 *   errors    -ENOENT  no range, or no file */
int idmap_add_subids(
	struct idmap *map, const char *path, const char *name, uid_t uid, bool identity);

/* Adds every ID that this user namespace has, the same inside as here.
 *   path    /proc/self/uid_map or gid_map */
int idmap_add_all(struct idmap *map, const char *path);

/* Puts one ID first and takes it out of the ranges, on both sides: what is left of each range is
 * mapped in order, so that a range may lose its highest ID.
 *   returns  how many IDs the ranges lost; -E2BIG when the pieces are too many */
int idmap_single(struct idmap *map, uint32_t inner, uint32_t outer);

/* Two ranges that have an ID in common, on either side: their indices.  False when none have. */
bool idmap_overlap(const struct idmap *map, size_t *a, size_t *b);

/* As the kernel reads it: "INNER OUTER COUNT\n" for each range.
 *   errors  -EFBIG  not shorter than a page */
int idmap_format(const struct idmap *map, char text[IDMAP_TEXT]);

#endif
