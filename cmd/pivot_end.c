// SPDX-License-Identifier: MIT
/* pivot_end.c - what goes to the image: descriptors, environment, privileges, directory.
 *
 * The last things are the ones that cannot be taken back: descriptors, then privileges.  After
 * them nothing of the host is left in this process but the binary itself, which is sealed. */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "mnt.h"
#include "parse.h"
#include "pivot.h"
#include "sys.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#define VARIABLES 4096

/* A regular file open for reading can be opened for writing through /proc/self/fd/0, whatever its
 * name is, when the container's root owns it.  So it is opened again through a read-only mount. */
static void guard_stdin(const struct stat *st)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	const char *const hint = "--raw-stdin passes it as it is";
	CLEANUP_FD int mnt = -1, file = -1;
	char path[4096];
	struct stat found;
	off_t offset = lseek(STDIN_FILENO, 0, SEEK_CUR);
	ssize_t n = readlink("/proc/self/fd/0", path, sizeof(path) - 1);
	int r;

	/* A file without a name is nobody's but the caller's. */
	if (!st->st_nlink)
		return;
	if (n < 0)
		die_hint(-errno, hint, "standard input");
	path[n] = '\0';
	r = mnt = mnt_clone(AT_FDCWD, path, false);
	if (r >= 0 &&
		(fstat(mnt, &found) < 0 || found.st_dev != st->st_dev ||
			found.st_ino != st->st_ino))
		r = -ESTALE;
	if (r >= 0)
		r = mnt_setattr(mnt, &attr, false);
	if (r < 0)
		die_hint(r, hint, "standard input: a read-only mount of %s", path);
	fmt_buf(path, sizeof(path), "/proc/self/fd/%d", mnt);
	file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (file < 0 || lseek(file, offset, SEEK_SET) < 0 || dup2(file, STDIN_FILENO) < 0)
		die_hint(-errno, hint, "standard input: open it read-only");
}

void pivot_guard_stdio(const struct pivot *pivot)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		struct stat st;
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fstat(fd, &st) < 0)
			die(-errno, "descriptor %d", fd);
		if (S_ISDIR(st.st_mode) && !(flags & O_PATH))
			die(0, "descriptor %d is a directory of the host", fd);
		if (fd == STDIN_FILENO && S_ISREG(st.st_mode) && !pivot->args->raw_stdin &&
			(flags & O_ACCMODE) == O_RDONLY && !(flags & O_PATH))
			guard_stdin(&st);
		/* The host's null node: a chmod through it would be the host's. */
		if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3) && pivot->dev >= 0) {
			CLEANUP_FD int null = openat(
				pivot->dev, "null", (flags & O_ACCMODE) | O_CLOEXEC);

			if (null < 0 || dup2(null, fd) < 0)
				die(-errno, "open the new /dev/null");
		}
	}
}

/* The environment, here and not on the heap, which would cost this process its first pages. */
static char *variables[VARIABLES + 1];
static size_t variable_count;

/* Sets a variable to a text that stays. */
static void set_variable(const char *option, char *pair)
{
	size_t name = strcspn(pair, "="), i = 0;

	if (!name || !pair[name])
		usage_die("%s: %s is not NAME=VALUE", option, pair);
	while (i < variable_count && strncmp(variables[i], pair, name + 1) != 0)
		i++;
	if (i == VARIABLES)
		die(-E2BIG, "environment");
	variables[i] = pair;
	if (i == variable_count)
		variable_count++;
}

/* Read before the root changes: it is a file of the host. */
static char env_text[65536];

void pivot_read_env_file(const struct pivot *pivot)
{
	const char *path = pivot->args->env_file;
	ssize_t n = path ? fs_read(AT_FDCWD, path, env_text, sizeof(env_text)) : 0;

	if (n < 0)
		die((int)n, "--env-file: %s", path);
}

