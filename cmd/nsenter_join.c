// SPDX-License-Identifier: MIT
/* nsenter_join.c - which namespaces, and how they are joined.
 *
 * By pidfd the kernel joins all of them or none, and nothing of /proc is needed.  A kernel before
 * 5.8 takes files only: these are opened before the first is joined, since the way to the others
 * may lie in a mount namespace that is left. */
#include "nsenter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sockios.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "parse.h"
#include "proc.h"
#include "sys.h"

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* ---- the target */

/* "PID" or "PID:INODE", where the inode is that of the process's pidfd: it tells the process from
 * a later one with the same number. */
static void open_target(struct target *target, const char *text)
{
	char buf[64], *rest = buf;
	uint64_t inode;
	struct stat st;
	const char *pid;

	if (fmt_path(buf, sizeof(buf), "%s", text) < 0)
		usage_die("--target: %s: not a process", text);
	pid = parse_field(&rest, ":");
	if (parse_pid(pid, &target->pid) < 0 ||
		(rest && parse_u64(rest, 1, UINT64_MAX, &inode) < 0))
		usage_die("--target: %s: not PID or PID:INODE", text);
	target->pidfd = sys_pidfd_open(target->pid, 0);
	if (target->pidfd == -ESRCH || (target->pidfd == -EINVAL && !rest))
		die(-ESRCH, "process %d", target->pid);
	if (rest && (target->pidfd < 0 || fstat(target->pidfd, &st) < 0))
		die(-EOPNOTSUPP, "--target: %s: pidfd", text);
	if (rest && st.st_ino != inode)
		die(-ESRCH, "process %s", text);
}

int target_proc(struct target *target)
{
	if (target->proc < 0) {
		target->proc = proc_open(target->pidfd, target->pid);
		if (target->proc < 0)
			die(target->proc, "/proc of process %d", target->pid);
	}
	return target->proc;
}

bool target_enters(const struct target *target, enum ns_index type)
{
	return target->files[type] >= 0 || (target->flags & ns_types[type].flag);
}

