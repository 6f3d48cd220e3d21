// SPDX-License-Identifier: MIT
/* loop.c - what PID 1 does for the rest of its life: two system calls a signal, none when idle.
 *
 * SIGCHLD says no more than "go and wait until there is nothing": any number of deaths is one
 * signal.  A read takes up to 32 signals, and as a full one may hide a SIGCHLD behind a flood of
 * smaller numbers, it reaps too.  When main has ended, what it left gets TERM and CONT, then KILL
 * when its grace is over; nothing more is waited for than the last of them. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "init.h"
#include "parse.h"
#include "sys.h"

#define BATCH       32
#define POLL_JOINED 50   /* ms: processes that joined our namespace send their SIGCHLD elsewhere */
#define KILL_GRACE  2000 /* ms: for the kernel to end what was killed */

uint64_t init_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void tell_eperm(struct init *in, int sig)
{
	if (in->eperm_told)
		return;
	in->eperm_told = true;
	warn(-EPERM, "pass signal %d on to process %d", sig, (int)in->main);
}

static void to_siginfo(const struct signalfd_siginfo *from, siginfo_t *to)
{
	memset(to, 0, sizeof(*to));
	to->si_signo = (int)from->ssi_signo;
	to->si_code = from->ssi_code;
	to->si_pid = (pid_t)from->ssi_pid;
	to->si_uid = from->ssi_uid;
	to->si_value.sival_ptr = (void *)(uintptr_t)from->ssi_ptr;
}

/* A queued signal keeps its value and sender.  The kernel lets nobody pretend to be kill(2). */
static int send_main(const struct init *in, const struct signalfd_siginfo *si, int sig)
{
	siginfo_t info;

	if (si->ssi_code >= 0 || si->ssi_code == SI_TKILL)
		return kill(in->main, sig) < 0 ? -errno : 0;
	to_siginfo(si, &info);
	info.si_signo = sig;
	return sys_rt_sigqueueinfo(in->main, sig, &info);
}

static void pass_on(struct init *in, const struct signalfd_siginfo *si)
{
	const struct route *route = &in->routes[si->ssi_signo];
	int r = 0;

	if (!route->signal)
		return;
	if (route->target == TO_ALL)
		init_signal_all(in, route->signal);
	else if (route->target == TO_GROUP && in->placement != SHARED_GROUP)
		r = kill(-in->main, route->signal) < 0 ? -errno : 0;
	else
		r = send_main(in, si, route->signal);
	if (r == -EPERM)
		tell_eperm(in, route->signal);
}

