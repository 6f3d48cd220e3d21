// SPDX-License-Identifier: MIT
/* pty.c - runs a command on a pseudo-terminal of its own and talks to it:
 *
 *	pty STEP... -- COMMAND [ARG...]
 *
 *	+TEXT	waits until the session has printed TEXT (behind the last one that was found)
 *	-TEXT	types TEXT; ^C is the control character, ^M the return key
 *	=FILE	waits until FILE exists
 *	@job	waits until another group than the command's own has the foreground; @shell: the own
 *	!	hangs up
 *
 * The command leads the session, in the foreground.  Prints what the session printed.  Ends with
 *the command's status, 128+N for signal N; 99 when a step did not come true within 100 seconds. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define LIMIT 100

static char text[65536];
static size_t used, found;
static int terminal;

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Takes what the session printed; false at its end. */
static int take(int ms)
{
	struct pollfd fd = { .fd = terminal, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, ms) <= 0)
		return 1;
	n = read(terminal, text + used, sizeof(text) - 1 - used);
	if (n <= 0)
		return 0;
	/* A NUL would hide the rest. */
	for (size_t i = used; i < used + (size_t)n; i++)
		if (!text[i])
			text[i] = ' ';
	used += (size_t)n;
	text[used] = '\0';
	return 1;
}

static int expect(const char *wanted)
{
	for (time_t end = now() + LIMIT; now() < end;) {
		char *at = strstr(text + found, wanted);

		if (at) {
			found = (size_t)(at - text) + strlen(wanted);
			return 1;
		}
		if (!take(100) && !strstr(text + found, wanted))
			return 0;
	}
	return 0;
}

static int await(const char *file)
{
	for (time_t end = now() + LIMIT; now() < end; take(20))
		if (!access(file, F_OK))
			return 1;
	return 0;
}

static int await_foreground(int own, pid_t leader)
{
	for (time_t end = now() + LIMIT; now() < end; take(20))
		if ((tcgetpgrp(terminal) == leader) == own)
			return 1;
	return 0;
}

static int type(const char *keys)
{
	for (; *keys; keys++) {
		char c = *keys;

		if (c == '^' && keys[1])
			c = (char)(*++keys & 0x1f);
		if (write(terminal, &c, 1) != 1)
			return 0;
	}
	return 1;
}

/* As a line that breaks or a window that is closed. */
static int hang_up(void)
{
	close(terminal);
	terminal = -1;
	return 1;
}

static void session(char **command)
{
	int slave;

	setsid();
	slave = open(ptsname(terminal), O_RDWR);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
		_exit(98);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	if (slave > 2)
		close(slave);
	close(terminal);
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	execvp(command[0], command);
	_exit(97);
}

static int finish(pid_t pid)
{
	int status = 0;
	pid_t r = 0;

	for (time_t end = now() + LIMIT; !r && now() < end; take(20))
		r = waitpid(pid, &status, WNOHANG);
	if (!r) {
		kill(pid, SIGKILL);
		return 99;
	}
	while (take(0) && used < sizeof(text) - 1) {
		struct pollfd fd = { .fd = terminal, .events = POLLIN };

		if (poll(&fd, 1, 0) <= 0)
			break;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
	int first = 1, status = -1;
	pid_t pid;

	while (first < argc && strcmp(argv[first], "--") != 0)
		first++;
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (first + 1 >= argc || terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
		return 98;
	pid = fork();
	if (!pid)
		session(argv + first + 1);
	for (int i = 1; i < first && status < 0; i++) {
		const char *step = argv[i];
		int done = *step == '+' ? expect(step + 1)
			: *step == '@'  ? await_foreground(!strcmp(step, "@shell"), pid)
			: *step == '='  ? await(step + 1)
			: *step == '!'  ? hang_up()
					: type(step + 1);

		if (!done) {
			fprintf(stderr, "pty: %s\n", step);
			status = 99;
		}
	}
	if (status < 0)
		status = finish(pid);
	else
		kill(pid, SIGKILL);
	fwrite(text, 1, used, stdout);
	return status;
}
