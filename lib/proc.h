/* SPDX-License-Identifier: MIT */
/* proc.h - /proc/PID without naming the wrong process (proc(5)).
 *
 * The /proc that is mounted may belong to another PID namespace than ours (a container that has
 * not mounted its own yet): the numbers in it are then not ours, and /proc/1 is the host's init. */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Opens the directory of a process in whatever /proc is mounted.
 *   pidfd    of the process, or -1 on a kernel without pidfds
 *   pid      its number in our PID namespace: used without a pidfd, and only when the /proc that is
 *            mounted counts as we do
 *   returns  an O_PATH descriptor that the caller owns; -ESRCH: the process is gone, or this /proc
 *            does not show it; -ENOENT: no /proc */
int proc_open(int pidfd, pid_t pid);

/* The number of a process in the /proc that is mounted, as proc_open finds it. */
pid_t proc_number(int pidfd, pid_t pid);

/* What /proc/PID/status says; in the sets bit N-1 is signal N, bit N capability N. */
struct proc_status {
	uint64_t pending; /* for the whole process */
	uint64_t blocked, ignored, caught;
	uint64_t bounding;
	bool no_new_privs;
	bool filtered; /* by seccomp */
	bool asleep;   /* until an event or a signal */
};

/* Reads status in a directory from proc_open. */
int proc_status(int dirfd, struct proc_status *status);

/* How a process that is not our child ended, which the kernel tells when somebody has waited for it
 * (sys_pidfd_exit_status in sys.h).
 *   timeout_ms  how long to wait for that
 *   returns     a status as of wait(2); -ENODATA, -ENOTTY, -ESRCH: it is not told */
int proc_exit_status(int pidfd, int timeout_ms);

/* Is the process waiting in sigtimedwait(2)?  Meanwhile its status shows the signals that it waits
 * for as not blocked.  Needs the right to ptrace it; errors count as no. */
bool proc_in_sigwait(int dirfd);

#endif
