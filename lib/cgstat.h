/* SPDX-License-Identifier: MIT */
/* cgstat.h - what a group has used. */
#ifndef CGSTAT_H
#define CGSTAT_H

#include "cgroup.h"
#include "fmt.h"

enum cg_value {
	CGV_USAGE,
	CGV_USER,
	CGV_SYSTEM,
	CGV_NR_THROTTLED,
	CGV_THROTTLED,
	CGV_MEMORY_LIMIT,
	CGV_MEMORY_CURRENT,
	CGV_MEMORY_PEAK,
	CGV_SWAP_PEAK,
	CGV_MEMORY_HITS,
	CGV_OOM_KILL,
	CGV_PIDS_LIMIT,
	CGV_PIDS_CURRENT,
	CGV_PIDS_PEAK,
	CGV_PIDS_HITS,
	CGV_RBYTES,
	CGV_WBYTES,
	CGV_RIOS,
	CGV_WIOS,
	CGV_COUNT
};

#define CG_UNKNOWN UINT64_MAX /* also a limit that there is not */

struct cg_stat {
	uint64_t value[CGV_COUNT]; /* us, bytes, counts */
	int code, signal;          /* of the command, -1 unknown */
	uint64_t wall_us;          /* CG_UNKNOWN */
	bool killed;               /* by us: --timeout, --kill */
};

/* Reads what this kernel has of it. */
void cg_stat_read(struct cgroup *cg, struct cg_stat *stat);

/* Prints it for people or as one line of JSON. */
void cg_stat_print(struct out *out, const struct cgroup *cg, const struct cg_stat *stat, bool json);

/* Does "fd:N" name a descriptor? */
bool cg_stat_target(const char *target, int *fd);

/* Bytes for people: "64M". */
void cg_size(char text[24], uint64_t bytes);

/* Into stat: the command ended with this status of wait(2). */
void cg_stat_ended(struct cg_stat *stat, int status);

/* Prints it to "fd:N", or to a file, which appears whole, so that a script may wait for it. */
void cg_stat_write(
	const char *target, const struct cgroup *cg, const struct cg_stat *stat, bool json);

#endif
