// SPDX-License-Identifier: MIT
/* pivot_bind.c - makes the mounts that the caller asked for.
 *
 * The place of each is resolved by the kernel with the new root as the root of all links, to a
 * descriptor, and the mount goes onto that: whatever changes meanwhile, it cannot land outside. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "mnt.h"
#include "pivot_volume.h"

#define LOCKED "flags of an inherited mount are locked"

/* Makes what is missing of the path below the root, one component after the other. */
static int make_path(const struct pivot *pivot, const char *path, bool file)
{
	CLEANUP_FD int parent = fs_open_in(pivot->root, ".", O_PATH | O_DIRECTORY);
	char prefix[4096];
	size_t end = 0;

	if (parent < 0 || fmt_path(prefix, sizeof(prefix), "%s", path) < 0)
		return parent < 0 ? parent : -ENAMETOOLONG;
	for (;;) {
		size_t start = end + strspn(path + end, "/");
		bool last;
		char name[256];
		int next;

		if (!path[start])
			return take_fd(&parent);
		end = start + strcspn(path + start, "/");
		last = !path[end + strspn(path + end, "/")];
		prefix[end] = '\0';
		next = fs_open_in(pivot->root, prefix, O_PATH);
		if (next == -ENOENT) {
			if (fmt_path(name, sizeof(name), "%s", prefix + start) < 0)
				return -ENAMETOOLONG;
			if ((last && file ? mknodat(parent, name, S_IFREG | 0644, 0)
					  : mkdirat(parent, name, 0755)) == 0)
				pivot_note_made(pivot, parent, name, last && file);
			else if (errno != EEXIST)
				return -errno;
			next = fs_open_in(pivot->root, prefix, O_PATH);
		}
		if (next < 0)
			return next;
		close(parent);
		parent = next;
		prefix[end] = path[end];
	}
}

/* Is it the new root itself, or inside of a procfs? */
static bool is_forbidden(const struct pivot *pivot, int target, int source)
{
	struct stat root, st;
	struct statfs fs;

	if (fstat(pivot->root, &root) < 0 || fstat(target, &st) < 0 || fstatfs(target, &fs) < 0)
		return true;
	if (root.st_dev == st.st_dev && root.st_ino == st.st_ino)
		return true;
	if (fs.f_type == PROC_SUPER_MAGIC)
		return true;
	/* With --proc=none the place of /proc is free, for a procfs alone. */
	CLEANUP_FD int proc = fs_open_in(pivot->root, "proc", O_PATH);
	if (proc < 0 || fstat(proc, &root) < 0 || root.st_dev != st.st_dev ||
		root.st_ino != st.st_ino)
		return false;
	return source < 0 || fstatfs(source, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC;
}

static int open_target(const struct pivot *pivot, const struct volume *volume, int mnt, bool file)
{
	int target = fs_open_in(pivot->root, volume->target, O_PATH);

	if (target == -ENOENT && !volume->opt.no_create)
		target = make_path(pivot, volume->target, file);
	if (target < 0)
		die_hint(target,
			target == -EROFS || target == -EOVERFLOW
				? "a mount point cannot be made here: make it beforehand"
				: NULL,
			"%s: %s in the new root", volume->option, volume->target);
	if (is_forbidden(pivot, target, mnt))
		die(0, "%s: %s may not be covered", volume->option, volume->target);
	return target;
}

/* Attributes in two steps: what holds for the mounts below as well, then what does not. */
static int set_attributes(int mnt, const struct mntopt *opt)
{
	struct mount_attr below = { .attr_set = opt->all_set, .attr_clr = opt->all_clear };
	struct mount_attr top = { .attr_set = opt->set, .attr_clr = opt->clear };
	struct mount_attr spread = { .propagation = opt->propagation };
	int r = 0;

	if (opt->all_set || opt->all_clear)
		r = mnt_setattr(mnt, &below, true);
	if (!r && (opt->set || opt->clear))
		r = mnt_setattr(mnt, &top, false);
	if (!r && opt->propagation)
		r = mnt_setattr(mnt, &spread, opt->propagation_below);
	return r;
}

static void map_ids(int mnt, const struct volume *volume)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (unsigned)volume->userns,
	};
	int r = mnt_setattr(mnt, &attr, false);

	if (r < 0)
		die_hint(r,
			r == -EINVAL               ? "this file system cannot be id-mapped"
				: r == -EOPNOTSUPP ? "it takes the mount calls of Linux 5.12"
						   : NULL,
			"%s: idmap", volume->option);
	close(volume->userns);
}

