// SPDX-License-Identifier: MIT
/* unshare.c - runs the next link in new namespaces.
 *
 * With a PID namespace, and with --fork, the process divides: the child is cloned into all the new
 * namespaces at once, and this process stays outside of every one of them as its waiter (wait.h).
 * Without, the process itself moves.
 *
 * A pipe tells the child that the waiter lives: its write end is open nowhere else.  The child
 * asks for a signal at the waiter's death as the very last thing, since a change of credentials
 * clears that; then it looks at the pipe, in case the waiter died before. */
#include "unshare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "parse.h"
#include "shell.h"
#include "sys.h"
#include "wait.h"

static const struct opt unshare_opts[] = { OPT('m', "mount", struct unshare_args, ns[NS_MOUNT],
						   "FILE", "new mount namespace"),
	OPT('u', "uts", struct unshare_args, ns[NS_UTS], "FILE", "new host and domain name"),
	OPT('i', "ipc", struct unshare_args, ns[NS_IPC], "FILE", "new System V IPC"),
	OPT('n', "net", struct unshare_args, ns[NS_NET], "FILE", "new network stack"),
	OPT('p', "pid", struct unshare_args, ns[NS_PID], "FILE", "new PID namespace; forks"),
	OPT('U', "user", struct unshare_args, ns[NS_USER], "FILE", "new user namespace"),
	OPT('C', "cgroup", struct unshare_args, ns[NS_CGROUP], "FILE", "new cgroup root"),
	OPT('T', "time", struct unshare_args, ns[NS_TIME], "FILE", "new clock offsets"),
	OPT('a', "all", struct unshare_args, all, NULL, "all of these that the kernel has"),
	OPT('f', "fork", struct unshare_args, fork, NULL, "run the command in a child"),
	OPT('F', "no-fork", struct unshare_args, no_fork, NULL, "-p without a child"),
	OPT(0, "kill-child", struct unshare_args, kill_child, "SIGNAL",
		"send it to the child when the waiter dies"),
	OPT(0, "no-kill-child", struct unshare_args, no_kill_child, NULL,
		"let the child live then"),
	OPT(0, "forward-signals", struct unshare_args, forward_signals, NULL,
		"as --fork, which forwards signals"),
	OPT(0, "mount-proc", struct unshare_args, mount_proc, "DIR", "mount proc (implies -m)"),
	OPT(0, "propagation", struct unshare_args, propagation, "MODE",
		"private, slave, shared or unchanged"),
	OPT('R', "root", struct unshare_args, root, "DIR", "change the root directory"),
	OPT('w', "wd", struct unshare_args, wd, "DIR", "change the working directory"),
	OPT('S', "setuid", struct unshare_args, setuid, "UID", "become user UID"),
	OPT('G', "setgid", struct unshare_args, setgid, "GID", "become group GID, in no other"),
	OPT('r', "map-root-user", struct unshare_args, maps, NULL, "be root inside (implies -U)"),
	OPT('c', "map-current-user", struct unshare_args, maps, NULL, "be oneself (implies -U)"),
	OPT(0, "map-user", struct unshare_args, maps, "UID|NAME", "be user UID inside"),
	OPT(0, "map-group", struct unshare_args, maps, "GID|NAME", "be group GID inside"),
	OPT(0, "map-users", struct unshare_args, maps, "RANGE",
		"INNER:OUTER:COUNT, auto, subids or all"),
	OPT(0, "map-groups", struct unshare_args, maps, "RANGE", "the same for groups"),
	OPT(0, "map-auto", struct unshare_args, maps, NULL, "--map-users=auto --map-groups=auto"),
	OPT(0, "map-subids", struct unshare_args, maps, NULL, "both as subids"),
	OPT(0, "owner", struct unshare_args, owner, "USER:GROUP", "who owns the namespaces"),
	OPT(0, "setgroups", struct unshare_args, setgroups, "allow|deny", "for setgroups(2)"),
	OPT(0, "keep-caps", struct unshare_args, keep_caps, NULL,
		"keep capabilities over the execution"),
	OPT(0, "monotonic", struct unshare_args, monotonic, "SECONDS", "offset of that clock"),
	OPT(0, "boottime", struct unshare_args, boottime, "SECONDS", "offset of that clock"),
	OPT(0, "hostname", struct unshare_args, hostname, "NAME", "set it (implies -u)"),
	OPT(0, "domainname", struct unshare_args, domainname, "NAME", "set it (implies -u)"),
	OPT(0, "clear-env", struct unshare_args, clear_env, NULL, "start with no environment"),
	OPT(0, "whitelist-env", struct unshare_args, whitelist, "NAME,...",
		"keep these with --clear-env"),
	OPT('v', "verbose", struct unshare_args, verbose, NULL, "say what is done"), OPT_END };

__attribute__((noreturn)) static void die_new(int r, unsigned flags)
{
	const struct ns_type *missing = r == -EINVAL ? ns_missing(flags) : NULL;

	if (missing)
		die(0, "the kernel has no %s namespaces", missing->name);
	die_hint(r, ns_explain(r, flags), "new namespaces");
}

/* The last act of the child: nothing that changes credentials may come after it. */
static void arm(const struct chain *chain)
{
	int r = wait_arm(chain);

	if (r == -ECANCELED)
		_exit(128 + SIGKILL);
	if (r < 0)
		die(r, "PR_SET_PDEATHSIG");
}

/* In the child, or in the process itself where it does not divide. */
static void enter(const struct unshare_plan *plan, struct chain *chain, int sock)
{
	unshare_inside(plan, sock);
	chain->new_ns |= plan->flags;
	if (plan->flags & CLONE_NEWNS)
		chain->private_mounts = plan->propagation == MS_PRIVATE;
}

