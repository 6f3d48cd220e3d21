/* SPDX-License-Identifier: MIT */
/* sig.h - the signal mask, all 64 signals of it.
 *
 * By the raw system call: libc's functions leave out the two or three signals that it keeps for
 * threads, and a PID 1 must lose none of those either. */
#ifndef SIG_H
#define SIG_H

#include <signal.h>

/* Reads the mask of this thread. */
void sig_current(sigset_t *mask);

/* Blocks every signal; *old (or NULL) is the mask before. */
void sig_block_all(sigset_t *old);

/* Sets the mask that one of the functions above gave. */
void sig_restore(const sigset_t *mask);

#endif
