// SPDX-License-Identifier: MIT
/* cgwatch.c - the watcher: removes the group when its last process has gone.
 *
 * It must cost the start next to nothing, and must share nothing with what it watches.  A fork
 * costs most of a millisecond in page faults (copy on write), so the watcher is made as vfork
 * makes a child, in our memory on a small stack of its own, but without stopping us.
 *   - Who calls it stays in this process to the end, as unshare's waiter does: the watcher is a
 *     child that wait(2) does not see, sleeps in our memory, and executes `cgexec --watch` when we
 *     are gone.
 *   - Who calls it goes on to be the payload: the watcher executes at once, and a helper in between
 *     ends at once and takes the parenthood with it, so that the payload has no unknown child.
 * Without /proc/self/exe, or where it must be alone, it is a fork.
 *
 * That the first process has not entered yet is never mistaken for an empty group: the watcher
 * begins to look when the pidfd of that process says that it has ended.  Before 5.3, a pipe that
 * closes with its execution. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgstat.h"
#include "cleanup.h"
#include "clock.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "proc.h"
#include "sig.h"
#include "sys.h"

#define BACKOFF_FIRST 5
#define BACKOFF_MAX   1000
#define REAPED_MS     1000 /* so long we wait for whoever waits for the command */
#define ARGUMENT      (CG_PATH + 32)

/* The watcher reads this, and has its stack in it, while we go on: it is not touched again. */
static struct start {
	int keep[CG_TREES + 2];
	unsigned kept;
	struct cgroup *cg; /* only for the fork */
	struct cg_watch *watch;
	char *argv[CG_TREES + 5];
	char words[CG_TREES + 2][ARGUMENT];
	bool by_fork;
	pid_t helper; /* or 0: there is none, beside is our child */
	pid_t beside;
	char helper_stack[2048] __attribute__((aligned(16)));
	char stack[4096] __attribute__((aligned(16)));
} first;

/* That of the last cgexec of a chain: the watcher of one before it may not have executed yet. */
static struct start *start = &first;

/* ---- the arguments: cgexec --watch PIDFD:KILL:KEEP:TIMEOUT:JSON:STATS FD:VERSION:BITS:PATH... */

static void build_arguments(const struct cgroup *cg, const struct cg_watch *watch)
{
	unsigned n = 0;

	start->argv[0] = (char *)"cgexec";
	start->argv[1] = (char *)CG_WATCH;
	fmt_buf(start->words[0], ARGUMENT, "%d:%d:%d:%llu:%d:%s", watch->pidfd, watch->kill,
		watch->keep, (unsigned long long)watch->timeout_ms, watch->json,
		watch->stats ? watch->stats : "");
	start->argv[2] = start->words[0];
	for (; n < cg->count; n++) {
		const struct cg_tree *tree = &cg->tree[n];

		fmt_buf(start->words[n + 1], ARGUMENT, "%d:%d:%u:%s", tree->dir, tree->version,
			tree->controllers, tree->path);
		start->argv[n + 3] = start->words[n + 1];
		start->keep[n] = tree->dir;
	}
	start->argv[n + 3] = NULL;
	if (watch->stats && cg_stat_target(watch->stats, &start->keep[n]))
		n++;
	start->keep[n] = watch->pidfd;
	start->kept = n + 1;
}

/* The next field, a number. */
static int number(char **rest)
{
	const char *field = *rest ? parse_field(rest, ":") : NULL;
	int n = -1;

	if (field)
		parse_int(field, 0, INT32_MAX, &n);
	return n;
}

int cg_watch_parse(struct cgroup *cg, struct cg_watch *watch, char **argv)
{
	char *rest = argv[0];

	if (!rest)
		return -EINVAL;
	watch->pidfd = number(&rest);
	watch->kill = number(&rest) == 1;
	watch->keep = number(&rest) == 1;
	watch->timeout_ms = (uint64_t)number(&rest);
	watch->json = number(&rest) == 1;
	if (!rest)
		return -EINVAL;
	watch->stats = *rest ? rest : NULL;
	for (cg->count = 0; argv[cg->count + 1] && cg->count < CG_TREES; cg->count++) {
		struct cg_tree *tree = &cg->tree[cg->count];

		rest = argv[cg->count + 1];
		tree->root = -1;
		tree->dir = number(&rest);
		tree->version = number(&rest);
		tree->controllers = (unsigned)number(&rest);
		if (!rest || cg_path(tree->path, rest) < 0 || !*tree->path)
			return -EINVAL;
	}
	return 0;
}

