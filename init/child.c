// SPDX-License-Identifier: MIT
/* child.c - see child.h.
 *
 * Group and terminal come first, while we may still hand it over; then limits and privileges, as
 * priv.c orders them; then the directory, with the rights of the new user. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "parse.h"
#include "passwd.h"

/* USER[:GROUP[:GROUP,...]]; without the list these are the groups of the user. */
static void plan_user(struct child *child, const char *spec)
{
	struct passwd_user user = { 0 };
	char copy[512], *list = NULL;
	int r = fmt_path(copy, sizeof(copy), "%s", spec);
	char *colon = r < 0 ? NULL : strchr(copy, ':');

	if (colon)
		list = strchr(colon + 1, ':');
	if (list)
		*list++ = '\0';
	if (!r)
		r = passwd_user_group(AT_FDCWD, copy, &user);
	if (r < 0)
		die(r, "user %s", spec);
	r = list ? passwd_group_list(AT_FDCWD, list, child->groups, CHILD_GROUPS)
		 : passwd_groups(AT_FDCWD, &user, child->groups, CHILD_GROUPS);
	if (r < 0)
		die(r, "groups of %s", spec);
	child->priv.ruid = child->priv.euid = user.uid;
	child->priv.rgid = child->priv.egid = user.gid;
	child->priv.groups = child->groups;
	child->priv.group_count = r;
}

static uint64_t parse_caps(const struct opt_list *lists)
{
	uint64_t all = 0;

	for (size_t i = 0; i < lists->count; i++) {
		uint64_t set = 0;
		size_t length;
		const char *bad;

		if (caps_parse(lists->items[i].value, &set, &bad, &length) < 0)
			usage_die("%.*s: no such capability", (int)length, bad);
		all |= set;
	}
	return all;
}

static void plan_caps(const struct init_args *args, struct priv *priv)
{
	uint64_t keep = args->keep_caps.count ? parse_caps(&args->keep_caps) : CAPS_ALL;

	keep &= ~parse_caps(&args->drop_caps);
	priv->bounding = priv->permitted = keep;
	priv->inheritable &= keep;
	priv->ambient &= keep;
}

static void plan_limits(const struct init_args *args, struct priv *priv)
{
	unsigned mode;
	int score;

	for (size_t i = 0; i < args->limits.count; i++)
		if (priv_parse_limit(priv, args->limits.items[i].value) < 0)
			usage_die("limit %s: not NAME=SOFT[:HARD]", args->limits.items[i].value);
	if (args->oom && parse_int(args->oom, -1000, 1000, &score) < 0)
		usage_die("OOM score %s: not a number of -1000 to 1000", args->oom);
	priv->oom_score_adj = args->oom;
	if (!args->umask)
		return;
	if (parse_octal(args->umask, 0777, &mode) < 0)
		usage_die("umask %s: not an octal number up to 777", args->umask);
	priv->set_umask = true;
	priv->umask = mode;
}

static void plan_privileges(const struct init_args *args, struct child *child)
{
	int r;

	child->has_priv = args->user || args->drop_caps.count || args->keep_caps.count ||
		args->oom || args->umask || args->no_new_privs || args->limits.count;
	if (!child->has_priv)
		return;
	r = priv_current(&child->priv);
	if (r < 0)
		die(r, "read the capabilities");
	child->priv.no_new_privs = args->no_new_privs;
	plan_limits(args, &child->priv);
	plan_caps(args, &child->priv);
	if (args->user)
		plan_user(child, args->user);
}

/* --env and --unset, in the order in which they stood. */
static void plan_environment(const struct opt_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		char *value = (char *)list->items[i].value;
		bool unset = !strcmp(list->items[i].opt->name, "unset");

		if (!*value || *value == '=' || !strchr(value, '=') != unset)
			usage_die("--%s %s: not %s", list->items[i].opt->name, value,
				unset ? "NAME" : "NAME=VALUE");
		if (unset)
			unsetenv(value);
		else if (putenv(value))
			die(-errno, "--env %s", value);
	}
}

static void plan_pid_variable(
	const struct init *in, const char *name, struct pid_variable *variable)
{
	size_t length = strlen(name);
	pid_t pid;

	variable->place = NULL;
	for (char **place = environ; place && *place; place++)
		if (!strncmp(*place, name, length) && (*place)[length] == '=' &&
			!parse_pid(*place + length + 1, &pid) && pid == in->self)
			variable->place = place;
}

void child_plan(const struct init *in, struct child *child)
{
	plan_privileges(&in->args, child);
	plan_environment(&in->args.environment);
	plan_pid_variable(in, "LISTEN_PID", &child->listen);
	plan_pid_variable(in, "WATCHDOG_PID", &child->watchdog);
}

static void set_pid_variable(const char *name, struct pid_variable *variable)
{
	if (!variable->place)
		return;
	fmt_buf(variable->text, sizeof(variable->text), "%s=%d", name, (int)getpid());
	*variable->place = variable->text;
}

const char *child_become(const struct init *in, struct child *child, int *error)
{
	/* No waiter of ours to be bound to: it ends with PID 1. */
	const struct chain nobody = { .life_fd = -1 };
	const char *step = tty_enter(in);

	if (step) {
		*error = -errno;
		return step;
	}
	if (child->has_priv) {
		*error = priv_apply(&child->priv, &nobody, AT_FDCWD, &step);
		if (*error < 0)
			return step;
	}
	if (in->args.chdir && chdir(in->args.chdir) < 0) {
		*error = -errno;
		return in->args.chdir;
	}
	set_pid_variable("LISTEN_PID", &child->listen);
	set_pid_variable("WATCHDOG_PID", &child->watchdog);
	if (in->caller_chld.sa_handler == SIG_IGN)
		sigaction(SIGCHLD, &in->caller_chld, NULL);
	return NULL;
}
