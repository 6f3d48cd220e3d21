// SPDX-License-Identifier: MIT
/* cgroup.c - the life of a group: place, make, enter, remove.
 *
 * The protocol between those who make groups and those who remove them, in each hierarchy:
 * 1. A maker opens the level (making it, with those above, where it is missing), makes the group
 *    through that descriptor, opens it, takes its lock, marks it, and looks whether it is still
 *    there.  Whatever was removed meanwhile, level or group, answers ENOENT: from the beginning.
 * 2. A remover of groups takes the lock, looks whether it is still there and whose it is, and
 *    removes it by its name.  The lock (flock on the directory) belongs to the maker, then to the
 *    watcher, and dies with the last of them.
 * 3. Levels have no lock: rmdir(2) fails as long as a group is in them, which thereby holds them
 *    and their controllers.
 * 4. v2 announces a controller in cgroup.subtree_control before its files are in the groups
 *    below, but mkdir(2) and each write there wait for that.  So a group has its files when the
 *    level named the controller before the mkdir, or after a write of ours to that same level. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "sys.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define LEVEL     "/husk"
#define TRIES     64

/* ---- paths */

int cg_path(char *path, const char *given)
{
	size_t used = 0;

	for (const char *c = given; *c; c++)
		if ((unsigned char)*c < ' ')
			return -EINVAL;
	while (*(given += strspn(given, "/"))) {
		size_t length = strcspn(given, "/");
		bool here = length == 1 && given[0] == '.';

		if (length == 2 && given[0] == '.' && given[1] == '.')
			return -EINVAL;
		if (used + length + 2 > CG_PATH || length > 255)
			return -ENAMETOOLONG;
		if (!here) {
			path[used++] = '/';
			memcpy(path + used, given, length);
			used += length;
		}
		given += length;
	}
	path[used] = '\0';
	return 0;
}

/* As *at functions want it: relative, "." for the root. */
static const char *relative(const char *path)
{
	return *path ? path + 1 : ".";
}

/* The level of transient groups of a hierarchy: below our own group on v1.  On v2 a group with
 * processes can have no children with controllers, so beside it, but never above the root. */
static void default_level(const struct cg_tree *tree, char *level)
{
	const char *slash = tree->version == 2 ? strrchr(tree->own, '/') : NULL;
	int length = slash ? (int)(slash - tree->own) : (int)strlen(tree->own);

	fmt_buf(level, CG_PATH, "%.*s" LEVEL, length, tree->own);
}

int cg_place(struct cgroup *cg, const char *parent, const char *name)
{
	char level[CG_PATH];

	for (unsigned i = 0; i < cg->count; i++) {
		struct cg_tree *tree = &cg->tree[i];
		int r = parent ? cg_path(level, parent) : 0;

		cg->fault.tree = tree;
		if (r < 0)
			return r;
		if (!parent && !tree->has_own)
			return -EXDEV;
		if (!parent)
			default_level(tree, level);
		r = fmt_path(tree->path, CG_PATH, "%s%s%s", level, *name ? "/" : "", name);
		if (r < 0)
			return r;
	}
	return 0;
}

void cg_fresh_name(char name[32])
{
	static unsigned again;
	uint32_t random = 0;
	const void *seed = (const void *)getauxval(AT_RANDOM);

	/* The kernel's 16 random bytes of this execution: enough for one name, and free. */
	if (seed)
		memcpy(&random, seed, sizeof(random));
	fmt_buf(name, 32, "%d.%08x", getpid(), random + again++);
}

/* ---- files */

static int fault(
	struct cgroup *cg, const struct cg_tree *tree, const char *file, const char *value, int r)
{
	cg->fault.tree = tree;
	fmt_buf(cg->fault.file, CG_FILE, "%s", file);
	fmt_buf(cg->fault.value, CG_FILE, "%s", value);
	return r;
}

int cg_write(struct cgroup *cg, const struct cg_tree *tree, const char *file, const char *value)
{
	int r = fs_write(tree->dir, file, value);

	return r < 0 ? fault(cg, tree, file, value, r) : 0;
}

/* ---- make */

static int open_level(int root, const char *path)
{
	bool made = !mkdirat(root, relative(path), 0755);
	int dir;

	if (!made && errno != EEXIST)
		return -errno;
	/* A level of our own making is marked: the last watcher removes it. */
	dir = openat(root, relative(path), DIRECTORY);
	if (dir >= 0 && made)
		cg_mark(dir, CG_MARK_LEVEL);
	return dir < 0 ? -errno : dir;
}

/* Opens the level, having made it and those above. */
static int open_levels(int root, const char *path)
{
	int dir = openat(root, relative(path), DIRECTORY);
	char part[CG_PATH];

	if (dir >= 0 || errno != ENOENT)
		return dir < 0 ? -errno : dir;
	for (const char *at = path; *at; at += strcspn(at, "/")) {
		at++;
		fmt_buf(part, sizeof(part), "%.*s", (int)(at + strcspn(at, "/") - path), path);
		if (dir >= 0)
			close(dir);
		dir = open_level(root, part);
		if (dir < 0)
			break;
	}
	return dir;
}

bool cg_is_there(int dir)
{
	return !faccessat(dir, "cgroup.procs", F_OK, 0);
}

