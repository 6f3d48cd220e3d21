/* SPDX-License-Identifier: MIT */
/* unshare.h - what the parts of unshare share. */
#ifndef UNSHARE_H
#define UNSHARE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "applet.h"
#include "chain.h"
#include "idmap.h"
#include "ns.h"

struct unshare_args {
	struct opt_value ns[NS_COUNT]; /* the value is the file that keeps the namespace */
	bool all;
	bool fork;
	bool no_fork;
	struct opt_value kill_child;
	bool no_kill_child;
	bool forward_signals;
	struct opt_value mount_proc;
	const char *propagation;
	const char *root;
	const char *wd;
	const char *setuid;
	const char *setgid;
	struct opt_list maps; /* every option that says something about the ID maps, in order */
	const char *owner;
	const char *setgroups;
	bool keep_caps;
	const char *monotonic;
	const char *boottime;
	const char *hostname;
	const char *domainname;
	bool clear_env;
	const char *whitelist;
	bool verbose;
};

/* What the options come to. */
struct unshare_plan {
	const struct unshare_args *args;
	const sigset_t *mask; /* for what is executed before the command */
	unsigned flags;
	bool fork;
	int kill_signal;           /* for the child when the waiter dies, or 0 */
	unsigned long propagation; /* MS_*, 0: as it is */
	int64_t monotonic, boottime;
	int64_t uid, gid;             /* to become, or -1 */
	int64_t owner_uid, owner_gid; /* of the namespaces, or -1 */
	/* One ID each, that the process maps itself: the caller's, and what it is inside or -1. */
	int64_t map_uid, map_gid;
	uid_t caller_uid;
	gid_t caller_gid;
	/* Maps that somebody outside has to write, or NULL. */
	struct idmap *users, *groups;
	bool keeps; /* there is a namespace to bind to a file */
};

/* Reads the options; ends with a usage error. */
void unshare_make_plan(struct unshare_plan *plan, const struct unshare_args *args);

/* Everything that happens in the new namespaces before the next link: ends with a message on
 * failure.
 *   sock  whoever helps from outside, or -1 */
void unshare_inside(const struct unshare_plan *plan, int sock);

/* Is there something to do that the process in the new namespaces cannot do itself? */
bool unshare_needs_outside(const struct unshare_plan *plan);

/* The part of a process outside of the new namespaces: writes the maps and binds the files when
 * the other end of sock says that it is ready.  Closes sock.
 *   returns  0, also when the other end failed (and said so); -1 after a message: nothing is left
 *            bound, and the other end is told by the end of the connection */
int unshare_outside(const struct unshare_plan *plan, int sock);

/* The other end of it: returns when the maps are written, and when the files are bound. */
void unshare_await_maps(int sock);
void unshare_await_files(int sock);

#endif
