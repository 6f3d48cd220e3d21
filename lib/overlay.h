/* SPDX-License-Identifier: MIT */
/* overlay.h - an overlay of directories as descriptors (filesystems/overlayfs.rst).
 *
 * Layers are named to the kernel as /proc/self/fd/N: no name of any length and with any byte in it
 * needs an escape, and the container does not learn where its layers are. */
#ifndef OVERLAY_H
#define OVERLAY_H

#include <stdbool.h>
#include <stddef.h>

struct overlay {
	const int *lowers; /* the topmost first */
	size_t count;
	int upper, work;  /* on one file system, neither below the other */
	bool user_xattrs; /* in a user namespace: trusted.* are out of reach */
};

/* Makes a tmpfs with the directories of an upper layer, whose content is gone with the mount.
 *   size  a tmpfs size, or NULL for half of the memory
 *   why   what the kernel said, or NULL */
int overlay_ephemeral(const char *size, int *upper, int *work, const char **why);

/* Mounts the overlay over "/".
 *   returns  an O_PATH descriptor of its top
 *   errors   -EINVAL  upper and work are not fit, a layer is itself id-mapped ...: see why or dmesg
 *            -E2BIG   more layers than one page of options can name, on kernels before 6.7 */
int overlay_mount(const struct overlay *overlay, const char **why);

#endif
