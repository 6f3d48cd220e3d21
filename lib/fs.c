// SPDX-License-Identifier: MIT
/* fs.c - see fs.h. */
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "parse.h"
#include "sys.h"

#define WALK_DEPTH   256 /* directories that are open at a time */
#define REFILLED_MAX 100 /* times that a directory is emptied which others write in */

ssize_t fs_read_fd(int fd, char *buf, size_t size)
{
	size_t used = 0;

	for (;;) {
		ssize_t n = read(fd, buf + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
		if (used == size)
			return -EFBIG;
	}
	buf[used] = '\0';
	return (ssize_t)used;
}

ssize_t fs_read(int dirfd, const char *path, char *buf, size_t size)
{
	CLEANUP_FD int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fs_read_fd(fd, buf, size);
}

int fs_write(int dirfd, const char *path, const char *value)
{
	CLEANUP_FD int fd = openat(dirfd, path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -errno;
	return write(fd, value, strlen(value)) < 0 ? -errno : 0;
}

int fs_write_all(int fd, const void *data, size_t size)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

int fs_mkdir_path(const char *path, mode_t mode)
{
	char buf[PATH_MAX];
	struct stat st;
	size_t length = strlen(path);

	if (length >= sizeof(buf))
		return -ENAMETOOLONG;
	memcpy(buf, path, length + 1);
	for (char *p = buf + 1; length && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(buf, mode) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	if (!mkdir(buf, mode))
		return 0;
	if (errno != EEXIST || stat(buf, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* The walk for kernels without openat2: one component at a time, none of them followed by the
 * kernel.  A link is read and its text walked from dirfd; `..` goes back to a directory that was
 * come through, which may have been moved meanwhile, but never above dirfd. */
struct walk {
	int dirs[WALK_DEPTH], depth;
	int links;
	char rest[PATH_MAX];
};

static void walk_up(struct walk *walk, int depth)
{
	while (walk->depth > depth)
		close(walk->dirs[walk->depth--]);
}

/* Puts the text of a link in front of what is left of the path: "" or what begins with a slash. */
static int walk_link(struct walk *walk, int link, const char *rest)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(link, "", text, sizeof(text));

	if (n < 0 || ++walk->links > 40)
		return n < 0 ? -errno : -ELOOP;
	if (fmt_path(text + n, sizeof(text) - (size_t)n, "%s", rest) < 0)
		return -ENAMETOOLONG;
	strcpy(walk->rest, text);
	if (*text == '/')
		walk_up(walk, 0);
	return 0;
}

/* One component.  Returns 0 when there are more, else what fs_open_in does. */
static int walk_step(struct walk *walk, char **rest, int flags)
{
	char *name = *rest + strspn(*rest, "/"), *end = name + strcspn(name, "/");
	bool last = !end[strspn(end, "/")], slash = *end;
	int dir = walk->dirs[walk->depth], r;
	char text[NAME_MAX + 1];
	struct stat st;

	if (fmt_path(text, sizeof(text), "%.*s", (int)(end - name), name) < 0)
		return -ENAMETOOLONG;
	*rest = end;
	name = text;
	if (!strcmp(name, ".."))
		walk_up(walk, walk->depth ? walk->depth - 1 : 0);
	if (!*name || !strcmp(name, ".") || !strcmp(name, "..")) {
		r = last ? openat(walk->dirs[walk->depth], ".", flags | O_CLOEXEC) : 0;
		return r < 0 ? -errno : r;
	}
	CLEANUP_FD int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && (slash || !(flags & O_NOFOLLOW))) {
		r = walk_link(walk, fd, *rest);
		*rest = walk->rest;
		return r;
	}
	if (!S_ISDIR(st.st_mode) && (slash || flags & O_DIRECTORY))
		return -ENOTDIR;
	if (!last) {
		if (walk->depth + 1 == WALK_DEPTH)
			return -ENAMETOOLONG;
		walk->dirs[++walk->depth] = take_fd(&fd);
		return 0;
	}
	if (flags & O_PATH)
		return take_fd(&fd);
	/* What was seen to be no link may be one by now: not followed then either. */
	r = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC);
	return r < 0 ? -errno : r;
}

static int open_by_walk(int dirfd, const char *path, int flags)
{
	struct walk walk = { .depth = 0 };
	char *rest = walk.rest;
	int r = 0;

	if (strlen(path) >= sizeof(walk.rest))
		return -ENAMETOOLONG;
	strcpy(walk.rest, path);
	walk.dirs[0] = openat(dirfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk.dirs[0] < 0)
		return -errno;
	while (!r)
		r = walk_step(&walk, &rest, flags);
	walk_up(&walk, 0);
	close(walk.dirs[0]);
	return r;
}

int fs_open_in(int dirfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	/* EAGAIN: a rename raced with the walk; the kernel asks for another try. */
	for (int try = 0; try < 128; try++) {
		fd = sys_openat2(dirfd, path, &how);
		if (fd != -EAGAIN)
			break;
	}
	if (fd == -ENOSYS || fd == -EPERM)
		return open_by_walk(dirfd, path, flags);
	return fd;
}

void fs_close_range(unsigned first, unsigned last)
{
	CLEANUP_DIR DIR *dir = NULL;
	const struct dirent *entry;

	if (!sys_close_range(first, last, 0))
		return;
	dir = opendir("/proc/self/fd");
	while (dir && (entry = readdir(dir))) {
		unsigned fd;

		/* "." and ".." are no numbers, and the directory itself is closed last. */
		if (!parse_u32(entry->d_name, first, last, &fd) && (int)fd != dirfd(dir))
			close((int)fd);
	}
	/* Before 5.9 and without proc: as far as a careful shell would have gone. */
	for (unsigned fd = first; !dir && fd <= last && fd < 1024; fd++)
		close((int)fd);
}

int fs_reserve_stdio(void)
{
	struct pollfd std[3] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };

	if (poll(std, 3, 0) < 0)
		return -errno;
	for (int fd = 0; fd < 3; fd++) {
		int ends[2];

		if (!(std[fd].revents & POLLNVAL))
			continue;
		/* All below fd are open: the read end gets this number. */
		if (pipe(ends) < 0)
			return -errno;
		close(ends[1]);
	}
	return 0;
}

/* The depth is the stack's. */
int fs_remove_tree(int parent, const char *name)
{
	CLEANUP_DIR DIR *dir = NULL;
	const struct dirent *entry;
	int fd, r = 0, tries = 0;

	if (!unlinkat(parent, name, 0) || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES && !fchmodat(parent, name, 0700, 0))
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	do {
		rewinddir(dir);
		while (!r && (entry = readdir(dir)))
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				r = fs_remove_tree(fd, entry->d_name);
		if (r || !unlinkat(parent, name, AT_REMOVEDIR) || errno == ENOENT)
			return r;
	} while (errno == ENOTEMPTY && tries++ < REFILLED_MAX);
	return -errno;
}

bool fs_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
