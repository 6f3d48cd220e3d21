/* SPDX-License-Identifier: MIT */
/* tty.h - who may read the controlling terminal (tcsetpgrp(3)). */
#ifndef TTY_H
#define TTY_H

/* Opens the controlling terminal when this process group is its foreground group.
 *   returns  a descriptor with O_CLOEXEC that the caller owns, or -1: no terminal, or background */
int tty_hold_foreground(void);

/* Gives the terminal back to this process group when its foreground group is gone: a shell that
 * led a group of a PID namespace of its own could not do that (the old group has no number there).
 * Leaves it where it is while the group lives: somebody else put it there.
 *   fd  from tty_hold_foreground; -1 does nothing.  SIGTTOU must be blocked. */
void tty_restore_foreground(int fd);

#endif
