// SPDX-License-Identifier: MIT
/* fs.c in a directory of its own, where a link leads out and back in. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs.h"

static char dir[] = "/tmp/husk-unit.XXXXXX";
static int dirfd;

static void write_file(const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fs_write_all(fd, text, strlen(text)), 0);
	close(fd);
}

static void reading(void **state)
{
	char buf[6];

	(void)state;
	write_file("five", "12345");
	assert_int_equal(fs_read(dirfd, "five", buf, sizeof(buf)), 5);
	assert_string_equal(buf, "12345");
	assert_int_equal(fs_read(dirfd, "five", buf, 5), -EFBIG);
	write_file("empty", "");
	assert_int_equal(fs_read(dirfd, "empty", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
	assert_int_equal(fs_read(dirfd, "missing", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(fs_read(dirfd, ".", buf, sizeof(buf)), -EISDIR);
	assert_int_equal(fs_read_fd(-1, buf, sizeof(buf)), -EBADF);
}

static void writing(void **state)
{
	char buf[16];

	(void)state;
	write_file("value", "");
	assert_int_equal(fs_write(dirfd, "value", "42"), 0);
	assert_int_equal(fs_read(dirfd, "value", buf, sizeof(buf)), 2);
	assert_int_equal(fs_write(dirfd, "never-made", "42"), -ENOENT);
	assert_int_equal(symlinkat("value", dirfd, "link"), 0);
	assert_int_equal(fs_write(dirfd, "link", "43"), -ELOOP);
	assert_int_equal(fs_write_all(-1, "x", 1), -EBADF);
	assert_true(fs_exists(dir));
	assert_false(fs_exists("/nowhere"));
}

static void directories(void **state)
{
	char path[512];
	struct stat st;

	(void)state;
	strcpy(path, dir);
	strcat(path, "/a//b/c/");
	assert_int_equal(fs_mkdir_path(path, 0750), 0);
	assert_int_equal(fs_mkdir_path(path, 0700), 0);
	assert_int_equal(fstatat(dirfd, "a/b/c", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	write_file("file", "");
	strcpy(path, dir);
	strcat(path, "/file");
	assert_int_equal(fs_mkdir_path(path, 0700), -ENOTDIR);
	strcat(path, "/below");
	assert_int_equal(fs_mkdir_path(path, 0700), -ENOTDIR);
}

static void check_content(const char *name, const char *want)
{
	char buf[16];
	int fd = fs_open_in(dirfd, name, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fs_read_fd(fd, buf, sizeof(buf)) >= 0);
	assert_string_equal(buf, want);
	close(fd);
}

static void make_links(void **state)
{
	(void)state;
	assert_int_equal(mkdirat(dirfd, "etc", 0755), 0);
	write_file("etc/passwd", "inside");
	assert_int_equal(symlinkat("/etc/passwd", dirfd, "absolute"), 0);
	assert_int_equal(symlinkat("../../../etc/passwd", dirfd, "up"), 0);
	assert_int_equal(symlinkat("/etc", dirfd, "directory"), 0);
	assert_int_equal(symlinkat("directory//./", dirfd, "chain"), 0);
	assert_int_equal(symlinkat("round", dirfd, "round"), 0);
	assert_int_equal(symlinkat("/etc/missing", dirfd, "dangling"), 0);
}

static void opening_inside(void **state)
{
	struct stat st, other;
	int fd;

	(void)state;
	check_content("etc/passwd", "inside");
	check_content("/etc//passwd", "inside");
	check_content("absolute", "inside");
	check_content("up", "inside");
	check_content("directory/passwd", "inside");
	check_content("chain/passwd", "inside");
	check_content("../../etc/passwd", "inside");
	check_content("etc/../chain/../directory/./passwd", "inside");
	assert_int_equal(fs_open_in(dirfd, "etc/missing", O_RDONLY), -ENOENT);
	assert_int_equal(fs_open_in(dirfd, "dangling", O_RDONLY), -ENOENT);
	assert_int_equal(fs_open_in(dirfd, "round", O_RDONLY), -ELOOP);
	assert_int_equal(fs_open_in(dirfd, "absolute", O_RDONLY | O_NOFOLLOW), -ELOOP);
	for (int i = 0; i < 2; i++) {
		int flags = i ? O_PATH : O_RDONLY;

		assert_int_equal(fs_open_in(dirfd, "etc/passwd/x", flags), -ENOTDIR);
		assert_int_equal(fs_open_in(dirfd, "etc/passwd/", flags), -ENOTDIR);
		assert_int_equal(fs_open_in(dirfd, "absolute/", flags), -ENOTDIR);
		assert_int_equal(fs_open_in(dirfd, "up", flags | O_DIRECTORY), -ENOTDIR);
	}
	fd = fs_open_in(dirfd, "up", O_PATH | O_NOFOLLOW);
	assert_true(fd >= 0 && !fstat(fd, &st) && S_ISLNK(st.st_mode));
	close(fd);
	/* What "/" and ".." name there is dirfd itself. */
	fd = fs_open_in(dirfd, "directory/../..", O_PATH);
	assert_true(fd >= 0 && !fstat(fd, &st));
	close(fd);
	assert_int_equal(fstatat(dirfd, "", &other, AT_EMPTY_PATH), 0);
	assert_int_equal(st.st_ino, other.st_ino);
}

/* From here on the kernel has no openat2. */
static void opening_by_walk(void **state)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = 4, .filter = program };

	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
	opening_inside(state);
}

/* Runs a function in a child, which must leave with 0. */
static void in_child(void (*function)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		function();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void reserve(void)
{
	char byte;

	close(0);
	close(1);
	close(2);
	if (fs_reserve_stdio() < 0)
		_exit(1);
	/* Empty to read, an error to write, nothing that leads anywhere. */
	if (read(0, &byte, 1) != 0)
		_exit(2);
	for (int fd = 1; fd < 3; fd++)
		if (write(fd, "x", 1) != -1 || errno != EBADF)
			_exit(3);
	if (open("/", O_PATH) < 3)
		_exit(4);
}

static void reserve_one(void)
{
	close(1);
	if (fs_reserve_stdio() < 0 || write(1, "x", 1) != -1 || open("/", O_PATH) < 3)
		_exit(1);
}

static void close_some(void)
{
	for (int fd = 100; fd < 110; fd++)
		dup2(0, fd);
	fs_close_range(102, 107);
	for (int fd = 100; fd < 110; fd++)
		if ((fcntl(fd, F_GETFD) >= 0) != (fd < 102 || fd > 107))
			_exit(1);
	fs_close_range(102, ~0u);
	if (fcntl(109, F_GETFD) >= 0 || fcntl(101, F_GETFD) < 0)
		_exit(2);
}

static void descriptors(void **state)
{
	(void)state;
	in_child(reserve);
	in_child(reserve_one);
	in_child(close_some);
}

static int make_dir(void **state)
{
	(void)state;
	dirfd = open(mkdtemp(dir), O_RDONLY | O_DIRECTORY);
	return dirfd < 0;
}

static int remove_dir(void **state)
{
	char command[64] = "rm -rf ";

	(void)state;
	return system(strcat(command, dir)); /* NOLINT(cert-env33-c) */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading),
		cmocka_unit_test(writing),
		cmocka_unit_test(directories),
		cmocka_unit_test(make_links),
		cmocka_unit_test(opening_inside),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(opening_by_walk),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
