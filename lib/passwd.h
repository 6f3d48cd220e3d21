/* SPDX-License-Identifier: MIT */
/* passwd.h - users and groups from the etc/passwd and etc/group below a directory.
 *
 * The files may come from a hostile image, so there is no NSS here: they are looked up with
 * RESOLVE_IN_ROOT, must be regular and at most 1 MiB, and a line that is not well formed is
 * skipped.  Names and whole decimal numbers are taken, a number wins over a name made of digits. */
#ifndef PASSWD_H
#define PASSWD_H

#include <stddef.h>
#include <sys/types.h>

struct passwd_user {
	uid_t uid;
	gid_t gid;
	char name[256]; /* "" for a number that the file does not hold */
	char home[256];
	char shell[256];
};

/* Looks up a user by name or number.  A number that is not in the file, or that has no file to be
 * in, is a user with group 0 ("/", "/bin/sh"), as container engines do it.
 *   rootfd   the directory that holds etc/, AT_FDCWD for "/"
 *   errors   -ENOENT    no such name, or a name and no file
 *            -EINVAL    not a regular file; "" and "-1" as a name
 *            -EFBIG     the file is larger than 1 MiB
 *            -ERANGE    a number that is no id (4294967295 is none)
 *   source   passwd(5) */
int passwd_user(int rootfd, const char *who, struct passwd_user *user);

/* The same for a group: its id in *gid.  source: group(5) */
int passwd_group(int rootfd, const char *which, gid_t *gid);

/* The groups that name user.name as a member, preceded by user.gid, without repetitions.
 *   returns  their number, at most max; -ERANGE when there are more */
int passwd_groups(int rootfd, const struct passwd_user *user, gid_t *groups, size_t max);

/* "USER[:GROUP]": both by name or number; without GROUP it is the user's own group. */
int passwd_user_group(int rootfd, const char *spec, struct passwd_user *user);

/* A list of groups by name or number, separated by commas; "" is none.
 *   returns  their number, at most max; -ERANGE when there are more */
int passwd_group_list(int rootfd, const char *list, gid_t *groups, size_t max);

#endif
