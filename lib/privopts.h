/* SPDX-License-Identifier: MIT */
/* privopts.h - the options about groups, privileges and limits, which pivot and nsenter share. */
#ifndef PRIVOPTS_H
#define PRIVOPTS_H

#include <stdbool.h>

#include "applet.h"
#include "passwd.h"
#include "priv.h"

#define PRIVOPTS_GROUPS 64

struct privopts {
	const char *groups, *securebits, *seccomp, *oom_score_adj, *nice, *umask, *pdeathsig;
	struct opt_list caps, ambient, limits;
	bool allow_setuid, no_new_privs;
};

/* The rows for a struct T with a struct privopts named f. */
#define PRIVOPTS_ROWS(T, f)                                                                        \
	OPT(0, "groups", T, f.groups, "LIST", "supplementary groups, instead of the user's"),      \
		OPT(0, "caps", T, f.caps, "LIST",                                                  \
			"all, none, default, [+-]NAME,...: what is kept"),                         \
		OPT(0, "ambient", T, f.ambient, "LIST",                                            \
			"capabilities that survive execve of a user"),                             \
		OPT(0, "securebits", T, f.securebits, "LIST", "[+-]BIT,... or none"),              \
		OPT(0, "no-new-privs", T, f.no_new_privs, NULL, "setuid files give nothing"),      \
		OPT(0, "allow-setuid", T, f.allow_setuid, NULL, "setuid files work"),              \
		OPT(0, "seccomp", T, f.seccomp, "FILTER", "tty, basic, none or a .bpf file"),      \
		OPT(0, "rlimit", T, f.limits, "NAME=SOFT[:HARD]", "set a resource limit"),         \
		OPT(0, "oom-score-adj", T, f.oom_score_adj, "N", "-1000 to 1000"),                 \
		OPT(0, "nice", T, f.nice, "N", "niceness, -20 to 19"),                             \
		OPT(0, "umask", T, f.umask, "MODE", "file mode creation mask, octal"),             \
		OPT(0, "pdeathsig", T, f.pdeathsig, "SIGNAL|clear", "when the parent dies")

/* Reads all that needs no file into *priv, which holds the defaults; a wrong value is a usage error
 * that ends the process. */
void privopts_parse(const struct privopts *args, struct priv *priv);

/* Does the command line name any of them? */
bool privopts_given(const struct privopts *args);

/* From here on nobody in the PID namespace can look into this process, which holds descriptors of
 * the host; nor are its files in /proc its own, so oom_score_adj is written before. */
void privopts_guard(const struct privopts *args);

/* Looks the names up below root and sets ids and groups.  With a user that is not 0 the permitted
 * set becomes the ambient one.  *user is who was named (for HOME), or all zero.
 *   who     USER[:GROUP], or NULL: only --groups
 *   proc    an fd of a procfs, or AT_FDCWD for /proc
 *   groups  room for PRIVOPTS_GROUPS, kept by *priv */
void privopts_find_user(const struct privopts *args, const char *who, int root, int proc,
	struct priv *priv, gid_t *groups, struct passwd_user *user);

/* Has *priv install the filter of that name: tty, basic, none or a file. */
void privopts_filter(const char *name, struct priv *priv);

#endif
