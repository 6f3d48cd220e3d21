// SPDX-License-Identifier: MIT
/* nsenter.c - runs the next link in the namespaces of another process.
 *
 * The order matters:
 *   1. all that is wanted of the target and of this side is opened;
 *   2. the binary is sealed, and this process made unreadable for those inside, before it becomes
 *      one of them (CVE-2019-5736, CVE-2016-9962);
 *   3. the namespaces; then root and working directory, environment;
 *   4. with a PID namespace, a child: only children are in it.  This process is its waiter;
 *   5. control groups, by the process that becomes the command;
 *   6. IDs and privileges: never more than the target could have; the signal at the waiter's death
 *      last. */
#include "nsenter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "fs.h"
#include "seal.h"
#include "shell.h"
#include "sys.h"
#include "wait.h"

static const struct opt nsenter_opts[] = { OPT('t', "target", struct nsenter_args, target,
						   "PID[:INODE]", "whose namespaces"),
	OPT('a', "all", struct nsenter_args, all, NULL, "every namespace that can be joined"),
	OPT_ATTACHED('m', "mount", struct nsenter_args, ns[NS_MOUNT], "FILE", "mount namespace"),
	OPT_ATTACHED('u', "uts", struct nsenter_args, ns[NS_UTS], "FILE", "UTS namespace"),
	OPT_ATTACHED('i', "ipc", struct nsenter_args, ns[NS_IPC], "FILE", "IPC namespace"),
	OPT_ATTACHED('n', "net", struct nsenter_args, ns[NS_NET], "FILE", "network namespace"),
	OPT_ATTACHED('p', "pid", struct nsenter_args, ns[NS_PID], "FILE", "PID namespace; forks"),
	OPT_ATTACHED('C', "cgroup", struct nsenter_args, ns[NS_CGROUP], "FILE", "cgroup namespace"),
	OPT_ATTACHED('U', "user", struct nsenter_args, ns[NS_USER], "FILE", "user namespace"),
	OPT_ATTACHED('T', "time", struct nsenter_args, ns[NS_TIME], "FILE", "time namespace"),
	OPT('N', "net-socket", struct nsenter_args, net_socket, "FD",
		"network namespace of the target's socket FD"),
	OPT(0, "user-parent", struct nsenter_args, user_parent, NULL,
		"user namespace above the target's"),
	OPT('S', "setuid", struct nsenter_args, setuid, "UID|follow", "become user UID"),
	OPT('G', "setgid", struct nsenter_args, setgid, "GID|follow", "become group GID"),
	OPT(0, "preserve-credentials", struct nsenter_args, preserve_credentials, NULL,
		"keep user and groups with -U"),
	OPT(0, "keep-caps", struct nsenter_args, keep_caps, NULL,
		"keep capabilities over the execution"),
	OPT_ATTACHED('r', "root", struct nsenter_args, root, "DIR", "root directory"),
	OPT_ATTACHED('w', "wd", struct nsenter_args, wd, "DIR", "working directory"),
	OPT('W', "wdns", struct nsenter_args, wdns, "DIR", "working directory, looked up inside"),
	OPT('e', "env", struct nsenter_args, env, NULL, "take the target's environment"),
	OPT('c', "join-cgroup", struct nsenter_args, join_cgroup, NULL, "join its control groups"),
	OPT('F', "no-fork", struct nsenter_args, no_fork, NULL, "-p without a child"),
	OPT(0, "no-kill-child", struct nsenter_args, no_kill_child, NULL,
		"let the child outlive this process"),
	PRIVOPTS_ROWS(struct nsenter_args, priv),
	OPT(0, "privileged", struct nsenter_args, privileged, NULL, "keep all privileges"),
	OPT('v', "verbose", struct nsenter_args, verbose, NULL, "say what is done"), OPT_END };

