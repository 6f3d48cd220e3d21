// SPDX-License-Identifier: MIT
/* sig.c - signals a process, or waits for its end, by its number and the time it started.
 *
 * A number alone may by then be another process.  So: open a pidfd, compare the start time
 * (field 22 of /proc/PID/stat), and only then signal through the pidfd. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "applet.h"
#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "parse.h"
#include "procstat.h"
#include "sys.h"

struct sig_args {
	const char *wait;
	bool print;
};

static const struct opt sig_opts[] = {
	OPT('w', "wait", struct sig_args, wait, "TIME", "then wait for its end, at most TIME"),
	OPT('p', "print", struct sig_args, print, NULL, "print when PID started, and end"), OPT_END
};

static pid_t read_pid(const char *word)
{
	pid_t pid;

	if (parse_pid(word, &pid) < 0)
		usage_die("%s: not a process id", word);
	return pid;
}

static int print_start(const char *word)
{
	uint64_t start;
	int r = procstat_start(read_pid(word), &start, NULL);

	if (r < 0)
		die(r, "process %s", word);
	fmt_fd(STDOUT_FILENO, "%llu\n", (unsigned long long)start);
	return 0;
}

static void wait_for_end(int pidfd, const char *pid, uint64_t limit)
{
	struct pollfd fd = { .fd = pidfd, .events = POLLIN };
	int r;

	do
		r = poll(&fd, 1, limit > INT_MAX ? INT_MAX : (int)limit);
	while (r < 0 && errno == EINTR);
	if (!r)
		die(0, "process %s: still there", pid);
	if (r < 0)
		die(-errno, "wait for process %s", pid);
}

static int sig_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct sig_args args = { 0 };
	char **words = applet_args(self, &args, argv, 1);
	uint64_t start, limit = 0;
	int signal = 0, r;
	pid_t pid;

	(void)chain;
	if (args.print)
		return print_start(words[0]);
	pid = read_pid(words[0]);
	if (!words[1] || parse_u64(words[1], 0, UINT64_MAX, &start) < 0)
		usage_die("START: not what `sig --print PID` said");
	if (words[2] && parse_signal(words[2], &signal) < 0)
		usage_die("%s: not a signal", words[2]);
	if (args.wait && parse_duration(args.wait, &limit) < 0)
		usage_die("--wait %s: not a time (as 10 or 500ms)", args.wait);

	CLEANUP_FD int pidfd = procstat_pidfd(pid, start);
	if (pidfd == -ESRCH && args.wait)
		return 0;
	if (pidfd < 0)
		die(pidfd, "process %s", words[0]);
	r = sys_pidfd_send_signal(pidfd, signal, NULL, 0);
	if (r < 0 && !(r == -ESRCH && args.wait))
		die(r, "signal process %s", words[0]);
	if (args.wait)
		wait_for_end(pidfd, words[0], limit);
	return 0;
}

const struct applet sig_applet = {
	.name = "sig",
	.operands = "PID START [SIGNAL]",
	.summary = "signal exactly the process that started then, or wait for its end",
	.opts = sig_opts,
	.unlinked = true, /* of use to scripts only, as `husk sig` */
	.own_error = 1,
	.usage_error = 2,
	.run = sig_run,
};
