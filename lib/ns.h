/* SPDX-License-Identifier: MIT */
/* ns.h - the namespaces of a process: their names, making them, joining them (namespaces(7)). */
#ifndef NS_H
#define NS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum ns_index { NS_MOUNT, NS_UTS, NS_IPC, NS_NET, NS_PID, NS_USER, NS_CGROUP, NS_TIME, NS_COUNT };

struct ns_type {
	const char *name; /* as in the long options */
	const char *file; /* below /proc/PID/ns */
	unsigned flag;    /* CLONE_NEW* */
};

extern const struct ns_type ns_types[NS_COUNT]; /* by enum ns_index */

/* Forks into the new namespaces that flags (CLONE_NEW*, not CLONE_NEWTIME) name.
 *   returns  as fork(2); -EINVAL: the kernel lacks one of the types; -EPERM: no CAP_SYS_ADMIN, or
 *            in a chroot; -ENOSPC, -EUSERS: a limit below /proc/sys/user
 *   source   clone(2); before Linux 5.3, or where a seccomp filter denies clone3, by clone(2) */
pid_t ns_clone(unsigned flags);

/* Moves the caller into a new time namespace whose clocks are ahead of the present one's by so
 * many seconds.  Needs /proc: clone(2) and exec(2) freeze the offsets before they can be set, so
 * it is unshare, the offsets, and setns to what /proc/self/ns/time_for_children names.
 *   errors  -EINVAL  no time namespaces (before Linux 5.6)   -ERANGE  a clock would be negative
 *   source  time_namespaces(7) */
int ns_enter_time(int64_t monotonic, int64_t boottime);

/* Says which of the types in flags the kernel does not have, or NULL.  Needs /proc. */
const struct ns_type *ns_missing(unsigned flags);

/* Joins the namespaces in flags of the process behind a pidfd, all or none of them.
 *   errors  -ESRCH  it is gone   -EINVAL  an own user namespace; or before Linux 5.8, which takes
 *           no pidfd */
int ns_join(int pidfd, unsigned flags);

/* Why a namespace could not be made, in words for a hint, or NULL: looks at what the machine
 * allows.  r is what ns_clone or unshare(2) gave. */
const char *ns_explain(int r, unsigned flags);

#endif
