/* SPDX-License-Identifier: MIT */
/* procstat.h - what tells a process from a later one with the same number. */
#ifndef PROCSTAT_H
#define PROCSTAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* When a process started, in clock ticks since boot.
 *   zombie   (or NULL) whether it has ended and only waits to be reaped
 *   errors   -ESRCH  there is no such process; -EIO  the file is not as documented
 *   source   proc_pid_stat(5), field 22 */
int procstat_start(pid_t pid, uint64_t *start, bool *zombie);

/* Whether a process is on its way out, or gone already (PF_EXITING of field 9, flags). */
bool procstat_ending(pid_t pid);

/* Where this process has its first environment, fields 50 and 51.  Returns 0 or -errno. */
int procstat_environment(uint64_t *start, uint64_t *end);

/* A pidfd of exactly the process that started then: whatever is done by it never hits another.
 *   errors   -ESRCH  that one is gone; -ENOSYS  before Linux 5.3 */
int procstat_pidfd(pid_t pid, uint64_t start);

#endif
