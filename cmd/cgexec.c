// SPDX-License-Identifier: MIT
/* cgexec.c - runs a command in a cgroup with limits; nothing of it remains afterwards.
 *
 * The order matters: everything is parsed and checked before anything is made; the group gets its
 * limits while it is empty; the watcher that will remove it exists before this process enters.
 * So nothing ever runs unlimited, and nothing is left whatever happens on the way. */
#include "cgexec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgstat.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "husk.h"
#include "sys.h"
#include "wait.h"

#define A struct cgexec_args
static const struct opt cgexec_opts[] = {
#define X(id, kind, field, letter, option, argument, controller, v1, v2, min, max, help)           \
	OPT(letter, option, A, field[CGL_##id], argument, help),
	CG_LIMITS(X)
#undef X
		OPT_ALIAS(0, "memory-reservation", "memory-low"),
	OPT_ALIAS(0, "pids-limit", "pids"),
	OPT(0, "devices", A, devices, "POLICY", "none, closed or default"),
	OPT(0, "device", A, device_rules, "RULE", "allow /dev/X[:rwm] or 'c 10:229 rwm'"),
	OPT(0, "device-deny", A, device_rules, "RULE", "deny it, allow all others"),
	OPT(0, "oom-score-adj", A, oom_score_adj, "N", "-1000..1000"),
	OPT(0, "rlimit", A, rlimits, "NAME=N[:N]", "soft and hard limit"),
	OPT_ALIAS(0, "ulimit", "rlimit"),
	OPT('g', NULL, A, join, "LIST:PATH", "join a group; LIST: controllers or *"),
	OPT('C', "create", A, create, NULL, "create the groups of -g and keep them"),
	OPT(0, "sticky", A, sticky, NULL, "accepted: nothing moves processes here"),
	OPT_ALIAS('s', NULL, "sticky"), OPT_ALIAS('b', NULL, "sticky"),
	OPT(0, "parent", A, parent, "PATH", "where; else $HUSK_CGROUP_PARENT"),
	OPT(0, "name", A, name, "NAME", "name of the group"),
	OPT(0, "keep", A, keep, NULL, "do not remove the group"),
	OPT(0, "kill", A, kill, NULL, "end with the command all that is left"),
	OPT(0, "timeout", A, timeout, "TIME", "kill all after this time"),
	OPT(0, "wait", A, wait, NULL, "stay, pass signals on, return its status"),
	OPT(0, "stats", A, stats, "FILE|fd:N", "what was used; alone: with --wait, on stderr"),
	OPT(0, "json", A, json, NULL, "for --stats --stat --ls"),
	OPT(0, "freeze-start", A, freeze_start, NULL, "start frozen, until --thaw"),
	OPT(0, "evacuate", A, evacuate, NULL, "v2: move processes in the way"),
	OPT('f', "force", A, force, NULL, "also below what is used now"),
	OPT('i', "ignore-missing", A, ignore_missing, NULL, "skip what this machine lacks"),
	OPT('v', "verbose", A, verbose, NULL, "say each step"),
	OPT(0, "kill-group", A, kill_group, "NAME", "kill all in a group"),
	OPT(0, "freeze", A, freeze, "NAME", "stop all in a group"),
	OPT(0, "thaw", A, thaw, "NAME", "let them go on"),
	OPT(0, "stat", A, stat, "NAME", "what a group uses"),
	OPT(0, "procs", A, procs, "NAME", "its processes"),
	OPT(0, "rm", A, rm, "NAME", "remove an empty group"),
	OPT(0, "add", A, add, "PID", "move a process into --name"),
	OPT(0, "ls", A, ls, NULL, "list the groups"),
	OPT(0, "gc", A, gc, NULL, "remove what killed watchers left"),
	OPT(0, "info", A, info, NULL, "the hierarchies, as JSON"), OPT_END
};
#undef A

/* ---- the group of this run */

static bool refused(struct cgroup *cg, const struct cgexec_plan *plan)
{
	const struct cg_setting *s = cg_limits_refused(&plan->limits, cg);

	if (s)
		cgexec_refuse(cg, s);
	return false;
}

static void make(struct cgroup *cg, const struct cgexec_args *args, const struct cgexec_plan *plan)
{
	char fresh[32];
	int r;

	cg_fresh_name(fresh);
	r = cg_place(cg, args->parent, args->name ? args->name : fresh);
	if (r < 0)
		cgexec_die(cg, AT_PLACE, r);
	refused(cg, plan);
	r = cg_make(cg, &(struct cg_make){ .evacuate = args->evacuate, .keep = args->keep });
	if (r < 0)
		cgexec_die(cg, AT_MAKE, r);
	for (unsigned i = 0; i < cg->count; i++)
		step("mkdir %s%s", cg->tree[i].point, cg->tree[i].path);
}

/* -g: groups that exist, or that -C creates to stay. */
static void join(struct cgroup *cg, const struct cgexec_args *args, const struct cgexec_plan *plan)
{
	int r;

	refused(cg, plan);
	r = args->create ? cg_make(cg, &(struct cg_make){ .keep = true, .existing = true })
			 : cg_open(cg, plan->join_any);
	if (r < 0)
		cgexec_die(cg, args->create ? AT_MAKE : AT_OPEN, r);
}

static bool has_swap(void)
{
	struct sysinfo info;

	return !sysinfo(&info) && info.totalswap;
}

static void limit(struct cgroup *cg, const struct cgexec_args *args, const struct cgexec_plan *plan)
{
	struct cg_set how = { .existing = args->join.count > 0, .force = args->force };
	int r = cg_limits_write(cg, &plan->limits, &how);

	if (r < 0)
		cgexec_die(cg, AT_LIMIT, r);
	if (r > 0 && has_swap())
		warn_hint(0, "swapaccount=1 makes it",
			"--memory: the kernel does not count swap: only memory is limited");
	r = cg_devices_apply(cg, &plan->devices);
	if (r < 0)
		cgexec_die(cg, AT_DEVICES, r);
	r = args->freeze_start ? cg_freeze(cg, true) : 0;
	if (r < 0)
		cgexec_die(cg, AT_VERB, r);
}

static void apply_process(const struct cgexec_process *process, bool memory_limited)
{
	static const char file[] = "/proc/self/oom_score_adj";
	char text[16];
	int r;

	for (unsigned i = 0; i < process->count; i++)
		if (setrlimit(process->rlimit[i].resource, &process->rlimit[i].value) < 0)
			die_hint(-errno, errno == EPERM ? "only root raises a hard limit" : NULL,
				"--rlimit %s", process->rlimit[i].name);
	fmt_buf(text, sizeof(text), "%d", process->oom_score_adj);
	if (process->set_adj) {
		r = fs_write(AT_FDCWD, file, text);
		if (r < 0)
			die_hint(r, "only root lowers it", "--oom-score-adj %s", text);
	} else if (memory_limited && fs_read(AT_FDCWD, file, text, sizeof(text)) > 0 &&
		!strncmp(text, "-1000", 5) && !fs_write(AT_FDCWD, file, "0")) {
		/* The kernel may kill nobody then, and never ends to look for memory. */
		warn(0, "oom_score_adj was -1000 and is 0 now: a limit cannot work with it");
	}
}

static void enter(struct cgroup *cg, const struct cgexec_plan *plan, bool v1_only)
{
	int r;

	apply_process(&plan->process, cg_tree_of(cg, CG_MEMORY) != NULL);
	r = cg_enter(cg, v1_only);
	if (r < 0)
		cgexec_die(cg, AT_ENTER, r);
	cg_close(cg);
}

/* ---- --wait */

static void report(struct cgroup *cg, const struct cgexec_args *args,
	const struct cgexec_plan *plan, int status, uint64_t wall_us)
{
	struct out out = OUT_INIT(STDERR_FILENO);
	const char *gone = cg_limits_gone(cg, &plan->limits);
	struct cg_stat stat;
	char limit_text[24], peak[24];
	uint64_t kills;

	cg_stat_read(cg, &stat);
	kills = stat.value[CGV_OOM_KILL];
	cg_size(limit_text, stat.value[CGV_MEMORY_LIMIT]);
	cg_size(peak, stat.value[CGV_MEMORY_PEAK]);
	if (kills && kills != CG_UNKNOWN)
		warn(0, "out of memory: limit %s reached, %llu process%s killed (peak %s)",
			stat.value[CGV_MEMORY_LIMIT] == CG_UNKNOWN ? "above" : limit_text,
			(unsigned long long)kills, kills == 1 ? "" : "es", peak);
	if (gone)
		warn_hint(0, "use a Delegate=yes unit",
			"%s disappeared: systemd took the controller back", gone);
	if (!args->stats.set || args->stats.value)
		return;
	stat.wall_us = wall_us;
	stat.killed = plan->watch.timeout_ms && wall_us / 1000 >= plan->watch.timeout_ms;
	cg_stat_ended(&stat, status);
	cg_stat_print(&out, cg, &stat, args->json);
	out_flush(&out);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The child goes on in the chain, in the group; we stay outside. */
static int supervise(struct cgroup *cg, const struct cgexec_args *args,
	const struct cgexec_plan *plan, char **argv, struct chain *chain)
{
	uint64_t began = now_us();
	struct waiter waiter;
	bool entered = false;
	int status;
	pid_t pid;

	wait_prepare(&waiter);
	pid = cg_fork(cg, &entered);
	if (pid < 0)
		cgexec_die(cg, AT_ENTER, pid);
	if (!pid) {
		wait_child(&waiter);
		enter(cg, plan, entered);
		chain->next = argv;
		return 0;
	}
	status = wait_for(&waiter, pid, false);
	if (args->kill)
		cg_kill(cg);
	report(cg, args, plan, status, now_us() - began);
	return wait_status(status);
}

/* Will this process only wait from now on, in the group or outside of it?  The one next of unshare
 * does, or says that it does not.  An OOM kill of the whole group would reach a watcher that shares
 * the memory of one in it. */
static bool stays(const struct cgexec_args *args, char **argv)
{
	const struct applet *next = husk_link(argv[0]);

	return (args->wait || (next && !strcmp(next->name, "unshare"))) &&
		!args->flag[CGL_OOM_GROUP];
}

static int cgexec_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct cgexec_args args = { .parent = getenv("HUSK_CGROUP_PARENT") };
	struct cgexec_plan plan = { .watch.pidfd = -1 };
	bool watched;
	struct cgroup cg;
	int r = 0;

	/* Not an option: the watcher that this binary executes. */
	if (argv[1] && !strcmp(argv[1], CG_WATCH) && argv[2]) {
		if (cg_watch_parse(&cg, &plan.watch, argv + 2) < 0)
			usage_die("--watch is for cgexec itself");
		cg_watch_run(&cg, &plan.watch);
		return 0;
	}
	argv = applet_args(self, &args, argv, 0);
	err_verbose(args.verbose);
	if (args.parent && !*args.parent)
		args.parent = NULL;
	cgexec_read_plan(&plan, &args);
	if (cgexec_verb(&args, &plan, argv, &r))
		return r;
	if (!*argv)
		usage_die("missing operand: COMMAND");
	cgexec_find(&cg, &args, &plan);
	/* With -i there may be nothing left to make. */
	watched = cg.count && !args.join.count &&
		(!args.keep || args.kill || args.timeout || plan.watch.stats);
	if (args.join.count)
		join(&cg, &args, &plan);
	else
		make(&cg, &args, &plan);
	/* The watcher is made while the limits are written. */
	if (watched)
		r = cg_watch_start(&cg, &plan.watch, stays(&args, argv));
	if (!r)
		limit(&cg, &args, &plan);
	if (!r && watched)
		r = cg_watch_ready();
	if (r < 0)
		cgexec_die(&cg, AT_WATCH, r);
	if (args.wait)
		return supervise(&cg, &args, &plan, argv, chain);
	chain->part = cg_watch_part;
	enter(&cg, &plan, false);
	chain->next = argv;
	return 0;
}

const struct applet cgexec_applet = {
	.name = "cgexec",
	.operands = "[COMMAND [ARG...]]",
	.summary = "run a command in a cgroup with limits",
	.opts = cgexec_opts,
	.own_error = 125,
	.usage_error = 125,
	.run = cgexec_run,
};
