// SPDX-License-Identifier: MIT
/* Users and groups from files that may be hostile. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "passwd.h"

static char dir[] = "/tmp/husk-unit.XXXXXX";
static int root;

static void put(const char *name, const char *text, size_t size)
{
	int fd = openat(root, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), (ssize_t)size);
	close(fd);
}

#define PUT(name, text) put(name, text, strlen(text))

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(dir) || (root = open(dir, O_PATH | O_DIRECTORY)) < 0)
		return 1;
	return mkdirat(root, "etc", 0755);
}

static int teardown(void **state)
{
	(void)state;
	unlinkat(root, "etc/passwd", 0);
	unlinkat(root, "etc/group", 0);
	unlinkat(root, "etc", AT_REMOVEDIR);
	return rmdir(dir);
}

static void users(void **state)
{
	struct passwd_user user;

	(void)state;
	PUT("etc/passwd",
		"bad\n:x:1:1::/:\nroot:x:0:0:root:/root:/bin/ash\n"
		"neg:x:-1:0::/:\nbig:x:4294967295:0::/:\nmany:x:1:1:a:b:c:d\n"
		"app:x:1000:1001::/home/app:\n12x:x:7:7::/:\nlast:x:9:9:::");
	assert_int_equal(passwd_user(root, "root", &user), 0);
	assert_int_equal(user.uid, 0);
	assert_string_equal(user.home, "/root");
	assert_string_equal(user.shell, "/bin/ash");
	assert_int_equal(passwd_user(root, "app", &user), 0);
	assert_int_equal(user.gid, 1001);
	assert_string_equal(user.shell, "/bin/sh");
	assert_int_equal(passwd_user(root, "1000", &user), 0);
	assert_string_equal(user.name, "app");
	assert_int_equal(passwd_user(root, "4711", &user), 0);
	assert_int_equal(user.uid, 4711);
	assert_int_equal(user.gid, 0);
	assert_int_equal(passwd_user(root, "last", &user), 0);
	assert_string_equal(user.home, "/");
	assert_int_equal(passwd_user(root, "neg", &user), -ENOENT);
	assert_int_equal(passwd_user(root, "big", &user), -ENOENT);
	assert_int_equal(passwd_user(root, "many", &user), -ENOENT);
	assert_int_equal(passwd_user(root, "bad", &user), -ENOENT);
	assert_int_equal(passwd_user(root, "", &user), -EINVAL);
	assert_int_equal(passwd_user(root, "-1", &user), -EINVAL);
	assert_int_equal(passwd_user(root, "0x0", &user), -EINVAL);
	assert_int_equal(passwd_user(root, "12x", &user), -EINVAL);
	assert_int_equal(passwd_user(root, "4294967295", &user), -ERANGE);
	assert_int_equal(passwd_user(root, "99999999999999999999999", &user), -ERANGE);
}

static void groups(void **state)
{
	struct passwd_user user;
	gid_t list[4];

	(void)state;
	PUT("etc/passwd", "app:x:1000:1001::/:\n");
	PUT("etc/group",
		"root:x:0:\ntty:x:5:app\naudio:x:29:root,app,x\nxapp:x:6:xapp,appx\n"
		"self:x:1001:app\nbad:x:x:app\n");
	assert_int_equal(passwd_user(root, "app", &user), 0);
	assert_int_equal(passwd_groups(root, &user, list, 4), 3);
	assert_int_equal(list[0], 1001);
	assert_int_equal(list[1], 5);
	assert_int_equal(list[2], 29);
	assert_int_equal(passwd_groups(root, &user, list, 2), -ERANGE);
	assert_int_equal(passwd_group_list(root, "", list, 4), 0);
	assert_int_equal(passwd_group_list(root, "audio,7,7,tty", list, 4), 3);
	assert_int_equal(list[0], 29);
	assert_int_equal(passwd_group_list(root, "1,", list, 4), -EINVAL);
	assert_int_equal(passwd_group_list(root, "1,,2", list, 4), -EINVAL);
	assert_int_equal(passwd_group_list(root, "nope", list, 4), -ENOENT);
	assert_int_equal(passwd_group_list(root, "1,2,3,4,5", list, 4), -ERANGE);
	assert_int_equal(passwd_user_group(root, "app:audio", &user), 0);
	assert_int_equal(user.gid, 29);
	assert_int_equal(passwd_user_group(root, "5:", &user), -EINVAL);
	assert_int_equal(passwd_user_group(root, "1:2:3", &user), -EINVAL);
}

static void hostile_files(void **state)
{
	static char large[(1 << 20) + 2];
	struct passwd_user user;

	(void)state;
	unlinkat(root, "etc/passwd", 0);
	assert_int_equal(passwd_user(root, "root", &user), -ENOENT);
	assert_int_equal(passwd_user(root, "5", &user), 0);
	assert_int_equal(mkfifoat(root, "etc/passwd", 0666), 0);
	assert_int_equal(passwd_user(root, "root", &user), -EINVAL);
	unlinkat(root, "etc/passwd", 0);
	/* Out of the root: there it is another file, which does not exist. */
	assert_int_equal(symlinkat("/../../../../etc/passwd", root, "etc/passwd"), 0);
	assert_int_not_equal(passwd_user(root, "root", &user), 0);
	unlinkat(root, "etc/passwd", 0);
	memset(large, '\n', sizeof(large));
	put("etc/passwd", large, sizeof(large));
	assert_int_equal(passwd_user(root, "root", &user), -EFBIG);
	put("etc/passwd", "a:x:1:1:\0:/:\nroot:x:0:0::/:\n", 29);
	assert_int_equal(passwd_user(root, "root", &user), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users),
		cmocka_unit_test(groups),
		cmocka_unit_test(hostile_files),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
