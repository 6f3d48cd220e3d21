// SPDX-License-Identifier: MIT
/* switch_root.c - leaves the initramfs for the root file system that it has prepared.
 *
 * Everything is checked before anything is changed, since the files that could repair it are
 * deleted.  Then:
 *   1. NEWROOT becomes a mount where it is none;
 *   2. /dev, /proc, /sys and /run move into it, or go where it has no place for them;
 *   3. pivot_root, which Linux 7.0 allows on an initramfs, else MS_MOVE over "/" and chroot;
 *   4. only now, when NEWROOT cannot be reached from there any more, the old root is deleted
 *      through a descriptor: that frees its memory;
 *   5. INIT is executed.
 * With --to-tmpfs NEWROOT is a new tmpfs, and the files of the old root move into it one by one:
 * nothing is left below, and pivot_root works from then on.
 *
 * It runs as PID 1, whose end would be a panic: it ends for no error. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "applet.h"
#include "cleanup.h"
#include "err.h"
#include "exec.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "sig.h"
#include "sys.h"

#define TMPFS_POINT "/.newroot"

struct switch_args {
	bool force;
	const char *console, *on_error;
	struct opt_value to_tmpfs;
};

static const struct opt switch_root_opts[] = {
	OPT('c', "console", struct switch_args, console, "DEV", "stdin, stdout, stderr of INIT"),
	OPT('f', "force", struct switch_args, force, NULL, "also when not PID 1"),
	OPT(0, "on-error", struct switch_args, on_error, "WHAT",
		"of PID 1: hang, shell or reboot (hang)"),
	OPT(0, "to-tmpfs", struct switch_args, to_tmpfs, "SIZE",
		"move the old root's files into a tmpfs"),
	OPT_END,
};

struct move {
	const struct switch_args *args;
	const char *new_root;
	char **init;
	int old, new;
	dev_t device; /* of the old root: nothing else is touched */
};

/* The first step that fails ends it, with a message. */
static int failed(int r, const char *what, const char *object)
{
	warn(r, "%s%s%s", what, *object ? " " : "", object);
	return -1;
}

/* ---- the checks */

static int check_old_root(const struct move *move)
{
	struct statfs fs;
	struct stat old, new;

	if (getpid() != 1 && !move->args->force)
		return failed(0, "not PID 1: --force does it all the same", "");
	if (statfs("/", &fs) < 0)
		return failed(-errno, "statfs", "/");
	if (fs.f_type != RAMFS_MAGIC && fs.f_type != TMPFS_MAGIC)
		return failed(0, "/ is no initramfs: nothing there is deleted", "");
	if (fstat(move->old, &old) < 0 || fstat(move->new, &new) < 0)
		return failed(-errno, "stat", move->new_root);
	if (!move->args->to_tmpfs.set && old.st_dev == new.st_dev &&old.st_ino == new.st_ino)
		return failed(0, "the new root is the old one:", move->new_root);
	return 0;
}

static bool is_init(int root, const char *path)
{
	CLEANUP_FD int fd = fs_open_in(root, path, O_PATH);
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_mode & 0111);
}

static int check_init(struct move *move)
{
	static char *candidates[] = { "/sbin/init", "/etc/init", "/bin/init", "/bin/sh", NULL };
	char **candidate = candidates;

	if (move->init[0] && is_init(move->new, move->init[0]))
		return 0;
	if (move->init[0])
		return failed(0, "no executable file in the new root:", move->init[0]);
	while (*candidate && !is_init(move->new, *candidate))
		candidate++;
	if (!*candidate)
		return failed(0, "the new root has no init:", move->new_root);
	candidate[1] = NULL;
	move->init = candidate;
	return 0;
}

/* ---- files from the old root to the new one, or to nowhere */

static int copy_file(int from_dir, int to_dir, const char *name, const struct stat *st)
{
	CLEANUP_FD int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_FD int to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	off_t left = st->st_size;

	if (from < 0 || to < 0)
		return -errno;
	while (left > 0) {
		ssize_t n = sendfile(to, from, NULL, (size_t)left);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		left -= n;
	}
	return 0;
}

