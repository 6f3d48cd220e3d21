// SPDX-License-Identifier: MIT
/* pivot_root.c - the new root: a clone of ROOTFS or an overlay, and the way into it.
 *
 * ROOTFS is looked up once.  Its clone is attached over "/": our root directory stays below, so
 * the paths of the host work until pivot_root(2), and even ROOTFS=/ is no special case. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "mnt.h"
#include "mntopt.h"
#include "overlay.h"
#include "pivot.h"
#include "sys.h"

#define LAYERS_MAX 500

static const char *mount_hint(int r)
{
	switch (r) {
	case -EPERM:
		return "SYS_ADMIN over these mounts is needed: unshare -Ur -m ...";
	case -EINVAL:
		return "it is not in this mount namespace, or mounts below it are locked";
	case -ENOSPC:
		return "see /proc/sys/fs/mount-max";
	default:
		return NULL;
	}
}

void pivot_make_idmap(struct pivot *pivot)
{
	const char *spec = pivot->args->idmap;
	struct mntopt opt = { 0 };

	if (!spec)
		return;
	if (mntopt_parse_idmap(spec, &opt) < 0)
		usage_die("--idmap: %s is not INSIDE:OUTSIDE:COUNT", spec);
	pivot->idmap = mnt_idmap(opt.inside, opt.outside, opt.count);
	if (pivot->idmap < 0)
		die(pivot->idmap, "--idmap %s: make a user namespace", spec);
}

static int clone_rootfs(const struct pivot *pivot)
{
	struct mount_attr attr = {
		.attr_set = pivot->args->dev_ok ? 0 : MOUNT_ATTR_NODEV,
		.propagation = MS_PRIVATE,
	};
	bool recursive = !pivot->args->no_rbind;
	int root = mnt_clone(AT_FDCWD, pivot->rootfs, recursive), r;

	if (root < 0)
		die_hint(root, mount_hint(root), "%s", pivot->rootfs);
	if (pivot->args->rro)
		attr.attr_set |= MOUNT_ATTR_RDONLY;
	r = mnt_setattr(root, &attr, recursive);
	if (r < 0)
		die(r, "%s: set the attributes of the mount", pivot->rootfs);
	if (pivot->args->rro) {
		struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };

		/* The top alone, until the mount points are made; one that is locked stays. */
		mnt_setattr(root, &writable, false);
	}
	if (pivot->idmap < 0)
		return root;
	/* By itself, so that a refusal can be told from the rest; never with what is below. */
	attr = (struct mount_attr){
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (unsigned)pivot->idmap,
	};
	r = mnt_setattr(root, &attr, false);
	if (r < 0)
		die_hint(r,
			r == -EINVAL ? "this file system cannot be id-mapped, or is already"
				: r == -EOPNOTSUPP ? "it takes the mount calls of Linux 5.12"
						   : NULL,
			"--idmap: %s", pivot->rootfs);
	close(pivot->idmap);
	return root;
}

/* Splits at each colon that has no backslash before it, and opens the directories. */
static size_t open_lowers(const char *list, int *lowers)
{
	size_t count = 0;

	for (bool more = true; more; count++) {
		char path[4096];
		size_t length = 0;

		for (; *list && *list != ':'; list++) {
			if (*list == '\\' && list[1])
				list++;
			if (length == sizeof(path) - 1)
				die(-ENAMETOOLONG, "--overlay");
			path[length++] = *list;
		}
		path[length] = '\0';
		more = *list++ == ':';
		if (count == LAYERS_MAX)
			die(0, "--overlay: more than %d layers", LAYERS_MAX);
		lowers[count] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (lowers[count] < 0)
			die(-errno, "--overlay: %s", path);
	}
	return count;
}

static int open_layer(const char *option, const char *path)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		die(-errno, "%s: %s", option, path);
	return fd;
}

