// SPDX-License-Identifier: MIT
/* pivot_fs.c - /proc and /sys of the new root, and what is covered in them.
 *
 * New file systems are made while the old root is still in sight: in a user namespace the kernel
 * gives a procfs or sysfs only to who sees a whole one.  Everything is reached by descriptors: the
 * procfs that is used here cannot be covered by a volume. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "mnt.h"
#include "parse.h"
#include "pivot.h"
#include "sys.h"

#define CLOSED (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static bool is_mode(const char *mode, const char *word)
{
	return mode && !strcmp(mode, word);
}

int pivot_open_dir(const struct pivot *pivot, int dir, const char *name, unsigned mode)
{
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags), r = 0;

	if (fd >= 0)
		return fd;
	r = -errno;
	if (r == -ENOENT) {
		r = mkdirat(dir, name, mode) < 0 ? -errno : 0;
		if (!r)
			pivot_note_made(pivot, dir, name, false);
		fd = r ? -1 : openat(dir, name, flags);
	}
	if (fd < 0)
		die_hint(r, r == -ENOTDIR ? "a link or a file in this place is not followed" : NULL,
			"%s/%s", pivot->rootfs, name);
	return fd;
}

static void attach(const struct pivot *pivot, int mnt, const char *name, unsigned mode)
{
	CLEANUP_FD int target = pivot_open_dir(pivot, pivot->root, name, mode);
	int r = mnt_attach(mnt, target);

	if (r < 0)
		die(r, "mount on %s/%s", pivot->rootfs, name);
}

static int bind_host(const char *path, uint64_t set)
{
	struct mount_attr attr = { .attr_set = set, .propagation = MS_PRIVATE };
	int mnt = mnt_clone(AT_FDCWD, path, true);
	int r = mnt < 0 ? mnt : mnt_setattr(mnt, &attr, true);

	if (r < 0)
		die(r, "bind %s", path);
	return mnt;
}

void pivot_mount_proc(struct pivot *pivot)
{
	const char *mode = pivot->args->proc, *why;
	const char *const subset[] = { "subset=pid", NULL };

	if (is_mode(mode, "bind")) {
		pivot->proc = bind_host("/proc", CLOSED);
	} else {
		step("mount -t proc proc %s/proc", pivot->rootfs);
		pivot->proc = mnt_create(
			"proc", is_mode(mode, "pid") ? subset : NULL, CLOSED, &why);
		err_why(why);
		if (pivot->proc == -EPERM)
			die_hint(-EPERM,
				"it takes a PID namespace of its own, unshare -p, and inside a "
				"container an outer one with --proc=full; or --proc=bind",
				"mount proc");
		if (pivot->proc < 0)
			die(pivot->proc, "mount proc");
	}
	if (!is_mode(mode, "none"))
		attach(pivot, pivot->proc, "proc", 0555);
}

/* The hierarchies of v1, each with its controllers as in /proc/self/cgroup, below a tmpfs. */
static void mount_hierarchies(int cgroup, uint64_t attr)
{
	char text[8192], *rest = text;
	const char *why;
	ssize_t n = fs_read(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text));

	while (n > 0 && rest && *rest) {
		char *line = parse_field(&rest, "\n");
		const char *controllers, *name;
		const char *options[16] = { NULL };
		char list[128], *words = list;
		size_t count = 0;
		int mnt, r;

		parse_field(&line, ":");
		controllers = line ? parse_field(&line, ":") : NULL;
		if (!controllers || !*controllers ||
			fmt_path(list, sizeof(list), "%s", controllers) < 0)
			continue;
		while (words && count < 15)
			options[count++] = parse_field(&words, ",");
		mnt = mnt_create("cgroup", options, attr, &why);
		/* A user namespace may not mount v1 before some kernel: then without. */
		if (mnt == -EPERM)
			continue;
		name = strncmp(controllers, "name=", 5) ? controllers : controllers + 5;
		r = mnt < 0 ? mnt : mkdirat(cgroup, name, 0755) < 0 ? -errno : 0;
		if (!r)
			r = mnt_attach_at(mnt, cgroup, name);
		if (r < 0)
			die(r, "mount cgroup hierarchy %s", controllers);
		close(mnt);
	}
}

