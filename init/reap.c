// SPDX-License-Identifier: MIT
/* reap.c - waits for what has ended, or has the kernel do it.
 *
 * With SIGCHLD ignored the kernel reaps and we are not even woken: a storm of orphans costs us
 * nothing.  How main ended is then asked of its pidfd (Linux 6.15), once that says HUP: at IN the
 * record is not there yet. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "init.h"
#include "sys.h"

#define PROBE_STATUS 42

static void main_ended(struct init *in, int status)
{
	/* While main is not reaped its number is not given to another group. */
	if (in->as->term_group && in->placement != SHARED_GROUP)
		kill(-in->main, SIGTERM);
	in->main = 0;
	in->main_ended = true;
	in->status = status;
	/* That of a stop, unless the end of everything has begun. */
	if (!in->machine.reboot)
		in->deadline = 0;
}

static void orphan_ended(struct init *in, pid_t pid, int status)
{
	in->reaped++;
	in->left += in->main_ended;
	in->killed += in->killing && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (in->args.warn_reaped)
		warn(0, "Reaped zombie process with pid=%d", (int)pid);
	if (!in->first)
		drain_forget(in, pid);
}

void reap(struct init *in)
{
	/* Stops matter only where the child has a group of its own and a terminal. */
	const int flags = WNOHANG | (in->tty.fd >= 0 ? WUNTRACED : 0);
	struct rusage *usage = in->report.fd >= 0 && in->main ? &in->usage : NULL;

	for (;;) {
		int status;
		pid_t pid = wait4(-1, &status, flags, usage);

		if (pid <= 0) {
			in->childless = pid < 0;
			return;
		}
		if (pid == in->main && WIFSTOPPED(status)) {
			tty_child_stopped(in, WSTOPSIG(status));
		} else if (pid == in->main) {
			main_ended(in, status);
			return;
		} else if (!WIFSTOPPED(status)) {
			orphan_ended(in, pid, status);
		}
	}
}

static void set_sigchld(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler };

	sigaction(SIGCHLD, &action, NULL);
}

/* Tries with a child that is thrown away. */
static bool kernel_keeps_status(void)
{
	int pidfd, status = 0, r;
	pid_t pid = fork();

	if (!pid)
		_exit(PROBE_STATUS);
	pidfd = pid < 0 ? -1 : sys_pidfd_open(pid, 0);
	if (pid > 0)
		wait4(pid, NULL, 0, NULL);
	if (pidfd < 0)
		return false;
	r = sys_pidfd_exit_status(pidfd, &status);
	close(pidfd);
	return !r && WIFEXITED(status) && WEXITSTATUS(status) == PROBE_STATUS;
}

void reap_by_kernel(struct init *in)
{
	/* Neither the orphans' numbers nor stops are told to who ignores SIGCHLD. */
	if (in->args.warn_reaped || in->tty.fd >= 0 || !in->main || !kernel_keeps_status())
		return;
	in->pidfd = sys_pidfd_open(in->main, 0);
	if (in->pidfd < 0)
		return;
	set_sigchld(SIG_IGN);
	reap(in);
	if (!in->main)
		reap_main(in);
}

void reap_main(struct init *in)
{
	int status = 0;

	if (in->main && sys_pidfd_exit_status(in->pidfd, &status) == 0)
		main_ended(in, status);
	close(in->pidfd);
	in->pidfd = -1;
	set_sigchld(SIG_DFL);
}
