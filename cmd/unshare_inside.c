// SPDX-License-Identifier: MIT
/* unshare_inside.c - what the process in the new namespaces does to itself.
 *
 * The order matters:
 *   1. the ID maps, without which no file can be made and no ID set;
 *   2. the clocks and names, which need the capabilities that a change of IDs takes away;
 *   3. mounts: propagation first, so that nothing reaches the namespace that they were copied from;
 *      proc after chroot and chdir, since it belongs into the new root;
 *   4. groups, gid, uid; capabilities for an ordinary user's program last. */
#include "unshare.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "caps.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "mountinfo.h"
#include "sys.h"

static void write_map(const char *path, int64_t inside, uint32_t outside)
{
	char line[40];
	int r;

	fmt_buf(line, sizeof(line), "%lld %u 1", (long long)inside, outside);
	r = fs_write(AT_FDCWD, path, line);
	if (r < 0)
		die(r, "write \"%s\" to %s", line, path);
	step("echo %s > %s", line, path);
}

static void write_setgroups(const char *setting)
{
	int r = fs_write(AT_FDCWD, "/proc/self/setgroups", setting);

	/* Before Linux 3.19 there is no such file, and no need to deny. */
	if (r < 0 && (r != -ENOENT || !fs_exists("/proc/self")))
		die(r, "write \"%s\" to /proc/self/setgroups", setting);
	step("echo %s > /proc/self/setgroups", setting);
}

/* One ID of each kind: allowed without privilege, once setgroups(2) is denied. */
static void map_own_ids(const struct unshare_plan *plan)
{
	if (plan->map_uid >= 0)
		write_map("/proc/self/uid_map", plan->map_uid, plan->caller_uid);
	if (plan->map_gid >= 0) {
		write_setgroups("deny");
		write_map("/proc/self/gid_map", plan->map_gid, plan->caller_gid);
	}
}

static void enter_time(const struct unshare_plan *plan)
{
	int r = ns_enter_time(plan->monotonic, plan->boottime);

	if (r == -EINVAL)
		die(0, "the kernel has no time namespaces");
	if (r < 0)
		die_hint(r, r == -ERANGE ? "a clock would be negative" : NULL,
			"new time namespace, monotonic %lld, boottime %lld",
			(long long)plan->monotonic, (long long)plan->boottime);
}

static void set_names(const struct unshare_args *args)
{
	if (args->hostname && sethostname(args->hostname, strlen(args->hostname)) < 0)
		die(-errno, "hostname %s", args->hostname);
	if (args->domainname && setdomainname(args->domainname, strlen(args->domainname)) < 0)
		die(-errno, "domainname %s", args->domainname);
}

/* The root directory need not be a mount point (a chroot into a plain directory): then each mount
 * is made private by itself. */
static int make_each_private(void)
{
	struct mountinfo_reader reader;
	struct mountinfo mount_line;
	int r = mountinfo_open(&reader, NULL);

	if (r < 0)
		return r;
	while ((r = mountinfo_next(&reader, &mount_line)) > 0)
		if (mount(NULL, mount_line.point, NULL, MS_PRIVATE, NULL) < 0 && errno != EINVAL &&
			errno != ENOENT) {
			r = -errno;
			break;
		}
	mountinfo_close(&reader);
	return r;
}

static void set_propagation(const struct unshare_plan *plan)
{
	int r = mount(NULL, "/", NULL, plan->propagation | MS_REC, NULL) < 0 ? -errno : 0;

	if (r == -EINVAL && !plan->args->propagation)
		r = make_each_private();
	if (r < 0)
		die_hint(r, r == -EINVAL ? "/ is not a mount point" : NULL,
			"set the propagation of /");
}

static void change_root(const struct unshare_args *args)
{
	if (args->root && (chroot(args->root) < 0 || chdir("/") < 0))
		die(-errno, "chroot to %s", args->root);
	if (args->wd && chdir(args->wd) < 0)
		die(-errno, "chdir to %s", args->wd);
}

static void mount_proc(const struct unshare_plan *plan)
{
	const char *dir = plan->args->mount_proc.value ? plan->args->mount_proc.value : "/proc";
	int r;

	/* Where the new mount would propagate out, what is there is made private first. */
	if (plan->args->propagation && mount(NULL, dir, NULL, MS_PRIVATE | MS_REC, NULL) < 0 &&
		errno != EINVAL)
		die(-errno, "make %s private", dir);
	r = mount("proc", dir, "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL) < 0 ? -errno : 0;
	if (r < 0)
		die_hint(r,
			r == -EPERM
				? "a user namespace needs --pid with it, and a /proc outside that "
				  "nothing is mounted on"
				: NULL,
			"mount proc on %s", dir);
	step("mount -t proc proc %s", dir);
}

static void become(const struct unshare_plan *plan)
{
	if (plan->gid >= 0) {
		gid_t gid = (gid_t)plan->gid;
		int r = sys_setgroups(0, NULL);

		if (r < 0)
			die_hint(r, r == -EPERM ? "is setgroups denied here?" : NULL,
				"drop the supplementary groups");
		r = sys_setresgid(gid, gid, gid);
		if (r < 0)
			die_hint(r, r == -EINVAL ? "not mapped in this user namespace" : NULL,
				"become group %u", gid);
	}
	if (plan->uid >= 0) {
		uid_t uid = (uid_t)plan->uid;
		int r = sys_setresuid(uid, uid, uid);

		if (r < 0)
			die_hint(r, r == -EINVAL ? "not mapped in this user namespace" : NULL,
				"become user %u", uid);
	}
}

/* What the process may do now, the program that it executes may do too. */
static void keep_caps(void)
{
	struct caps caps;
	int r = caps_get(&caps);

	caps.inheritable = caps.permitted;
	if (!r)
		r = caps_set(&caps);
	if (!r)
		r = caps_ambient_set(caps.permitted);
	if (r < 0)
		die(r, "keep the capabilities");
}

void unshare_inside(const struct unshare_plan *plan, int sock)
{
	const struct unshare_args *args = plan->args;

	/* Denied before there is a map of groups, or never. */
	if (args->setgroups && plan->map_gid < 0)
		write_setgroups(args->setgroups);
	if (sock >= 0)
		unshare_await_maps(sock);
	map_own_ids(plan);
	if (plan->flags & CLONE_NEWTIME)
		enter_time(plan);
	set_names(args);
	if (plan->propagation)
		set_propagation(plan);
	change_root(args);
	if (args->mount_proc.set)
		mount_proc(plan);
	become(plan);
	if (args->keep_caps)
		keep_caps();
	if (sock >= 0)
		unshare_await_files(sock);
}
