// SPDX-License-Identifier: MIT
/* spawn.c - starts the command.
 *
 * By vfork: the parent sleeps until the child executes or has failed, so nothing can be passed on
 * to a child that has no group of its own yet or would lose it in the exec; and the child works on
 * the stack pages that are there already.  It runs in our memory: it only stores its error. */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "err.h"
#include "exec.h"
#include "fmt.h"
#include "init.h"
#include "parse.h"
#include "sig.h"

#define SHELL          "/bin/sh"
#define NOT_EXECUTABLE 126
#define NOT_FOUND      127

/* LISTEN_PID and WATCHDOG_PID say for which process the variables beside them are.  The caller
 * could only name us; it meant the command. */
struct pid_variable {
	const char *name;
	char **place; /* in environ; NULL: it is for somebody else */
	char text[32];
};

static void find_pid_variable(const struct init *in, struct pid_variable *variable)
{
	size_t length = strlen(variable->name);
	pid_t pid;

	for (char **place = environ; place && *place; place++)
		if (!strncmp(*place, variable->name, length) && (*place)[length] == '=' &&
			!parse_pid(*place + length + 1, &pid) && pid == in->self)
			variable->place = place;
}

static void set_pid_variable(struct pid_variable *variable)
{
	if (!variable->place)
		return;
	fmt_buf(variable->text, sizeof(variable->text), "%s=%d", variable->name, (int)getpid());
	*variable->place = variable->text;
}

/* Where execvp(3) found the command: as far as it is needed, for a file that is no program. */
static const char *find_in_path(const char *name, char *buf, size_t size)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return name;
	for (; path && *path; path += *path == ':') {
		size_t length = strcspn(path, ":");

		if (!fmt_path(buf, size, "%.*s/%s", (int)length, path, name) && !access(buf, X_OK))
			return buf;
		path += length;
	}
	return name;
}

/* execvp(3), and what POSIX adds and musl leaves out: a script without #! is the shell's.  The word
 * before argv is free: it was our own name, or the end of our options. */
static void execute(char **argv)
{
	char path[PATH_MAX];

	execvp(argv[0], argv);
	if (errno != ENOEXEC)
		return;
	argv[0] = (char *)find_in_path(argv[0], path, sizeof(path));
	argv[-1] = (char *)SHELL;
	execv(SHELL, argv - 1);
	errno = ENOEXEC;
}

static const char *prepare_child(const struct init *in)
{
	const char *failed = tty_enter(in);

	if (failed)
		return failed;
	if (in->caller_chld.sa_handler == SIG_IGN)
		sigaction(SIGCHLD, &in->caller_chld, NULL);
	sig_restore(in->mask);
	return NULL;
}

static int exec_status(const struct init *in, int error)
{
	if (in->as->not_started)
		return in->as->not_started;
	if (error == -ENOENT)
		return NOT_FOUND;
	return in->as->peer && error != -EACCES ? in->as->own_error : NOT_EXECUTABLE;
}

static int report_failure(const struct init *in, const char *command)
{
	const struct spawn_error *failed = &in->failed;

	if (failed->what) {
		warn(failed->error, "%s: %s", command, failed->what);
		return in->as->own_error;
	}
	if (in->as->exec_line)
		fmt_fd(STDERR_FILENO, in->as->exec_line, command, strerror(-failed->error));
	else
		warn_hint(failed->error, exec_hint(failed->error, command), "%s", command);
	return exec_status(in, failed->error);
}

int init_spawn(struct init *in)
{
	struct pid_variable variables[] = { { .name = "LISTEN_PID" }, { .name = "WATCHDOG_PID" } };
	const char *command = in->command[0];
	pid_t pid;

	for (size_t i = 0; i < 2; i++)
		find_pid_variable(in, &variables[i]);
	pid = vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork): see the top
	if (pid < 0) {
		warn(-errno, "fork");
		return in->as->own_error;
	}
	if (!pid) {
		for (size_t i = 0; i < 2; i++)
			set_pid_variable(&variables[i]);
		in->failed.what = prepare_child(in);
		if (!in->failed.what)
			execute(in->command);
		in->failed.error = -errno;
		_exit(NOT_FOUND);
	}
	if (!in->failed.error) {
		in->main = pid;
		return 0;
	}
	tty_restore(in);
	return report_failure(in, command);
}
