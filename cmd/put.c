// SPDX-License-Identifier: MIT
/* put.c - publishes a file or a directory whole or not at all: a reader, and a machine that
 * loses its power, see the old one or the new one.
 *
 * A file is written beside its place and renamed over it.  A directory (-d) that was built
 * elsewhere in the same file system takes its place only if nothing is there: mv(1) would move it
 * into a directory that is.  -r is the reverse: a directory leaves its place whole, and is removed
 * last, where nobody looks for it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h> // rename
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "applet.h"
#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "sys.h"

struct put_args {
	bool directory;
	const char *time;
	bool remove;
	bool sync;
};

static const struct opt put_opts[] = {
	OPT('d', "directory", struct put_args, directory, NULL,
		"move the directory VALUE to FILE, if none is there"),
	OPT('t', "time", struct put_args, time, "NAME", "with -d: the time, as file NAME in it"),
	OPT('r', "remove", struct put_args, remove, NULL,
		"move FILE to VALUE, remove each FILE behind and it"),
	OPT('s', "sync", struct put_args, sync, NULL, "reach the disk before the name changes"),
	OPT_END
};

static const char full_hint[] = "free some space and try again";

static void sync_path(const char *path, int flags)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | flags);

	if (fd < 0 || fsync(fd) < 0)
		die(-errno, "sync %s", path);
}

static void sync_parent(const char *path)
{
	char parent[4096];
	char *slash;

	if (fmt_path(parent, sizeof(parent), "./%s", path) < 0)
		die(-ENAMETOOLONG, "%s", path);
	slash = strrchr(parent, '/');
	*slash = '\0';
	sync_path(*path == '/' ? parent + 2 : parent, O_DIRECTORY);
}

static int copy_stdin(int fd)
{
	char buf[65536];
	ssize_t n;
	int r = 0;

	while (!r && (n = read(STDIN_FILENO, buf, sizeof(buf))) != 0)
		r = n < 0 ? -errno : fs_write_all(fd, buf, (size_t)n);
	return r;
}

static void put_file(const char *path, const char *value, bool sync)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char temporary[4096];
	/* Hidden: in a folder of names it is none of them. */
	int r = fmt_path(temporary, sizeof(temporary), "%.*s.%s.new-%d", (int)(name - path), path,
		name, getpid());
	CLEANUP_FD int fd = -1;

	if (r < 0)
		die(r, "%s", path);
	unlink(temporary); /* of a killed process that had this number */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		die(-errno, "create %s", temporary);
	if (value) {
		r = fs_write_all(fd, value, strlen(value));
		if (!r)
			r = fs_write_all(fd, "\n", 1);
	} else {
		r = copy_stdin(fd);
	}
	if (!r && sync && fsync(fd) < 0)
		r = -errno;
	if (!r && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0) {
		unlink(temporary);
		die_hint(r, r == -ENOSPC ? full_hint : NULL, "write %s", path);
	}
}

static void put_time(const char *directory, const char *name)
{
	char path[4096], text[32];
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	fmt_buf(text, sizeof(text), "%lld.%09ld", (long long)t.tv_sec, t.tv_nsec);
	if (fmt_path(path, sizeof(path), "%s/%s", directory, name) < 0)
		die(-ENAMETOOLONG, "%s", name);
	put_file(path, text, false);
}

/* The files of the directory reach the disk first, so that the name never stands for less. */
static void put_directory(const char *to, const char *from, const char *time_name, bool sync)
{
	CLEANUP_FD int fd = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (fd < 0)
		die(-errno, "%s", from);
	if (time_name)
		put_time(from, time_name);
	if (sync && syncfs(fd) < 0)
		die(-errno, "sync %s", from);
	r = sys_renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
	if (r < 0)
		die(r, "move %s to %s", from, to);
}

/* Only who has moved it goes on: to the others it is gone, and its names may be somebody else's. */
static void remove_all(const char *from, const char *by_way_of, char **others)
{
	int r;

	if (rename(from, by_way_of) < 0) {
		if (errno == ENOENT)
			return;
		die(-errno, "move %s to %s", from, by_way_of);
	}
	for (; *others; others++) {
		r = fs_remove_tree(AT_FDCWD, *others);
		if (r < 0)
			die(r, "remove %s", *others);
	}
	r = fs_remove_tree(AT_FDCWD, by_way_of);
	if (r < 0)
		die(r, "remove %s", by_way_of);
}

static int put_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct put_args args = { 0 };
	char **words = applet_args(self, &args, argv, 1);

	(void)chain;
	if (words[1] && words[2] && !args.remove)
		usage_die("%s: one operand too many", words[2]);
	if ((args.directory || args.remove) && !words[1])
		usage_die("-%c wants two operands", args.remove ? 'r' : 'd');
	if (args.time && !args.directory)
		usage_die("-t goes with -d");
	if (args.remove)
		remove_all(words[0], words[1], words + 2);
	else if (args.directory)
		put_directory(words[0], words[1], args.time, args.sync);
	else
		put_file(words[0], words[1], args.sync);
	if (args.sync)
		sync_parent(words[0]);
	return 0;
}

const struct applet put_applet = {
	.name = "put",
	.operands = "FILE [VALUE] [FILE...]",
	.summary = "write a file (VALUE, or stdin) so that it is never seen half-written",
	.opts = put_opts,
	.unlinked = true, /* of use to scripts only, as `husk put` */
	.own_error = 1,
	.usage_error = 2,
	.run = put_run,
};
