/* SPDX-License-Identifier: MIT */
/* nsenter.h - what the parts of nsenter share. */
#ifndef NSENTER_H
#define NSENTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "applet.h"
#include "ns.h"

struct nsenter_args {
	struct opt_value ns[NS_COUNT]; /* the value is a file to take instead of the target's */
	bool all;
	struct opt_list target;
	const char *net_socket;
	bool user_parent;
	const char *setuid;
	const char *setgid;
	bool preserve_credentials;
	bool keep_caps;
	struct opt_value root;
	struct opt_value wd;
	const char *wdns;
	bool env;
	bool join_cgroup;
	bool no_fork;
	bool no_kill_child;
	const char *caps;
	bool no_new_privs;
	bool allow_setuid;
	bool privileged;
	bool verbose;
};

/* What is held open of the target, all of it before the first namespace is joined; -1: nothing. */
struct target {
	pid_t pid; /* 0: none was named */
	int pidfd;
	int proc;            /* its directory in /proc */
	unsigned flags;      /* the namespaces to take from it */
	int files[NS_COUNT]; /* and those to take from a file */
	int root, wd;
	bool user_joined; /* a user namespace was among them */
};

#define TARGET_CGROUPS 16 /* hierarchies */

struct target_cgroups {
	int count;
	int procs[TARGET_CGROUPS]; /* where a process writes 0 to enter */
};

/* Opens what the options name; ends with a message on failure. */
void target_open(struct target *target, const struct nsenter_args *args);

/* The directory of the target in /proc, opened when it is first wanted. */
int target_proc(struct target *target);

/* Joins the namespaces and closes what led to them; ends with a message on failure. */
void target_join(struct target *target, const struct nsenter_args *args);

/* Opens the control groups of the target that differ from ours, in every hierarchy. */
void target_open_cgroups(struct target *target, struct target_cgroups *cgroups);

/* Moves this process into them. */
void target_enter_cgroups(struct target_cgroups *cgroups);

#endif