static void change_directories(const struct target *target, const struct nsenter_args *args)
{
	if (target->root >= 0) {
		/* Not where it was before: that may be outside of the new root. */
		if (fchdir(target->root) < 0 || chroot(".") < 0 || chdir("/") < 0)
			die(-errno, "chroot");
		close(target->root);
	}
	if (target->wd >= 0) {
		if (fchdir(target->wd) < 0)
			die(-errno, "change to the working directory");
		close(target->wd);
	}
	if (args->wdns) {
		const char *dir = args->wdns + (*args->wdns == '=');

		if (chdir(dir) < 0)
			die(-errno, "%s", dir);
	}
}

/* The target's environment.  It lasts until the command takes it over. */
static void take_environment(struct target *target)
{
	size_t room = 65536, count = 0;
	char **variables, *text;
	ssize_t used;

	for (text = NULL;; room *= 2) {
		text = realloc(text, room);
		if (!text)
			die(-ENOMEM, "environment of process %d", target->pid);
		used = fs_read(target_proc(target), "environ", text, room);
		if (used != -EFBIG)
			break;
	}
	if (used < 0)
		die((int)used, "environment of process %d", target->pid);
	variables = calloc((size_t)used / 2 + 2, sizeof(*variables));
	if (!variables)
		die(-ENOMEM, "environment of process %d", target->pid);
	for (char *p = text; p < text + used; p += strlen(p) + 1)
		if (*p)
			variables[count++] = p;
	environ = variables;
}

/* Returns in the child, and never in the waiter. */
static void divide(struct waiter *waiter, const int life[2], struct chain *chain, int kill_signal)
{
	pid_t pid = ns_clone(0);
	int status;

	if (pid < 0)
		die_hint(pid, pid == -ENOMEM ? "PID 1 of that PID namespace has ended" : NULL,
			"fork");
	if (pid) {
		close(life[0]);
		status = wait_for(waiter, pid, false);
		if (status < 0)
			die(status, "wait for process %d", pid);
		_exit(wait_status(status));
	}
	wait_child(waiter);
	close(life[1]);
	if (chain->life_fd >= 0)
		close(chain->life_fd);
	chain->life_fd = life[0];
	chain->pdeath_signal = kill_signal;
}

static void enter(const struct nsenter_args *args, struct chain *chain)
{
	struct target_cgroups cgroups = { .count = 0 };
	struct credentials cred;
	struct waiter waiter;
	struct target target;
	int life[2];
	bool forks;

	target_open(&target, args);
	forks = target_enters(&target, NS_PID) && !args->no_fork;
	credentials_plan(&cred, &target, args);
	if (args->join_cgroup)
		target_open_cgroups(&target, &cgroups);
	if (args->env)
		take_environment(&target);
	if (forks) {
		wait_prepare(&waiter);
		if (pipe2(life, O_CLOEXEC) < 0)
			die(-errno, "pipe");
	}
	/* Outside it is allowed, inside it may be denied. */
	if (cred.drop_groups)
		sys_setgroups(0, NULL);
	privopts_guard(&args->priv);
	target_join(&target, args);
	change_directories(&target, args);
	if (forks)
		divide(&waiter, life, chain, args->no_kill_child ? 0 : SIGKILL);
	target_enter_cgroups(&cgroups);
	credentials_apply(&cred, target.user_joined, args, chain);
}

/* Only who comes to a root that is not ours executes files that are not ours. */
static bool leaves_our_root(const struct nsenter_args *args)
{
	return args->all || args->ns[NS_MOUNT].set || args->root.set;
}

static int nsenter_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct nsenter_args args = { 0 };
	char **command = applet_args(self, &args, argv, 0);
	const char *what;

	err_verbose(args.verbose);
	if (leaves_our_root(&args)) {
		int r = seal_self(chain, argv, command, NULL, &what);

		if (r < 0)
			die(r, "%s", what);
	}
	enter(&args, chain);
	chain->next = *command ? command : shell_login(&chain->file);
	return 0;
}

const struct applet nsenter_applet = {
	.name = "nsenter",
	.operands = "[COMMAND [ARG...]]",
	.summary = "run a command in the namespaces of another process",
	.opts = nsenter_opts,
	.own_error = 1,
	.usage_error = 1,
	.run = nsenter_run,
};
