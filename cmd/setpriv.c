// SPDX-License-Identifier: MIT
/* setpriv.c - runs a command with other ids and privileges, setpriv(1) of util-linux.
 *
 * For the host's side, for children of cinit, and inside of a root that is trusted.  In front of an
 * image it is of no use: privileges would go before pivot, which needs them, or behind it, where
 * the image decides what runs. */
#include <errno.h>
#include <stdlib.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "applet.h"
#include "err.h"
#include "fmt.h"
#include "parse.h"
#include "passwd.h"
#include "priv.h"

#define GROUPS_MAX 256

struct setpriv_args {
	const char *reuid, *ruid, *euid, *regid, *rgid, *egid, *groups;
	const char *securebits, *pdeathsig;
	struct opt_list inh_caps, ambient_caps, bounding_set;
	bool init_groups, clear_groups, keep_groups, no_new_privs, reset_env, list_caps;
	unsigned dump;
};

static const struct opt setpriv_opts[] = {
	OPT('d', "dump", struct setpriv_args, dump, NULL, "show the privileges, run nothing"),
	OPT(0, "reuid", struct setpriv_args, reuid, "USER", "real and effective user"),
	OPT(0, "ruid", struct setpriv_args, ruid, "USER", "real user"),
	OPT(0, "euid", struct setpriv_args, euid, "USER", "effective user"),
	OPT(0, "regid", struct setpriv_args, regid, "GROUP", "real and effective group"),
	OPT(0, "rgid", struct setpriv_args, rgid, "GROUP", "real group"),
	OPT(0, "egid", struct setpriv_args, egid, "GROUP", "effective group"),
	OPT(0, "init-groups", struct setpriv_args, init_groups, NULL,
		"the groups of the real user"),
	OPT(0, "clear-groups", struct setpriv_args, clear_groups, NULL, "no supplementary groups"),
	OPT(0, "keep-groups", struct setpriv_args, keep_groups, NULL, "keep what is there"),
	OPT(0, "groups", struct setpriv_args, groups, "LIST", "these supplementary groups"),
	OPT(0, "inh-caps", struct setpriv_args, inh_caps, "[+-]CAP,...",
		"inheritable capabilities"),
	OPT(0, "ambient-caps", struct setpriv_args, ambient_caps, "[+-]CAP,...",
		"ambient capabilities"),
	OPT(0, "bounding-set", struct setpriv_args, bounding_set, "[+-]CAP,...",
		"capability bounding set"),
	OPT(0, "securebits", struct setpriv_args, securebits, "[+-]BIT,...", "see capabilities(7)"),
	OPT(0, "no-new-privs", struct setpriv_args, no_new_privs, NULL,
		"setuid files give nothing"),
	OPT_ALIAS(0, "nnp", "no-new-privs"),
	OPT(0, "pdeathsig", struct setpriv_args, pdeathsig, "keep|clear|SIGNAL",
		"when the parent dies"),
	OPT(0, "reset-env", struct setpriv_args, reset_env, NULL,
		"the environment of a login of the user"),
	OPT(0, "list-caps", struct setpriv_args, list_caps, NULL, "name the capabilities"),
	OPT_END,
};

static void out_caps(struct out *out, const char *title, uint64_t set)
{
	bool any = false;

	out_printf(out, "%s: ", title);
	for (int cap = 0; cap < 64; cap++) {
		if (!(set & CAP_BIT(cap)))
			continue;
		if (caps_name(cap))
			out_printf(out, "%s%s", any ? "," : "", caps_name(cap));
		else
			out_printf(out, "%scap_%d", any ? "," : "", cap);
		any = true;
	}
	out_printf(out, "%s\n", any ? "" : "[none]");
}

static int list_caps(void)
{
	struct out out = OUT_INIT(STDOUT_FILENO);

	for (int cap = 0; caps_name(cap); cap++)
		out_printf(&out, "%s\n", caps_name(cap));
	return out_flush(&out) < 0;
}

static void dump_groups(struct out *out)
{
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);

	out_printf(out, "Supplementary groups: ");
	for (int i = 0; i < count; i++)
		out_printf(out, "%s%u", i ? "," : "", groups[i]);
	out_printf(out, "%s\n", count > 0 ? "" : "[none]");
}

