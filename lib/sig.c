// SPDX-License-Identifier: MIT
/* sig.c - see sig.h. */
#include "sig.h"

#include <stddef.h>
#include <string.h>

#include "sys.h"

void sig_current(sigset_t *mask)
{
	memset(mask, 0, sizeof(*mask));
	sys_rt_sigprocmask(SIG_SETMASK, NULL, mask);
}

void sig_block_all(sigset_t *old)
{
	sigset_t all;

	memset(&all, 0xff, sizeof(all));
	if (old)
		memset(old, 0, sizeof(*old));
	sys_rt_sigprocmask(SIG_SETMASK, &all, old);
}

void sig_restore(const sigset_t *mask)
{
	sys_rt_sigprocmask(SIG_SETMASK, mask, NULL);
}
