// SPDX-License-Identifier: MIT
/* spawn.c - starts the command.
 *
 * As vfork(2) does, whose function in libc is a mere fork on some machines: the parent sleeps until
 * the child executes or has failed, so nothing can be passed on to a child that has no group of its
 * own yet or would lose it in the exec.  It runs in our memory: it only stores its error. */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "err.h"
#include "exec.h"
#include "fmt.h"
#include "sig.h"
#include "sys.h"

#define SHELL          "/bin/sh"
#define NOT_EXECUTABLE 126
#define NOT_FOUND      127
#define CHILD_STACK    (32 * 1024)

/* Where execvp(3) would find the command first, else its name. */
static const char *find_in_path(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");

	if (!*name || strchr(name, '/'))
		return name;
	for (; path && *path; path += *path == ':') {
		size_t length = strcspn(path, ":");

		if (!fmt_path(buf, size, "%.*s/%s", (int)length, path, name) && !access(buf, X_OK))
			return buf;
		path += length;
	}
	return name;
}

/* Stopped before its exec the child would keep us in vfork for ever, where no ^C helps.  What the
 * terminal has sent so far waits for the exec. */
static uint64_t take_stops(void)
{
	const uint64_t stops = SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU);
	uint64_t taken = 0;
	int sig;

	while ((sig = sys_take_signal(&stops)) > 0)
		taken |= SIGNAL_BIT(sig);
	return taken;
}

/* execvp(3), but that the mask is the caller's for one execve(2) only and not while PATH is tried;
 * and what POSIX adds and musl leaves out: a script without #! is the shell's.  The word before
 * argv is free: it was our own name, or the end of our options.  Returns a negative errno. */
static int execute(struct init *in)
{
	char **argv = in->command, path[PATH_MAX];
	const char *file = find_in_path(argv[0], path, sizeof(path));
	int r;

	in->failed.stops = take_stops();
	sig_restore(in->mask);
	execvp(file, argv);
	r = -errno;
	if (r == -ENOEXEC) {
		argv[0] = (char *)file;
		argv[-1] = (char *)SHELL;
		execv(SHELL, argv - 1);
	}
	return r;
}

static int exec_status(const struct init *in, int error)
{
	if (in->as->not_started)
		return in->as->not_started;
	if (error == -ENOENT)
		return NOT_FOUND;
	return in->as->peer && error != -EACCES ? in->as->own_error : NOT_EXECUTABLE;
}

static int tell_failure(const struct init *in, const char *command)
{
	const struct spawn_error *failed = &in->failed;

	if (failed->what) {
		warn(failed->error, "start %s: %s", command, failed->what);
		return in->as->own_error;
	}
	if (in->as->exec_line)
		fmt_fd(STDERR_FILENO, in->as->exec_line, command, strerror(-failed->error));
	else
		warn_hint(failed->error, exec_hint(failed->error, command), "%s",
			*command ? command : "''");
	return exec_status(in, failed->error);
}

/* READY=1 for a daemon that cannot say it itself; sd_notify(3).  Never MAINPID: the service is the
 * whole container. */
static void notify_ready(const char *path)
{
	static const char ready[] = "READY=1";
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t length = path ? strlen(path) : 0;
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!length || length >= sizeof(to.sun_path)) {
		warn(0, "--notify: no usable NOTIFY_SOCKET");
		return;
	}
	memcpy(to.sun_path, path, length);
	if (*path == '@')
		to.sun_path[0] = '\0';
	if (fd < 0 ||
		sendto(fd, ready, sizeof(ready) - 1, MSG_NOSIGNAL, (struct sockaddr *)&to,
			(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
		warn(-errno, "--notify: %s", path);
}

static void send_stops(const struct init *in)
{
	for (int sig = SIGTSTP; sig <= SIGTTOU; sig++)
		if (in->failed.stops & SIGNAL_BIT(sig))
			kill(in->main, sig);
}

struct spawn {
	struct init *in;
	struct child *child;
};

static int run_child(void *arg)
{
	const struct spawn *spawn = arg;
	struct init *in = spawn->in;

	in->failed.what = child_become(in, spawn->child, &in->failed.error);
	if (!in->failed.what)
		in->failed.error = execute(in);
	return NOT_FOUND;
}

__attribute__((noinline)) static pid_t clone_child(struct init *in, struct child *child)
{
	_Alignas(16) char stack[CHILD_STACK];
	struct spawn spawn = { in, child };

	return clone(run_child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, &spawn);
}

int init_spawn(struct init *in)
{
	const char *command = in->command[0];
	const char *notify = in->args.notify ? getenv("NOTIFY_SOCKET") : NULL;
	struct child child = { 0 };
	pid_t pid;

	child_plan(in, &child);
	if (in->args.notify)
		unsetenv("NOTIFY_SOCKET");
	in->failed = (struct spawn_error){ 0 };
	step("exec %s", command);
	if (in->placement == SHARED_GROUP)
		sys_rt_sigpending(&in->early);
	pid = clone_child(in, &child);
	if (pid < 0) {
		warn(-errno, "fork");
		return in->as->own_error;
	}
	in->command[0] = (char *)command;
	if (in->failed.error) {
		waitpid(pid, NULL, 0);
		tty_restore(in);
		return tell_failure(in, command);
	}
	in->main = in->last_main = pid;
	send_stops(in);
	if (in->args.notify)
		notify_ready(notify);
	in->args.notify = false;
	return 0;
}