__attribute__((noreturn)) static void wait_outside(
	const struct unshare_plan *plan, struct waiter *waiter, pid_t pid, int sock)
{
	int status = 0;

	if (sock >= 0 && unshare_outside(plan, sock) < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		_exit(1);
	}
	status = wait_for(waiter, pid, plan->flags & CLONE_NEWPID);
	if (status < 0)
		die(status, "wait for process %d", pid);
	_exit(wait_status(status));
}

/* The two ends of the connection between inside and outside, or -1 where none is needed. */
static void connect_outside(const struct unshare_plan *plan, int sock[2])
{
	sock[0] = sock[1] = -1;
	if (unshare_needs_outside(plan) &&
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock) < 0)
		die(-errno, "socketpair");
}

static void shut(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* Returns in the child, and never in the waiter.
 *   sock  the connection to a helper that is outside already, or -1 */
static void divide(const struct unshare_plan *plan, struct chain *chain, int helper_sock)
{
	unsigned flags = plan->flags & ~(unsigned)CLONE_NEWTIME;
	int life[2], sock[2] = { helper_sock, -1 };
	struct waiter waiter;
	pid_t pid;

	if (helper_sock < 0)
		connect_outside(plan, sock);
	wait_prepare(&waiter);
	if (pipe2(life, O_CLOEXEC) < 0)
		die(-errno, "pipe");
	pid = ns_clone(flags);
	if (pid < 0)
		die_new(pid, flags);
	if (pid) {
		close(life[0]);
		shut(sock[0]);
		wait_outside(plan, &waiter, pid, sock[1]);
	}
	wait_child(&waiter);
	close(life[1]);
	shut(sock[1]);
	shut(chain->life_fd);
	chain->part = NULL;
	chain->life_fd = life[0];
	chain->pdeath_signal = plan->kill_signal;
	enter(plan, chain, sock[0]);
	arm(chain);
}

/* A child that stays as it is, in the old namespaces and with the old credentials, for what has to
 * be done from outside.
 *   returns  the end of the connection to it, or -1 where none is needed */
static int start_helper(const struct unshare_plan *plan, pid_t *helper)
{
	int sock[2];

	connect_outside(plan, sock);
	if (sock[0] < 0)
		return -1;
	*helper = fork();
	if (*helper < 0)
		die(-errno, "fork");
	if (!*helper) {
		close(sock[0]);
		_exit(unshare_outside(plan, sock[1]) < 0);
	}
	close(sock[1]);
	return sock[0];
}

/* From here on the namespaces will belong to another user. */
static void become_owner(const struct unshare_plan *plan)
{
	uid_t uid = (uid_t)plan->owner_uid;
	gid_t gid = (gid_t)plan->owner_gid;
	int r = sys_setgroups(0, NULL);

	if (!r)
		r = sys_setresgid(gid, gid, gid);
	if (!r)
		r = sys_setresuid(uid, uid, uid);
	/* The files below /proc/self would belong to root now. */
	if (!r && prctl(PR_SET_DUMPABLE, 1) < 0)
		r = -errno;
	if (r < 0)
		die(r, "become the owner %u:%u", uid, gid);
}

static void move_self(const struct unshare_plan *plan, struct chain *chain, int sock, pid_t helper)
{
	unsigned flags = plan->flags & ~(unsigned)CLONE_NEWTIME;

	if (unshare((int)flags) < 0)
		die_new(-errno, flags);
	enter(plan, chain, sock);
	if (helper)
		waitpid(helper, NULL, 0);
	/* What an unshare before this one asked for does not survive a change of credentials. */
	arm(chain);
}

/* Is the variable of "NAME=VALUE" in the list NAME,NAME... ? */
static bool is_listed(const char *variable, const char *list)
{
	size_t length = strcspn(variable, "=");

	for (; *list; list += *list == ',') {
		size_t word = strcspn(list, ",");

		if (word == length && !memcmp(list, variable, length))
			return true;
		list += word;
	}
	return false;
}

static void clear_environment(const char *keep)
{
	char **to = environ;

	for (char **from = environ; from && *from; from++)
		if (is_listed(*from, keep))
			*to++ = *from;
	if (to)
		*to = NULL;
}

/* This process will be more than a waiter. */
static void part(struct chain *chain)
{
	int r = chain->part ? chain->part() : 0;

	if (r < 0)
		die(r, "part from the watcher of the cgroup");
	chain->part = NULL;
}

static int unshare_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct unshare_args args = { 0 };
	struct unshare_plan plan;
	pid_t helper = 0;
	int sock = -1;

	argv = applet_args(self, &args, argv, 0);
	err_verbose(args.verbose);
	unshare_make_plan(&plan, &args);
	plan.mask = &chain->mask;
	if (!plan.fork || plan.owner_uid >= 0) {
		part(chain);
		sock = start_helper(&plan, &helper);
	}
	if (plan.owner_uid >= 0)
		become_owner(&plan);
	if (plan.fork)
		divide(&plan, chain, sock);
	else
		move_self(&plan, chain, sock, helper);
	if (args.clear_env || args.whitelist)
		clear_environment(args.whitelist ? args.whitelist : "");
	chain->next = argv[0] ? argv : shell_login(&chain->file);
	return 0;
}

const struct applet unshare_applet = {
	.name = "unshare",
	.operands = "[COMMAND [ARG...]]",
	.summary = "run a command in new namespaces",
	.opts = unshare_opts,
	.own_error = 1,
	.usage_error = 1,
	.run = unshare_run,
};