static int dump(void)
{
	struct out out = OUT_INIT(STDOUT_FILENO);
	struct caps caps;
	int r = caps_get(&caps), signal = 0, bits = prctl(PR_GET_SECUREBITS);

	if (r < 0)
		die(r, "read the capabilities");
	prctl(PR_GET_PDEATHSIG, &signal);
	out_printf(&out, "uid: %u\neuid: %u\ngid: %u\negid: %u\n", getuid(), geteuid(), getgid(),
		getegid());
	dump_groups(&out);
	out_printf(&out, "no_new_privs: %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	out_caps(&out, "Effective capabilities", caps.effective);
	out_caps(&out, "Permitted capabilities", caps.permitted);
	out_caps(&out, "Inheritable capabilities", caps.inheritable);
	out_caps(&out, "Ambient capabilities", caps_ambient());
	out_caps(&out, "Capability bounding set", caps_bounding());
	out_printf(&out, "Securebits: ");
	for (int bit = 0, any = 0; bits > 0 && priv_securebit_name(bit); bit++)
		if (bits & 1 << bit)
			out_printf(&out, "%s%s", any++ ? "," : "", priv_securebit_name(bit));
	out_printf(&out, "%s\nParent death signal: %s\n", bits > 0 ? "" : "[none]",
		signal ? signal_name(signal) : "[none]");
	return out_flush(&out) < 0;
}

static void check(int r, const char *option, const char *value)
{
	if (r == -EINVAL || r == -ERANGE)
		usage_die("%s: %s is neither a name nor an id", option, value);
	if (r < 0)
		die(r == -ENOENT ? 0 : r, "%s: %s is not known", option, value);
}

static void find_user(const char *option, const char *value, uid_t *first, uid_t *second,
	struct passwd_user *user)
{
	if (!value)
		return;
	if (*first != PRIV_SAME_ID || (second && *second != PRIV_SAME_ID))
		usage_die("%s: the user is given twice", option);
	check(passwd_user(AT_FDCWD, value, user), option, value);
	*first = user->uid;
	if (second)
		*second = user->uid;
}

static void find_group(const char *option, const char *value, gid_t *first, gid_t *second)
{
	gid_t gid;

	if (!value)
		return;
	if (*first != PRIV_SAME_ID || (second && *second != PRIV_SAME_ID))
		usage_die("%s: the group is given twice", option);
	check(passwd_group(AT_FDCWD, value, &gid), option, value);
	*first = gid;
	if (second)
		*second = gid;
}

static void set_ids(const struct setpriv_args *args, struct priv *priv, gid_t *groups)
{
	struct passwd_user user = { .name = "" };
	int chosen = args->init_groups + args->clear_groups + args->keep_groups + !!args->groups;

	find_user("--euid", args->euid, &priv->euid, NULL, &user);
	find_user("--reuid", args->reuid, &priv->ruid, &priv->euid, &user);
	find_user("--ruid", args->ruid, &priv->ruid, NULL, &user);
	find_group("--egid", args->egid, &priv->egid, NULL);
	find_group("--regid", args->regid, &priv->rgid, &priv->egid);
	find_group("--rgid", args->rgid, &priv->rgid, NULL);
	if (chosen > 1)
		usage_die("--init-groups, --clear-groups, --keep-groups, --groups: one of them");
	if (!chosen && (priv->rgid != PRIV_SAME_ID || priv->egid != PRIV_SAME_ID))
		usage_die("a group wants --init-groups, --clear-groups, --keep-groups or --groups");
	if (args->init_groups && priv->ruid == PRIV_SAME_ID)
		usage_die("--init-groups wants --ruid or --reuid");
	if (args->init_groups)
		priv->group_count = passwd_groups(AT_FDCWD, &user, groups, GROUPS_MAX);
	else if (args->groups)
		priv->group_count = passwd_group_list(AT_FDCWD, args->groups, groups, GROUPS_MAX);
	else
		priv->group_count = args->clear_groups ? 0 : -1;
	if (chosen && !args->clear_groups && !args->keep_groups)
		check(priv->group_count, args->groups ? "--groups" : "--init-groups",
			args->groups ? args->groups : user.name);
	priv->groups = groups;
}

static void read_caps(const char *option, const struct opt_list *lists, uint64_t all, uint64_t *set)
{
	const char *bad;
	size_t length;

	for (size_t i = 0; i < lists->count; i++) {
		if (caps_parse(lists->items[i].value, set, &bad, &length) < 0)
			usage_die("%s: no capability \"%.*s\"", option, (int)length, bad);
		*set &= all;
	}
}

static void set_caps(const struct setpriv_args *args, struct priv *priv)
{
	struct caps caps;
	int r = caps_get(&caps);

	if (r < 0)
		die(r, "read the capabilities");
	if (args->bounding_set.count)
		priv->bounding = caps_bounding();
	read_caps("--bounding-set", &args->bounding_set, CAPS_ALL, &priv->bounding);
	read_caps("--inh-caps", &args->inh_caps, caps.permitted, &priv->inheritable);
	read_caps("--ambient-caps", &args->ambient_caps, caps.permitted, &priv->ambient);
}

/* What execve(2) would leave of the permitted set, whatever comes next: another applet runs in this
 * same process without one. */
static void permit(struct priv *priv)
{
	uid_t real = priv->ruid == PRIV_SAME_ID ? getuid() : priv->ruid;
	uid_t effective = priv->euid == PRIV_SAME_ID ? geteuid() : priv->euid;

	if (!real || !effective)
		priv->permitted = priv->bounding | priv->inheritable;
	else
		priv->permitted = priv->ambient;
}

static void reset_environment(const struct priv *priv)
{
	uid_t uid = priv->ruid == PRIV_SAME_ID ? getuid() : priv->ruid;
	const char *path = uid ? "/usr/local/bin:/bin:/usr/bin"
			       : "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin";
	char *term = getenv("TERM");
	struct passwd_user user;
	char number[16];

	fmt_buf(number, sizeof(number), "%u", uid);
	if (passwd_user(AT_FDCWD, number, &user) < 0 || !*user.name)
		die(0, "--reset-env: user %u is not in /etc/passwd", uid);
	term = term ? strdup(term) : NULL;
	clearenv();
	if ((term && setenv("TERM", term, 1) < 0) || setenv("HOME", user.home, 1) < 0 ||
		setenv("SHELL", *user.shell ? user.shell : "/bin/sh", 1) < 0 ||
		setenv("USER", user.name, 1) < 0 || setenv("LOGNAME", user.name, 1) < 0 ||
		setenv("PATH", path, 1) < 0)
		die(-errno, "--reset-env");
	free(term);
}

static int setpriv_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct setpriv_args args = { 0 };
	char **words = applet_args(self, &args, argv, 0);
	gid_t groups[GROUPS_MAX];
	struct priv priv;
	const char *what;
	int r = priv_current(&priv);

	if ((args.list_caps || args.dump) &&
		(*words || words > argv + 1 + args.dump + args.list_caps))
		usage_die("--dump and --list-caps stand alone");
	if (args.list_caps)
		return list_caps();
	if (args.dump)
		return dump();
	if (!words[0])
		usage_die("missing operand: %s", self->operands);
	if (r < 0)
		die(r, "read the capabilities");
	set_ids(&args, &priv, groups);
	set_caps(&args, &priv);
	permit(&priv);
	priv.no_new_privs = args.no_new_privs;
	if (args.securebits) {
		if (priv_parse_securebits(args.securebits, &priv.securebits) < 0)
			usage_die("--securebits: no such bit in %s", args.securebits);
		priv.set_securebits = true;
	}
	if (args.pdeathsig && !strcmp(args.pdeathsig, "keep"))
		prctl(PR_GET_PDEATHSIG, &priv.pdeath_signal);
	else if (args.pdeathsig && !strcmp(args.pdeathsig, "clear"))
		priv.pdeath_signal = -1;
	else if (args.pdeathsig && parse_signal(args.pdeathsig, &priv.pdeath_signal) < 0)
		usage_die("--pdeathsig: no signal %s", args.pdeathsig);
	if (args.reset_env)
		reset_environment(&priv);
	r = priv_apply(&priv, chain, AT_FDCWD, &what);
	if (r < 0)
		die(r, "%s", what);
	/* As after execve(2): with other ids, the files below /proc/self would be root's. */
	if (getuid() == geteuid() && getgid() == getegid() && prctl(PR_SET_DUMPABLE, 1) < 0)
		die(-errno, "PR_SET_DUMPABLE");
	chain->next = words;
	return 0;
}

const struct applet setpriv_applet = {
	.name = "setpriv",
	.operands = "COMMAND [ARG...]",
	.summary = "run a command with other ids and privileges",
	.opts = setpriv_opts,
	.own_error = 1,
	.usage_error = 1,
	.run = setpriv_run,
};
