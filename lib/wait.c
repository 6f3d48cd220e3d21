// SPDX-License-Identifier: MIT
/* wait.c - see wait.h.
 *
 * Signals are taken one by one with sigtimedwait(2), so that nothing runs in a handler and none is
 * lost between two looks.  TSTP, TTIN and TTOU keep their default: the kernel stops us with the
 * rest of the job.  The child is a zombie until it is reaped here, so its number cannot be reused
 * and kill(2) needs no pidfd. */
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proc.h"
#include "sig.h"
#include "sys.h"
#include "tty.h"

#define FIRST_LOOK_MS 10
#define LONGEST_MS    80

static uint64_t bit(int sig)
{
	return (uint64_t)1 << (sig - 1);
}

void wait_prepare(struct waiter *waiter)
{
	*waiter = (struct waiter){ .tty = tty_hold_foreground() };
	signal(SIGCHLD, SIG_DFL);
	sig_block_all(NULL);
}

void wait_child(struct waiter *waiter)
{
	if (waiter->tty >= 0)
		close(waiter->tty);
	waiter->tty = -1;
}

/* Everything but what stops the job, and the faults of our own code. */
static void waited_signals(sigset_t *set)
{
	static const int left_out[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGTRAP, SIGSYS };

	memset(set, 0xff, sizeof(*set));
	for (size_t i = 0; i < sizeof(left_out) / sizeof(*left_out); i++)
		sigdelset(set, left_out[i]);
}

static bool ends_by_default(int sig)
{
	return sig != SIGCHLD && sig != SIGCONT && sig != SIGURG && sig != SIGWINCH;
}

static bool is_ignored(int sig)
{
	struct sigaction action;

	/* libc refuses to talk about the signals that it uses itself: those are not ignored. */
	return !sigaction(sig, NULL, &action) && action.sa_handler == SIG_IGN;
}

enum verdict { TAKES, DROPS, UNKNOWN };

/* Twice, since between two files, and between two lines of one, the process may go on. */
static enum verdict judge(int dir, int sig)
{
	enum verdict verdict[2] = { UNKNOWN, UNKNOWN };
	struct proc_status child;

	for (int round = 0; round < 2; round++) {
		if (proc_status(dir, &child) < 0 || (child.caught | child.ignored) & bit(sig))
			return TAKES;
		/* What it drops is never pending. */
		if (child.pending & bit(sig))
			return UNKNOWN;
		if (!(child.blocked & bit(sig)))
			verdict[round] = proc_in_sigwait(dir) ? TAKES : DROPS;
		else if (child.asleep)
			verdict[round] = TAKES;
	}
	return verdict[0] == verdict[1] ? verdict[0] : UNKNOWN;
}

/* Without /proc nobody can tell: the signal was passed on, and that is all. */
static enum verdict ask_child(const struct waiter *waiter, int sig)
{
	int pidfd = sys_pidfd_open(waiter->pid, 0);
	int dir = proc_open(pidfd, waiter->pid);
	enum verdict verdict = dir < 0 ? TAKES : judge(dir, sig);

	if (dir >= 0)
		close(dir);
	if (pidfd >= 0)
		close(pidfd);
	return verdict;
}

/* The kernel drops a signal for a PID 1 that has its default action.  Whether it has is known once
 * the signal is no longer pending in the child: while it is, the child may be about to execute its
 * program (unblocking drops the signal) or to take it from a signalfd.  Who sleeps with the signal
 * blocked has taken it so.  Who runs may have blocked it after it was dropped: a shell in wait(1)
 * blocks all for a moment, which is long on a busy machine. */
static void enforce(struct waiter *waiter)
{
	enum verdict verdict = ask_child(waiter, waiter->watched);

	if (verdict == UNKNOWN) {
		waiter->delay_ms *= waiter->delay_ms < LONGEST_MS ? 2 : 1;
		return;
	}
	if (verdict == DROPS) {
		waiter->enforced = waiter->watched;
		kill(waiter->pid, SIGKILL);
	}
	waiter->watched = 0;
}

/* The kernel sends these to every process of the foreground group: the child has it already. */
static bool from_terminal(const siginfo_t *info)
{
	return info->si_code > 0 &&
		(info->si_signo == SIGINT || info->si_signo == SIGQUIT ||
			info->si_signo == SIGHUP || info->si_signo == SIGWINCH);
}

static void forward(struct waiter *waiter, const siginfo_t *info)
{
	int sig = info->si_signo;

	if (is_ignored(sig))
		return;
	if (!from_terminal(info))
		kill(waiter->pid, sig);
	if (waiter->init && ends_by_default(sig) && !waiter->enforced) {
		waiter->watched = sig;
		waiter->delay_ms = FIRST_LOOK_MS;
		enforce(waiter);
	}
}

/* The child stopped: so do we, that the shell sees it.  Not when the shell has continued the job
 * meanwhile: a SIGSTOP would discard the pending SIGCONT, and nobody would send another. */
static void stop_with_child(struct waiter *waiter)
{
	const struct timespec now = { 0, 0 };
	sigset_t cont;

	memset(&cont, 0, sizeof(cont));
	sigaddset(&cont, SIGCONT);
	if (sigtimedwait(&cont, NULL, &now) < 0)
		kill(getpid(), SIGSTOP);
	kill(waiter->pid, SIGCONT);
}

/* Reaps the child if it has ended. */
static bool ended(struct waiter *waiter, int *status)
{
	pid_t pid = waitpid(waiter->pid, status, WNOHANG | WUNTRACED);

	if (pid < 0) {
		*status = -errno;
		return true;
	}
	if (pid && WIFSTOPPED(*status)) {
		stop_with_child(waiter);
		return false;
	}
	return pid > 0;
}

int wait_for(struct waiter *waiter, pid_t pid, bool init)
{
	sigset_t set;
	int status;

	waiter->pid = pid;
	waiter->init = init;
	waited_signals(&set);
	sig_restore(&set);
	for (;;) {
		struct timespec delay = { waiter->delay_ms / 1000,
			waiter->delay_ms % 1000 * 1000000 };
		siginfo_t info;
		int sig = sigtimedwait(&set, &info, waiter->watched ? &delay : NULL);

		if (sig == SIGCHLD) {
			if (ended(waiter, &status))
				break;
		} else if (sig > 0) {
			forward(waiter, &info);
		} else if (waiter->watched) {
			enforce(waiter);
		}
	}
	sig_block_all(NULL);
	tty_restore_foreground(waiter->tty);
	wait_child(waiter);
	/* Of the signals that PID 1 was killed for, only ours is of interest to the caller. */
	return waiter->enforced && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
		? waiter->enforced
		: status;
}

int wait_status(int status)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t set;
	int sig;

	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	sig = WTERMSIG(status);
	setrlimit(RLIMIT_CORE, &no_core);
	signal(sig, SIG_DFL);
	memset(&set, 0xff, sizeof(set));
	sigdelset(&set, sig);
	kill(getpid(), sig);
	sig_restore(&set);
	return 128 + sig;
}

int wait_arm(const struct chain *chain)
{
	struct pollfd end = { .fd = chain->life_fd };

	if (!chain->pdeath_signal)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, chain->pdeath_signal) < 0)
		return -errno;
	return poll(&end, 1, 0) != 0 ? -ECANCELED : 0;
}