static int copy_link(int from_dir, int to_dir, const char *name)
{
	char target[4096];
	ssize_t n = readlinkat(from_dir, name, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	return symlinkat(target, to_dir, name) < 0 ? -errno : 0;
}

static int copy_entry(int from_dir, int to_dir, const char *name, const struct stat *st)
{
	const struct timespec times[] = { st->st_atim, st->st_mtim };
	int r;

	if (S_ISREG(st->st_mode))
		r = copy_file(from_dir, to_dir, name, st);
	else if (S_ISLNK(st->st_mode))
		r = copy_link(from_dir, to_dir, name);
	else if (S_ISDIR(st->st_mode))
		r = mkdirat(to_dir, name, 0700) < 0 ? -errno : 0;
	else
		r = mknodat(to_dir, name, st->st_mode, st->st_rdev) < 0 ? -errno : 0;
	if (r < 0)
		return r;
	if (fchownat(to_dir, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 ||
		(!S_ISLNK(st->st_mode) && fchmodat(to_dir, name, st->st_mode & 07777, 0) < 0))
		return -errno;
	utimensat(to_dir, name, times, AT_SYMLINK_NOFOLLOW);
	return 0;
}

static int move_tree(const struct move *move, int from, int to);

/* Copies one entry where there is a target, then removes it. */
static int move_entry(const struct move *move, int from, int to, const char *name)
{
	CLEANUP_FD int dir = -1;
	CLEANUP_FD int target = -1;
	struct stat st;
	int r = 0;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (to >= 0 && strcmp(name, TMPFS_POINT + 1) != 0)
		r = copy_entry(from, to, name, &st);
	if (r < 0 || st.st_dev != move->device)
		return r;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(from, name, 0) < 0 ? -errno : 0;
	dir = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to >= 0)
		target = openat(to, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 || (to >= 0 && target < 0))
		return -errno;
	r = move_tree(move, dir, target);
	/* A mount in it keeps it: that goes with the old root. */
	unlinkat(from, name, AT_REMOVEDIR);
	return r;
}

static int move_tree(const struct move *move, int from, int to)
{
	CLEANUP_DIR DIR *dir = fdopendir(dup(from));
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (!r && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = move_entry(move, from, to, entry->d_name);
	return r;
}

/* ---- the change */

static int make_tmpfs(struct move *move)
{
	const char *size = move->args->to_tmpfs.value;
	char options[64];
	int r;

	fmt_buf(options, sizeof(options), "mode=755%s%s", size ? ",size=" : "", size ? size : "");
	if (mkdir(TMPFS_POINT, 0755) < 0 && errno != EEXIST)
		return failed(-errno, "mkdir", TMPFS_POINT);
	if (mount("tmpfs", TMPFS_POINT, "tmpfs", 0, options) < 0)
		return failed(-errno, "mount a tmpfs on", TMPFS_POINT);
	move->new_root = TMPFS_POINT;
	close(move->new);
	move->new = open(TMPFS_POINT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (move->new < 0)
		return failed(-errno, "open", TMPFS_POINT);
	r = move_tree(move, move->old, move->new);
	return r < 0 ? failed(r, "move the files of the old root to", TMPFS_POINT) : 0;
}

/* MS_MOVE wants a mount: a plain folder, or one below a mount, is bound onto itself. */
static int make_mount(struct move *move)
{
	const char *root = move->new_root;

	if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) < 0)
		return failed(-errno, "bind onto itself", root);
	close(move->new);
	move->new = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return move->new < 0 ? failed(-errno, "open", root) : 0;
}

static void move_mounts(const struct move *move)
{
	static const char *const mounts[] = { "/dev", "/proc", "/sys", "/run" };

	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		CLEANUP_FD int at = openat(
			move->new, mounts[i] + 1, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (at < 0 || fchdir(at) < 0 || mount(mounts[i], ".", NULL, MS_MOVE, NULL) < 0)
			umount2(mounts[i], MNT_DETACH);
	}
}

static int enter(const struct move *move)
{
	int r;

	if (fchdir(move->new) < 0)
		return failed(-errno, "chdir", move->new_root);
	if (!sys_pivot_root(".", "."))
		return umount2(".", MNT_DETACH) < 0 ? failed(-errno, "detach", "the old root") : 0;
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0)
		return failed(-errno, "move over / the mount", move->new_root);
	if (chroot(".") < 0 || chdir("/") < 0)
		return failed(-errno, "chroot", move->new_root);
	r = move_tree(move, move->old, -1);
	if (r < 0)
		warn(r, "delete the old root");
	return 0;
}

static int open_console(const char *console)
{
	int fd = open(console, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return failed(-errno, "open", console);
	for (int std = STDIN_FILENO; std <= STDERR_FILENO; std++)
		dup2(fd, std);
	close(fd);
	return 0;
}

static int switch_root(struct move *move, const struct chain *chain)
{
	struct stat st;

	move->old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	move->new = open(move->new_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (move->old < 0 || move->new < 0 || fstat(move->old, &st) < 0)
		return failed(-errno, "open", move->new_root);
	move->device = st.st_dev;
	if (check_old_root(move) < 0 || check_init(move) < 0)
		return -1;
	if ((move->args->to_tmpfs.set ? make_tmpfs(move) : make_mount(move)) < 0)
		return -1;
	move_mounts(move);
	if (enter(move) < 0)
		return -1;
	if (move->args->console && open_console(move->args->console) < 0)
		return -1;
	sig_restore(&chain->mask);
	execv(move->init[0], move->init);
	return failed(-errno, "execute", move->init[0]);
}

/* PID 1 cannot give up: a shell, where one can be had, a reboot, or a machine that says why. */
static int give_up(const char *how)
{
	if (getpid() != 1)
		return 1;
	if (parse_word_in(how, "shell"))
		execl("/bin/sh", "sh", (char *)NULL);
	if (parse_word_in(how, "reboot") && !fork())
		_exit(reboot(RB_AUTOBOOT) < 0);
	for (;;)
		pause();
}

static int switch_root_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct switch_args args = { .on_error = "hang" };
	char **words = applet_args(self, &args, argv, 0);
	struct move move = { .args = &args, .new_root = "/", .old = -1, .new = -1 };

	if (!parse_word_in(args.on_error, "hang shell reboot"))
		usage_die("--on-error %s: not hang, shell or reboot", args.on_error);
	if (!args.to_tmpfs.set && !words[0])
		usage_die("missing operand: NEWROOT");
	if (!args.to_tmpfs.set)
		move.new_root = *words++;
	move.init = words;
	return switch_root(&move, chain) < 0 ? give_up(args.on_error) : 0;
}

const struct applet switch_root_applet = {
	.name = "switch_root",
	.operands = "NEWROOT [INIT [ARG...]]",
	.summary = "leave the initramfs for another root file system",
	.opts = switch_root_opts,
	.own_error = 1,
	.usage_error = 1,
	.run = switch_root_run,
};
