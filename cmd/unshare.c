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
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
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
	OPT(0, "setgroups", struct unshare_args, setgroups, "allow|deny", "for setgroups(2)"),
	OPT(0, "monotonic", struct unshare_args, monotonic, "SECONDS", "offset of that clock"),
	OPT(0, "boottime", struct unshare_args, boottime, "SECONDS", "offset of that clock"),
	OPT(0, "hostname", struct unshare_args, hostname, "NAME", "set it (implies -u)"),
	OPT(0, "domainname", struct unshare_args, domainname, "NAME", "set it (implies -u)"),
	OPT('v', "verbose", struct unshare_args, verbose, NULL, "say what is done"), OPT_END };

static int64_t id_option(const char *option, const char *text)
{
	uint32_t id;
	int r;

	if (!text)
		return -1;
	r = parse_id(text, &id);
	if (r < 0)
		usage_die("--%s: %s: not an ID", option, text);
	return id;
}

static int64_t offset_option(const char *option, const char *text, unsigned flags)
{
	int seconds;

	if (!text)
		return 0;
	if (!(flags & CLONE_NEWTIME))
		usage_die("--%s needs --time", option);
	if (parse_int(text, INT32_MIN, INT32_MAX, &seconds) < 0)
		usage_die("--%s: %s: not a number of seconds", option, text);
	return seconds;
}

static void plan_maps(struct unshare_plan *plan)
{
	const struct opt_list *maps = &plan->args->maps;

	plan->map_uid = plan->map_gid = -1;
	if (!maps->count)
		return;
	plan->flags |= CLONE_NEWUSER;
	plan->caller_uid = geteuid();
	plan->caller_gid = getegid();
	for (size_t i = 0; i < maps->count; i++) {
		const char *name = maps->items[i].opt->name, *value = maps->items[i].value;

		if (!strcmp(name, "map-root-user")) {
			plan->map_uid = plan->map_gid = 0;
		} else if (!strcmp(name, "map-current-user")) {
			plan->map_uid = plan->caller_uid;
			plan->map_gid = plan->caller_gid;
		} else if (!strcmp(name, "map-user")) {
			plan->map_uid = id_option(name, value);
		} else {
			plan->map_gid = id_option(name, value);
		}
	}
}

static void plan_setgroups(const struct unshare_plan *plan)
{
	const char *setgroups = plan->args->setgroups;

	if (!setgroups)
		return;
	if (!parse_word_in(setgroups, "allow deny"))
		usage_die("--setgroups: %s: neither allow nor deny", setgroups);
	if (*setgroups == 'a' && plan->map_gid >= 0)
		usage_die("--setgroups=allow does not go with the map of one group");
}

static void plan_propagation(struct unshare_plan *plan)
{
	static const struct {
		const char *name;
		unsigned long flag;
	} modes[] = { { "private", MS_PRIVATE }, { "slave", MS_SLAVE }, { "shared", MS_SHARED },
		{ "unchanged", 0 } };
	const char *wanted = plan->args->propagation;
	size_t i = 0;

	while (wanted && strcmp(modes[i].name, wanted) != 0)
		if (++i == sizeof(modes) / sizeof(*modes))
			usage_die("--propagation: %s: not private, slave, shared or unchanged",
				wanted);
	plan->propagation = modes[i].flag;
	plan->change_propagation = (plan->flags & CLONE_NEWNS) && modes[i].flag;
}

static void plan_fork(struct unshare_plan *plan)
{
	const struct unshare_args *args = plan->args;
	bool init = plan->flags & CLONE_NEWPID;

	plan->fork = args->fork || args->kill_child.set || args->forward_signals ||
		(init && !args->no_fork);
	if (plan->fork && !args->no_kill_child && (init || args->kill_child.set))
		plan->kill_signal = SIGKILL;
	if (args->kill_child.value && parse_signal(args->kill_child.value, &plan->kill_signal) < 0)
		usage_die("--kill-child: %s: no such signal", args->kill_child.value);
}

static void make_plan(struct unshare_plan *plan, const struct unshare_args *args)
{
	*plan = (struct unshare_plan){ .args = args };
	for (int i = 0; i < NS_COUNT; i++)
		if (args->ns[i].set)
			plan->flags |= ns_types[i].flag;
	if (args->mount_proc.set)
		plan->flags |= CLONE_NEWNS;
	if (args->hostname || args->domainname)
		plan->flags |= CLONE_NEWUTS;
	plan_maps(plan);
	plan_setgroups(plan);
	plan_propagation(plan);
	plan_fork(plan);
	plan->monotonic = offset_option("monotonic", args->monotonic, plan->flags);
	plan->boottime = offset_option("boottime", args->boottime, plan->flags);
	plan->uid = id_option("setuid", args->setuid);
	plan->gid = id_option("setgid", args->setgid);
}

__attribute__((noreturn)) static void die_new(int r, unsigned flags)
{
	const struct ns_type *missing = r == -EINVAL ? ns_missing(flags) : NULL;

	if (missing)
		die(0, "the kernel has no %s namespaces", missing->name);
	die_hint(r, ns_explain(r, flags), "new namespaces");
}

/* The last act of the child: nothing that changes credentials may come after it. */
static void arm(struct chain *chain, int life, int sig)
{
	struct pollfd end = { .fd = life };

	chain->life_fd = life;
	chain->pdeath_signal = sig;
	if (sig && prctl(PR_SET_PDEATHSIG, sig) < 0)
		die(-errno, "PR_SET_PDEATHSIG");
	if (sig && poll(&end, 1, 0) != 0)
		_exit(128 + SIGKILL);
}

/* Returns in the child, and never in the waiter. */
static void divide(const struct unshare_plan *plan, struct chain *chain)
{
	unsigned flags = plan->flags & ~(unsigned)CLONE_NEWTIME;
	struct waiter waiter;
	int life[2], status;
	pid_t pid;

	wait_prepare(&waiter);
	if (pipe2(life, O_CLOEXEC) < 0)
		die(-errno, "pipe");
	pid = ns_clone(flags);
	if (pid < 0)
		die_new(pid, flags);
	if (!pid) {
		wait_child(&waiter);
		close(life[1]);
		if (chain->life_fd >= 0)
			close(chain->life_fd);
		unshare_inside(plan);
		arm(chain, life[0], plan->kill_signal);
		return;
	}
	close(life[0]);
	status = wait_for(&waiter, pid, plan->flags & CLONE_NEWPID);
	if (status < 0)
		die(status, "wait for process %d", pid);
	_exit(wait_status(status));
}

static int unshare_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct unshare_args args = { 0 };
	struct unshare_plan plan;

	argv = applet_args(self, &args, argv, 0);
	err_verbose(args.verbose);
	make_plan(&plan, &args);
	if (plan.fork) {
		divide(&plan, chain);
	} else {
		if (unshare((int)(plan.flags & ~(unsigned)CLONE_NEWTIME)) < 0)
			die_new(-errno, plan.flags);
		unshare_inside(&plan);
	}
	chain->new_ns |= plan.flags;
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
