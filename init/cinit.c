// SPDX-License-Identifier: MIT
#include "applet.h"

static int cinit_run(const struct applet *self, char **argv, struct chain *chain)
{
	(void)self;
	chain->next = argv + 1;
	return 0;
}

const struct applet cinit_applet = {
	.name = "cinit",
	.operands = "COMMAND [ARG...]",
	.summary = "run a command as PID 1",
	.own_error = 125,
	.usage_error = 125,
	.run = cinit_run,
};
