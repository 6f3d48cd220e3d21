// SPDX-License-Identifier: MIT
/* children.c - the processes that are ours to end.
 *
 * As PID 1 these are all that we see, and kill(-1) reaches them at once.  As a subreaper only our
 * children are, listed by /proc; what they leave comes to us when they die and is listed then.
 * kill(-1) would be everybody's end there. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "init.h"

/* Finds pid in the table; 0 finds a free place. */
static pid_t *find_told(struct init *in, pid_t pid)
{
	for (size_t i = 0; i < TOLD_MAX; i++)
		if (in->told[i] == pid)
			return &in->told[i];
	return NULL;
}

void init_forget(struct init *in, pid_t pid)
{
	pid_t *place = find_told(in, pid);

	if (place)
		*place = 0;
}

/* With a full table some are told twice. */
static void terminate(struct init *in, pid_t pid)
{
	pid_t *place;

	if (find_told(in, pid))
		return;
	place = find_told(in, 0);
	if (place)
		*place = pid;
	kill(pid, SIGTERM);
	kill(pid, SIGCONT);
}

/* The numbers of our children, with blanks between, read in pieces: sig 0 terminates. */
static bool each_child(struct init *in, int sig)
{
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	char buf[256];
	ssize_t size;
	pid_t pid = 0;
	bool any = false;

	while (fd >= 0 && (size = read(fd, buf, sizeof(buf))) > 0) {
		for (const char *p = buf; p < buf + size; p++) {
			if (*p >= '0' && *p <= '9') {
				pid = pid * 10 + (*p - '0');
				continue;
			}
			any |= pid > 0;
			if (pid > 0 && sig)
				kill(pid, sig);
			else if (pid > 0)
				terminate(in, pid);
			pid = 0;
		}
	}
	if (fd >= 0)
		close(fd);
	return any;
}

bool init_signal_all(struct init *in, int sig)
{
	if (in->first)
		return kill(-1, sig) == 0 || errno != ESRCH;
	return each_child(in, sig);
}

bool init_terminate_all(struct init *in)
{
	if (!in->first)
		return each_child(in, 0);
	kill(-1, SIGTERM);
	return kill(-1, SIGCONT) == 0 || errno != ESRCH;
}
