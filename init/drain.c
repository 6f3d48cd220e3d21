// SPDX-License-Identifier: MIT
/* drain.c - ends what main left: TERM and CONT, a grace, KILL, and no longer than it lives.
 *
 * As PID 1 that is all that we see, and kill(-1) reaches it at once.  As a subreaper it is only our
 * children, listed by /proc; what these leave comes to us when they die and is listed then.
 * kill(-1) would be everybody's end there. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "init.h"

#define KILL_GRACE 2000 /* ms for the kernel to end what was killed */

/* Finds pid in the table; 0 finds a free place. */
static pid_t *find_told(struct init *in, pid_t pid)
{
	for (size_t i = 0; i < TOLD_MAX; i++)
		if (in->told[i] == pid)
			return &in->told[i];
	return NULL;
}

void drain_forget(struct init *in, pid_t pid)
{
	pid_t *place = find_told(in, pid);

	if (place)
		*place = 0;
}

/* Each once, or twice where the table is full.  A stopped one could not end without CONT. */
static void terminate(struct init *in, pid_t pid)
{
	pid_t *place = find_told(in, 0);

	if (find_told(in, pid))
		return;
	if (place)
		*place = pid;
	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
}

/* The numbers of our children, with blanks between, read in pieces: sig 0 terminates. */
static void each_child(struct init *in, int sig)
{
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	char buf[256];
	ssize_t size;
	pid_t pid = 0;

	while (fd >= 0 && (size = read(fd, buf, sizeof(buf))) > 0) {
		for (const char *p = buf; p < buf + size; p++) {
			if (*p >= '0' && *p <= '9') {
				pid = pid * 10 + (*p - '0');
				continue;
			}
			if (pid && sig)
				kill(pid, sig);
			else if (pid)
				terminate(in, pid);
			pid = 0;
		}
	}
	if (fd >= 0)
		close(fd);
}

void signal_all(struct init *in, int sig)
{
	if (in->first)
		kill(-1, sig);
	else
		each_child(in, sig);
}

static void terminate_all(struct init *in)
{
	if (!in->first) {
		each_child(in, 0);
		return;
	}
	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
}

static bool nobody_else(const struct init *in)
{
	return !in->first || (kill(-1, 0) < 0 && errno == ESRCH);
}

/* Whether the last process is gone; reap() stops at main, there may be zombies behind it. */
static bool nothing_left(struct init *in)
{
	if (in->first && nobody_else(in))
		return true;
	reap(in);
	return in->childless && nobody_else(in);
}

static void kill_all(struct init *in)
{
	in->killing = true;
	in->deadline = init_now() + KILL_GRACE;
	signal_all(in, SIGKILL);
}

bool drain(struct init *in)
{
	bool at_once = in->as->peer || (in->first && !in->grace && !in->system);

	if (at_once || nothing_left(in))
		return true;
	if (!in->deadline && in->grace) {
		in->deadline = init_now() + in->grace;
		terminate_all(in);
	} else if (!in->deadline) {
		kill_all(in);
	} else if (init_now() >= in->deadline) {
		if (in->killing)
			return true;
		kill_all(in);
	} else if (!in->first && in->killing) {
		signal_all(in, SIGKILL);
	} else if (!in->first) {
		terminate_all(in);
	}
	return false;
}
