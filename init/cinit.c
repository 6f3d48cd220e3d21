// SPDX-License-Identifier: MIT
/* cinit.c - PID 1 of a container: starts one command, passes signals on, reaps, ends what is left.
 *
 * The order, and why:
 *   1. every signal blocked, the first thing of all: a PID 1 loses what arrives before;
 *   2. SIGCHLD's default action, or the kernel reaps and the status is lost;
 *   3. options, the terminal, the report: everything that may fail, while failing is still cheap;
 *   4. the spawn, in which we sleep until the child executes: no signal is passed on too early;
 *   5. whatever only the child needs is let go: directory, descriptors, privileges;
 *   6. the loop. */
#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "err.h"
#include "fs.h"
#include "init.h"
#include "sig.h"
#include "sys.h"

/* Whoever executed us may have been one already. */
static bool is_subreaper(void)
{
	int is = 0;

	return !prctl(PR_GET_CHILD_SUBREAPER, &is) && is;
}

static void become_subreaper(const struct init *in)
{
	if (in->first)
		return;
	if (in->args.subreaper || in->as->subreaper) {
		if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
			warn(-errno, "become the reaper of orphans");
	} else if (in->args.verbose > 0 && !is_subreaper()) {
		warn_hint(0, "use -s, or run it as PID 1",
			"not PID 1 and no child subreaper: zombie reaping won't work");
	}
}

/* A parent that died before the kernel knew of our wish shows by its number. */
static void follow_parent(const struct init *in)
{
	pid_t parent = getppid();

	if (prctl(PR_SET_PDEATHSIG, in->pdeath) < 0)
		die(-errno, "parent death signal");
	if (getppid() != parent)
		kill(in->self, in->pdeath);
}

/* Closes all but stderr, the report and the terminal.  0 and 1 go too: whoever is at the other end
 * of a pipe must see its end when the child closes it. */
static void close_all_but_ours(const struct init *in)
{
	const int keep[] = { STDERR_FILENO, in->report.fd, in->report.oom_fd, in->tty.fd };
	unsigned from = 0;

	for (;;) {
		int next = -1;

		for (size_t i = 0; i < sizeof(keep) / sizeof(*keep); i++)
			if (keep[i] >= (int)from && (next < 0 || keep[i] < next))
				next = keep[i];
		if (next < 0)
			break;
		if (next > (int)from)
			fs_close_range(from, (unsigned)next - 1);
		from = (unsigned)next + 1;
	}
	fs_close_range(from, ~0u);
}

/* Keeps CAP_KILL, for children that change their user, where it is to be had. */
static void drop_privileges(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };

	data[0].effective = data[0].permitted = 1u << CAP_KILL;
	if (sys_capset(&header, data) < 0) {
		data[0].effective = data[0].permitted = 0;
		sys_capset(&header, data);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* What only the child needs.  A machine's first process has all of it to the end. */
static void let_go(const struct init *in)
{
	/* Nobody could unmount a file system that is our working directory. */
	if (chdir("/") < 0)
		warn(-errno, "chdir /");
	close_all_but_ours(in);
	if (!in->system)
		drop_privileges();
}

static int start(struct init *in)
{
	int status;

	if (in->system) {
		boot(in);
		machine_start(in);
		return 0;
	}
	if (!in->command)
		return 0;
	tty_choose(in);
	status = init_spawn(in);
	if (status)
		report_write(in, status);
	return status;
}

static int cinit_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct init in = {
		.applet = self,
		.mask = &chain->mask,
		.own_signals = SIGNAL_BIT(SIGPIPE),
		.tty.fd = -1,
		.report = { .fd = -1, .oom_fd = -1 },
		.pidfd = -1,
	};
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	int status;

	if (!chain->held)
		sig_block_all(NULL);
	sigaction(SIGCHLD, &by_default, &in.caller_chld);
	in.self = getpid();
	in.first = in.self == 1;
	init_read_args(&in, argv);
	err_verbose(in.args.verbose > in.as->silent);
	/* Else nothing stays open that could be taken for one of these. */
	if ((in.system || in.args.report) && fs_reserve_stdio() < 0)
		die(-errno, "open 0 to 2");
	if (in.pdeath)
		follow_parent(&in);
	become_subreaper(&in);
	report_open(&in);
	status = start(&in);
	if (status)
		return status;
	/* The hang-up alone would not tell a command that ends at once from one that never ran. */
	if (chain->started_fd >= 0)
		fs_write_all(chain->started_fd, "", 1);
	let_go(&in);
	return init_loop(&in);
}

const struct applet cinit_applet = {
	.name = "cinit",
	.also = "tini docker-init dumb-init catatonit podman-init init linuxrc",
	.operands = "COMMAND [ARG...]",
	.summary = "run a command as PID 1: pass signals on, reap, end what is left",
	.opts = cinit_opts,
	.own_error = OWN_ERROR,
	.usage_error = OWN_ERROR,
	.init = true,
	.run = cinit_run,
};
