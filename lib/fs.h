/* SPDX-License-Identifier: MIT */
/* fs.h - small files, directories and descriptors.  Every function returns 0 or a result, or a
 * negative errno. */
#ifndef FS_H
#define FS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads a whole small file below dirfd (AT_FDCWD too) into buf and ends it with a NUL.
 *   returns  the length; -EFBIG when it does not fit */
ssize_t fs_read(int dirfd, const char *path, char *buf, size_t size);

/* Reads what an open descriptor still holds, to its end, as fs_read. */
ssize_t fs_read_fd(int fd, char *buf, size_t size);

/* Writes a string to an existing file in one write(2): for /proc, /sys and cgroup files, which
 * take a value a call.  Never creates and never follows a final link. */
int fs_write(int dirfd, const char *path, const char *value);

/* Writes all of data to a descriptor, over short writes and EINTR. */
int fs_write_all(int fd, const void *data, size_t size);

/* Makes a directory and the missing ones above it, as mkdir -p with this mode.
 *   errors  -ENOTDIR  something else has that name */
int fs_mkdir_path(const char *path, mode_t mode);

/* Opens path below dirfd as openat2(2) with RESOLVE_IN_ROOT: no `..` and no link leaves dirfd.  On
 * kernels before 5.6 by a walk of openat(O_NOFOLLOW), which reads the links itself.
 *   flags    as openat(2), without O_CREAT; O_CLOEXEC is added */
int fs_open_in(int dirfd, const char *path, int flags);

/* Closes every descriptor from first to last (both included; ~0u: all above). */
void fs_close_range(unsigned first, unsigned last);

/* Makes sure that descriptors 0, 1 and 2 are open, so that a later open never takes their place: a
 * closed one becomes a pipe without a writer, which reads as empty and fails writes with EBADF.
 *   returns  0, or -errno where not even that works */
int fs_reserve_stdio(void);

/* Removes a name of a directory and, when it is a directory itself, all that is in it, also where
 * its owner may not look, and what others put there meanwhile.  What is gone already is no error.
 *   errors  -EXDEV, -EBUSY  a mount is in it
 *           -ENOTEMPTY      the others go on and on */
int fs_remove_tree(int parent, const char *name);

/* Does path name an existing file or directory?  Errors count as no. */
bool fs_exists(const char *path);

#endif
