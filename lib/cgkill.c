// SPDX-License-Identifier: MIT
/* cgkill.c - ends or stops everything in a group, also what forks faster than it is found. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "fs.h"

static int kill_one(pid_t pid, void *arg)
{
	(void)arg;
	kill(pid, SIGKILL);
	return 0;
}

/* One pass is enough where nothing new can be born, otherwise until nothing is left. */
static int kill_all(int dir)
{
	for (int round = 0; round < 1000 && cg_populated(dir, true); round++) {
		cg_each_process(dir, true, kill_one, NULL);
		nanosleep(&(struct timespec){ 0, round < 10 ? 500000 : 5000000 }, NULL);
	}
	return 0;
}

int cg_kill(struct cgroup *cg)
{
	struct cg_tree *unified = cg_tree_of(cg, CG_UNIFIED), *pids = cg_tree_of(cg, CG_PIDS);

	if (unified && !fs_write(unified->dir, "cgroup.kill", "1"))
		return 0;
	if (pids)
		fs_write(pids->dir, "pids.max", "0");
	return kill_all(pids ? pids->dir : cg->tree[0].dir);
}
