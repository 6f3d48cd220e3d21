// SPDX-License-Identifier: MIT
/* pivot_dev.c - /dev of the new root.
 *
 * One tmpfs, and in it six device nodes, each of them a mount of its own: those alone are without
 * nodev, so that a node which a container makes with CAP_MKNOD opens nothing, in /dev too.  As
 * root the nodes are new ones: a chmod in the container does not reach the host's.  In a user
 * namespace, where mknod(2) is refused, they are the host's, whose owner it does not map. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "mnt.h"
#include "pivot.h"
#include "sys.h"

#define SHM_SIZE "64m"

static const struct {
	const char *name;
	unsigned major, minor;
} nodes[] = {
	{ "null", 1, 3 },
	{ "zero", 1, 5 },
	{ "full", 1, 7 },
	{ "random", 1, 8 },
	{ "urandom", 1, 9 },
	{ "tty", 5, 0 },
};

static const struct {
	const char *name, *target;
} links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

/* The host's own node, made sure by what it is, not by its name. */
static int clone_host_node(const char *path, dev_t device)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_NODEV, .propagation = MS_PRIVATE };
	CLEANUP_FD int mnt = mnt_clone(AT_FDCWD, path, false);
	struct stat st;
	int r;

	if (mnt < 0)
		return mnt;
	if (fstat(mnt, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != device)
		return -ENODEV;
	r = mnt_setattr(mnt, &attr, false);
	/* EPERM: nodev is locked in our user namespace; then opening it fails, nothing else. */
	return r < 0 && r != -EPERM ? r : take_fd(&mnt);
}

int pivot_clone_null(const struct pivot *pivot)
{
	return pivot->dev >= 0 ? mnt_clone(pivot->dev, "null", false)
			       : clone_host_node("/dev/null", makedev(1, 3));
}

static void add_node(int dev, size_t i, bool *can_mknod)
{
	const dev_t device = makedev(nodes[i].major, nodes[i].minor);
	const char *name = nodes[i].name;
	CLEANUP_FD int mnt = -1;
	char path[32];
	int r = 0;

	if (*can_mknod && mknodat(dev, name, S_IFCHR | 0666, device) < 0) {
		r = -errno;
		*can_mknod = false;
	}
	if (!*can_mknod && (!r || r == -EPERM))
		r = mknodat(dev, name, S_IFREG | 0666, 0) < 0 ? -errno : 0;
	if (!r) {
		fmt_buf(path, sizeof(path), "/dev/%s", name);
		mnt = *can_mknod ? mnt_clone(dev, name, false) : clone_host_node(path, device);
		r = mnt < 0 ? mnt : mnt_attach_at(mnt, dev, name);
	}
	if (r < 0)
		die(r, "make /dev/%s", name);
}

static void mount_pts(int dev)
{
	const char *options[] = { "ptmxmode=0666", "mode=0620", "gid=5", NULL };
	const char *why;
	CLEANUP_FD int mnt = mnt_create(
		"devpts", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, &why);
	int r;

	/* The group tty is not mapped in our user namespace. */
	if (mnt == -EINVAL) {
		options[2] = NULL;
		mnt = mnt_create("devpts", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, &why);
	}
	err_why(why);
	r = mnt < 0 ? mnt : mkdirat(dev, "pts", 0755) < 0 ? -errno : 0;
	if (!r)
		r = mnt_attach_at(mnt, dev, "pts");
	if (r < 0)
		die(r, "mount devpts");
	err_why(NULL);
}

static void mount_mqueue(int dev)
{
	const char *why;
	CLEANUP_FD int mnt = mnt_create(
		"mqueue", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, &why);
	int r;

	if (mnt == -ENODEV || mnt == -EPERM)
		return;
	r = mnt < 0 ? mnt : mkdirat(dev, "mqueue", 0755) < 0 ? -errno : 0;
	if (!r)
		r = mnt_attach_at(mnt, dev, "mqueue");
	if (r < 0)
		die(r, "mount mqueue");
}

/* The terminal on standard input, by the name that it has here, checked against the descriptor. */
static void add_console(int dev)
{
	CLEANUP_FD int mnt = -1;
	char path[128];
	struct stat st;
	ssize_t n;
	int r;

	if (!isatty(STDIN_FILENO) || fstat(STDIN_FILENO, &st) < 0)
		return;
	n = readlink("/proc/self/fd/0", path, sizeof(path) - 1);
	if (n < 0)
		die(-errno, "the terminal on standard input");
	path[n] = '\0';
	mnt = clone_host_node(path, st.st_rdev);
	/* A terminal of another mount namespace has no name here, and no console then. */
	if (mnt == -ENOENT || mnt == -ENODEV || mnt == -EINVAL)
		return;
	r = mnt < 0 ? mnt : mknodat(dev, "console", S_IFREG | 0600, 0) < 0 ? -errno : 0;
	if (!r)
		r = mnt_attach_at(mnt, dev, "console");
	if (r < 0)
		die(r, "bind %s on /dev/console", path);
}

static void fill_dev(const struct pivot *pivot, int dev)
{
	bool can_mknod = true;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		add_node(dev, i, &can_mknod);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlinkat(links[i].target, dev, links[i].name) < 0)
			die(-errno, "link /dev/%s", links[i].name);
	if (mkdirat(dev, PIVOT_EMPTY, 0555) < 0 || mkdirat(dev, "shm", 01777) < 0)
		die(-errno, "make directories in /dev");
	mount_pts(dev);
	if (pivot_has_own(pivot, CLONE_NEWIPC))
		mount_mqueue(dev);
	add_console(dev);
}

static void bind_dev(const struct pivot *pivot)
{
	struct mount_attr attr = { .propagation = MS_PRIVATE };
	CLEANUP_FD int target = pivot_open_dir(pivot, pivot->root, "dev", 0755);
	CLEANUP_FD int mnt = mnt_clone(AT_FDCWD, "/dev", true);
	int r = mnt < 0 ? mnt : mnt_setattr(mnt, &attr, true);

	if (!r)
		r = mnt_attach(mnt, target);
	if (r < 0)
		die(r, "bind /dev");
}

void pivot_mount_dev(struct pivot *pivot)
{
	const char *mode = pivot->args->dev, *size = pivot->args->shm_size, *why = NULL;
	char size_option[48];
	const char *const options[] = { "mode=755", size_option, NULL };
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV };
	CLEANUP_FD int target = -1;
	int r;

	if (mode && !strcmp(mode, "none"))
		return;
	if (mode && !strcmp(mode, "bind")) {
		bind_dev(pivot);
		return;
	}
	step("mount -t tmpfs tmpfs %s/dev", pivot->rootfs);
	/* One limit for all of it: /dev/shm is a directory here. */
	r = fmt_path(size_option, sizeof(size_option), "size=%s", size ? size : SHM_SIZE);
	target = pivot_open_dir(pivot, pivot->root, "dev", 0755);
	if (!r)
		r = pivot->dev = mnt_create(
			"tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, &why);
	if (r >= 0)
		r = mnt_attach(pivot->dev, target);
	if (r < 0) {
		err_why(why);
		die(r, "mount tmpfs on %s/dev", pivot->rootfs);
	}
	fill_dev(pivot, pivot->dev);
	r = mnt_setattr(pivot->dev, &attr, false);
	if (r < 0)
		die(r, "set nodev on /dev");
}
