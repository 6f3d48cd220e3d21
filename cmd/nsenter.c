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
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "caps.h"
#include "err.h"
#include "fs.h"
#include "parse.h"
#include "priv.h"
#include "proc.h"
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
	OPT(0, "caps", struct nsenter_args, caps, "LIST", "capabilities; default the target's"),
	OPT(0, "no-new-privs", struct nsenter_args, no_new_privs, NULL,
		"set it even where the target has it not"),
	OPT(0, "allow-setuid", struct nsenter_args, allow_setuid, NULL, "never set no_new_privs"),
	OPT(0, "privileged", struct nsenter_args, privileged, NULL, "keep all privileges"),
	OPT('v', "verbose", struct nsenter_args, verbose, NULL, "say what is done"), OPT_END };

/* What this process becomes inside. */
struct credentials {
	int64_t uid, gid; /* -1: as it is */
	bool drop_groups;
	/* Bounds, when the root of the target is entered: its image must not get more than it had.
	 */
	bool bounded;
	uint64_t bounding;
	bool no_new_privs;
};

static int64_t plan_id(struct target *target, const char *option, const char *text, bool group)
{
	struct stat st;
	uint32_t id;

	if (!strcmp(text, "follow")) {
		if (!target->pid)
			usage_die("--%s: follow needs --target", option);
		if (fstatat(target_proc(target), "", &st, AT_EMPTY_PATH) < 0)
			die(-errno, "/proc of process %d", target->pid);
		return group ? st.st_gid : st.st_uid;
	}
	if (parse_id(text, &id) < 0)
		usage_die("--%s: %s: not an ID", option, text);
	return id;
}

static bool enters(const struct target *target, enum ns_index type)
{
	return target->files[type] >= 0 || (target->flags & ns_types[type].flag);
}

/* What bounds the target; without /proc, its own capabilities. */
static void read_bounds(struct target *target, struct credentials *cred)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, target->pid };
	struct __user_cap_data_struct caps[2] = { { 0 } };
	struct proc_status status = { .bounding = 0 };
	int r;

	if (target->proc < 0)
		target->proc = proc_open(target->pidfd, target->pid);
	r = target->proc < 0 ? target->proc : proc_status(target->proc, &status);
	cred->bounding = status.bounding;
	cred->no_new_privs = status.no_new_privs;
	if (r == -ENOENT) {
		r = sys_capget(&header, caps);
		cred->bounding = caps[0].permitted | (uint64_t)caps[1].permitted << 32;
		cred->no_new_privs = false;
	}
	if (r < 0)
		die(r, "privileges of process %d", target->pid);
}

static void plan_credentials(
	struct credentials *cred, struct target *target, const struct nsenter_args *args)
{
	bool user = enters(target, NS_USER) && !args->preserve_credentials;
	const char *bad;
	size_t length;

	*cred = (struct credentials){ .uid = -1, .gid = -1, .drop_groups = user || args->setgid };
	if (args->setuid)
		cred->uid = plan_id(target, "setuid", args->setuid, false);
	if (args->setgid)
		cred->gid = plan_id(target, "setgid", args->setgid, true);
	cred->bounding = CAPS_ALL;
	cred->bounded = (enters(target, NS_MOUNT) || target->root >= 0) && !args->privileged;
	if (cred->bounded && target->pid)
		read_bounds(target, cred);
	if (args->caps && caps_parse(args->caps, &cred->bounding, &bad, &length) < 0)
		usage_die("--caps: %.*s: no such capability", (int)length, bad);
	cred->no_new_privs |= args->no_new_privs;
	cred->no_new_privs &= !args->allow_setuid && !args->privileged;
}

/* A user namespace may deny setgroups(2) for good: then there is no group to drop in it that the
 * kernel would let be dropped. */
static bool setgroups_denied(void)
{
	char setting[16];

	return fs_read(AT_FDCWD, "/proc/self/setgroups", setting, sizeof(setting)) < 0 ||
		!strncmp(setting, "deny", 4);
}

/* Is there a capability that this process could get and the target could not? */
static bool exceeds(uint64_t bounding)
{
	int r = 0;

	for (int cap = 0; cap < 64 && r >= 0; cap++)
		if (!(bounding & CAP_BIT(cap)) && (r = prctl(PR_CAPBSET_READ, cap)) > 0)
			return true;
	return false;
}

static void become(const struct credentials *cred, const struct chain *chain, bool keep_caps)
{
	const char *what;
	struct priv priv;
	struct caps caps;
	int r = priv_current(&priv);

	if (r < 0)
		die(r, "read the capabilities");
	if (cred->uid >= 0)
		priv.ruid = priv.euid = (uid_t)cred->uid;
	if (cred->gid >= 0)
		priv.rgid = priv.egid = (gid_t)cred->gid;
	if (cred->drop_groups && (sys_setgroups(0, NULL) != -EPERM || !setgroups_denied()))
		priv.group_count = 0;
	priv.bounding = priv.permitted = cred->bounding;
	priv.no_new_privs = cred->no_new_privs;
	priv.inheritable &= cred->bounding;
	priv.ambient &= cred->bounding;
	if (keep_caps && !caps_get(&caps))
		priv.ambient = caps.permitted & cred->bounding;
	r = priv_apply(&priv, chain, AT_FDCWD, &what);
	if (r == -ECANCELED)
		_exit(128 + SIGKILL);
	if (r < 0)
		die_hint(r, r == -EINVAL && cred->uid >= 0 ? "is the ID mapped inside?" : NULL,
			"%s", what);
}

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
	forks = enters(&target, NS_PID) && !args->no_fork;
	plan_credentials(&cred, &target, args);
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
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		die(-errno, "PR_SET_DUMPABLE");
	target_join(&target, args);
	change_directories(&target, args);
	if (forks)
		divide(&waiter, life, chain, args->no_kill_child ? 0 : SIGKILL);
	target_enter_cgroups(&cgroups);
	if (target.user_joined && !args->preserve_credentials) {
		cred.uid = cred.uid < 0 ? 0 : cred.uid;
		cred.gid = cred.gid < 0 ? 0 : cred.gid;
	}
	if (cred.uid >= 0 || cred.gid >= 0 || cred.no_new_privs || args->keep_caps ||
		exceeds(cred.bounding))
		become(&cred, chain, args->keep_caps);
	else
		wait_arm(chain);
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
		int r = seal_self(chain, argv, NULL, &what);

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
