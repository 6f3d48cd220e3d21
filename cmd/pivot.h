/* SPDX-License-Identifier: MIT */
/* pivot.h - what the parts of pivot share.  Each part ends the process with a message when it
 * fails: nothing of an image runs in a root that is half made. */
#ifndef PIVOT_H
#define PIVOT_H

#include <stdbool.h>
#include <stdint.h>

#include "applet.h"
#include "priv.h"
#include "privopts.h"
#include "seal.h"

struct pivot_args {
	struct opt_list mounts; /* -v, --tmpfs, --mount, --device, in their order */
	struct opt_list masks;  /* --mask, --unmask */
	struct opt_list env, sysctls, keep_fds;
	struct opt_value ephemeral;
	const char *proc, *sys, *cgroup, *dev, *shm_size, *overlay, *upper, *work, *idmap;
	const char *propagation, *hostname, *domainname, *env_file, *workdir, *user;
	bool read_only, rro, dev_ok, no_rbind, no_pivot, mkdir_cwd, clear_env, here, privileged;
	bool raw_stdin, tiocsti, dry_run, verbose;
	struct privopts priv;
};

struct volume;

struct pivot {
	struct pivot_args *args;
	struct chain *chain;
	const char *rootfs;
	struct priv priv;
	/* The new root; a procfs that nothing can cover; what is on /sys; our tmpfs on /dev.  Or
	 * -1. */
	int root, proc, sys, dev;
	struct seal seal;
	bool hide_proc, hide_sys;
	struct volume *volumes; /* as many as args->mounts */
	int idmap;              /* a user namespace for the root, or -1 */
};

#define PIVOT_EMPTY ".empty" /* a directory in that tmpfs, while the root is made */

/* Is it certain that this process is not in the initial namespace of a kind (CLONE_NEW*)? */
bool pivot_has_own(const struct pivot *pivot, unsigned kind);

/* pivot_root.c: the user namespace of --idmap; the clone of ROOTFS or an overlay, attached over
 * "/". */
void pivot_make_idmap(struct pivot *pivot);
void pivot_make_root(struct pivot *pivot);
/* Enters it; the old root is gone. */
void pivot_enter(struct pivot *pivot);

/* pivot_fs.c */
void pivot_mount_proc(struct pivot *pivot);
void pivot_mount_sys(struct pivot *pivot);
void pivot_set_sysctls(const struct pivot *pivot);
void pivot_cover_paths(struct pivot *pivot);
/* A directory of the root that is named in this program: made when missing, never a link. */
int pivot_open_dir(const struct pivot *pivot, int dir, const char *name, unsigned mode);

/* pivot_dev.c */
void pivot_mount_dev(struct pivot *pivot);
/* A detached mount of the null node, for covering files. */
int pivot_clone_null(const struct pivot *pivot);

/* pivot_bind.c: -v, --tmpfs, --mount and --device.  Read before anything changes. */
void pivot_read_volumes(struct pivot *pivot);
/* User namespaces of idmap=: while "/" is not covered, since the kernel makes none in a chroot. */
void pivot_make_idmaps(const struct pivot *pivot);
void pivot_mount_volumes(const struct pivot *pivot);

/* pivot_show.c: --dry-run.  Every mount point that is made in ROOTFS is noted, to be removed. */
void pivot_note_made(const struct pivot *pivot, int dir, const char *name, bool file);
int pivot_show(const struct pivot *pivot);

/* pivot_end.c: standard input before the old root goes; all else after that. */
void pivot_read_env_file(const struct pivot *pivot);
void pivot_guard_stdio(const struct pivot *pivot);
void pivot_hand_over(struct pivot *pivot);

#endif
