// SPDX-License-Identifier: MIT
/* chroot.c - changes the root directory, then hands over to a command in it.
 *
 * Users and groups are those of the new root: its own files say what its names mean.  A chroot is
 * no boundary for root: pivot makes one. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applet.h"
#include "err.h"
#include "fmt.h"
#include "passwd.h"
#include "sys.h"
#include "wait.h"

#define GROUPS_MAX 1024

struct chroot_args {
	const char *userspec;
	const char *groups;
	bool skip_chdir;
};

static const struct opt chroot_opts[] = { OPT(0, "userspec", struct chroot_args, userspec,
						  "USER[:GROUP]", "become this user"),
	OPT(0, "groups", struct chroot_args, groups, "GROUP,...",
		"supplementary groups, '' for none"),
	OPT(0, "skip-chdir", struct chroot_args, skip_chdir, NULL,
		"stay in the working directory; NEWROOT must be /"),
	OPT_END };

static bool is_root_directory(const char *path)
{
	struct stat a, b;

	return !stat(path, &a) && !stat("/", &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

struct identity {
	int64_t uid, gid; /* -1: stays */
	gid_t groups[GROUPS_MAX];
	int group_count; /* -1: stay */
};

/* "+N" is a number, where N could be a name. */
static const char *without_plus(const char *id)
{
	return id[0] == '+' && isdigit((unsigned char)id[1]) ? id + 1 : id;
}

/* "USER", "USER:" (its login group), "USER:GROUP", ":GROUP". */
static void look_up_user(struct identity *id, const char *spec)
{
	struct passwd_user user = { .name = "" };
	const char *colon = strchr(spec, ':');
	const char *group = colon ? colon + 1 : "";
	char name[256];
	gid_t gid;
	int r;

	if (fmt_path(name, sizeof(name), "%.*s", (int)strcspn(spec, ":"), spec) < 0)
		die(0, "%.*s: no such user", 32, spec);
	if (*name) {
		r = passwd_user(AT_FDCWD, without_plus(name), &user);
		if (r < 0)
			die(r == -ENOENT ? 0 : r, "%s: no such user", name);
		if (!*user.name && !*group)
			die(0, "%s: unknown user, and no group is given", name);
		id->uid = user.uid;
		id->gid = user.gid;
	}
	if (*group) {
		r = passwd_group(AT_FDCWD, without_plus(group), &gid);
		if (r < 0)
			die(r == -ENOENT ? 0 : r, "%s: no such group", group);
		id->gid = gid;
	}
	if (!*name)
		return;
	user.gid = (gid_t)id->gid;
	id->group_count = *user.name ? passwd_groups(AT_FDCWD, &user, id->groups, GROUPS_MAX) : 0;
	if (id->group_count < 0)
		die(id->group_count, "groups of %s", name);
}

static void look_up_groups(struct identity *id, const char *list)
{
	id->group_count = passwd_group_list(AT_FDCWD, list, id->groups, GROUPS_MAX);
	if (id->group_count < 0)
		die(id->group_count == -ENOENT ? 0 : id->group_count, "--groups: %s: no such group",
			list);
}

static void become(const struct identity *id)
{
	uid_t uid = (uid_t)id->uid;
	gid_t gid = (gid_t)id->gid;
	int r = 0;

	if (id->group_count >= 0)
		r = sys_setgroups((size_t)id->group_count, id->groups);
	if (r < 0)
		die(r, "set the supplementary groups");
	if (id->gid >= 0)
		r = sys_setresgid(gid, gid, gid);
	if (r < 0)
		die(r, "become group %u", gid);
	if (id->uid >= 0)
		r = sys_setresuid(uid, uid, uid);
	if (r < 0)
		die(r, "become user %u", uid);
}

static int chroot_run(const struct applet *self, char **argv, struct chain *chain)
{
	static char *shell[] = { NULL, (char *)"-i", NULL };
	struct identity id = { .uid = -1, .gid = -1, .group_count = -1 };
	struct chroot_args args = { 0 };
	const char *newroot;

	argv = applet_args(self, &args, argv, 1);
	newroot = *argv++;
	if (args.skip_chdir && !is_root_directory(newroot))
		usage_die("--skip-chdir: %s is not /", newroot);
	if (chroot(newroot) < 0)
		die_hint(-errno, errno == EPERM ? "needs root; or unshare -r before it" : NULL,
			"change the root directory to %s", newroot);
	if (!args.skip_chdir && chdir("/") < 0)
		die(-errno, "chdir to / in %s", newroot);
	if (args.userspec)
		look_up_user(&id, args.userspec);
	if (args.groups)
		look_up_groups(&id, args.groups);
	become(&id);
	/* What an unshare before this one asked for does not survive the change of user. */
	if (wait_arm(chain) < 0)
		return self->own_error;
	shell[0] = getenv("SHELL");
	if (!shell[0] || !*shell[0])
		shell[0] = (char *)"/bin/sh";
	chain->next = *argv ? argv : shell;
	return 0;
}

const struct applet chroot_applet = {
	.name = "chroot",
	.operands = "NEWROOT [COMMAND [ARG...]]",
	.summary = "run a command with another root directory",
	.opts = chroot_opts,
	.own_error = 125,
	.usage_error = 125,
	.run = chroot_run,
};
