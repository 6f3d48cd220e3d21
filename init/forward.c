// SPDX-License-Identifier: MIT
/* forward.c - what becomes of a signal that we got. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "init.h"
#include "sys.h"

static void tell_eperm(struct init *in, int sig)
{
	if (in->eperm_told)
		return;
	in->eperm_told = true;
	warn(-EPERM, "pass signal %d on to process %d", sig, (int)in->main);
}

/* A queued signal keeps its value and its sender.  The kernel lets nobody pretend kill(2). */
static int send_main(const struct init *in, const struct signalfd_siginfo *si, int sig)
{
	siginfo_t info;

	if (si->ssi_code >= 0 || si->ssi_code == SI_TKILL)
		return kill(in->main, sig) < 0 ? -errno : 0;
	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = si->ssi_code;
	info.si_pid = (pid_t)si->ssi_pid;
	info.si_uid = si->ssi_uid;
	info.si_value.sival_ptr = (void *)(uintptr_t)si->ssi_ptr;
	return sys_rt_sigqueueinfo(in->main, sig, &info);
}

static void pass_on(struct init *in, const struct signalfd_siginfo *si)
{
	const struct route *route = &in->routes[si->ssi_signo];
	int r = 0;

	if (!route->signal)
		return;
	step("kill -%d %d", route->signal, (int)in->main);
	if (route->target == TO_ALL)
		signal_all(in, route->signal);
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

/* As far as we stand in the child's group: then it got the same. */
static bool from_terminal(const struct init *in, const struct signalfd_siginfo *si)
{
	return si->ssi_code == SI_KERNEL && in->placement == SHARED_GROUP;
}

/* What we raised ourselves, and what the terminal sent to the child too, as it stands in our
 * group.  No wider rule: what the caller raised in this process before it became us is meant for
 * the child. */
static bool is_ours(struct init *in, const struct signalfd_siginfo *si)
{
	uint64_t bit = SIGNAL_BIT(si->ssi_signo);

	if (si->ssi_code == SI_USER && (pid_t)si->ssi_pid == in->self && (in->own_signals & bit)) {
		if (si->ssi_signo != SIGPIPE)
			in->own_signals &= ~bit;
		return true;
	}
	if (in->early & bit) {
		in->early &= ~bit;
		return false;
	}
	return from_terminal(in, si);
}

/* Without a command the first request to stop ends us; a second one ends the rest at once. */
static void stop_without_main(struct init *in)
{
	if (in->main_ended)
		in->deadline = init_now();
	in->main_ended = true;
}

void forward_signal(struct init *in, const struct signalfd_siginfo *si)
{
	bool stop = si->ssi_signo == SIGTERM || si->ssi_signo == SIGINT;
	bool ours = is_ours(in, si);

	if (in->system) {
		machine_signal(in, (int)si->ssi_signo);
		return;
	}
	if (!in->main) {
		if (stop && !ours)
			stop_without_main(in);
		return;
	}
	if (!ours)
		pass_on(in, si);
	if (stop && in->stop_timeout && !in->deadline)
		in->deadline = init_now() + in->stop_timeout;
	/* The terminal stopped our whole group, and whoever waits for us is to see that. */
	if (is_terminal_stop(si->ssi_signo) &&
		(in->as->suspends || (from_terminal(in, si) && !in->first)))
		kill(in->self, SIGSTOP);
}
