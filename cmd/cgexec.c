// SPDX-License-Identifier: MIT
/* cgexec.c - runs a command in a cgroup with limits; nothing of it remains afterwards.
 *
 * The order matters: everything is parsed and checked before anything is made; the group gets its
 * limits while it is empty; the watcher that will remove it exists before this process enters.
 * So nothing ever runs unlimited, and nothing is left whatever happens on the way. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "cglimit.h"
#include "cgroup.h"
#include "err.h"

struct cgexec_args {
	const char *text[CG_LIMIT_COUNT];
	struct opt_list list[CG_LIMIT_COUNT];
	bool flag[CG_LIMIT_COUNT];
	const char *parent, *name;
	bool keep, evacuate, gc, ignore_missing, verbose;
};

#define A struct cgexec_args
static const struct opt cgexec_opts[] = {
#define X(id, kind, field, letter, option, argument, controller, v1, v2, min, max, help)           \
	OPT(letter, option, A, field[CGL_##id], argument, help),
	CG_LIMITS(X)
#undef X
		OPT_ALIAS(0, "pids-limit", "pids"),
	OPT_ALIAS(0, "memory-reservation", "memory-low"),
	OPT(0, "name", A, name, "NAME", "the group's name"),
	OPT(0, "parent", A, parent, "PATH", "where to make it (or $HUSK_CGROUP_PARENT)"),
	OPT(0, "keep", A, keep, NULL, "do not remove it at the end"),
	OPT(0, "evacuate", A, evacuate, NULL, "v2: move processes that are in the way"),
	OPT('i', "ignore-missing", A, ignore_missing, NULL, "skip limits this machine lacks"),
	OPT(0, "gc", A, gc, NULL, "remove groups whose watcher was killed"),
	OPT('v', "verbose", A, verbose, NULL, "say each step"), OPT_END
};
#undef A

static void add(struct cg_limits *limits, enum cg_limit limit, const char *text)
{
	const char *why;
	int r = cg_limit_add(limits, limit, text, &why);

	err_why(why);
	if (r < 0)
		die(r, "--%s %s", cg_rows[limit].option, text);
}

static void read_limits(struct cg_limits *limits, const struct cgexec_args *args)
{
	const char *why;
	int r;

	for (enum cg_limit i = 0; i < CG_LIMIT_COUNT; i++) {
		if (args->text[i])
			add(limits, i, args->text[i]);
		if (args->flag[i])
			add(limits, i, "1");
		for (size_t j = 0; j < args->list[i].count; j++)
			add(limits, i, args->list[i].items[j].value);
	}
	r = cg_limits_settle(limits, &why);
	if (r < 0)
		die(0, "%s", why ? why : "too many limits");
}

static void find(struct cgroup *cg, const struct cgexec_args *args, unsigned need)
{
	unsigned missing;
	int r = cg_find(cg, need, !args->parent, &missing);

	if (r < 0)
		die(r, "find the cgroup hierarchies");
	for (enum cg_controller c = 0; c < CG_CONTROLLERS; c++)
		if (missing & CG_BIT(c))
			die(0, "%s: no hierarchy has this controller", cg_controller_name(c, 1));
}

static int collect(const struct cgexec_args *args)
{
	struct cgroup cg;
	unsigned missing;
	int r = cg_find(&cg, CG_ALL, !args->parent, &missing);

	if (!r)
		r = cg_place(&cg, args->parent, "");
	if (!r)
		r = cg_open(&cg, true);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		die(r, "find the cgroup hierarchies");
	for (unsigned i = 0; i < cg.count; i++)
		cg_sweep(cg.tree[i].dir, cg.tree[i].path, true);
	return 0;
}

static int cgexec_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct cgexec_args args = { .parent = getenv("HUSK_CGROUP_PARENT") };
	struct cg_limits limits = { 0 };
	struct cg_watch watch = { 0 };
	struct cgroup cg;
	char name[32];
	int r;

	argv = applet_args(self, &args, argv, 0);
	err_verbose(args.verbose);
	read_limits(&limits, &args);
	if (args.gc)
		return collect(&args);
	if (!*argv)
		usage_die("no command");
	if (!limits.count && !args.name)
		usage_die("no limit");
	find(&cg, &args, cg_limits_need(&limits));
	cg_fresh_name(name);
	r = cg_place(&cg, args.parent, args.name ? args.name : name);
	if (r < 0)
		die(r, "place");
	r = cg_make(&cg, &(struct cg_make){ .keep = args.keep, .evacuate = args.evacuate });
	if (r < 0)
		die(r, "make %s", cg.fault.tree->path);
	r = cg_limits_write(&cg, &limits, false);
	if (!r && !args.keep)
		r = cg_watch_start(&cg, &watch);
	if (!r)
		r = cg_enter(&cg);
	if (r < 0) {
		cg_undo(&cg);
		die(r, "%s=%s in %s", cg.fault.file, cg.fault.value, cg.fault.tree->path);
	}
	cg_close(&cg);
	chain->next = argv;
	return 0;
}

const struct applet cgexec_applet = {
	.name = "cgexec",
	.operands = "COMMAND [ARG...]",
	.summary = "run a command in a cgroup with limits",
	.opts = cgexec_opts,
	.own_error = 125,
	.usage_error = 125,
	.run = cgexec_run,
};
