// SPDX-License-Identifier: MIT
/* cgroup2.c - handing controllers down the v2 tree.
 *
 * A controller works in a group only where every group above it has it in subtree_control.  That
 * is written one controller a time, because a write of several is all or nothing, and never in a
 * group that has processes: cpu, pids and cpuset would accept it and turn the group into a
 * threaded domain whose children refuse processes. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define INIT_LEAF "husk.init" /* where --evacuate puts the processes in the way */

static int move_to(pid_t pid, void *arg)
{
	char text[16];

	fmt_buf(text, sizeof(text), "%d", pid);
	/* One that ended meanwhile, or a kernel thread, is nobody to move. */
	fs_write(*(int *)arg, "cgroup.procs", text);
	return 0;
}

static int evacuate(int dir)
{
	CLEANUP_FD int leaf = -1;

	if (mkdirat(dir, INIT_LEAF, 0755) < 0 && errno != EEXIST)
		return -errno;
	leaf = openat(dir, INIT_LEAF, DIRECTORY);
	if (leaf < 0)
		return -errno;
	return cg_each_process(dir, false, move_to, &leaf);
}

static bool is_root(int dir)
{
	return faccessat(dir, "cgroup.type", F_OK, 0) < 0;
}

/* Enables one controller for the children of dir. */
static int enable(int dir, const char *name, bool may_evacuate)
{
	char word[32];
	int r = -EBUSY;

	fmt_buf(word, sizeof(word), "+%s", name);
	for (int try = 0; try < 20; try++) {
		if (!is_root(dir) && cg_populated(dir, false)) {
			if (!may_evacuate)
				return -EBUSY;
			evacuate(dir);
			continue;
		}
		r = fs_write(dir, "cgroup.subtree_control", word);
		/* EBUSY: a process on its way out counts a moment longer. */
		if (r != -EBUSY)
			return r;
		nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
	}
	return r;
}

/* The controllers (bits) that a list file of dir does not name. */
static unsigned lacking(int dir, const char *file, unsigned need)
{
	char list[256];
	ssize_t n = fs_read(dir, file, list, sizeof(list));

	if (n > 0 && list[n - 1] == '\n')
		list[n - 1] = '\0';
	for (unsigned c = 0; n >= 0 && c < CG_UNIFIED; c++)
		if ((need & CG_BIT(c)) && parse_word_in(cg_controller_name(c, 2), list))
			need &= ~CG_BIT(c);
	return need;
}

bool cg2_complete(const struct cg_tree *tree, int level)
{
	return !lacking(level, "cgroup.subtree_control", tree->controllers & ~CG_V2_ALWAYS);
}

static int enable_all(struct cgroup *cg, const struct cg_tree *tree, int dir, const char *path,
	unsigned missing, bool may_evacuate)
{
	for (unsigned c = 0; c < CG_UNIFIED; c++) {
		const char *name = cg_controller_name(c, 2);
		int r = missing & CG_BIT(c) ? enable(dir, name, may_evacuate) : 0;

		if (r < 0) {
			cg->fault.tree = tree;
			fmt_buf(cg->fault.dir, CG_PATH, "%s", *path ? path : "/");
			fmt_buf(cg->fault.file, CG_FILE, "cgroup.subtree_control");
			fmt_buf(cg->fault.value, CG_FILE, "+%s", name);
			return r;
		}
	}
	return 0;
}

int cg2_enable(struct cgroup *cg, const struct cg_tree *tree, const char *level, bool may_evacuate)
{
	const unsigned need = tree->controllers & ~CG_V2_ALWAYS;
	char path[CG_PATH];

	for (const char *at = level;; at += 1 + strcspn(at + 1, "/")) {
		CLEANUP_FD int dir = -1;
		int r;

		fmt_buf(path, sizeof(path), "%.*s", (int)(at - level), level);
		dir = openat(tree->root, *path ? path + 1 : ".", DIRECTORY);
		if (dir < 0)
			return -errno;
		/* In the last level also what it names: that may be another's write on its way. */
		r = enable_all(cg, tree, dir, path,
			*at ? lacking(dir, "cgroup.subtree_control", need) : need, may_evacuate);
		if (r < 0 || !*at)
			return r;
	}
}