/* One try.  -ENOENT: another removed the level, or the group before we had its lock. */
static int try_make(
	struct cg_tree *tree, const struct cg_make *how, const char *level, bool *complete)
{
	const char *slash = strrchr(tree->path, '/'), *name = slash ? slash + 1 : ".";
	CLEANUP_FD int above = open_levels(tree->root, level);

	if (above < 0)
		return above;
	*complete = tree->version == 1 || cg2_complete(tree, above);
	tree->made = !mkdirat(above, name, 0755);
	if (!tree->made && (errno != EEXIST || !how->existing))
		return errno == ENODEV ? -ENOENT : -errno;
	tree->dir = openat(above, name, DIRECTORY);
	if (tree->dir < 0 || !tree->made)
		return tree->dir < 0 ? -errno : 0;
	if (flock(tree->dir, LOCK_EX) < 0)
		return -errno;
	/* Without extended attributes (rootless before 5.7) the name marks it. */
	cg_mark(tree->dir, how->keep ? CG_MARK_KEPT : CG_MARK_WATCHED);
	if (cg_is_there(tree->dir))
		return 0;
	close(tree->dir);
	tree->dir = -1;
	return -ENOENT;
}

static int make_in(struct cgroup *cg, struct cg_tree *tree, const struct cg_make *how)
{
	const char *slash = strrchr(tree->path, '/');
	bool complete = false;
	char level[CG_PATH];
	int r = -ENOENT;

	fmt_buf(level, sizeof(level), "%.*s", slash ? (int)(slash - tree->path) : 0, tree->path);
	/* Who finds nothing lost against another who got on. */
	for (int try = 0; r == -ENOENT && try < TRIES; try++)
		r = try_make(tree, how, level, &complete);
	if (r < 0)
		return r;
	if (!complete)
		return cg2_enable(cg, tree, level, how->evacuate);
	r = tree->controllers & CG_BIT(CG_CPUSET) && tree->version == 1 ? cg1_fill_cpuset(tree) : 0;
	return r < 0 ? fault(cg, tree, "cpuset.mems", "", r) : 0;
}

int cg_make(struct cgroup *cg, const struct cg_make *how)
{
	for (unsigned i = 0; i < cg->count; i++) {
		int r = make_in(cg, &cg->tree[i], how);

		if (r == 0)
			continue;
		if (!cg->fault.tree)
			fault(cg, &cg->tree[i], "", "", r);
		cg_undo(cg);
		return r;
	}
	return 0;
}

int cg_open(struct cgroup *cg, bool partial)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < cg->count; i++) {
		struct cg_tree *tree = &cg->tree[i];

		tree->dir = openat(tree->root, relative(tree->path), DIRECTORY);
		if (tree->dir >= 0) {
			cg->tree[kept] = *tree;
			kept++;
		} else if (errno != ENOENT || !partial) {
			return fault(cg, tree, "", "", -errno);
		} else {
			close(tree->root);
		}
	}
	if (!kept)
		return -ENOENT;
	cg->count = kept;
	return 0;
}

void cg_close(struct cgroup *cg)
{
	for (unsigned i = 0; i < cg->count; i++) {
		close(cg->tree[i].root);
		if (cg->tree[i].dir >= 0)
			close(cg->tree[i].dir);
	}
	cg->count = 0;
}

/* ---- enter */

int cg_enter(struct cgroup *cg, bool v1_only)
{
	for (unsigned i = 0; i < cg->count; i++) {
		const struct cg_tree *tree = &cg->tree[i];
		int r = 0;

		/* v1: a thread that moves itself takes no lock of the whole machine, while the
		 * write of a process waits for a grace period: 50 us against 10 ms.  We are one
		 * thread, so it is the same.  "0" is right in every PID namespace. */
		if (tree->version == 1)
			r = cg_write(cg, tree, "tasks", "0");
		else if (!v1_only)
			r = cg_write(cg, tree, "cgroup.procs", "0");
		if (r < 0)
			return r;
	}
	return 0;
}

pid_t cg_fork(struct cgroup *cg, bool *entered)
{
	const struct cg_tree *unified = cg_tree_of(cg, CG_UNIFIED);
	struct clone_args args = { .exit_signal = SIGCHLD, .flags = CLONE_INTO_CGROUP };
	pid_t pid = -ENOENT;

	/* 5.7; no thread of the child is ever anywhere else, and no grace period passes. */
	if (unified) {
		args.cgroup = (unsigned)unified->dir;
		pid = sys_clone3(&args, sizeof(args));
	}
	*entered = pid >= 0;
	return pid >= 0 ? pid : sys_clone(SIGCHLD);
}

int cg_add(struct cgroup *cg, pid_t pid)
{
	char text[16];

	fmt_buf(text, sizeof(text), "%d", pid);
	for (unsigned i = 0; i < cg->count; i++) {
		int r = cg_write(cg, &cg->tree[i], "cgroup.procs", text);

		if (r < 0)
			return r;
	}
	return 0;
}

void cg_undo(struct cgroup *cg)
{
	for (unsigned i = 0; i < cg->count; i++) {
		struct cg_tree *tree = &cg->tree[i];

		if (tree->made && tree->dir >= 0)
			cg_remove(tree->dir, tree->path);
		else if (tree->made)
			unlinkat(tree->root, relative(tree->path), AT_REMOVEDIR);
		tree->made = false;
	}
}
