// SPDX-License-Identifier: MIT
/* poweroff.c - poweroff, reboot and halt: asks the first process to end everything in order.
 *
 * By the signals that cinit --system and systemd both know; any other init takes them as it takes
 * every signal, a container's cinit passes them on to its command.  No link is made of these names:
 * in most roots they are another program's. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "applet.h"
#include "cleanup.h"
#include "err.h"
#include "proc.h"

#define RTMIN 34 /* the kernel's; libc keeps the first few of them for itself */

struct poweroff_args {
	bool force;
};

static const struct opt poweroff_opts[] = {
	OPT('f', "force", struct poweroff_args, force, NULL, "at once, without asking PID 1"),
	OPT_END,
};

static const struct ending {
	const char *name;
	int signal;
	unsigned reboot;
} endings[] = {
	{ "halt", RTMIN + 3, RB_HALT_SYSTEM },
	{ "reboot", RTMIN + 5, RB_AUTOBOOT },
	{ "poweroff", RTMIN + 4, RB_POWER_OFF },
};

static const struct ending *find_ending(const char *called)
{
	const struct ending *ending = endings;
	const char *slash = strrchr(called, '/');

	called = slash ? slash + 1 : called;
	while (strcmp(ending->name, called) != 0 && strcmp(ending->name, "poweroff") != 0)
		ending++;
	return ending;
}

/* Of another one it would be lost, or PID 1 of an outer namespace would end by it. */
static void check_init(const struct ending *ending)
{
	CLEANUP_FD int dir = proc_open(-1, 1);
	struct proc_status status;
	int r = dir < 0 ? dir : proc_status(dir, &status);

	if (r < 0)
		die(r, "look at PID 1");
	if (!((status.blocked | status.caught) & UINT64_C(1) << (ending->signal - 1)))
		die_hint(0, "--force does it all the same", "PID 1 does not take signal %d",
			ending->signal);
}

static int poweroff_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct poweroff_args args = { 0 };
	const struct ending *ending = find_ending(argv[0]);

	(void)chain;
	err_applet(ending->name, self->own_error, self->usage_error);
	if (applet_args(self, &args, argv, 0)[0])
		usage_die("no operand is taken");
	if (!args.force) {
		check_init(ending);
		if (kill(1, ending->signal) < 0)
			die(-errno, "signal PID 1");
		return 0;
	}
	sync();
	reboot((int)ending->reboot);
	die(-errno, "reboot");
}

const struct applet poweroff_applet = {
	.name = "poweroff",
	.also = "reboot halt",
	.operands = "",
	.summary = "end the machine or the container in order; reboot and halt likewise",
	.opts = poweroff_opts,
	.own_error = 1,
	.usage_error = 2,
	.unlinked = true,
	.run = poweroff_run,
};