/* ---- start */

/* Closes all but these descriptors. */
static void close_others(int *keep, unsigned n)
{
	int from = 0;

	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i; j > 0 && keep[j] < keep[j - 1]; j--) {
			int higher = keep[j - 1];

			keep[j - 1] = keep[j];
			keep[j] = higher;
		}
	for (unsigned i = 0; i < n; i++) {
		if (keep[i] > from)
			fs_close_range((unsigned)from, (unsigned)keep[i] - 1);
		from = keep[i] + 1;
	}
	fs_close_range((unsigned)from, ~0u);
}

__attribute__((noreturn)) static void execute(struct start *own)
{
	/* In our own table of descriptors: the originals stay close-on-exec. */
	for (unsigned i = 0; i < own->kept; i++)
		fcntl(own->keep[i], F_SETFD, 0);
	execv("/proc/self/exe", own->argv);
	_exit(1);
}

static int watcher(void *arg)
{
	struct start *own = arg;

	setsid();
	if (own->by_fork) {
		cg_watch_run(own->cg, own->watch);
		_exit(0);
	}
	execute(own);
}

/* In between: its end makes the watcher a child of init. */
static int helper(void *arg)
{
	struct start *own = arg;
	pid_t pid = own->by_fork ? sys_clone(0)
				 : clone(watcher, own->stack + sizeof(own->stack), CLONE_VM, own);

	if (own->by_fork && !pid)
		watcher(arg);
	_exit(pid < 0 ? 1 : 0);
}

/* Sleeps in the memory of the process that it watches.  SIGUSR1 says that the two have to part: a
 * fork of it goes on alone. */
static int beside(void *arg)
{
	struct start *own = arg;
	struct pollfd ends[2] = { { .fd = own->keep[own->kept - 1], .events = POLLIN },
		{ .events = POLLIN } };
	sigset_t told;
	pid_t pid;

	setsid();
	prctl(PR_SET_NAME, "cgwatch");
	close_others(own->keep, own->kept);
	sigemptyset(&told);
	sigaddset(&told, SIGUSR1);
	ends[1].fd = signalfd(-1, &told, SFD_CLOEXEC);
	if (ends[1].fd < 0)
		_exit(1);
	while (poll(ends, 2, -1) < 0)
		continue;
	pid = ends[1].revents ? sys_clone(0) : 0;
	if (pid)
		_exit(pid < 0);
	execute(own);
}

/* Its part would not be heard on a kernel that lacks one of these. */
static bool can_be_beside(const struct cg_watch *watch)
{
	return !watch->timeout_ms && !watch->stats && !start->by_fork &&
		!sys_close_range(~0u, ~0u, 0);
}

int cg_watch_start(struct cgroup *cg, struct cg_watch *watch, bool stays)
{
	int ends[2] = { -1, -1 }, stats, r = 0;
	sigset_t mask;

	if (start->argv[0])
		start = mmap(NULL, sizeof(*start), PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		return -ENOMEM;
	watch->pidfd = sys_pidfd_open(getpid(), 0);
	if (watch->pidfd < 0) {
		/* The pipe closes with the execution: that is no end to kill at. */
		if (watch->kill)
			return watch->pidfd;
		if (pipe2(ends, O_CLOEXEC) < 0)
			return -errno;
		watch->pidfd = ends[0];
	}
	start->cg = cg;
	start->watch = watch;
	start->by_fork = watch->alone || access("/proc/self/exe", X_OK) < 0;
	build_arguments(cg, watch);
	stays = stays && ends[0] < 0 && can_be_beside(watch);
	sig_block_all(&mask);
	if (stays) {
		start->beside = clone(beside, start->stack + sizeof(start->stack), CLONE_VM, start);
	} else {
		/* A fork copies what it finds: it must not find us at work. */
		start->helper = clone(helper, start->helper_stack + sizeof(start->helper_stack),
			CLONE_VM | (start->by_fork ? CLONE_VFORK : 0), start);
	}
	if (start->helper < 0 || start->beside < 0)
		r = -errno;
	sig_restore(&mask);
	close(watch->pidfd);
	/* Who reads it sees its end when the watcher's is. */
	if (watch->stats && cg_stat_target(watch->stats, &stats) && stats > STDERR_FILENO)
		close(stats);
	if (r < 0 && ends[1] >= 0)
		close(ends[1]);
	return r;
}

static int await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, (int)__WCLONE) < 0)
		if (errno != EINTR)
			return -errno;
	return status ? -EAGAIN : 0;
}

