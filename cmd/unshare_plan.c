// SPDX-License-Identifier: MIT
/* unshare_plan.c - what the options of unshare come to, and what is wrong with them. */
#include "unshare.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "parse.h"
#include "passwd.h"

static int64_t id_option(const char *option, const char *text)
{
	uint32_t id;
	int r;

	if (!text)
		return -1;
	r = parse_id(text, &id);
	if (r < 0)
		usage_die("--%s: %s: not an ID", option, text);
	return id;
}

static int64_t offset_option(const char *option, const char *text, unsigned flags)
{
	int seconds;

	if (!text)
		return 0;
	if (!(flags & CLONE_NEWTIME))
		usage_die("--%s needs --time", option);
	if (parse_int(text, INT32_MIN, INT32_MAX, &seconds) < 0)
		usage_die("--%s: %s: not a number of seconds", option, text);
	return seconds;
}

static uint32_t name_option(const char *option, const char *text)
{
	struct passwd_user user;
	uint32_t id;
	int r;

	if (!parse_id(text, &id))
		return id;
	if (!strcmp(option, "map-user")) {
		r = passwd_user(AT_FDCWD, text, &user);
		id = user.uid;
	} else {
		r = passwd_group(AT_FDCWD, text, &id);
	}
	if (r < 0)
		usage_die("--%s: %s: neither an ID nor a name", option, text);
	return id;
}

static void add_subids(struct idmap *map, const char *path, uid_t uid, bool identity)
{
	struct passwd_user user;
	char number[16];
	int r;

	fmt_buf(number, sizeof(number), "%u", uid);
	if (passwd_user(AT_FDCWD, number, &user) < 0 || !user.name[0])
		fmt_buf(user.name, sizeof(user.name), "%s", number);
	r = idmap_add_subids(map, path, user.name, uid, identity);
	if (r < 0)
		die_hint(r == -ENOENT ? 0 : r,
			r == -ENOENT ? "see usermod(8), --add-subuids" : NULL,
			"%s: no range for %s", path, user.name);
}

/* One --map-users or --map-groups. */
static void add_ranges(
	struct idmap *map, const char *option, const char *value, bool users, uid_t uid)
{
	const char *subids = users ? "/etc/subuid" : "/etc/subgid";
	struct id_range range;
	int r = 0;

	if (!strcmp(value, "auto") || !strcmp(value, "subids")) {
		add_subids(map, subids, uid, *value == 's');
	} else if (!strcmp(value, "all")) {
		const char *path = users ? "/proc/self/uid_map" : "/proc/self/gid_map";

		r = idmap_add_all(map, path);
		if (r < 0)
			die(r, "%s", path);
	} else {
		r = idmap_parse(value, &range);
		if (r == -ERANGE)
			usage_die("--%s: %s: an ID above 4294967294", option, value);
		if (r < 0)
			usage_die("--%s: %s: not INNER:OUTER:COUNT, auto, subids or all", option,
				value);
		if (idmap_add(map, range) < 0)
			usage_die("--%s: %s: more than %d ranges", option, value, IDMAP_RANGES);
	}
}

/* The one ID goes into the ranges where there are any, and these must not overlap. */
static void finish_map(struct idmap **map, int64_t *single, uint32_t caller, const char *what)
{
	size_t a, b;

	if (!(*map)->count) {
		*map = NULL;
		return;
	}
	if (*single >= 0) {
		int lost = idmap_single(*map, (uint32_t)*single, caller);

		if (lost < 0)
			usage_die("the map of %s has more than %d ranges", what, IDMAP_RANGES);
		if (lost)
			step("# the highest %d of the %s make room for %lld", lost, what,
				(long long)*single);
		*single = -1;
	}
	if (idmap_overlap(*map, &a, &b)) {
		const struct id_range *x = &(*map)->ranges[a], *y = &(*map)->ranges[b];

		usage_die("the map of %s: %u:%u:%u and %u:%u:%u overlap", what, x->inner, x->outer,
			x->count, y->inner, y->outer, y->count);
	}
}

static void plan_map(struct unshare_plan *plan, const struct opt_item *item)
{
	const char *name = item->opt->name, *value = item->value;

	if (!strcmp(name, "map-root-user")) {
		plan->map_uid = plan->map_gid = 0;
	} else if (!strcmp(name, "map-current-user")) {
		plan->map_uid = plan->caller_uid;
		plan->map_gid = plan->caller_gid;
	} else if (!strcmp(name, "map-user")) {
		plan->map_uid = name_option(name, value);
	} else if (!strcmp(name, "map-group")) {
		plan->map_gid = name_option(name, value);
	} else {
		bool both = !value;

		if (both)
			value = !strcmp(name, "map-auto") ? "auto" : "subids";
		if (both || !strcmp(name, "map-users"))
			add_ranges(plan->users, name, value, true, plan->caller_uid);
		if (both || !strcmp(name, "map-groups"))
			add_ranges(plan->groups, name, value, false, plan->caller_uid);
	}
}

