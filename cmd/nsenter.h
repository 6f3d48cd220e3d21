/* SPDX-License-Identifier: MIT */
/* nsenter.h - what the parts of nsenter share. */
#ifndef NSENTER_H
#define NSENTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "applet.h"
#include "ns.h"
#include "priv.h"
#include "privopts.h"

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
	struct privopts priv;
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

/* Is a namespace of that type among those that are joined? */
bool target_enters(const struct target *target, enum ns_index type);

/* Joins the namespaces and closes what led to them; ends with a message on failure. */
void target_join(struct target *target, const struct nsenter_args *args);

/* Opens the control groups of the target that differ from ours, in every hierarchy. */
void target_open_cgroups(struct target *target, struct target_cgroups *cgroups);

/* Moves this process into them. */
void target_enter_cgroups(struct target_cgroups *cgroups);

/* What this process becomes inside. */
struct credentials {
	struct priv priv;
	bool drop_groups;
	bool bounded; /* by the target */
	bool wanted;  /* by an option, or since the target has no_new_privs or a filter */
};

/* Reads the options, and what bounds the target when its root is entered: its image must not get
 * more than it had.  Ends with a message on failure. */
void credentials_plan(
	struct credentials *cred, struct target *target, const struct nsenter_args *args);

/* Becomes it, and arms the signal at the waiter's death; ends with a message on failure. */
void credentials_apply(struct credentials *cred, bool user_joined, const struct nsenter_args *args,
	const struct chain *chain);

#endif
