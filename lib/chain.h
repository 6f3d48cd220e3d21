/* SPDX-License-Identifier: MIT */
/* chain.h - what one link of a chain hands to the next.
 *
 * `cgexec -m 64M unshare -p pivot ./rootfs cinit sh` is one process image from end to end: each
 * applet does its part and names the next argv; main.c runs it in the same process when it is an
 * applet, and executes it otherwise. */
#ifndef CHAIN_H
#define CHAIN_H

#include <signal.h>
#include <stdbool.h>

struct chain {
	/* The next link, a NULL-terminated argv.  NULL ends the chain with the applet's status. */
	char **next;
	/* The file to execute where it is not next[0]: a login shell's name has a dash.  Or NULL.
	 */
	const char *file;
	/* The signal mask of whoever started the chain.  A link that blocks signals for what it
	 * sets up leaves them blocked for the next link, which may be a PID 1 that must lose none;
	 * only the execution of a foreign command restores this mask. */
	sigset_t mask;
	/* Every signal is blocked, since the mask was read. */
	bool held;
	/* The read end of a pipe whose write end lives in the waiter outside (unshare), or -1.  It
	 * hangs up when the waiter dies.  Whoever changes credentials after it was armed must arm
	 * PR_SET_PDEATHSIG again with pdeath_signal and look at this pipe (unshare.md 2.4). */
	int life_fd;
	int pdeath_signal;
	/* CLONE_NEW* flags of the namespaces that earlier links made for this process. */
	unsigned new_ns;
	/* The mount namespace among them is private throughout: nothing can spread from it. */
	bool private_mounts;
	/* Another process, the watcher of cgexec, shares our memory.  It is to be parted from by
	 * this call before this process becomes anything else than a waiter with the same
	 * credentials; returns 0 or -errno.  NULL where there is none. */
	int (*part)(void);
	/* The write end of the pipe by which cmon learns of the execution of the command (ready),
	 * or -1: a byte says that it was executed, a hang-up alone that this cannot be told. */
	int started_fd;
	/* The binary behind /proc/self/exe can no longer be written through it (seal.h). */
	bool sealed;
};

#endif
