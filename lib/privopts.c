// SPDX-License-Identifier: MIT
/* privopts.c - see privopts.h. */
#include "privopts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bpf.h"
#include "err.h"
#include "fs.h"
#include "parse.h"
#include "seccomp.h"
#include "sys.h"

/* One after the other: --caps -net_raw --caps -mknod takes away both. */
static void parse_caps(const char *option, const struct opt_list *lists, uint64_t *set)
{
	const char *bad;
	size_t length;

	for (size_t i = 0; i < lists->count; i++)
		if (caps_parse(lists->items[i].value, set, &bad, &length) < 0)
			usage_die("%s: no capability \"%.*s\"", option, (int)length, bad);
}

static void parse_numbers(const struct privopts *args, struct priv *priv)
{
	int score;
	unsigned mask;

	if (args->oom_score_adj && parse_int(args->oom_score_adj, -1000, 1000, &score) < 0)
		usage_die("--oom-score-adj: %s is not -1000 to 1000", args->oom_score_adj);
	if (args->nice) {
		if (parse_int(args->nice, -20, 19, &priv->nice) < 0)
			usage_die("--nice: %s is not -20 to 19", args->nice);
		priv->set_nice = true;
	}
	if (args->umask) {
		if (parse_octal(args->umask, 0777, &mask) < 0)
			usage_die("--umask: %s is not 0 to 777", args->umask);
		priv->umask = mask;
		priv->set_umask = true;
	}
}

void privopts_parse(const struct privopts *args, struct priv *priv)
{
	parse_numbers(args, priv);
	parse_caps("--caps", &args->caps, &priv->permitted);
	parse_caps("--ambient", &args->ambient, &priv->ambient);
	priv->permitted |= priv->ambient;
	priv->bounding = priv->permitted;
	if (args->securebits) {
		if (priv_parse_securebits(args->securebits, &priv->securebits) < 0)
			usage_die("--securebits: no such bit in %s", args->securebits);
		priv->set_securebits = true;
	}
	for (size_t i = 0; i < args->limits.count; i++)
		if (priv_parse_limit(priv, args->limits.items[i].value) < 0)
			usage_die("--rlimit: %s is not NAME=SOFT[:HARD]",
				args->limits.items[i].value);
	if (args->pdeathsig) {
		if (!strcmp(args->pdeathsig, "clear"))
			priv->pdeath_signal = -1;
		else if (parse_signal(args->pdeathsig, &priv->pdeath_signal) < 0)
			usage_die("--pdeathsig: no signal %s", args->pdeathsig);
	}
	if (args->allow_setuid && args->no_new_privs)
		usage_die("--allow-setuid and --no-new-privs exclude each other");
	if (args->allow_setuid || args->no_new_privs)
		priv->no_new_privs = args->no_new_privs;
}

bool privopts_given(const struct privopts *args)
{
	return args->groups || args->caps.count || args->ambient.count || args->securebits ||
		args->seccomp || args->oom_score_adj || args->nice || args->umask ||
		args->pdeathsig || args->limits.count || args->allow_setuid || args->no_new_privs;
}

void privopts_guard(const struct privopts *args)
{
	const char *score = args->oom_score_adj;
	int r = score ? fs_write(AT_FDCWD, "/proc/self/oom_score_adj", score) : 0;

	if (r < 0)
		die(r, "set oom_score_adj");
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		die(-errno, "PR_SET_DUMPABLE");
}

/* A wrong number is a wrong command line; a name that is not there depends on the root. */
static void check(int r, const char *option, const char *value, const char *file)
{
	if (r == -EINVAL || r == -ERANGE)
		usage_die("%s: %s is neither a name nor an id", option, value);
	if (r == -ENOENT)
		die(0, "%s: %s is not in %s", option, value, file);
	if (r < 0)
		die(r, "%s: read %s", option, file);
}

/* In a user namespace that was made without privilege the kernel denies setgroups(2): what the
 * caller had stays, unmapped. */
static bool groups_are_denied(int proc)
{
	const char *path = proc == AT_FDCWD ? "/proc/self/setgroups" : "self/setgroups";
	char answer[16] = "";

	return fs_read(proc, path, answer, sizeof(answer)) > 0 && !strncmp(answer, "deny", 4);
}

void privopts_find_user(const struct privopts *args, const char *who, int root, int proc,
	struct priv *priv, gid_t *groups, struct passwd_user *user)
{
	int count = 0;

	*user = (struct passwd_user){ .home = "" };
	if (who) {
		check(passwd_user_group(root, who, user), "--user", who,
			"the root's passwd or group");
		priv->ruid = priv->euid = user->uid;
		priv->rgid = priv->egid = user->gid;
		if (!args->groups)
			count = passwd_groups(root, user, groups, PRIVOPTS_GROUPS);
		/* A container's uid 0 is what the capability sets are for; any other has none but
		 * what is ambient. */
		if (user->uid)
			priv->permitted = priv->ambient;
	}
	if (args->groups)
		count = passwd_group_list(root, args->groups, groups, PRIVOPTS_GROUPS);
	check(count, args->groups ? "--groups" : "--user", args->groups ? args->groups : who,
		"the root's group");
	if (!count && !getgroups(0, NULL))
		return;
	if (groups_are_denied(proc)) {
		if (args->groups)
			die_hint(-EPERM, "this user namespace denies setgroups", "--groups");
		return;
	}
	priv->groups = groups;
	priv->group_count = count;
}

void privopts_filter(const char *name, struct priv *priv)
{
	static struct sock_filter program[BPF_MAXINSNS];
	static struct sock_fprog filter;
	size_t length;
	int r;

	if (!strcmp(name, "none"))
		return;
	if (!strcmp(name, "tty")) {
		length = bpf_tty(&bpf_native, program);
	} else if (!strcmp(name, "basic")) {
		length = bpf_basic(&bpf_native, priv->bounding & CAP_BIT(CAP_SYS_ADMIN), program);
	} else {
		r = seccomp_read(name, program, &filter);
		if (r == -EINVAL)
			usage_die("--seccomp: %s is no array of BPF instructions", name);
		if (r < 0)
			die(r, "--seccomp: %s", name);
		length = filter.len;
	}
	filter = (struct sock_fprog){ .len = (unsigned short)length, .filter = program };
	priv->filter = &filter;
}