static int mount_overlay(const struct pivot *pivot)
{
	const struct pivot_args *args = pivot->args;
	int lowers[LAYERS_MAX], root, r = 0;
	struct overlay overlay = {
		.lowers = lowers,
		.user_xattrs = pivot_has_own(pivot, CLONE_NEWUSER),
	};
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NODEV, .propagation = MS_PRIVATE };
	const char *why = NULL, *hint = NULL;

	if (args->overlay)
		overlay.count = open_lowers(args->overlay, lowers);
	else {
		lowers[0] = open_layer("--ephemeral", pivot->rootfs);
		overlay.count = 1;
	}
	if (args->upper) {
		overlay.upper = open_layer("--upper", args->upper);
		overlay.work = open_layer("--work", args->work);
	} else {
		r = overlay_ephemeral(args->ephemeral.value, &overlay.upper, &overlay.work, &why);
	}
	err_why(why);
	if (r < 0)
		die(r, "tmpfs for the upper layer");
	root = overlay_mount(&overlay, &why);
	err_why(why);
	if (root == -EPERM && overlay.user_xattrs)
		hint = "a user namespace mounts overlays from Linux 5.11 on";
	else if (root == -EINVAL && !why)
		hint = "dmesg may say more";
	if (root < 0)
		die_hint(root, hint, "overlay of %zu layers", overlay.count);
	r = args->dev_ok ? 0 : mnt_setattr(root, &attr, false);
	if (r < 0)
		die(r, "overlay: set the attributes of the mount");
	close(overlay.upper);
	close(overlay.work);
	while (overlay.count)
		close(lowers[--overlay.count]);
	return root;
}

void pivot_make_root(struct pivot *pivot)
{
	CLEANUP_FD int top = -1;
	int r;

	if (pivot->args->overlay || pivot->args->ephemeral.set) {
		step("mount -t overlay over /");
		pivot->root = mount_overlay(pivot);
		return;
	}
	step("mount --rbind %s over /", pivot->rootfs);
	pivot->root = clone_rootfs(pivot);
	top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = top < 0 ? -errno : mnt_attach(pivot->root, top);
	if (r < 0)
		die_hint(r, mount_hint(r), "%s", pivot->rootfs);
}

static const char *pivot_hint(int r)
{
	if (r == -EPERM)
		return "SYS_ADMIN is needed in the user namespace that owns this mount namespace";
	if (r == -EINVAL)
		return "/ is shared, or the caller is in a chroot whose root is not a mount point";
	return NULL;
}

/* Old root below, new root by chroot(2): for who asks for it by name. */
static void enter_by_chroot(const struct pivot *pivot)
{
	warn(0,
		"--no-pivot: the old root stays below the new one; a process with SYS_ADMIN or "
		"SYS_CHROOT can reach it");
	if (fchdir(pivot->root) < 0 || chroot(".") < 0)
		die(-errno, "chroot to %s", pivot->rootfs);
}

void pivot_enter(struct pivot *pivot)
{
	const struct pivot_args *args = pivot->args;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	int r = 0;

	/* Last, because mount points were made in it. */
	if (args->read_only || args->rro)
		r = mnt_setattr(pivot->root, &attr, false);
	if (r < 0)
		die(r, "%s: make the root read-only", pivot->rootfs);
	step("pivot_root %s", pivot->rootfs);
	if (args->no_pivot) {
		enter_by_chroot(pivot);
	} else {
		if (!args->here)
			seal_bury(&pivot->seal);
		r = mnt_pivot(pivot->root);
		if (r < 0)
			die_hint(r, pivot_hint(r), "pivot_root to %s", pivot->rootfs);
	}
	if (args->propagation) {
		struct mntopt opt = { 0 };
		char word[16];
		const char *bad;

		fmt_buf(word, sizeof(word), "r%s", args->propagation);
		mntopt_parse(word, true, &opt, &bad);
		attr = (struct mount_attr){ .propagation = opt.propagation };
		r = mnt_setattr(pivot->root, &attr, true);
		if (r < 0)
			die(r, "make the new root r%s", args->propagation);
	}
}