/* The mount itself, to be moved. */
static int open_mount(const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int clone_source(const struct pivot *pivot, const struct volume *volume)
{
	struct mount_attr attr = {
		.attr_set = pivot->args->dev_ok ? 0 : MOUNT_ATTR_NODEV,
		.propagation = MS_PRIVATE,
	};
	int mnt, r;

	if (volume->opt.nofollow) {
		CLEANUP_FD int fd = open(volume->source, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		struct stat st;

		if (fd >= 0 && !fstat(fd, &st) && S_ISLNK(st.st_mode))
			die(-ELOOP, "%s: %s", volume->option, volume->source);
	}
	mnt = volume->opt.move ? open_mount(volume->source)
			       : mnt_clone(AT_FDCWD, volume->source, !volume->opt.flat);
	if (mnt < 0)
		die_hint(mnt, mnt == -ENOENT ? "the source of a bind is not made for you" : NULL,
			"%s: %s", volume->option, volume->source);
	r = mnt_setattr(mnt, &attr, !volume->opt.flat);
	if (r < 0)
		die_hint(r, r == -EINVAL && volume->opt.move ? "SRC is no mount point" : NULL,
			"%s: set the attributes of the mount", volume->option);
	return mnt;
}

static void attach_volume(const struct pivot *pivot, const struct volume *volume, int mnt)
{
	CLEANUP_FD int target = -1;
	struct stat st;
	int r;

	if (fstat(mnt, &st) < 0)
		die(-errno, "%s", volume->option);
	target = open_target(pivot, volume, mnt, !S_ISDIR(st.st_mode) || volume->opt.create_file);
	r = set_attributes(mnt, &volume->opt);
	if (r < 0)
		die_hint(r, r == -EPERM ? LOCKED : NULL, "%s: set the attributes of the mount",
			volume->option);
	r = mnt_attach(mnt, target);
	if (r < 0)
		die_hint(r,
			r == -ENOTDIR ? "a directory goes on a directory, a file on a file"
				: r == -EINVAL && volume->opt.move
				? "a mount below a shared or locked one stays where it is"
				: NULL,
			"%s: mount on %s", volume->option, volume->target);
	close(mnt);
}

static void change_mount(const struct pivot *pivot, const struct volume *volume)
{
	CLEANUP_FD int target = fs_open_in(pivot->root, volume->target, O_PATH);
	int r = target < 0 ? target : set_attributes(target, &volume->opt);

	step("mount -o remount,bind %s", volume->target);
	if (r < 0)
		die_hint(r,
			r == -EINVAL          ? "nothing is mounted there"
				: r == -EPERM ? LOCKED
					      : NULL,
			"%s", volume->option);
}

void volume_bind(const struct pivot *pivot, struct volume *volume)
{
	int mnt;

	if (volume->opt.remount) {
		change_mount(pivot, volume);
		return;
	}
	step("mount --%s %s %s%s%s", volume->opt.move ? "move" : "bind", volume->source,
		pivot->rootfs, *volume->target == '/' ? "" : "/", volume->target);
	mnt = clone_source(pivot, volume);
	if (volume->userns >= 0)
		map_ids(mnt, volume);
	attach_volume(pivot, volume, mnt);
}

void volume_device(const struct pivot *pivot, struct volume *volume)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_NODEV, .propagation = MS_PRIVATE };
	struct stat st;
	int mnt = mnt_clone(AT_FDCWD, volume->source, false);
	int r = mnt < 0 ? mnt : fstat(mnt, &st) < 0 ? -errno : 0;

	if (!r && !S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		r = -ENODEV;
	if (!r)
		r = mnt_setattr(mnt, &attr, false);
	if (r < 0)
		die(r, "%s: %s", volume->option, volume->source);
	attach_volume(pivot, volume, mnt);
}

void volume_filesystem(const struct pivot *pivot, struct volume *volume)
{
	const char *why;
	const char *options[MNTOPT_DATA + 3] = { NULL };
	char source[4096];
	size_t n = 0;
	int mnt;

	if (volume->source && *volume->source &&
		fmt_path(source, sizeof(source), "source=%s", volume->source) == 0)
		options[n++] = source;
	for (size_t i = 0; volume->opt.data[i]; i++)
		options[n++] = volume->opt.data[i];
	step("mount -t %s %s %s", volume->type, volume->source ? volume->source : volume->type,
		volume->target);
	mnt = mnt_create(volume->type, options, pivot->args->dev_ok ? 0 : MOUNT_ATTR_NODEV, &why);
	err_why(why);
	if (mnt < 0)
		die_hint(mnt, mnt == -ENODEV ? "this kernel has no such file system" : NULL,
			"%s: mount %s", volume->option, volume->type);
	attach_volume(pivot, volume, mnt);
}

/* An empty tmpfs has the mode of the directory that it covers, unless one is given. */
void volume_tmpfs(const struct pivot *pivot, struct volume *volume)
{
	CLEANUP_FD int covered = fs_open_in(pivot->root, volume->target, O_PATH | O_DIRECTORY);
	char mode[16];
	bool has_mode = false;
	struct stat st;
	size_t n = 0;

	for (; volume->opt.data[n]; n++)
		has_mode |= !strncmp(volume->opt.data[n], "mode=", 5);
	if (!has_mode && n < MNTOPT_DATA) {
		bool there = covered >= 0 && !fstat(covered, &st);

		fmt_buf(mode, sizeof(mode), "mode=%o", there ? st.st_mode & 07777u : 0755u);
		volume->opt.data[n] = mode;
	}
	volume_filesystem(pivot, volume);
}

void pivot_make_idmaps(const struct pivot *pivot)
{
	for (size_t i = 0; i < pivot->args->mounts.count; i++) {
		struct volume *volume = &pivot->volumes[i];
		const struct mntopt *opt = &volume->opt;

		if (!opt->count)
			continue;
		volume->userns = mnt_idmap(opt->inside, opt->outside, opt->count);
		if (volume->userns < 0)
			die(volume->userns, "%s: make a user namespace", volume->option);
	}
}

void pivot_mount_volumes(const struct pivot *pivot)
{
	for (size_t i = 0; i < pivot->args->mounts.count; i++)
		pivot->volumes[i].mount(pivot, &pivot->volumes[i]);
}
