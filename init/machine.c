// SPDX-License-Identifier: MIT
/* machine.c - the first process of a machine: one command on the console, what comes after it, and
 * the signals that end everything. */
#include <errno.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "init.h"

#define RTMIN       34 /* the kernel's; libc keeps the first few of them for itself */
#define DELAY_FIRST 1000
#define DELAY_MAX   30000
#define NOT_STARTED (127 << 8) /* as wait(2) has it */

/* busybox's meaning of the old signals, systemd's of the others. */
static const struct {
	int signal;
	unsigned reboot;
} endings[] = {
	{ SIGUSR1, RB_HALT_SYSTEM },
	{ SIGUSR2, RB_POWER_OFF },
	{ SIGPWR, RB_POWER_OFF },
	{ SIGTERM, RB_AUTOBOOT },
	{ SIGINT, RB_AUTOBOOT }, /* ctrl-alt-del, from the kernel */
	{ RTMIN + 3, RB_HALT_SYSTEM },
	{ RTMIN + 4, RB_POWER_OFF },
	{ RTMIN + 5, RB_AUTOBOOT },
};

void machine_signal(struct init *in, int sig)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		if (endings[i].signal != sig)
			continue;
		/* The second one does not wait for the grace of the first. */
		in->deadline = in->machine.reboot ? init_now() : 0;
		in->machine.reboot = endings[i].reboot;
		in->reason = "reboot";
		return;
	}
}

void machine_start(struct init *in)
{
	in->machine.started = init_now();
	in->main_ended = false;
	in->deadline = 0;
	in->tty.fd = boot_console();
	if (in->tty.fd < 0)
		warn(in->tty.fd, "open the console");
	if (init_spawn(in)) {
		in->main_ended = true;
		in->status = NOT_STARTED;
	}
	if (in->tty.fd >= 0)
		close(in->tty.fd);
	in->tty.fd = -1;
}

static void tell_end(const struct init *in)
{
	if (WIFSIGNALED(in->status))
		warn(0, "%s: ended by signal %d", in->command[0], WTERMSIG(in->status));
	else
		warn(0, "%s: ended with status %d", in->command[0], WEXITSTATUS(in->status));
}

/* The next start: soon, and later and later while the command does not last. */
static void plan_restart(struct init *in)
{
	static char *shell[] = { "", "/bin/sh", NULL };
	struct machine *machine = &in->machine;
	uint64_t now = init_now();

	if (machine->on_exit == EXIT_SHELL)
		in->command = shell + 1;
	machine->on_exit = EXIT_RESPAWN;
	if (now - machine->started > DELAY_MAX || !machine->delay)
		machine->delay = DELAY_FIRST;
	else if (machine->delay < DELAY_MAX)
		machine->delay *= 2;
	in->deadline = now + machine->delay;
}

bool machine_is_over(struct init *in)
{
	static const unsigned by_choice[] = {
		[EXIT_POWEROFF] = RB_POWER_OFF,
		[EXIT_REBOOT] = RB_AUTOBOOT,
		[EXIT_HALT] = RB_HALT_SYSTEM,
	};
	struct machine *machine = &in->machine;

	if (machine->reboot || !in->main_ended)
		return machine->reboot;
	if (in->deadline) {
		if (init_now() >= in->deadline)
			machine_start(in);
		return false;
	}
	tell_end(in);
	if (machine->on_exit < EXIT_RESPAWN)
		machine->reboot = by_choice[machine->on_exit];
	else
		plan_restart(in);
	return machine->reboot;
}
