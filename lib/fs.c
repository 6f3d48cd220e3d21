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
#include "parse.h"
#include "sys.h"

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

/* The walk for kernels without openat2: one component at a time, links and `..` refused. */
static int open_by_walk(int dirfd, const char *path, int flags, mode_t mode)
{
	const int step = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	CLEANUP_FD int dir = openat(dirfd, ".", step);
	char name[256];

	while (dir >= 0) {
		size_t length;
		int next;

		path += strspn(path, "/");
		length = strcspn(path, "/");
		if (length >= sizeof(name))
			return -ENAMETOOLONG;
		memcpy(name, path, length);
		name[length] = '\0';
		if (!strcmp(name, ".."))
			return -EXDEV;
		path += length;
		if (!path[strspn(path, "/")]) {
			next = openat(
				dir, *name ? name : ".", flags | O_NOFOLLOW | O_CLOEXEC, mode);
			return next < 0 ? -errno : next;
		}
		next = openat(dir, name, step);
		if (next < 0)
			return -errno;
		close(dir);
		dir = next;
	}
	return -errno;
}

int fs_open_in(int dirfd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? mode : 0,
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
		return open_by_walk(dirfd, path, flags, mode);
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

bool fs_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
