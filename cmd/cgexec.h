/* SPDX-License-Identifier: MIT */
/* cgexec.h - what the files of the applet cgexec share. */
#ifndef CGEXEC_H
#define CGEXEC_H

#include <sys/resource.h>

#include "applet.h"
#include "cgdev.h"
#include "cglimit.h"
#include "cgroup.h"

struct cgexec_args {
	/* Each limit in the field that its row names. */
	const char *text[CG_LIMIT_COUNT];
	struct opt_list list[CG_LIMIT_COUNT];
	bool flag[CG_LIMIT_COUNT];

	const char *devices;
	struct opt_list device_rules; /* --device and --device-deny, in their order */
	const char *oom_score_adj;
	struct opt_list rlimits, join;

	const char *parent, *name, *timeout;
	struct opt_value stats;
	bool create, keep, kill, wait, freeze_start, evacuate, force, ignore_missing, json, verbose;
	bool sticky;

	/* Verbs */
	const char *kill_group, *freeze, *thaw, *stat, *rm, *procs, *add;
	bool ls, gc, info;
};

/* Attributes of the process that becomes the command. */
struct cgexec_process {
	bool set_adj;
	int oom_score_adj;
	unsigned count;
	struct cgexec_rlimit {
		int resource;
		const char *name;
		struct rlimit value;
	} rlimit[16];
};

/* Everything that the command line says, understood. */
struct cgexec_plan {
	struct cg_limits limits;
	struct cg_devices devices;
	struct cgexec_process process;
	struct cg_watch watch;
	char stats[CG_PATH];
	unsigned need, wanted; /* controllers (bits); wanted ones may be missing */
	bool join_any;         /* -g '*': wherever the group exists */
};

/* ---- cgexec_plan.c */

void cgexec_read_plan(struct cgexec_plan *plan, struct cgexec_args *args);

/* Is that a name for a group, with no path before it? */
bool cgexec_is_name(const char *name);

/* Finds the hierarchies, and places the groups of -g in them. */
void cgexec_find(struct cgroup *cg, const struct cgexec_args *args, struct cgexec_plan *plan);

/* ---- cgexec_verbs.c */

/* The verb of the command line, if there is one: runs it and returns true, with the status. */
bool cgexec_verb(
	const struct cgexec_args *args, const struct cgexec_plan *plan, char **argv, int *status);

/* ---- cgexec_why.c */

/* What went on when a function of cgroup.h failed: it decides on the words. */
enum cgexec_stage {
	AT_FIND,
	AT_PLACE,
	AT_MAKE,
	AT_OPEN,
	AT_WATCH,
	AT_LIMIT,
	AT_DEVICES,
	AT_ENTER,
	AT_VERB,
};

/* Removes what was made and ends with the message for r at that stage: the file, its value and
 * the group, what it means and what to do. */
__attribute__((noreturn)) void cgexec_die(struct cgroup *cg, enum cgexec_stage stage, int r);

/* ---- cgexec_lack.c */

/* Ends with the message for a controller (bits) that no hierarchy carries. */
__attribute__((noreturn)) void cgexec_missing(unsigned missing);

/* Ends with the message for a limit that this version does not have. */
__attribute__((noreturn)) void cgexec_refuse(struct cgroup *cg, const struct cg_setting *s);

#endif
