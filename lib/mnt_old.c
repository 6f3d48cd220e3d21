// SPDX-License-Identifier: MIT
/* mnt_old.c - the same by mount(2) alone, for kernels before 5.12.
 *
 * mount(2) knows no detached mounts.  In their place: a tmpfs is mounted over "/".  Our root
 * directory stays below it, so no path of ours leads into it, only "/.." does; each new mount is
 * made on an entry of it, adjusted there, and moved to its place.  Descriptors are named to
 * mount(2) as /proc/self/fd/N. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "mnt.h"
#include "mountinfo.h"

/* Bits of mount_attr, of mount(2), and of statfs(2)'s f_flags. */
static const struct {
	uint64_t attr;
	unsigned long ms;
	long st;
} flags[] = {
	{ MOUNT_ATTR_RDONLY, MS_RDONLY, 0x1 },
	{ MOUNT_ATTR_NOSUID, MS_NOSUID, 0x2 },
	{ MOUNT_ATTR_NODEV, MS_NODEV, 0x4 },
	{ MOUNT_ATTR_NOEXEC, MS_NOEXEC, 0x8 },
	{ MOUNT_ATTR_NOATIME, MS_NOATIME, 0x400 },
	{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME, 0x800 },
	{ MOUNT_ATTR_NOSYMFOLLOW, 0x100, 0x2000 },
};

#define FLAGS (sizeof(flags) / sizeof(flags[0]))

static int stage = -1;
static unsigned staged;

struct fd_path {
	char path[40];
};

static const char *fd_name(struct fd_path *buf, int fd)
{
	fmt_buf(buf->path, sizeof(buf->path), "/proc/self/fd/%d", fd);
	return buf->path;
}

