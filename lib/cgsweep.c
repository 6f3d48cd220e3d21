// SPDX-License-Identifier: MIT
/* cgsweep.c - whose group is it, and is somebody still watching it?
 *
 * A watcher that was killed leaves its group behind.  The lock on the directory died with it,
 * which is how the next run knows; the mark tells our groups from other people's. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cgroup.h"
#include "cleanup.h"
#include "fmt.h"

/* trusted.* needs CAP_SYS_ADMIN; user.* works for the owner of a delegated directory. */
static const char *const attributes[] = { "trusted.husk", "user.husk" };

int cg_mark(int dir, const char *mark)
{
	for (size_t i = 0; i < 2; i++)
		if (!fsetxattr(dir, attributes[i], mark, strlen(mark), 0))
			return 0;
	return -errno;
}

/* The first letter of the mark, or 0. */
static char mark_of(int dir)
{
	char value[16];

	for (size_t i = 0; i < 2; i++)
		if (fgetxattr(dir, attributes[i], value, sizeof(value)) > 0)
			return value[0];
	return 0;
}

bool cg_is_level(int dir)
{
	return mark_of(dir) == 'l';
}

/* The process id in a name that we made up, PID.RANDOM, or 0. */
static pid_t name_pid(const char *name)
{
	size_t digits = strspn(name, "0123456789");

	if (!digits || digits > 7 || name[digits] != '.' ||
		strspn(name + digits + 1, "0123456789abcdef") != 8 || name[digits + 9])
		return 0;
	return atoi(name);
}

static bool is_alive(pid_t pid)
{
	return pid && (!kill(pid, 0) || errno == EPERM);
}

struct sweep {
	const char *path;
	bool all, ours; /* husk made the level, so what is in it too */
	int removed;
};

static int sweep_one(int level, const char *name, void *arg)
{
	struct sweep *sweep = arg;
	pid_t pid = name_pid(name);
	char whole[CG_PATH];
	CLEANUP_FD int dir = -1;
	char mark;

	/* Whose first process lives is watched or at least not empty; to ask is cheaper than to
	 * open a thousand directories. */
	if (!sweep->all && is_alive(pid))
		return 0;
	dir = openat(level, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return 0;
	if (flock(dir, LOCK_EX | LOCK_NB) < 0 || !cg_is_there(dir))
		return 0;
	mark = mark_of(dir);
	/* Without a mark, its maker was killed in that very moment, or cannot mark. */
	if (mark != 'w' && (mark || (pid ? is_alive(pid) : !sweep->ours)))
		return 0;
	if (!fmt_path(whole, sizeof(whole), "%s/%s", sweep->path, name) && !cg_remove(dir, whole))
		sweep->removed++;
	return 0;
}

int cg_sweep(int level, const char *path, bool all)
{
	struct sweep sweep = { path, all, cg_is_level(level), 0 };
	int r = cg_each_child(level, sweep_one, &sweep);

	return r < 0 ? r : sweep.removed;
}