static void plan_maps(struct unshare_plan *plan)
{
	static struct idmap users, groups; /* large, and untouched without ranges */
	const struct opt_list *maps = &plan->args->maps;

	plan->map_uid = plan->map_gid = -1;
	if (!maps->count)
		return;
	plan->flags |= CLONE_NEWUSER;
	plan->caller_uid = plan->owner_uid >= 0 ? (uid_t)plan->owner_uid : geteuid();
	plan->caller_gid = plan->owner_gid >= 0 ? (gid_t)plan->owner_gid : getegid();
	plan->users = &users;
	plan->groups = &groups;
	for (size_t i = 0; i < maps->count; i++)
		plan_map(plan, &maps->items[i]);
	finish_map(&plan->users, &plan->map_uid, plan->caller_uid, "users");
	finish_map(&plan->groups, &plan->map_gid, plan->caller_gid, "groups");
}

static void plan_owner(struct unshare_plan *plan)
{
	struct passwd_user user;
	const char *owner = plan->args->owner;

	plan->owner_uid = plan->owner_gid = -1;
	if (!owner)
		return;
	if (!strchr(owner, ':') || passwd_user_group(AT_FDCWD, owner, &user) < 0)
		usage_die("--owner: %s: not USER:GROUP", owner);
	plan->owner_uid = user.uid;
	plan->owner_gid = user.gid;
	plan->flags |= CLONE_NEWUSER;
}

static void plan_setgroups(const struct unshare_plan *plan)
{
	const char *setgroups = plan->args->setgroups;

	if (!setgroups)
		return;
	if (!parse_word_in(setgroups, "allow deny"))
		usage_die("--setgroups: %s: neither allow nor deny", setgroups);
	if (*setgroups == 'a' && plan->map_gid >= 0)
		usage_die("--setgroups=allow does not go with the map of one group");
}

static void plan_propagation(struct unshare_plan *plan)
{
	static const struct {
		const char *name;
		unsigned long flag;
	} modes[] = { { "private", MS_PRIVATE }, { "slave", MS_SLAVE }, { "shared", MS_SHARED },
		{ "unchanged", 0 } };
	const char *wanted = plan->args->propagation;
	size_t i = 0;

	while (wanted && strcmp(modes[i].name, wanted) != 0)
		if (++i == sizeof(modes) / sizeof(*modes))
			usage_die("--propagation: %s: not private, slave, shared or unchanged",
				wanted);
	if (plan->flags & CLONE_NEWNS)
		plan->propagation = modes[i].flag;
}

static void plan_fork(struct unshare_plan *plan)
{
	const struct unshare_args *args = plan->args;
	bool init = plan->flags & CLONE_NEWPID;
	bool fork = args->fork || args->kill_child.set || args->forward_signals;

	if (args->no_fork && fork)
		usage_die("--no-fork does not go with --fork, --kill-child and --forward-signals");
	plan->fork = fork || (init && !args->no_fork);
	if (plan->fork && !args->no_kill_child && (init || args->kill_child.set))
		plan->kill_signal = SIGKILL;
	if (args->kill_child.value && parse_signal(args->kill_child.value, &plan->kill_signal) < 0)
		usage_die("--kill-child: %s: no such signal", args->kill_child.value);
}

static void plan_namespaces(struct unshare_plan *plan)
{
	const struct unshare_args *args = plan->args;

	for (int i = 0; i < NS_COUNT; i++) {
		if (args->ns[i].set || args->all)
			plan->flags |= ns_types[i].flag;
		plan->keeps |= args->ns[i].value != NULL;
	}
	if (args->all)
		for (const struct ns_type *type; (type = ns_missing(plan->flags));)
			plan->flags &= ~type->flag;
	if (args->mount_proc.set)
		plan->flags |= CLONE_NEWNS;
	if (args->hostname || args->domainname)
		plan->flags |= CLONE_NEWUTS;
}

void unshare_make_plan(struct unshare_plan *plan, const struct unshare_args *args)
{
	*plan = (struct unshare_plan){ .args = args };
	plan_namespaces(plan);
	plan_owner(plan);
	plan_maps(plan);
	plan_setgroups(plan);
	plan_propagation(plan);
	plan_fork(plan);
	if (args->ns[NS_PID].value && !plan->fork)
		usage_die("--pid=%s has nothing to keep with --no-fork", args->ns[NS_PID].value);
	plan->monotonic = offset_option("monotonic", args->monotonic, plan->flags);
	plan->boottime = offset_option("boottime", args->boottime, plan->flags);
	plan->uid = id_option("setuid", args->setuid);
	plan->gid = id_option("setgid", args->setgid);
}
