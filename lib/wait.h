/* SPDX-License-Identifier: MIT */
/* wait.h - stands outside for a child: its signals, job control, terminal and status.
 *
 *     struct waiter waiter;
 *
 *     wait_prepare(&waiter);		every signal is blocked from here on
 *     pid = fork or clone
 *     in the child:	wait_child(&waiter);
 *     in the parent:	return wait_status(wait_for(&waiter, pid, init));
 *
 * No handler is ever installed: the child inherits dispositions as they were, and the mask is the
 * caller's to restore.  The child may miss nothing that arrives before it is ready. */
#ifndef WAIT_H
#define WAIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "chain.h"

struct waiter {
	pid_t pid;
	bool init;     /* the child is PID 1 of a PID namespace */
	int tty;       /* the terminal if its foreground is ours to restore, or -1 */
	int enforced;  /* the signal that a PID 1 was killed for, or 0 */
	int watched;   /* a signal of which it is not yet known whether the child takes it, or 0 */
	long delay_ms; /* until the next look at it */
};

/* Blocks every signal, sets SIGCHLD to its default (an ignored one would lose the status) and
 * remembers the terminal. */
void wait_prepare(struct waiter *waiter);

/* In the child: gives up what only the waiter needs. */
void wait_child(struct waiter *waiter);

/* Waits for the child and reaps it.  Until then
 *   - a signal sent to this process goes on to the child, unless it is ignored here or the terminal
 *     has sent it to the whole foreground group already;
 *   - a PID 1 that neither handles, blocks nor ignores a signal which ends any other process is
 *     killed for it, since the kernel does not: the status then names that signal;
 *   - when the child stops, this process stops; continued, it continues the child.
 * In the end the terminal is given back to this process group.
 *   returns  the status as waitpid(2) gives it, or -errno */
int wait_for(struct waiter *waiter, pid_t pid, bool init);

/* What to exit with after a status of waitpid(2).  When the child was killed by a signal, this
 * process ends by the same one, without a core; 128+S is returned where that is not possible: this
 * process is itself a PID 1. */
int wait_status(int status);

/* In the child, as its last act: asks for chain->pdeath_signal at the death of the waiter (0:
 * none), then looks at the pipe chain->life_fd whether it lives.  A change of credentials clears
 * it. errors  -ECANCELED  the waiter is dead: the caller ends, silently */
int wait_arm(const struct chain *chain);

#endif
