// SPDX-License-Identifier: MIT
/* cgkill.c - ends or stops everything in a group, also what forks faster than it is found.
 *
 * v2 has one file for each.  On v1 nothing new can be born at pids.max=0, so that one pass of
 * SIGKILL reaches all; without the pids controller the frozen do not fork either; without both it
 * is pass after pass.  SIGKILL does nothing to what v1 has frozen until it is thawed. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "cleanup.h"
#include "fs.h"

#define FREEZE_ROUNDS 1000 /* of 5 ms */
#define KILL_ROUNDS   2000

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ 0, ms * 1000000 }, NULL);
}

static bool reads(int dir, const char *file, const char *want)
{
	char text[128];

	return fs_read(dir, file, text, sizeof(text)) > 0 && strstr(text, want);
}

/* ---- freeze */

static int freeze_v2(int dir, bool on)
{
	CLEANUP_FD int events = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd poll_fd = { .fd = events, .events = POLLPRI };
	char text[128];
	int r = fs_write(dir, "cgroup.freeze", on ? "1" : "0");

	if (r < 0 || !on)
		return r == -ENOENT ? -EOPNOTSUPP : r;
	for (int round = 0; round < 5; round++) {
		ssize_t n = pread(events, text, sizeof(text) - 1, 0);

		text[n > 0 ? n : 0] = '\0';
		if (strstr(text, "frozen 1"))
			return 0;
		poll(&poll_fd, 1, 1000);
	}
	fs_write(dir, "cgroup.freeze", "0");
	return -ETIMEDOUT;
}

/* FREEZING may last: what forks meanwhile, or sleeps in the kernel, is tried again at each write,
 * and sometimes it helps to let all go on for a moment. */
static int freeze_v1(int dir, bool on)
{
	if (!on)
		return fs_write(dir, "freezer.state", "THAWED");
	for (int round = 1; round <= FREEZE_ROUNDS; round++) {
		int r = fs_write(dir, "freezer.state", "FROZEN");

		if (r < 0)
			return r;
		if (reads(dir, "freezer.state", "FROZEN"))
			return 0;
		sleep_ms(5);
		if (round % 50)
			continue;
		fs_write(dir, "freezer.state", "THAWED");
		sleep_ms(10);
	}
	fs_write(dir, "freezer.state", "THAWED");
	return -ETIMEDOUT;
}

int cg_freeze(struct cgroup *cg, bool on)
{
	struct cg_tree *tree = cg_tree_of(cg, CG_FREEZER);

	if (!tree)
		return -EOPNOTSUPP;
	cg->fault.tree = tree;
	return tree->version == 2 ? freeze_v2(tree->dir, on) : freeze_v1(tree->dir, on);
}

/* ---- kill */

static int kill_one(pid_t pid, void *arg)
{
	(void)arg;
	kill(pid, SIGKILL);
	return 0;
}

static int thaw_below(int dir, const char *name, void *arg)
{
	CLEANUP_FD int child = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)arg;
	if (child >= 0) {
		cg_each_child(child, thaw_below, NULL);
		fs_write(child, "freezer.state", "THAWED");
	}
	return 0;
}

int cg_kill(struct cgroup *cg)
{
	struct cg_tree *unified = cg_tree_of(cg, CG_UNIFIED), *pids = cg_tree_of(cg, CG_PIDS);
	struct cg_tree *freezer = cg_tree_of(cg, CG_FREEZER);
	struct cg_tree *tree = unified ? unified : pids ? pids : &cg->tree[0];
	bool at_once = unified && !fs_write(unified->dir, "cgroup.kill", "1");

	if (pids && !at_once)
		fs_write(pids->dir, "pids.max", "0");
	for (int round = 0; round < KILL_ROUNDS; round++) {
		bool stop = freezer && freezer->version == 1 && !pids && !at_once;

		if (stop)
			cg_freeze(cg, true);
		if (!at_once)
			cg_each_process(tree->dir, true, kill_one, NULL);
		if (freezer && freezer->version == 1) {
			cg_each_child(freezer->dir, thaw_below, NULL);
			cg_freeze(cg, false);
		}
		if (!cg_populated(tree->dir, true))
			return 0;
		sleep_ms(round < 20 ? 1 : 5);
	}
	cg->fault.tree = tree;
	return -EBUSY;
}
