/* SPDX-License-Identifier: MIT */
/* pivot_priv.h - the options of pivot that are about users, privileges and limits. */
#ifndef PIVOT_PRIV_H
#define PIVOT_PRIV_H

#include <stdbool.h>

#include "applet.h"
#include "passwd.h"
#include "priv.h"

#define PIVOT_GROUPS 64

struct pivot_priv_args {
	const char *user, *groups, *caps, *ambient, *securebits, *oom_score_adj, *nice, *umask,
		*pdeathsig;
	struct opt_list limits;
	bool allow_setuid, no_new_privs;
};

/* The rows for a struct T with a struct pivot_priv_args named f. */
#define PIVOT_PRIV_ROWS(T, f)                                                                      \
	OPT('u', "user", T, f.user, "USER[:GROUP]", "run as this user of the root's passwd"),      \
		OPT(0, "groups", T, f.groups, "LIST", "supplementary groups, instead of USER's"),  \
		OPT(0, "caps", T, f.caps, "LIST",                                                  \
			"all, none, default, [+-]NAME,...: what is kept"),                         \
		OPT(0, "ambient", T, f.ambient, "LIST",                                            \
			"capabilities that survive execve of USER"),                               \
		OPT(0, "securebits", T, f.securebits, "LIST", "[+-]BIT,... or none"),              \
		OPT(0, "no-new-privs", T, f.no_new_privs, NULL, "setuid files give nothing"),      \
		OPT(0, "allow-setuid", T, f.allow_setuid, NULL, "setuid files work"),              \
		OPT(0, "rlimit", T, f.limits, "NAME=SOFT[:HARD]", "set a resource limit"),         \
		OPT(0, "oom-score-adj", T, f.oom_score_adj, "N", "-1000 to 1000"),                 \
		OPT(0, "nice", T, f.nice, "N", "niceness, -20 to 19"),                             \
		OPT(0, "umask", T, f.umask, "MODE", "file mode creation mask, octal"),             \
		OPT(0, "pdeathsig", T, f.pdeathsig, "SIGNAL|clear", "when the parent dies")

/* Reads all that needs no file into *priv, which holds the defaults; a wrong value is a usage error
 * that ends the process. */
void pivot_priv_parse(const struct pivot_priv_args *args, struct priv *priv);

/* From here on nobody in the PID namespace can look into this process, which holds descriptors of
 * the host; nor are its files in /proc its own, so oom_score_adj is written before. */
void pivot_priv_guard(const struct pivot_priv_args *args);

/* Looks the names up below root and sets ids and groups.  With a user that is not 0 the permitted
 * set becomes the ambient one.  *user is who was named (for HOME), or all zero.
 *   proc    an fd of a procfs, or AT_FDCWD for /proc
 *   groups  room for PIVOT_GROUPS, kept by *priv */
void pivot_priv_find_user(const struct pivot_priv_args *args, int root, int proc, struct priv *priv,
	gid_t *groups, struct passwd_user *user);

/* Reads a list of capabilities or ends with a usage error. */
void pivot_priv_caps(const char *option, const char *list, uint64_t *set);

#endif
