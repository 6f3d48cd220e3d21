// SPDX-License-Identifier: MIT
/* mnt.c - mounts by open_tree(2), fsopen(2), mount_setattr(2) and move_mount(2); see mnt.h. */
#include "mnt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cleanup.h"
#include "fmt.h"
#include "mountinfo.h"
#include "sys.h"

static bool old;

int mnt_init(bool force_old)
{
	/* The youngest of the family, with no size: -EINVAL from a kernel that has it, whatever it
	 * thinks of us; -EPERM from a seccomp filter that hides it. */
	int r = force_old ? -ENOSYS : sys_mount_setattr(-1, "", 0, NULL, 0);

	old = r == -ENOSYS || r == -EPERM;
	return old ? mnt_old_init() : 0;
}

bool mnt_is_old(void)
{
	return old;
}

int mnt_clone(int dirfd, const char *path, bool recursive)
{
	const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
		(*path ? 0u : (unsigned)AT_EMPTY_PATH) | (recursive ? (unsigned)AT_RECURSIVE : 0u);

	return old ? mnt_old_clone(dirfd, path, recursive) : sys_open_tree(dirfd, path, flags);
}

/* The last line that the kernel logged about this context, without its "e " (error) mark. */
static const char *context_log(int fs)
{
	static char text[256];
	ssize_t n, last = 0;

	while ((n = read(fs, text, sizeof(text) - 1)) > 0)
		last = n;
	text[last] = '\0';
	if (last && text[last - 1] == '\n')
		text[last - 1] = '\0';
	return last > 2 ? text + 2 : NULL;
}

static int set_option(int fs, const char *option)
{
	const char *value = strchr(option, '=');
	char key[64];

	if (!value)
		return sys_fsconfig(fs, FSCONFIG_SET_FLAG, option, NULL, 0);
	if (fmt_path(key, sizeof(key), "%.*s", (int)(value - option), option) < 0)
		return -EINVAL;
	return sys_fsconfig(fs, FSCONFIG_SET_STRING, key, value + 1, 0);
}

int mnt_create(const char *type, const char *const *options, uint64_t attr, const char **why)
{
	CLEANUP_FD int fs = -1;
	int r;

	*why = NULL;
	if (old)
		return mnt_old_create(type, options, attr, why);
	fs = sys_fsopen(type, FSOPEN_CLOEXEC);
	if (fs < 0)
		return fs;
	for (r = 0; options && *options && !r; options++)
		r = set_option(fs, *options);
	if (!r)
		r = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (!r)
		r = sys_fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)attr);
	if (r < 0)
		*why = context_log(fs);
	return r;
}

int mnt_setattr(int mnt, struct mount_attr *attr, bool recursive)
{
	const unsigned flags = AT_EMPTY_PATH | (recursive ? (unsigned)AT_RECURSIVE : 0u);

	/* A choice among the atime modes is one field: the kernel wants it cleared as a whole. */
	if (attr->attr_set & MOUNT_ATTR__ATIME)
		attr->attr_clr |= MOUNT_ATTR__ATIME;
	return old ? mnt_old_setattr(mnt, attr, recursive)
		   : sys_mount_setattr(mnt, "", flags, attr, sizeof(*attr));
}

static bool is_dir(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISDIR(st.st_mode);
}

int mnt_attach(int mnt, int target)
{
	const unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
	int r = old ? mnt_old_attach(mnt, target) : sys_move_mount(mnt, "", target, "", flags);

	/* The kernel has one word for this and for several worse things. */
	return r == -EINVAL && is_dir(mnt) != is_dir(target) ? -ENOTDIR : r;
}

int mnt_attach_at(int mnt, int dir, const char *name)
{
	CLEANUP_FD int target = -1;

	if (!old)
		return sys_move_mount(mnt, "", dir, name, MOVE_MOUNT_F_EMPTY_PATH);
	target = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return target < 0 ? -errno : mnt_old_attach(mnt, target);
}

int mnt_stop_propagation(void)
{
	/* Slave, not private: what the host mounts later below a bind stays visible, as in every
	 * container engine; nothing goes the other way. */
	return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ? -errno : 0;
}

int mnt_unshare(void)
{
	return unshare(CLONE_NEWNS) < 0 ? -errno : mnt_stop_propagation();
}

/* The initramfs is a ramfs or tmpfs, and mountinfo names it rootfs.  Two tmpfs in the same place
 * can be told apart by that word only. */
static bool root_is_initramfs(void)
{
	struct mountinfo_reader reader;
	struct mountinfo mount;
	struct statfs fs;
	bool found = false;

	if (statfs("/", &fs) < 0 || (fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC) ||
		mountinfo_open(&reader, NULL) < 0)
		return false;
	while (!found && mountinfo_next(&reader, &mount) > 0)
		found = !strcmp(mount.point, "/") && !strcmp(mount.type, "rootfs");
	mountinfo_close(&reader);
	return found;
}

int mnt_lift_initramfs(void)
{
	char here[PATH_MAX];

	if (!root_is_initramfs())
		return 0;
	if (!getcwd(here, sizeof(here)) || mount("/", "/", NULL, MS_BIND | MS_REC, NULL) < 0 ||
		chdir("/..") < 0 || chroot(".") < 0)
		return -errno;
	/* The same directory, in the copy: relative paths keep their meaning. */
	return chdir(here) < 0 ? -errno : 1;
}

int mnt_pivot(int root)
{
	CLEANUP_FD int top = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (top < 0 || fchdir(root) < 0)
		return -errno;
	/* The old root ends up on top of the new one at "/", so that the image needs no directory
	 * to put it in. */
	r = sys_pivot_root(".", ".");
	if (r < 0)
		return r;
	if (fchdir(top) < 0)
		return -errno;
	/* What was stacked on the old root goes first, then the old root.  After that "." is in no
	 * mount namespace any more: EINVAL. */
	while (!umount2(".", MNT_DETACH))
		r = 1;
	if (r != 1 || errno != EINVAL)
		return -errno;
	return chdir("/") < 0 ? -errno : 0;
}
