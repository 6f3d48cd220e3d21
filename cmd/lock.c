// SPDX-License-Identifier: MIT
/* lock.c - runs a command that holds a flock(2) for its life.
 *
 * --fd: takes the lock for the caller, whose descriptor it is, as flock(2) locks the open file.
 *
 * The descriptor is inherited, so the lock ends with the last process of the command, however
 * that ends: there is no stale lock to clean up. */
#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "applet.h"
#include "clock.h"
#include "err.h"
#include "parse.h"

#define RETRY_NS 10000000L

struct lock_args {
	bool shared;
	const char *wait, *fd;
};

static const struct opt lock_opts[] = { OPT('s', "shared", struct lock_args, shared, NULL,
						"a shared lock, not an exclusive one"),
	OPT('w', "wait", struct lock_args, wait, "TIME", "give up after TIME (0: at once)"),
	OPT('f', "fd", struct lock_args, fd, "FD", "lock what the caller has open, run nothing"),
	OPT_END };

/* By retries and not by alarm(2): the command would inherit neither, but a signal may be lost. */
static int lock_within(int fd, int operation, uint64_t limit)
{
	const struct timespec pause = { .tv_nsec = RETRY_NS };
	uint64_t end = clock_ms() + limit;

	while (flock(fd, operation | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (clock_ms() >= end)
			return -EWOULDBLOCK;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int lock_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct lock_args args = { 0 };
	char **words = applet_args(self, &args, argv, 0);
	int operation, fd, r;
	const char *name = args.fd ? args.fd : words[0];
	uint64_t limit;

	if (args.wait && parse_duration(args.wait, &limit) < 0)
		usage_die("--wait %s: not a time (as 10 or 500ms)", args.wait);
	if (args.fd && words[0])
		usage_die("%s: one operand too many", words[0]);
	if (!args.fd && (!words[0] || !words[1]))
		usage_die("wants FILE and COMMAND");
	operation = args.shared ? LOCK_SH : LOCK_EX;
	if (args.fd && parse_int(args.fd, 0, INT_MAX, &fd) < 0)
		usage_die("--fd %s: not a descriptor", args.fd);
	if (!args.fd)
		fd = open(words[0], O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		die(-errno, "%s", words[0]);
	if (args.wait)
		r = lock_within(fd, operation, limit);
	else
		while ((r = flock(fd, operation) < 0 ? -errno : 0) == -EINTR)
			;
	if (r == -EWOULDBLOCK)
		die(0, "%s: somebody else holds it", name);
	if (r < 0)
		die(r, "lock %s", name);
	if (!args.fd)
		chain->next = words + 1;
	return 0;
}

const struct applet lock_applet = {
	.name = "lock",
	.operands = "[FILE COMMAND [ARG...]]",
	.summary = "run a command that holds a lock on a file",
	.opts = lock_opts,
	.unlinked = true, /* of use to scripts only, as `husk lock` */
	.own_error = 1,
	.usage_error = 2,
	.run = lock_run,
};
