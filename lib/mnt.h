/* SPDX-License-Identifier: MIT */
/* mnt.h - mounts as descriptors: made out of sight, adjusted, then attached in one step.
 *
 * One interface over two kernel interfaces: open_tree(2) and its family (5.12 and later), or
 * mount(2), where a mount is first made in a staging tmpfs that no path leads to.  Every function
 * returns 0 or a descriptor, or -errno; all need SYS_ADMIN in the user namespace that owns the
 * mount namespace (-EPERM). */
#ifndef MNT_H
#define MNT_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/mount.h>

/* Chooses between the two: the new one where the kernel has all of it, unless told otherwise.  To
 * be called once, in the mount namespace that is to be changed; the old one needs /proc.
 *   why   NULL, or the reason of the kernel in words */
int mnt_init(bool force_old);

/* mount(2) was chosen: no id-mapped mounts, no mounts over a detached tree. */
bool mnt_is_old(void);

/* A detached copy of the mount at path, in the peer group of the original, if that has one: for one
 * of the host's, mnt_setattr() with MS_PRIVATE comes next.
 *   dirfd      AT_FDCWD, or where a relative path starts; with "" the descriptor itself
 *   recursive  with the mounts below
 *   errors     -EINVAL  path is not in this mount namespace, or, without recursive, mounts are
 *                       below it that our user namespace must not uncover */
int mnt_clone(int dirfd, const char *path, bool recursive);

/* A new file system of this type.
 *   options  "key=value" or "flag", NULL-terminated; NULL for none
 *   attr     MOUNT_ATTR_* of the mount
 *   why      what the kernel said about it, or NULL.  Valid until the next call */
int mnt_create(const char *type, const char *const *options, uint64_t attr, const char **why);

/* Changes a mount's attributes and propagation; recursive with the mounts below.  userns_fd of a
 * mount that is attached: -EINVAL. */
int mnt_setattr(int mnt, struct mount_attr *attr, bool recursive);

/* Attaches a mount over what the descriptor target names (a directory over a directory, a file
 * over a file, else -ENOTDIR).  mnt then names the attached mount. */
int mnt_attach(int mnt, int target);

/* As mnt_attach, over the entry called name of a directory that nobody else can change. */
int mnt_attach_at(int mnt, int dir, const char *name);

/* Makes a mount namespace of our own from which nothing spreads to the one we came from. */
int mnt_unshare(void);

/* Makes sure that nothing spreads from this one, whatever the namespace it is. */
int mnt_stop_propagation(void);

/* On an initramfs the root directory has no parent mount, and pivot_root(2) refuses it.  There:
 * stacks a copy of the whole tree on top of it and makes that our root.
 *   returns  1 when it did, 0 when the root is an ordinary one */
int mnt_lift_initramfs(void);

/* Makes root, the top of a mount that was attached over "/", the root and working directory, and
 * detaches the old root with all that is below.
 *   source  pivot_root(2), NOTES */
int mnt_pivot(int root);

/* A descriptor of a user namespace that maps inside..inside+count to outside.., for an id-mapped
 * mount.  Needs /proc. */
int mnt_idmap(uint32_t inside, uint32_t outside, uint32_t count);

/* The backends; only mnt.c calls them. */
int mnt_old_init(void);
int mnt_old_clone(int dirfd, const char *path, bool recursive);
int mnt_old_create(const char *type, const char *const *options, uint64_t attr, const char **why);
int mnt_old_setattr(int mnt, const struct mount_attr *attr, bool recursive);
int mnt_old_attach(int mnt, int target);

#endif