int mnt_old_init(void)
{
	if (mount("husk", "/", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700") < 0)
		return -errno;
	/* Else a copy of "/" with what is mounted on it would have this tmpfs on top. */
	if (mount(NULL, "/..", NULL, MS_UNBINDABLE, NULL) < 0)
		return -errno;
	stage = open("/..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return stage < 0 ? -errno : 0;
}

static unsigned long to_ms(uint64_t attr)
{
	unsigned long ms = 0;

	for (size_t i = 0; i < FLAGS; i++)
		if (attr & flags[i].attr)
			ms |= flags[i].ms;
	if ((attr & MOUNT_ATTR__ATIME) == MOUNT_ATTR_STRICTATIME)
		ms |= MS_STRICTATIME;
	return ms;
}

/* Mounts on a fresh entry of the stage, a directory or a file, and opens what is mounted. */
static int mount_staged(
	const char *source, const char *type, unsigned long ms, const char *data, bool directory)
{
	CLEANUP_FD int entry = -1;
	struct fd_path target;
	char name[24];
	int mnt;

	fmt_buf(name, sizeof(name), "husk.%u", staged++);
	if ((directory ? mkdirat(stage, name, 0700) : mknodat(stage, name, S_IFREG, 0)) < 0)
		return -errno;
	entry = openat(stage, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (entry < 0 || mount(source, fd_name(&target, entry), type, ms, data) < 0)
		return -errno;
	mnt = openat(stage, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return mnt < 0 ? -errno : mnt;
}

int mnt_old_clone(int dirfd, const char *path, bool recursive)
{
	CLEANUP_FD int source = *path ? openat(dirfd, path, O_PATH | O_CLOEXEC) : dup(dirfd);
	CLEANUP_FD int mnt = -1;
	struct fd_path from;
	struct stat st;

	if (source < 0 || fstat(source, &st) < 0)
		return -errno;
	mnt = mount_staged(fd_name(&from, source), NULL, MS_BIND | (recursive ? MS_REC : 0u), NULL,
		S_ISDIR(st.st_mode));
	if (mnt < 0)
		return mnt;
	if (mount(NULL, fd_name(&from, mnt), NULL, MS_PRIVATE | (recursive ? MS_REC : 0u), NULL) <
		0)
		return -errno;
	return take_fd(&mnt);
}

/* Words that are flags to mount(2), not data. */
static unsigned long option_flag(const char *option)
{
	return !strcmp(option, "ro")          ? MS_RDONLY
		: !strcmp(option, "sync")     ? MS_SYNCHRONOUS
		: !strcmp(option, "dirsync")  ? MS_DIRSYNC
		: !strcmp(option, "lazytime") ? 1ul << 25
		: !strcmp(option, "mand")     ? MS_MANDLOCK
					      : 0;
}

int mnt_old_create(const char *type, const char *const *options, uint64_t attr, const char **why)
{
	unsigned long ms = to_ms(attr);
	const char *source = type;
	char data[4096] = "";
	size_t used = 0;

	*why = NULL;
	for (; options && *options; options++) {
		unsigned long flag = option_flag(*options);

		ms |= flag;
		if (!strncmp(*options, "source=", 7))
			source = *options + 7;
		else if (!flag) {
			if (fmt_path(data + used, sizeof(data) - used, "%s%s", used ? "," : "",
				    *options) < 0)
				return -E2BIG;
			used += strlen(data + used);
		}
	}
	return mount_staged(source, type, ms, data, true);
}

static int remount(int mnt, const struct mount_attr *attr)
{
	struct fd_path path;
	struct statfs fs;
	unsigned long ms = 0;

	if (fstatfs(mnt, &fs) < 0)
		return -errno;
	/* A remount replaces all flags; those of an inherited mount must not be left out. */
	for (size_t i = 0; i < FLAGS; i++)
		if ((long)fs.f_flags & flags[i].st && !(attr->attr_clr & flags[i].attr))
			ms |= flags[i].ms;
	ms |= to_ms(attr->attr_set) | MS_REMOUNT | MS_BIND;
	/* Without a word on atime a remount keeps what is there. */
	if (attr->attr_clr & MOUNT_ATTR__ATIME && !(attr->attr_set & MOUNT_ATTR__ATIME))
		ms |= MS_RELATIME;
	return mount(NULL, fd_name(&path, mnt), NULL, ms, NULL) < 0 ? -errno : 0;
}

/* The mounts below: those whose point is below ours, as mountinfo shows it. */
static int remount_below(int mnt, const struct mount_attr *attr)
{
	struct mountinfo_reader reader;
	struct mountinfo mount;
	struct fd_path link;
	char top[4096];
	ssize_t length = readlink(fd_name(&link, mnt), top, sizeof(top) - 1);
	int r = length < 0 ? -errno : mountinfo_open(&reader, NULL);

	if (r < 0)
		return r;
	top[length] = '\0';
	while (r >= 0 && (r = mountinfo_next(&reader, &mount)) > 0) {
		CLEANUP_FD int below = -1;

		if (strncmp(mount.point, top, (size_t)length) != 0 || mount.point[length] != '/')
			continue;
		below = openat(mnt, mount.point + length + 1, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		r = below < 0 ? -errno : remount(below, attr);
	}
	mountinfo_close(&reader);
	return r < 0 ? r : 0;
}

int mnt_old_setattr(int mnt, const struct mount_attr *attr, bool recursive)
{
	struct fd_path path;
	int r = 0;

	if (attr->attr_set & MOUNT_ATTR_IDMAP)
		return -EOPNOTSUPP;
	if (attr->attr_set || attr->attr_clr)
		r = remount(mnt, attr);
	if (!r && recursive && (attr->attr_set || attr->attr_clr))
		r = remount_below(mnt, attr);
	if (!r && attr->propagation &&
		mount(NULL, fd_name(&path, mnt), NULL,
			(unsigned long)attr->propagation | (recursive ? MS_REC : 0u), NULL) < 0)
		r = -errno;
	return r;
}

int mnt_old_attach(int mnt, int target)
{
	struct fd_path from, to;

	return mount(fd_name(&from, mnt), fd_name(&to, target), NULL, MS_MOVE, NULL) < 0 ? -errno
											 : 0;
}