static void mount_cgroup(const struct pivot *pivot, int sys)
{
	const char *mode = pivot->args->cgroup, *why;
	const char *const options[] = { "mode=755", NULL };
	uint64_t attr = CLOSED | (is_mode(mode, "rw") ? 0 : MOUNT_ATTR_RDONLY);
	struct mount_attr locked = { .attr_set = attr };
	char text[4096];
	ssize_t n;
	bool unified;
	int mnt, r;

	if (is_mode(mode, "none") || !pivot_has_own(pivot, CLONE_NEWCGROUP))
		return;
	n = fs_read(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text));
	if (n <= 0)
		return;
	unified = !strncmp(text, "0::", 3);
	mnt = unified ? mnt_create("cgroup2", NULL, attr, &why)
		      : mnt_create("tmpfs", options, CLOSED, &why);
	if (mnt == -EPERM)
		return;
	err_why(why);
	r = mnt < 0 ? mnt : mnt_attach_at(mnt, sys, "fs/cgroup");
	if (r == -ENOENT)
		return;
	if (r < 0)
		die(r, "mount /sys/fs/cgroup");
	if (!unified) {
		mount_hierarchies(mnt, attr);
		r = mnt_setattr(mnt, &locked, false);
		if (r < 0)
			die(r, "make /sys/fs/cgroup read-only");
	}
	close(mnt);
}

void pivot_mount_sys(struct pivot *pivot)
{
	const char *mode = pivot->args->sys, *why;
	uint64_t attr = CLOSED | (is_mode(mode, "rw") ? 0 : MOUNT_ATTR_RDONLY);
	int sys = -1;

	if (is_mode(mode, "none"))
		return;
	if (!is_mode(mode, "bind")) {
		step("mount -t sysfs sysfs %s/sys", pivot->rootfs);
		sys = mnt_create("sysfs", NULL, attr, &why);
		err_why(why);
	}
	/* EPERM: our user namespace owns no network namespace, which a sysfs shows. */
	if (sys < 0 && (is_mode(mode, "bind") || sys == -EPERM)) {
		err_why(NULL);
		sys = bind_host("/sys", attr);
	}
	if (sys < 0)
		die(sys, "mount sysfs");
	attach(pivot, sys, "sys", 0555);
	pivot->sys = sys;
	mount_cgroup(pivot, sys);
}

/* Is the key one of a namespace, which of them, and is it ours? */
static bool sysctl_is_ours(const struct pivot *pivot, const char *key)
{
	if (!strncmp(key, "net.", 4))
		return pivot_has_own(pivot, CLONE_NEWNET);
	if (parse_word_in(key, "kernel.hostname kernel.domainname"))
		return pivot_has_own(pivot, CLONE_NEWUTS);
	if (!strncmp(key, "fs.mqueue.", 10) || !strncmp(key, "kernel.msg", 10) ||
		!strncmp(key, "kernel.shm", 10) || !strcmp(key, "kernel.sem"))
		return pivot_has_own(pivot, CLONE_NEWIPC);
	return false;
}

void pivot_set_sysctls(const struct pivot *pivot)
{
	for (size_t i = 0; i < pivot->args->sysctls.count; i++) {
		char path[256] = "sys/", *value;
		int r = fmt_path(
			path + 4, sizeof(path) - 4, "%s", pivot->args->sysctls.items[i].value);

		value = strchr(path, '=');
		if (r < 0 || !value)
			usage_die("--sysctl: %s is not KEY=VALUE", path + 4);
		*value++ = '\0';
		if (!sysctl_is_ours(pivot, path + 4))
			die_hint(0, "only keys of a namespace that was made for it: -n -i -u",
				"--sysctl: %s would change the host", path + 4);
		for (char *p = path; *p; p++)
			if (*p == '.')
				*p = '/';
		r = fs_write(pivot->proc, path, value);
		if (r < 0)
			die(r, "--sysctl: %s", path);
	}
}

/* What /proc and /sys tell of the host, or let a root without capabilities do to it. */
static const char *const hidden_files[] = { "proc/interrupts", "proc/kcore", "proc/keys",
	"proc/latency_stats", "proc/sched_debug", "proc/timer_list", "proc/timer_stats", NULL };
static const char *const hidden_dirs[] = { "proc/acpi", "proc/asound", "proc/scsi", "sys/firmware",
	"sys/devices/virtual/powercap", NULL };
static const char *const read_only[] = { "bus", "fs", "irq", "sys", "sysrq-trigger", NULL };

static bool is_unmasked(const struct pivot *pivot, const char *path)
{
	for (size_t i = 0; i < pivot->args->masks.count; i++) {
		const struct opt_item *item = &pivot->args->masks.items[i];
		const char *value = item->value + strspn(item->value, "/");

		if (!strcmp(item->opt->name, "unmask") &&
			(!strcmp(value, "all") || !strcmp(value, path)))
			return true;
	}
	return false;
}

/* On this machine or another. */
static bool is_hidden(const char *path)
{
	const char *const *const lists[] = { hidden_files, hidden_dirs };

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (const char *const *p = lists[i]; *p; p++)
			if (!strcmp(*p, path))
				return true;
	return !strcmp(path, "all") || !strncmp(path, "sys/devices/system/cpu/cpu", 26);
}

