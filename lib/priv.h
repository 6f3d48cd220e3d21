/* SPDX-License-Identifier: MIT */
/* priv.h - the privileges and limits of this process: what pivot, nsenter and setpriv change just
 * before they hand over, in the one order that works (see priv.c). */
#ifndef PRIV_H
#define PRIV_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "caps.h"
#include "chain.h"

struct sock_fprog;

#define PRIV_SAME_ID ((uid_t)-1) /* as setresuid(2) has it */
#define PRIV_LIMITS  16          /* the kernel's RLIM_NLIMITS */

struct priv {
	/* PRIV_SAME_ID: stays.  The saved id follows the effective one. */
	uid_t ruid, euid;
	gid_t rgid, egid;
	/* Supplementary groups: group_count -1 leaves them, 0 drops all. */
	const gid_t *groups;
	int group_count;
	/* What is kept, at most: CAPS_ALL drops nothing, and what is missing is no error. */
	uint64_t bounding;
	uint64_t permitted; /* and effective */
	/* What is set, exactly: each of ambient must be permitted, and is inheritable. */
	uint64_t inheritable, ambient;
	bool set_securebits;
	unsigned securebits;
	bool no_new_privs;
	/* A seccomp filter to install last, or NULL. */
	const struct sock_fprog *filter;
	/* Bit n: limits[n] is to be set. */
	uint32_t set_limits;
	struct rlimit limits[PRIV_LIMITS];
	const char *oom_score_adj; /* NULL: stays.  Checked by priv_oom_score_adj() */
	bool set_nice;
	int nice;
	bool set_umask;
	mode_t umask;
	/* The parent death signal: 0 arms again what the chain says, -1 clears it. */
	int pdeath_signal;
};

/* Changes nothing, but that what is inheritable and ambient goes. */
#define PRIV_SAME                                                                                  \
	{                                                                                          \
		.ruid = PRIV_SAME_ID, .euid = PRIV_SAME_ID, .rgid = PRIV_SAME_ID,                  \
		.egid = PRIV_SAME_ID, .group_count = -1, .bounding = CAPS_ALL,                     \
		.permitted = CAPS_ALL                                                              \
	}

/* Fills in what changes nothing: the sets as they are, every id and limit as it is. */
int priv_current(struct priv *priv);

/* Lets go of privileges and sets limits as *priv says.
 *   proc    an fd of a procfs for oom_score_adj, or AT_FDCWD for /proc
 *   what    the step that failed, in words
 *   errors  of the step; nothing is undone: the caller has to end
 *           -ECANCELED  the waiter outside (chain->life_fd) is gone */
int priv_apply(const struct priv *priv, const struct chain *chain, int proc, const char **what);

/* "NAME=SOFT[:HARD]" of a resource as prlimit(1) names it; numbers with a size suffix where it
 * counts bytes, or unlimited.  errors  -EINVAL -ERANGE */
int priv_parse_limit(struct priv *priv, const char *spec);

/* "[+-]NAME,..." of noroot, no_setuid_fixup, keep_caps (not lasting), no_cap_ambient_raise and
 * their _locked forms, or "none"; starts from the bits of this process.  errors  -EINVAL */
const char *priv_securebit_name(int bit); /* NULL: there is none */
int priv_parse_securebits(const char *list, unsigned *bits);

#endif
