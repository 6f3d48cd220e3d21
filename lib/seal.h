/* SPDX-License-Identifier: MIT */
/* seal.h - a container must not be able to write the host's binary through /proc/PID/exe.
 *
 * An image that names /proc/self/exe as the interpreter of a script, or opens /proc/1/exe, holds
 * the file that this process was started from; once nobody executes it any more, it can be written
 * (CVE-2019-5736).  So before anything of an image runs, this process makes a read-only clone of
 * its binary's mount, or a sealed copy in memory, its executable. */
#ifndef SEAL_H
#define SEAL_H

#include <limits.h>

#include "chain.h"

/* The clone, a detached mount, and the path of the binary. */
struct seal {
	int mnt;
	char path[PATH_MAX];
};

/* Seals this process; nothing happens when chain->sealed.  Wants a mount namespace of its own for
 * the clone, else it takes the copy.  It comes back in the same process where the kernel can
 * exchange the executable (PR_SET_MM_MAP, CAP_SYS_ADMIN in our user namespace); elsewhere argv is
 * executed again from the sealed file, with the chain in the variable HUSK_CHAIN.
 *   argv     the link that runs now, for that second start
 *   next     the link behind it, in the same array: what remains of the arguments to be shown
 *   clone    the descriptor of the mount (close it), or -1; NULL: it is closed here.  Closing it
 *            takes apart a detached mount, which waits for an RCU grace period: seal_bury()
 *   what     the step that failed, in words
 *   errors   of the step.  The caller has to end: nothing of an image may run unsealed */
int seal_self(struct chain *chain, char **argv, char **next, struct seal *clone, const char **what);

/* Attaches the clone over the path of the binary, in a mount namespace of our own whose root is
 * detached next: one grace period serves both.  Closes it in any case. */
void seal_bury(struct seal *clone);

/* Takes over the chain of a process that executed itself again, from HUSK_CHAIN, which goes. */
void seal_resume(struct chain *chain);

#endif
