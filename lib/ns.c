// SPDX-License-Identifier: MIT
/* ns.c - see ns.h. */
#include "ns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "mountinfo.h"
#include "sys.h"

const struct ns_type ns_types[NS_COUNT] = {
	[NS_MOUNT] = { "mount", "mnt", CLONE_NEWNS },
	[NS_UTS] = { "uts", "uts", CLONE_NEWUTS },
	[NS_IPC] = { "ipc", "ipc", CLONE_NEWIPC },
	[NS_NET] = { "net", "net", CLONE_NEWNET },
	[NS_PID] = { "pid", "pid", CLONE_NEWPID },
	[NS_USER] = { "user", "user", CLONE_NEWUSER },
	[NS_CGROUP] = { "cgroup", "cgroup", CLONE_NEWCGROUP },
	[NS_TIME] = { "time", "time", CLONE_NEWTIME },
};

pid_t ns_clone(unsigned flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	pid_t pid = sys_clone3(&args, sizeof(args));

	/* Old container engines' filters say EPERM for a call that they do not know: a real EPERM
	 * just repeats. */
	if (pid == -ENOSYS || pid == -EPERM)
		pid = sys_clone(flags | SIGCHLD);
	return pid;
}

int ns_enter_time(int64_t monotonic, int64_t boottime)
{
	char offsets[80];
	int r = 0;

	if (unshare(CLONE_NEWTIME) < 0)
		return -errno;
	if (monotonic || boottime) {
		fmt_buf(offsets, sizeof(offsets), "monotonic %lld 0\nboottime %lld 0\n",
			(long long)monotonic, (long long)boottime);
		r = fs_write(AT_FDCWD, "/proc/self/timens_offsets", offsets);
	}
	if (r < 0)
		return r;

	CLEANUP_FD int fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
	return fd < 0 || setns(fd, CLONE_NEWTIME) < 0 ? -errno : 0;
}

const struct ns_type *ns_missing(unsigned flags)
{
	CLEANUP_FD int dir = open("/proc/self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return NULL;
	for (int i = 0; i < NS_COUNT; i++)
		if ((flags & ns_types[i].flag) && faccessat(dir, ns_types[i].file, F_OK, 0) < 0)
			return &ns_types[i];
	return NULL;
}

int ns_join(int pidfd, unsigned flags)
{
	return setns(pidfd, (int)flags) < 0 ? -errno : 0;
}

/* In a chroot the kernel denies user namespaces (CVE-2013-1956).  Its root directory is then not
 * the root of a mount, or at least no line of mountinfo says so. */
static bool in_chroot(void)
{
	struct mountinfo_reader reader;
	struct mountinfo mount;
	bool found = false;

	if (mountinfo_open(&reader, NULL) < 0)
		return false;
	while (!found && mountinfo_next(&reader, &mount) > 0)
		found = !strcmp(mount.point, "/");
	mountinfo_close(&reader);
	return !found;
}

static bool sysctl_is(const char *path, char value)
{
	char buf[32];

	return fs_read(AT_FDCWD, path, buf, sizeof(buf)) > 0 && buf[0] == value && buf[1] == '\n';
}

static const char *explain_user(void)
{
	static const struct {
		const char *path;
		char value;
		const char *text;
	} causes[] = {
		{ "/proc/sys/user/max_user_namespaces", '0',
			"/proc/sys/user/max_user_namespaces is 0" },
		{ "/proc/sys/kernel/unprivileged_userns_clone", '0',
			"/proc/sys/kernel/unprivileged_userns_clone is 0" },
		{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1',
			"/proc/sys/kernel/apparmor_restrict_unprivileged_userns is 1" },
	};

	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (sysctl_is(causes[i].path, causes[i].value))
			return causes[i].text;
	return in_chroot() ? "no user namespace can be made inside a chroot: use pivot" : NULL;
}

const char *ns_explain(int r, unsigned flags)
{
	if (r == -ENOSPC || r == -EUSERS) {
		const char *why = flags & CLONE_NEWUSER ? explain_user() : NULL;

		return why ? why : "a limit of /proc/sys/user/max_*_namespaces, or 32 levels";
	}
	if (r != -EPERM)
		return NULL;
	if (flags & CLONE_NEWUSER)
		return explain_user();
	return "needs root, or -r for a user namespace of one's own";
}