static void make_read_only(const struct pivot *pivot)
{
	for (const char *const *name = read_only; *name; name++) {
		struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
		int mnt = mnt_clone(pivot->proc, *name, true), r = mnt;

		if (r == -ENOENT)
			continue;
		if (r >= 0)
			r = mnt_setattr(mnt, &attr, true);
		if (r >= 0)
			r = mnt_attach_at(mnt, pivot->proc, *name);
		if (r < 0)
			die(r, "make /proc/%s read-only", *name);
		close(mnt);
	}
}

/* What covers a directory: an empty one of the device tmpfs, which needs no file system of its own
 * for that, if there is such a tmpfs. */
static int clone_empty(const struct pivot *pivot)
{
	struct mount_attr attr = { .attr_set = CLOSED | MOUNT_ATTR_RDONLY };
	const char *const options[] = { "nr_inodes=2", "mode=555", NULL };
	const char *why;
	CLEANUP_FD int mnt = pivot->dev >= 0 ? mnt_clone(pivot->dev, PIVOT_EMPTY, false)
					     : mnt_create("tmpfs", options, 0, &why);
	int r = mnt < 0 ? mnt : mnt_setattr(mnt, &attr, false);

	return r < 0 ? r : take_fd(&mnt);
}

/* Covers what is there of a list, all of one kind.  Below /proc and /sys, whose entries no image
 * chooses, a path may be used as it is.  Looked at before: a mount that found no place would wait
 * for an RCU grace period when it is closed. */
static void cover_all(const struct pivot *pivot, const char *const *paths,
	int (*clone)(const struct pivot *pivot))
{
	for (; *paths; paths++) {
		CLEANUP_FD int mnt = -1;
		bool proc = **paths == 'p';
		int dir = proc ? pivot->proc : pivot->sys, r;
		const char *path = strchr(*paths, '/') + 1;

		if (dir < 0 || (proc ? !pivot->hide_proc : !pivot->hide_sys) ||
			is_unmasked(pivot, *paths) || faccessat(dir, path, F_OK, 0) < 0)
			continue;
		mnt = clone(pivot);
		r = mnt < 0 ? mnt : mnt_attach_at(mnt, dir, path);
		/* In a container: the host's is bound, and covered with a directory that is no
		 * more, on which nothing can be mounted. */
		if (mnt >= 0 && r == -ENOENT)
			continue;
		if (r < 0)
			die(r, "mask /%s", *paths);
	}
}

/* A path that the caller named: looked up as any other of the image. */
static void cover(const struct pivot *pivot, const char *path)
{
	CLEANUP_FD int target = fs_open_in(pivot->root, path, O_PATH | O_NOFOLLOW);
	CLEANUP_FD int mnt = -1;
	struct stat st;
	int r = target;

	if (!path[strspn(path, "/.")])
		usage_die("--mask: %s may not be covered", path);
	if (target == -ENOENT || target == -ENOTDIR)
		return;
	if (target >= 0 && fstat(target, &st) < 0)
		r = -errno;
	if (r >= 0)
		r = mnt = S_ISDIR(st.st_mode) ? clone_empty(pivot) : pivot_clone_null(pivot);
	if (r >= 0)
		r = mnt_attach(mnt, target);
	if (r < 0)
		die(r, "mask %s", path);
}

/* One directory for each processor. */
static void cover_thermal(const struct pivot *pivot)
{
	char path[64];
	const char *const paths[] = { path, NULL };

	for (unsigned cpu = 0;; cpu++) {
		fmt_buf(path, sizeof(path), "sys/devices/system/cpu/cpu%u/thermal_throttle", cpu);
		if (faccessat(pivot->sys, path + 4, F_OK, 0) < 0)
			return;
		cover_all(pivot, paths, clone_empty);
	}
}

void pivot_cover_paths(struct pivot *pivot)
{
	const char *mode = pivot->args->proc;

	pivot->hide_proc = !is_mode(mode, "full") && !is_mode(mode, "none");
	pivot->hide_sys = !pivot->args->privileged;
	cover_all(pivot, hidden_files, pivot_clone_null);
	cover_all(pivot, hidden_dirs, clone_empty);
	if (pivot->hide_sys && pivot->sys >= 0)
		cover_thermal(pivot);
	for (size_t i = 0; i < pivot->args->masks.count; i++) {
		const struct opt_item *item = &pivot->args->masks.items[i];

		if (!strcmp(item->opt->name, "mask"))
			cover(pivot, item->value);
		else if (!is_hidden(item->value + strspn(item->value, "/")))
			usage_die("--unmask: %s is not covered", item->value);
	}
	if (pivot->hide_proc)
		make_read_only(pivot);
	/* The mounts keep the directory; its name need not stay in /dev. */
	if (pivot->dev >= 0 && unlinkat(pivot->dev, PIVOT_EMPTY, AT_REMOVEDIR) < 0)
		die(-errno, "remove /dev/" PIVOT_EMPTY);
}
