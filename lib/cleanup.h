/* SPDX-License-Identifier: MIT */
/* cleanup.h - what a scope owns is released when it ends.
 *
 * For exactly these kinds: a descriptor, memory from malloc, a directory stream.  A return
 * expression is evaluated before the clean-up runs, so `return -errno` is safe. */
#ifndef CLEANUP_H
#define CLEANUP_H

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Gives the descriptor away: the caller owns what is returned, the variable is -1. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#define CLEANUP_FD   __attribute__((cleanup(cleanup_fd)))
#define CLEANUP_FREE __attribute__((cleanup(cleanup_free)))
#define CLEANUP_DIR  __attribute__((cleanup(cleanup_dir)))

#endif