int cg_watch_ready(void)
{
	return start->helper ? await(start->helper) : 0;
}

int cg_watch_part(void)
{
	pid_t pid = start->beside;

	start->beside = 0;
	if (pid && kill(pid, SIGUSR1) < 0)
		return -errno;
	return pid ? await(pid) : 0;
}

/* ---- run */

/* Waits for an event on fd, at most as long as the time limit and step (-1: no step) allow.
 * Returns false when the time limit is over. */
static bool wait_until(int fd, short events, int step, uint64_t deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	uint64_t now = deadline ? clock_ms() : 0;
	uint64_t left = deadline > now ? deadline - now : 0;

	if (deadline && (step < 0 || left < (uint64_t)step))
		step = left > INT32_MAX ? INT32_MAX : (int)left;
	poll(&poll_fd, 1, step);
	return !deadline || clock_ms() < deadline || poll_fd.revents;
}

static void write_stats(
	struct cgroup *cg, const struct cg_watch *watch, uint64_t began, bool killed)
{
	int status = proc_exit_status(watch->pidfd, REAPED_MS);
	struct cg_stat stat;

	cg_stat_read(cg, &stat);
	stat.wall_us = (clock_ms() - began) * 1000;
	stat.killed = killed;
	if (status >= 0)
		cg_stat_ended(&stat, status);
	cg_stat_write(watch->stats, cg, &stat, watch->json);
}

static bool any_populated(const struct cgroup *cg)
{
	for (unsigned i = 0; i < cg->count; i++)
		if (cg_populated(cg->tree[i].dir, true))
			return true;
	return false;
}

/* v1 never tells, and v2 does not when another removes the group right after an event: the kernel
 * delays the next one and drops it with the file.  So both are asked as well, ever more rarely. */
static bool wait_empty(struct cgroup *cg, uint64_t deadline)
{
	const struct cg_tree *unified = cg_tree_of(cg, CG_UNIFIED);
	CLEANUP_FD int events = -1;
	bool killed = false;

	if (unified)
		events = openat(unified->dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	for (int step = BACKOFF_FIRST;; step = step < BACKOFF_MAX ? 2 * step : step) {
		char text[128];

		/* Reading arms the next event.  There is none where the file has gone. */
		if (events >= 0 && pread(events, text, sizeof(text), 0) < 0)
			close(take_fd(&events));
		if (!any_populated(cg))
			return killed;
		if (!wait_until(events, POLLPRI, step, deadline)) {
			cg_kill(cg);
			deadline = 0;
			killed = true;
		}
	}
}

static void remove_group(struct cgroup *cg)
{
	for (unsigned i = 0; i < cg->count; i++) {
		struct cg_tree *tree = &cg->tree[i];
		CLEANUP_FD int level = openat(tree->dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		char path[CG_PATH];

		fmt_buf(path, sizeof(path), "%.*s", (int)(strrchr(tree->path, '/') - tree->path),
			tree->path);
		/* First those that others left: the level goes with the last. */
		if (level >= 0)
			cg_sweep(level, path, false);
		cg_remove(tree->dir, tree->path);
	}
}

void cg_watch_run(struct cgroup *cg, struct cg_watch *watch)
{
	uint64_t began = clock_ms();
	uint64_t deadline = watch->timeout_ms ? began + watch->timeout_ms : 0;
	int keep[CG_TREES + 2];
	unsigned kept = 0;
	bool late, left = false;

	prctl(PR_SET_NAME, "cgwatch");
	sig_block_all(NULL);
	for (; kept < cg->count; kept++)
		keep[kept] = cg->tree[kept].dir;
	if (watch->pidfd >= 0)
		keep[kept++] = watch->pidfd;
	if (watch->stats && cg_stat_target(watch->stats, &keep[kept]))
		kept++;
	close_others(keep, kept);
	if (chdir("/") < 0)
		return;
	late = !wait_until(watch->pidfd, POLLIN, -1, deadline);
	if (late || watch->kill) {
		left = any_populated(cg);
		cg_kill(cg);
		deadline = 0;
	}
	left |= wait_empty(cg, deadline);
	if (watch->stats)
		write_stats(cg, watch, began, left);
	if (!watch->keep)
		remove_group(cg);
}
