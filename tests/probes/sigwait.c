// SPDX-License-Identifier: MIT
/* sigwait.c - a PID 1 that blocks every signal.
 *
 *	sigwait FILE	as one does that has a signalfd: makes FILE, takes the first signal and ends
 *			with its number
 *	sigwait FILE N M	as a shell between two commands, on a busy machine: N milliseconds
 *at work with every signal blocked, then M asleep with none, for ever */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void work_and_sleep(const sigset_t *all, long work, unsigned sleep)
{
	for (;;) {
		long end = now() + work;

		sigprocmask(SIG_BLOCK, all, 0);
		while (now() < end)
			;
		sigprocmask(SIG_UNBLOCK, all, 0);
		usleep(sleep * 1000);
	}
}

int main(int argc, char **argv)
{
	sigset_t all;
	int sig;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, 0);
	if (argc < 2 || open(argv[1], O_CREAT | O_WRONLY, 0644) < 0)
		return 98;
	if (argc > 3)
		work_and_sleep(&all, atol(argv[2]), (unsigned)atol(argv[3]));
	return sigwait(&all, &sig) ? 99 : sig;
}
