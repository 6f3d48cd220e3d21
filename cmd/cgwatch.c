// SPDX-License-Identifier: MIT
/* cgwatch.c - the applet that cgexec's watcher runs as.  See lib/cgwatch.c. */
#include <unistd.h>

#include "applet.h"
#include "cgroup.h"
#include "err.h"

static int cgwatch_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct cg_watch watch;
	struct cgroup cg;

	(void)self;
	(void)chain;
	if (cg_watch_parse(&cg, &watch, argv) < 0)
		usage_die("started by cgexec, not by hand");
	cg_watch_run(&cg, &watch);
	return 0;
}

const struct applet cgwatch_applet = {
	.name = "cgwatch",
	.operands = "WATCH GROUP...",
	.summary = "remove a cgroup when its last process has gone (cgexec starts it)",
	.own_error = 125,
	.usage_error = 125,
	.unlinked = true,
	.raw = true,
	.run = cgwatch_run,
};
