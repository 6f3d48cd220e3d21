/* SPDX-License-Identifier: MIT */
/* pivot_volume.h - a mount that the caller asked for, between its words and its place. */
#ifndef PIVOT_VOLUME_H
#define PIVOT_VOLUME_H

#include "mntopt.h"
#include "pivot.h"

struct volume {
	void (*mount)(const struct pivot *pivot, struct volume *volume);
	const char *option; /* "--volume SRC:DST", for messages */
	const char *type, *source, *target;
	struct mntopt opt;
	int userns; /* of idmap=, or -1 */
};

/* pivot_bind.c: each ends the process when it fails. */
void volume_bind(const struct pivot *pivot, struct volume *volume);
void volume_device(const struct pivot *pivot, struct volume *volume);
void volume_filesystem(const struct pivot *pivot, struct volume *volume);
void volume_tmpfs(const struct pivot *pivot, struct volume *volume);

#endif
