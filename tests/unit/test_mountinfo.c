// SPDX-License-Identifier: MIT
/* mountinfo.c: lines as kernels write them, and lines that none writes. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"
#include "mountinfo.h"

static char path[] = "/tmp/husk-unit.XXXXXX";
static struct mountinfo_reader reader;
static struct mountinfo mount;

static void open_text(const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	assert_int_equal(mountinfo_open(&reader, path), 0);
}

static void one_mount(void **state)
{
	(void)state;
	open_text("36 35 98:7 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/r\\134t "
		  "rw,errors=continue\n");
	assert_int_equal(mountinfo_next(&reader, &mount), 1);
	assert_int_equal(mount.id, 36);
	assert_int_equal(mount.parent, 35);
	assert_int_equal(mount.major, 98);
	assert_int_equal(mount.minor, 7);
	assert_string_equal(mount.root, "/mnt1");
	assert_string_equal(mount.point, "/mnt 2");
	assert_string_equal(mount.options, "rw,noatime");
	assert_string_equal(mount.optional, "master:1 shared:2");
	assert_string_equal(mount.type, "ext3");
	assert_string_equal(mount.source, "/dev/r\\t");
	assert_string_equal(mount.super, "rw,errors=continue");
	assert_int_equal(mountinfo_next(&reader, &mount), 0);
	mountinfo_close(&reader);
}

static void without_optional_fields(void **state)
{
	(void)state;
	open_text("1 1 0:1 / / rw - rootfs  rw\n");
	assert_int_equal(mountinfo_next(&reader, &mount), 1);
	assert_string_equal(mount.optional, "");
	assert_string_equal(mount.source, "");
	mountinfo_close(&reader);
	/* No escapes: the bytes stay. */
	open_text("1 1 0:1 /\\09a /\\ /\\4 - t \\0\300 rw\n");
	assert_int_equal(mountinfo_next(&reader, &mount), 1);
	assert_string_equal(mount.root, "/\\09a");
	assert_string_equal(mount.point, "/\\");
	assert_string_equal(mount.source, "\\0\300");
	mountinfo_close(&reader);
}

/* More lines than the buffer holds at once. */
static void many_mounts(void **state)
{
	int fd = open(path, O_WRONLY | O_TRUNC), seen = 0;
	char point[32];

	(void)state;
	for (int i = 0; i < 2000; i++)
		fmt_fd(fd, "%d 1 0:%d / /mnt/%d rw - tmpfs tmpfs rw\n", i, i, i);
	close(fd);
	assert_int_equal(mountinfo_open(&reader, path), 0);
	while (mountinfo_next(&reader, &mount) == 1) {
		fmt_buf(point, sizeof(point), "/mnt/%d", seen);
		assert_string_equal(mount.point, point);
		assert_int_equal(mount.id, seen++);
	}
	assert_int_equal(seen, 2000);
	mountinfo_close(&reader);
}

static void damaged(void **state)
{
	static const char *const lines[] = { "\n", "1\n", "1 1 0:1 / /\n", "1 1 0:1 / / rw\n",
		"1 1 0:1 / / rw - \n", "1 1 0:1 / / rw - t\n", "1 1 0:1 / / rw - t s\n",
		"x 1 0:1 / / rw - t s o\n", "1 -1 0:1 / / rw - t s o\n", "1 1 01 / / rw - t s o\n",
		"1 1 0:x / / rw - t s o\n", "99999999999 1 0:1 / / rw - t s o\n" };
	char *line = malloc(20000);

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		open_text(lines[i]);
		assert_int_equal(mountinfo_next(&reader, &mount), -EINVAL);
		mountinfo_close(&reader);
	}
	memset(line, 'x', 19999);
	line[19999] = '\0';
	open_text(line);
	assert_int_equal(mountinfo_next(&reader, &mount), -EFBIG);
	mountinfo_close(&reader);
	free(line);
}

static void of_this_process(void **state)
{
	int count = 0, root = 0;

	(void)state;
	assert_int_equal(mountinfo_open(&reader, NULL), 0);
	while (mountinfo_next(&reader, &mount) == 1) {
		count++;
		root |= !strcmp(mount.point, "/");
	}
	assert_true(count > 0);
	assert_true(root);
	mountinfo_close(&reader);
	assert_int_equal(mountinfo_open(&reader, "/nowhere"), -ENOENT);
}

static int make_file(void **state)
{
	(void)state;
	return close(mkstemp(path));
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_mount),
		cmocka_unit_test(without_optional_fields),
		cmocka_unit_test(many_mounts),
		cmocka_unit_test(damaged),
		cmocka_unit_test(of_this_process),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