static int open_ns_of(struct target *target, int type)
{
	char path[32];
	int fd;

	fmt_buf(path, sizeof(path), "ns/%s", ns_types[type].file);
	fd = openat(target_proc(target), path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* ---- namespaces that are not simply the target's */

static int open_net_of_socket(const struct target *target, const char *text)
{
	int number, net;

	if (parse_int(text, 0, INT32_MAX, &number) < 0)
		usage_die("--net-socket: %s: not a descriptor", text);

	CLEANUP_FD int sock = sys_pidfd_getfd(target->pidfd, number, 0);
	if (sock < 0)
		die(sock, "descriptor %d of process %d", number, target->pid);
	net = ioctl(sock, SIOCGSKNS);
	if (net < 0)
		die(-errno, "network namespace of descriptor %d", number);
	fcntl(net, F_SETFD, FD_CLOEXEC);
	return net;
}

/* The user namespace above that of the target, or the one that owns another of its namespaces. */
static void open_user_parent(struct target *target, unsigned *flags)
{
	int type = NS_USER, of, parent;

	if (target->files[NS_USER] < 0 && !(*flags & CLONE_NEWUSER))
		for (type = 0; target->files[type] < 0 && !(*flags & ns_types[type].flag); type++)
			;
	of = target->files[type] >= 0 ? dup(target->files[type]) : open_ns_of(target, type);
	if (of < 0)
		die(of, "%s namespace of process %d", ns_types[type].name, target->pid);
	parent = ioctl(of, NS_GET_USERNS);
	if (parent < 0)
		die_hint(-errno, errno == EPERM ? "it is not below ours" : NULL,
			"parent user namespace");
	fcntl(parent, F_SETFD, FD_CLOEXEC);
	close(of);
	shut(&target->files[NS_USER]);
	target->files[NS_USER] = parent;
	*flags &= ~(unsigned)CLONE_NEWUSER;
}

/* -u=FILE is another spelling of -uFILE, -w=DIR of -wDIR. */
static const char *attached(const char *value)
{
	return value && *value == '=' ? value + 1 : value;
}

static int open_dir(struct target *target, const struct opt_value *option, const char *own)
{
	const char *dir = attached(option->value);
	int fd;

	if (!option->set)
		return -1;
	fd = dir ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)
		 : openat(target_proc(target), own, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		die(-errno, "%s", dir ? dir : own);
	return fd;
}

/* Those that are the same on both sides.  Without /proc none is known to be. */
static unsigned shared_with(struct target *target, unsigned flags)
{
	unsigned shared = 0;

	if (target->proc < 0)
		target->proc = proc_open(target->pidfd, target->pid);
	if (target->proc < 0)
		return 0;
	for (int i = 0; i < NS_COUNT; i++) {
		char path[32];
		struct stat ours, theirs;

		fmt_buf(path, sizeof(path), "ns/%s", ns_types[i].file);
		if ((flags & ns_types[i].flag) && !fstatat(target->proc, path, &theirs, 0) &&
			!fmt_path(path, sizeof(path), "/proc/self/ns/%s", ns_types[i].file) &&
			!stat(path, &ours) && ours.st_ino == theirs.st_ino)
			shared |= ns_types[i].flag;
	}
	return shared;
}

static void open_namespaces(struct target *target, const struct nsenter_args *args)
{
	bool any = false;

	for (int i = 0; i < NS_COUNT; i++) {
		const char *file = attached(args->ns[i].value);

		target->files[i] = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
		if (file && target->files[i] < 0)
			die(-errno, "%s", file);
		if (!file && (args->ns[i].set || args->all))
			target->flags |= ns_types[i].flag;
		any |= file || args->ns[i].set || args->all;
	}
	if (args->net_socket) {
		target->flags &= ~(unsigned)CLONE_NEWNET;
		shut(&target->files[NS_NET]);
		target->files[NS_NET] = open_net_of_socket(target, args->net_socket);
		any = true;
	}
	if (!any)
		usage_die("no namespace is named");
	if (target->pid && args->all)
		target->flags &= ~shared_with(target, target->flags & CLONE_NEWUSER);
	if (target->flags && !target->pid)
		usage_die("no target: --target PID, or a file for each namespace");
	if (args->user_parent)
		open_user_parent(target, &target->flags);
}

void target_open(struct target *target, const struct nsenter_args *args)
{
	bool wants_target = args->net_socket || args->user_parent || args->env ||
		args->join_cgroup || (args->root.set && !args->root.value) ||
		(args->wd.set && !args->wd.value);

	*target = (struct target){ .pidfd = -1, .proc = -1, .root = -1, .wd = -1 };
	if (args->target.count > 1)
		usage_die("--target is given twice");
	if (args->target.count)
		open_target(target, args->target.items[0].value);
	else if (wants_target)
		usage_die("no target: --target PID");
	open_namespaces(target, args);
	target->root = open_dir(target, &args->root, "root");
	target->wd = open_dir(target, &args->wd, "cwd");
}

/* ---- joining */

/* --all leaves out what cannot be joined: the user namespace when it is ours, types that this
 * kernel does not have; and for an ordinary user what he is in already. */
static int join_all(struct target *target)
{
	static const unsigned missing[] = { 0, CLONE_NEWUSER, CLONE_NEWTIME,
		CLONE_NEWUSER | CLONE_NEWTIME, CLONE_NEWTIME | CLONE_NEWCGROUP,
		CLONE_NEWUSER | CLONE_NEWTIME | CLONE_NEWCGROUP };
	int r = -EINVAL;

	for (size_t i = 0; r == -EINVAL && i < sizeof(missing) / sizeof(*missing); i++)
		r = ns_join(target->pidfd, target->flags & ~missing[i]);
	if (r == -EPERM) {
		target_proc(target);
		r = ns_join(target->pidfd, target->flags & ~shared_with(target, target->flags));
	}
	return r;
}

/* Turns the flags into open files, for a kernel that takes no pidfd. */
static void open_files(struct target *target, bool all)
{
	unsigned own = 0;

	target_proc(target);
	if (all)
		own = shared_with(target, geteuid() ? target->flags : 0);
	for (int i = 0; i < NS_COUNT; i++) {
		if (!(target->flags & ~own & ns_types[i].flag))
			continue;
		target->files[i] = open_ns_of(target, i);
		if (target->files[i] == -ENOENT && !all)
			die(0, "the kernel has no %s namespaces", ns_types[i].name);
		if (target->files[i] < 0 && target->files[i] != -ENOENT)
			die(target->files[i], "%s namespace of process %d", ns_types[i].name,
				target->pid);
	}
	target->flags = 0;
}

static int join_file(struct target *target, int type)
{
	if (setns(target->files[type], (int)ns_types[type].flag) < 0)
		return -errno;
	target->user_joined |= type == NS_USER;
	shut(&target->files[type]);
	return 0;
}

/* What needs the privileges of the old user namespace comes before the new one, all else after. */
static void join_files(struct target *target)
{
	for (int i = 0; i < NS_COUNT; i++)
		if (i != NS_USER && target->files[i] >= 0)
			join_file(target, i);
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < NS_COUNT; i++) {
			int r = 0;

			if (target->files[i] >= 0 && (pass || i == NS_USER))
				r = join_file(target, i);
			if (r < 0)
				die_hint(r, r == -EINVAL && i == NS_USER ? "it is our own" : NULL,
					"join the %s namespace", ns_types[i].name);
		}
}

static void name_flags(unsigned flags, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (int i = 0; i < NS_COUNT && used < size; i++)
		if (flags & ns_types[i].flag)
			used += (size_t)fmt_buf(text + used, size - used, "%s%s", used ? " " : "",
				ns_types[i].name);
}

void target_join(struct target *target, const struct nsenter_args *args)
{
	char names[64];
	int r = 0;

	if (target->flags && target->pidfd >= 0)
		r = args->all ? join_all(target) : ns_join(target->pidfd, target->flags);
	/* Only in a user namespace from a file may we join the others, as an ordinary user. */
	if (r == -EPERM && target->files[NS_USER] >= 0 && !join_file(target, NS_USER))
		r = ns_join(target->pidfd, target->flags);
	/* EINVAL: also a kernel before 5.8.  Files say which namespace it is about. */
	if (target->flags && (target->pidfd < 0 || r == -EINVAL || r == -ENOSYS || r == -EBADF)) {
		open_files(target, args->all);
		r = 0;
	}
	name_flags(target->flags, names, sizeof(names));
	if (r < 0)
		die(r, "join the namespaces of process %d (%s)", target->pid, names);
	target->user_joined |= (target->flags & CLONE_NEWUSER) != 0;
	if (target->flags)
		step("setns %d %s", target->pid, names);
	join_files(target);
	shut(&target->pidfd);
	shut(&target->proc);
}