static void set_environment(const struct pivot *pivot, const struct passwd_user *user)
{
	static char home[sizeof("HOME=") + sizeof(user->home)];
	const struct pivot_args *args = pivot->args;
	char *rest = args->env_file ? env_text : NULL;

	for (char **v = environ; v && *v && !args->clear_env; v++) {
		if (variable_count == VARIABLES)
			die(-E2BIG, "environment");
		variables[variable_count++] = *v;
	}
	fmt_buf(home, sizeof(home), "HOME=%s", *user->home ? user->home : getuid() ? "/" : "/root");
	set_variable("", (char *)"PATH=" DEFAULT_PATH);
	set_variable("", home);
	set_variable("", (char *)"container=husk");
	while (rest && *rest) {
		char *line = parse_field(&rest, "\n");

		if (*line && *line != '#')
			set_variable("--env-file", line);
	}
	/* The arguments move when the next link takes their place (main.c). */
	for (size_t i = 0; i < args->env.count; i++) {
		char *pair = strdup(args->env.items[i].value);

		if (!pair)
			die(-ENOMEM, "-e");
		set_variable("-e", pair);
	}
	environ = variables;
}

static bool is_kept(const struct pivot *pivot, int fd)
{
	if (fd == pivot->chain->life_fd)
		return true;
	for (size_t i = 0; i < pivot->args->keep_fds.count; i++) {
		int kept;

		if (!parse_int(pivot->args->keep_fds.items[i].value, 3, 1 << 20, &kept) &&
			kept == fd)
			return true;
	}
	return false;
}

static int highest_kept(const struct pivot *pivot)
{
	int highest = pivot->chain->life_fd;

	for (size_t i = 0; i < pivot->args->keep_fds.count; i++) {
		int kept;

		if (parse_int(pivot->args->keep_fds.items[i].value, 3, 1 << 20, &kept) < 0)
			usage_die("--keep-fd: %s is no descriptor above 2",
				pivot->args->keep_fds.items[i].value);
		if (kept > highest)
			highest = kept;
	}
	return highest;
}

/* Closed, not marked: the next link may be an applet in this process, whose descriptors a
 * container could open through /proc/1/fd. */
static void close_descriptors(const struct pivot *pivot)
{
	int highest = highest_kept(pivot), from = 3;

	for (int fd = 3; fd <= highest; fd++) {
		if (!is_kept(pivot, fd))
			continue;
		if (fd > from)
			fs_close_range((unsigned)from, (unsigned)fd - 1);
		from = fd + 1;
	}
	fs_close_range((unsigned)from, ~0u);
}

static void join_keyring(void)
{
	int r = (int)sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0);

	if (r < 0 && r != -ENOSYS)
		die_hint(r, r == -EDQUOT ? "see /proc/sys/kernel/keys/maxkeys" : NULL,
			"a session keyring of its own");
}

static void enter_workdir(const struct pivot *pivot)
{
	const char *dir = pivot->args->workdir ? pivot->args->workdir : "/";
	char path[4096];

	if (pivot->args->mkdir_cwd) {
		int r = fs_mkdir_path(dir, 0755);

		if (r < 0)
			die(r, "mkdir %s in the new root", dir);
	}
	if (chdir(dir) < 0)
		die(-errno, "chdir to %s in the new root", dir);
	/* A directory outside of the root, by some link of /proc, has no name in it. */
	if (!getcwd(path, sizeof(path)) || *path != '/')
		die(0, "-w: %s is not inside of the new root", dir);
}

void pivot_hand_over(struct pivot *pivot)
{
	struct passwd_user user;
	gid_t groups[PRIVOPTS_GROUPS];
	const char *what;
	int r;

	join_keyring();
	privopts_find_user(&pivot->args->priv, pivot->args->user, AT_FDCWD, pivot->proc,
		&pivot->priv, groups, &user);
	r = priv_apply(&pivot->priv, pivot->chain, pivot->proc, &what);
	if (r < 0)
		die(r, "%s", what);
	if (pivot->args->workdir || pivot->args->mkdir_cwd)
		enter_workdir(pivot);
	set_environment(pivot, &user);
	close_descriptors(pivot);
	/* As after execve(2): the next link may be an applet in this process. */
	if (prctl(PR_SET_DUMPABLE, 1) < 0)
		die(-errno, "PR_SET_DUMPABLE");
}
