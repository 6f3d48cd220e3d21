/* SPDX-License-Identifier: MIT */
/* unshare.h - what the parts of unshare share. */
#ifndef UNSHARE_H
#define UNSHARE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "applet.h"
#include "chain.h"
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
	unsigned flags;
	bool fork;
	int kill_signal; /* for the child when the waiter dies, or 0 */
	unsigned long propagation;
	bool change_propagation;
	int64_t monotonic, boottime;
	int64_t uid, gid;         /* to become, or -1 */
	int64_t map_uid, map_gid; /* the IDs that the caller's have inside, or -1 */
	uid_t caller_uid;
	gid_t caller_gid;
};

/* Everything that happens in the new namespaces before the next link: ends with a message on
 * failure. */
void unshare_inside(const struct unshare_plan *plan);

#endif
