// SPDX-License-Identifier: MIT
/* sigwait.c - sigwait FILE: blocks every signal, as a PID 1 does that has a signalfd, makes FILE,
 * takes the first signal and ends with its number. */
#include <fcntl.h>
#include <signal.h>

int main(int argc, char **argv)
{
	sigset_t all;
	int sig;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, 0);
	if (argc != 2 || open(argv[1], O_CREAT | O_WRONLY, 0644) < 0)
		return 98;
	return sigwait(&all, &sig) ? 99 : sig;
}
