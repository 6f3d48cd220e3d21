// SPDX-License-Identifier: MIT
/* loop.c - what PID 1 does for the rest of its life: two system calls a signal, none when idle.
 *
 * SIGCHLD says no more than "wait until there is nothing": any number of deaths is one signal.  A
 * read takes up to 16 signals; a full one may hide a SIGCHLD behind a flood of smaller numbers, so
 * that reaps too. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "err.h"
#include "init.h"

#define BATCH       16 /* a read; more would be another page of stack */
#define POLL_JOINED 50 /* ms: the parents of processes that joined us get their SIGCHLD, not we */

/* The linker's: where the code begins, and where the constants behind it end. */
extern const char __executable_start[], __init_array_start[];

uint64_t init_now(void)
{
	return clock_ms();
}

/* Gives back what the start touched and the loop will not: the stack below us, which earlier links
 * of the chain have used too, and the pages of the binary.  Of these the loop maps its few again.
 */
LOOP __attribute__((noinline)) static void release_memory(void)
{
	const uintptr_t page = (uintptr_t)getpagesize(), reach = 256 * 1024, slack = 512;
	uintptr_t below = ((uintptr_t)__builtin_frame_address(0) - slack) & ~(page - 1);
	uintptr_t text = (uintptr_t)__executable_start & ~(page - 1);

	madvise((void *)(below - reach), reach, MADV_DONTNEED);
	madvise((void *)text, ((uintptr_t)__init_array_start - text) & ~(page - 1), MADV_DONTNEED);
}

LOOP static int time_left(const struct init *in)
{
	uint64_t now, left;

	if (!in->deadline)
		return -1;
	now = init_now();
	left = in->deadline > now ? in->deadline - now : 0;
	if (in->main_ended && in->childless && left > POLL_JOINED && !in->system)
		left = POLL_JOINED;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

/* Waits for a signal, the end of main where the kernel reaps, or the deadline.  Returns whether
 * there is a signal to read. */
LOOP static bool wait_event(struct init *in, int fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = in->pidfd } };

	if (!in->deadline && in->pidfd < 0)
		return true;
	if (poll(fds, 2, time_left(in)) <= 0)
		return false;
	if (fds[1].revents & POLLHUP)
		reap_main(in);
	return fds[0].revents & POLLIN;
}

LOOP static void read_signals(struct init *in, int fd)
{
	struct signalfd_siginfo batch[BATCH];
	ssize_t size = read(fd, batch, sizeof(batch));
	size_t count = size > 0 ? (size_t)size / sizeof(*batch) : 0;
	bool death = count == BATCH;

	for (size_t i = 0; i < count; i++) {
		if (batch[i].ssi_signo == SIGCHLD)
			death = true;
		else
			forward_signal(in, &batch[i]);
	}
	if (!death)
		return;
	/* A line that tini's own tests look for. */
	if (in->args.verbose > 2)
		step("Received SIGCHLD");
	reap(in);
}

static void enforce_stop_timeout(struct init *in)
{
	if (!in->main || in->system || !in->deadline || init_now() < in->deadline)
		return;
	in->deadline = 0;
	in->reason = "stop-timeout";
	kill(in->main, SIGKILL);
}

LOOP static bool is_over(struct init *in)
{
	return (in->system ? machine_is_over(in) : in->main_ended) && drain(in);
}

LOOP __attribute__((noinline)) static void run_loop(struct init *in, int fd)
{
	release_memory();
	while (!is_over(in)) {
		if (wait_event(in, fd))
			read_signals(in, fd);
		enforce_stop_timeout(in);
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
	if (in->kernel_reaps)
		reap_by_kernel(in);
	run_loop(in, fd);
	tty_restore(in);
	code = WIFSIGNALED(in->status) ? 128 + WTERMSIG(in->status) : WEXITSTATUS(in->status);
	code = in->exit_codes[code & 255];
	report_write(in, code);
	if (in->system)
		machine_shutdown(in);
	return code;
}