static bool is_terminal_stop(uint32_t sig)
{
	return sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

/* Signals that are not to be passed on: what we did ourselves, and what the terminal sent to the
 * child too, as it stands in our group. */
static bool is_ours(struct init *in, const struct signalfd_siginfo *si)
{
	uint64_t bit = si->ssi_signo < 32 ? 1u << si->ssi_signo : 0;

	if (si->ssi_code == SI_USER && (pid_t)si->ssi_pid == in->self && (in->own_signals & bit)) {
		if (si->ssi_signo != SIGPIPE)
			in->own_signals &= ~bit;
		return true;
	}
	return si->ssi_code == SI_KERNEL && in->placement == SHARED_GROUP;
}

static void on_signal(struct init *in, const struct signalfd_siginfo *si)
{
	bool stop = si->ssi_signo == SIGTERM || si->ssi_signo == SIGINT;
	bool ours = is_ours(in, si);

	if (!in->main) {
		/* Without a command the first request to stop ends us, the second all at once. */
		if (stop && in->main_ended)
			in->deadline = init_now();
		in->main_ended |= stop;
		return;
	}
	if (!ours)
		pass_on(in, si);
	if (stop && in->stop_timeout && !in->deadline)
		in->deadline = init_now() + in->stop_timeout;
	/* The terminal stopped our whole group, and whoever waits for us is to see that. */
	if (is_terminal_stop(si->ssi_signo) && (in->as->suspends || (ours && !in->first)))
		kill(in->self, SIGSTOP);
}

static void main_ended(struct init *in, int status)
{
	/* While it is there its number is not given to another group. */
	if (in->as->term_group && in->placement != SHARED_GROUP)
		kill(-in->main, SIGTERM);
	in->main = 0;
	in->main_ended = true;
	in->status = status;
	in->deadline = 0;
}

static void orphan_ended(struct init *in, pid_t pid, int status)
{
	in->reaped++;
	if (in->main_ended)
		in->left++;
	if (in->killing && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		in->killed++;
	if (in->args.warn_reaped)
		warn(0, "Reaped zombie process with pid=%d", (int)pid);
	if (!in->first)
		init_forget(in, pid);
}

static void reap(struct init *in)
{
	/* Only a group of its own, with a terminal, is ours to continue. */
	const int flags = WNOHANG | (in->tty.fd >= 0 ? WUNTRACED : 0);

	for (;;) {
		int status;
		pid_t pid = wait4(-1, &status, flags, NULL);

		if (pid <= 0) {
			in->childless = pid < 0;
			return;
		}
		if (pid == in->main && WIFSTOPPED(status))
			tty_child_stopped(in, WSTOPSIG(status));
		else if (WIFSTOPPED(status))
			continue;
		else if (pid != in->main)
			orphan_ended(in, pid, status);
		else {
			main_ended(in, status);
			return;
		}
	}
}

/* Whether the last process is gone.  main_ended() may have left zombies behind it. */
static bool nothing_left(struct init *in)
{
	if (in->first && kill(-1, 0) < 0 && errno == ESRCH)
		return true;
	reap(in);
	return in->childless && (!in->first || (kill(-1, 0) < 0 && errno == ESRCH));
}

static void end_what_is_left(struct init *in, bool now)
{
	in->deadline = init_now() + (now ? KILL_GRACE : in->grace);
	in->killing = now;
	if (now)
		init_signal_all(in, SIGKILL);
	else
		init_terminate_all(in);
}

/* After main: ends what it left.  Returns true when that is done. */
static bool drain(struct init *in)
{
	if (in->as->peer || (in->first && !in->grace) || nothing_left(in))
		return true;
	if (!in->deadline) {
		end_what_is_left(in, !in->grace);
	} else if (init_now() >= in->deadline) {
		if (in->killing)
			return true;
		end_what_is_left(in, true);
	} else if (!in->first && in->killing) {
		init_signal_all(in, SIGKILL);
	} else if (!in->first) {
		init_terminate_all(in);
	}
	return false;
}

static void stop_timed_out(struct init *in)
{
	if (!in->main || !in->deadline || init_now() < in->deadline)
		return;
	in->deadline = 0;
	in->reason = "stop-timeout";
	kill(in->main, SIGKILL);
}

/* Waits for a signal or the deadline: true for a signal. */
static bool wait_signal(const struct init *in, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	uint64_t now, left;

	if (!in->deadline)
		return true;
	now = init_now();
	left = in->deadline > now ? in->deadline - now : 0;
	if (in->main_ended && in->childless && left > POLL_JOINED)
		left = POLL_JOINED;
	return poll(&poll_fd, 1, left > INT32_MAX ? INT32_MAX : (int)left) > 0;
}

static int run_loop(struct init *in, int fd)
{
	struct signalfd_siginfo batch[BATCH];

	for (;;) {
		size_t count = 0;
		bool death = false;

		if (wait_signal(in, fd)) {
			ssize_t size = read(fd, batch, sizeof(batch));

			count = size > 0 ? (size_t)size / sizeof(*batch) : 0;
		}
		for (size_t i = 0; i < count; i++) {
			if (batch[i].ssi_signo == SIGCHLD)
				death = true;
			else
				on_signal(in, &batch[i]);
		}
		if (death || count == BATCH)
			reap(in);
		stop_timed_out(in);
		if (in->main_ended && drain(in))
			return 0;
	}
}

int init_loop(struct init *in)
{
	sigset_t all;
	int fd, code;

	memset(&all, 0xff, sizeof(all));
	fd = signalfd(-1, &all, SFD_CLOEXEC);
	if (fd < 0) {
		warn(-errno, "signalfd");
		if (in->main)
			kill(in->main, SIGKILL);
		return in->as->own_error;
	}
	run_loop(in, fd);
	tty_restore(in);
	code = WIFSIGNALED(in->status) ? 128 + WTERMSIG(in->status) : WEXITSTATUS(in->status);
	return in->exit_codes[code & 255];
}
