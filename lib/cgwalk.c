// SPDX-License-Identifier: MIT
/* cgwalk.c - goes through a group and those in it: processes, and removal from the leaves up. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "cleanup.h"
#include "fmt.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* ---- processes */

int cg_each_child(int dir, int (*fn)(int dir, const char *name, void *arg), void *arg)
{
	CLEANUP_FD int fd = -1;
	CLEANUP_DIR DIR *list = NULL;
	const struct dirent *entry;
	struct stat st;
	int r = 0;

	/* Itself and the level above: there are none. */
	if (!fstat(dir, &st) && st.st_nlink == 2)
		return 0;
	fd = openat(dir, ".", DIRECTORY);
	list = fd < 0 ? NULL : fdopendir(fd);
	if (!list)
		return -errno;
	take_fd(&fd);
	while (!r && (entry = readdir(list)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0)
			r = fn(dir, entry->d_name, arg);
	return r;
}

struct visit {
	int (*fn)(pid_t pid, void *arg);
	void *arg;
};

static int visit_child(int dir, const char *name, void *arg)
{
	const struct visit *visit = arg;
	CLEANUP_FD int child = openat(dir, name, DIRECTORY);

	return child < 0 ? 0 : cg_each_process(child, true, visit->fn, visit->arg);
}

int cg_each_process(int dir, bool below, int (*fn)(pid_t pid, void *arg), void *arg)
{
	CLEANUP_FD int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	char buf[512];
	pid_t pid = 0;
	ssize_t n;
	int r = 0;

	/* A threaded group has no list of processes (EOPNOTSUPP); its domain above lists them. */
	while (!r && fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; !r && i < n; i++) {
			if (buf[i] != '\n') {
				pid = pid * 10 + (buf[i] - '0');
				continue;
			}
			r = fn(pid, arg);
			pid = 0;
		}
	return r || !below ? r : cg_each_child(dir, visit_child, &(struct visit){ fn, arg });
}

static int found_one(pid_t pid, void *arg)
{
	(void)pid;
	(void)arg;
	return 1;
}

bool cg_populated(int dir, bool below)
{
	return cg_each_process(dir, below, found_one, NULL) == 1;
}

/* ---- remove */

static int remove_child(int dir, const char *name, void *arg)
{
	CLEANUP_FD int child = openat(dir, name, DIRECTORY);

	(void)arg;
	if (child >= 0)
		cg_each_child(child, remove_child, NULL);
	unlinkat(dir, name, AT_REMOVEDIR);
	return 0;
}

/* After SIGKILL the memory of a large process takes its time: rmdir says EBUSY until it is back. */
static int remove_directory(int parent, const char *name)
{
	for (long ms = 1;; ms *= 2) {
		if (!unlinkat(parent, name, AT_REMOVEDIR))
			return 0;
		if (errno != EBUSY || ms > 256)
			return -errno;
		nanosleep(&(struct timespec){ 0, ms * 1000000 }, NULL);
	}
}

static void remove_levels(int level, const char *path)
{
	CLEANUP_FD int dir = level;
	char buf[CG_PATH];

	fmt_buf(buf, sizeof(buf), "%s", path);
	for (;;) {
		char *slash = strrchr(buf, '/'), *name;
		int up;

		if (!slash)
			return;
		*slash = '\0';
		name = strrchr(buf, '/');
		if (!name || !cg_is_level(dir))
			return;
		up = openat(dir, "..", DIRECTORY);
		if (up < 0)
			return;
		close(dir);
		dir = up;
		if (unlinkat(dir, name + 1, AT_REMOVEDIR) < 0)
			return;
	}
}

int cg_remove(int dir, const char *path)
{
	CLEANUP_FD int level = openat(dir, "..", DIRECTORY);
	int r;

	if (level < 0)
		return -errno;
	if (cg_populated(dir, true))
		return -EBUSY;
	cg_each_child(dir, remove_child, NULL);
	r = remove_directory(level, strrchr(path, '/') + 1);
	if (!r)
		remove_levels(take_fd(&level), path);
	return r;
}
