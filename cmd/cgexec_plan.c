// SPDX-License-Identifier: MIT
/* cgexec_plan.c - from the command line to what is to be done.  Nothing is made here. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgexec.h"
#include "cgstat.h"
#include "err.h"
#include "fmt.h"
#include "parse.h"

#define LEAST_MEMORY (512 * 1024)

/* ---- limits and devices */

static void add_limit(struct cg_limits *limits, enum cg_limit limit, const char *text)
{
	const struct cg_row *row = &cg_rows[limit];
	const char *why;
	int r = cg_limit_add(limits, limit, text, &why);
	const struct cg_setting *s = &limits->setting[limits->count - 1];

	if (r == -ENOSPC)
		usage_die("more than %d limits", CG_SETTINGS);
	if (r < 0 && why)
		usage_die("--%s %s: %s", row->option, text, why);
	if (r == -ERANGE && row->max)
		usage_die("--%s %s: not in %llu..%llu", row->option, text,
			(unsigned long long)row->min, (unsigned long long)row->max);
	if (r == -EINVAL || r == -ERANGE)
		usage_die("--%s '%s': %s", row->option, text,
			r == -ERANGE ? "out of range" : "not understood");
	if (r < 0)
		die(r, "--%s %s", row->option, text);
	if (s->partition)
		step("--%s %s: a partition of %u:%u, which is limited as a whole", row->option,
			text, s->major, s->minor);
	if (limit == CGL_MEMORY && s->value < LEAST_MEMORY)
		warn(0,
			"--memory %s is too small: below 512K the command may be killed before its "
			"execution has finished",
			text);
	if (row->kind == CGK_SIZE && s->value != CG_UNLIMITED)
		step("--%s: %llu bytes", row->option, (unsigned long long)s->value);
}

static void read_limits(struct cgexec_plan *plan, const struct cgexec_args *args)
{
	const char *why;
	int r;

	for (enum cg_limit i = 0; i < CG_LIMIT_COUNT; i++) {
		if (args->text[i])
			add_limit(&plan->limits, i, args->text[i]);
		if (args->flag[i])
			add_limit(&plan->limits, i, "1");
		for (size_t j = 0; j < args->list[i].count; j++)
			add_limit(&plan->limits, i, args->list[i].items[j].value);
	}
	r = cg_limits_settle(&plan->limits, &why);
	if (r < 0)
		usage_die("%s", why ? why : "too many limits");
	if (args->flag[CGL_OOM_KILL_DISABLE] && !args->text[CGL_MEMORY])
		warn(0,
			"--oom-kill-disable without --memory: when the machine is out of memory "
			"the command stands still");
}

static bool denies(const struct opt_item *item)
{
	return !strcmp(item->opt->name, "device-deny");
}

static void read_devices(struct cgexec_plan *plan, const struct cgexec_args *args)
{
	const char *why, *policy = args->devices;

	/* A single --device adds to the default policy. */
	if (!policy && args->device_rules.count && !denies(&args->device_rules.items[0]))
		policy = "default";
	if (policy && cg_devices_policy(&plan->devices, policy) < 0)
		usage_die("--devices %s: not none, closed or default", policy);
	for (size_t i = 0; i < args->device_rules.count; i++) {
		const struct opt_item *item = &args->device_rules.items[i];
		int r = cg_devices_add(&plan->devices, item->value, denies(item), &why);

		if (r == -EINVAL)
			usage_die("--%s '%s': %s", item->opt->name, item->value,
				why ? why : "neither /dev/NODE[:rwm] nor 'c 10:229 rwm'");
		if (r < 0)
			die(r, "--%s %s", item->opt->name, item->value);
	}
}

/* ---- process attributes */

static const struct {
	const char *name;
	int resource;
} resources[] = { { "as", RLIMIT_AS }, { "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE }, { "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK }, { "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC }, { "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO }, { "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING }, { "stack", RLIMIT_STACK } };

static bool read_amount(const char *text, rlim_t *amount)
{
	uint64_t n = RLIM_INFINITY;
	bool good = parse_word_in(text, "max -1 unlimited infinity") || !parse_size(text, &n);

	*amount = n;
	return good;
}

static void read_rlimit(struct cgexec_process *process, const char *text)
{
	struct cgexec_rlimit *limit = &process->rlimit[process->count];
	const size_t count = sizeof(resources) / sizeof(*resources);
	char buf[64], *rest = buf;
	const char *name, *soft;
	size_t i = 0;

	fmt_buf(buf, sizeof(buf), "%s", text);
	name = parse_field(&rest, "=");
	soft = rest ? parse_field(&rest, ":") : NULL;
	while (i < count && strcmp(name, resources[i].name) != 0)
		i++;
	if (!soft || i == count || process->count == count ||
		!read_amount(soft, &limit->value.rlim_cur) ||
		!read_amount(rest ? rest : soft, &limit->value.rlim_max))
		usage_die("--rlimit %s: not NAME=SOFT[:HARD], as nofile=1024:4096", text);
	if (limit->value.rlim_cur > limit->value.rlim_max)
		usage_die("--rlimit %s: the soft limit is above the hard one", text);
	limit->resource = resources[i].resource;
	limit->name = resources[i].name;
	process->count++;
}

static void read_process(struct cgexec_process *process, const struct cgexec_args *args)
{
	process->set_adj = args->oom_score_adj != NULL;
	if (process->set_adj &&
		parse_int(args->oom_score_adj, -1000, 1000, &process->oom_score_adj) < 0)
		usage_die("--oom-score-adj %s: not in -1000..1000", args->oom_score_adj);
	for (size_t i = 0; i < args->rlimits.count; i++)
		read_rlimit(process, args->rlimits.items[i].value);
}

/* ---- -g LIST:PATH */

/* The controllers (bits) of a list: "*" all, "" the v2 tree. */
static unsigned read_list(const char *spec)
{
	const char *colon = strchr(spec, ':');
	unsigned bits = 0;

	if (!colon)
		usage_die("-g %s: not CONTROLLERS:PATH", spec);
	if (colon == spec)
		return CG_BIT(CG_UNIFIED);
	if (!strncmp(spec, "*:", 2))
		return CG_ALL;
	for (const char *word = spec; word <= colon; word += strcspn(word, ",:") + 1) {
		int length = (int)strcspn(word, ",:");
		enum cg_controller c = cg_controller_find(word, (size_t)length);

		if (length == 2 && !strncmp(word, "ns", 2))
			usage_die("-g ns: gone since Linux 3.0; unshare makes namespaces");
		if (c == CG_NONE)
			usage_die("-g: no controller is called '%.*s'", length, word);
		bits |= CG_BIT(c);
	}
	return bits;
}

static void read_joins(struct cgexec_plan *plan, const struct cgexec_args *args)
{
	unsigned joined = 0;

	for (size_t i = 0; i < args->join.count; i++)
		joined |= read_list(args->join.items[i].value);
	if (args->create && !joined)
		usage_die("-C is for the groups of -g");
	if (!joined)
		return;
	if (args->name || args->keep || args->kill || args->timeout || args->stats.set ||
		args->freeze_start)
		usage_die("-g joins a group that is not ours: --name, --keep, --kill, --timeout, "
			  "--stats and --freeze-start are for groups made here");
	plan->join_any = joined == CG_ALL;
	if (joined == CG_ALL)
		plan->wanted = CG_ALL;
	else
		plan->need |= joined;
}

static void place_joined(
	struct cgroup *cg, const char *spec, struct cg_tree *tree, const char *path)
{
	if (tree && tree->placed && strcmp(tree->path, path) != 0)
		usage_die("-g %s: this hierarchy is to be joined at %s already", spec, tree->path);
	if (!tree)
		return;
	memcpy(tree->path, path, strlen(path) + 1);
	tree->placed = true;
	cg->fault.tree = tree;
}

static void place_all_joined(struct cgroup *cg, const struct cgexec_args *args)
{
	for (size_t i = 0; i < args->join.count; i++) {
		const char *spec = args->join.items[i].value, *colon = strchr(spec, ':');
		unsigned bits = read_list(spec);
		char path[CG_PATH];

		if (cg_path(path, colon + 1) < 0)
			usage_die("-g %s: not a path below the hierarchy", spec);
		for (enum cg_controller c = 0; bits != CG_ALL && c < CG_CONTROLLERS; c++)
			if (bits & CG_BIT(c))
				place_joined(cg, spec, cg_tree_of(cg, c), path);
		for (unsigned t = 0; bits == CG_ALL && t < cg->count; t++)
			place_joined(cg, spec, &cg->tree[t], path);
	}
	for (unsigned t = 0; args->join.count && t < cg->count; t++)
		if (!cg->tree[t].placed)
			usage_die("%s has a limit but is not in -g",
				cg_controller_name(
					(enum cg_controller)__builtin_ctz(cg->tree[t].controllers),
					1));
}

/* ---- lifecycle */

/* The watcher has nobody to tell that it cannot write; and what it renames its file to is gone,
 * also where it was a device. */
static void check_stats(const char *path)
{
	char dir[CG_PATH];
	struct stat st;

	fmt_buf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path + 1), path);
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		usage_die("--stats=%s: not a file (fd:N is a descriptor)", path);
	if (access(dir, W_OK) < 0)
		die(-errno, "--stats=%s", path);
}

/* The watcher works in another directory. */
static void read_stats(struct cgexec_plan *plan, const struct cgexec_args *args)
{
	const char *target = args->stats.value;
	bool is_fd = target && !strncmp(target, "fd:", 3);
	char here[CG_PATH / 2] = "";
	int fd;

	if (!target)
		return;
	if (is_fd && (!cg_stat_target(target, &fd) || fcntl(fd, F_GETFD) < 0))
		usage_die("--stats=%s: no such descriptor", target);
	if (*target != '/' && !is_fd && !getcwd(here, sizeof(here)))
		die(-errno, "--stats=%s", target);
	if (fmt_path(plan->stats, sizeof(plan->stats), "%s%s%s", here, *here ? "/" : "", target) <
		0)
		die(-ENAMETOOLONG, "--stats=%s", target);
	plan->watch.stats = plan->stats;
	if (!is_fd)
		check_stats(plan->stats);
}

bool cgexec_is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) <= NAME_MAX;
}

static void read_lifecycle(struct cgexec_plan *plan, struct cgexec_args *args)
{
	char path[CG_PATH];

	if (args->parent && cg_path(path, args->parent) < 0)
		usage_die("--parent %s: not a path below the hierarchy", args->parent);
	if (args->timeout &&
		(parse_duration(args->timeout, &plan->watch.timeout_ms) < 0 ||
			!plan->watch.timeout_ms))
		usage_die("--timeout %s: not a time like 30, 1.5s, 5m, 2h", args->timeout);
	if (args->name && !cgexec_is_name(args->name))
		usage_die(
			"--name '%s': a name has no '/' and no '.' in front, and at most 255 bytes",
			args->name);
	args->wait |= args->stats.set && !args->stats.value;
	plan->watch.kill = args->kill;
	plan->watch.keep = args->keep;
	plan->watch.json = args->json;
	/* What makes killing, freezing and counting sure, where it is to be had. */
	if (args->kill || args->timeout || args->stats.set || args->wait)
		plan->wanted |= CG_BIT(CG_UNIFIED) | CG_BIT(CG_PIDS);
	if (args->name || args->freeze_start)
		plan->wanted |= CG_BIT(CG_FREEZER) | CG_BIT(CG_PIDS);
	if (args->stats.set)
		plan->wanted |= CG_BIT(CG_CPUACCT) | CG_BIT(CG_MEMORY) | CG_BIT(CG_CPU);
}

void cgexec_read_plan(struct cgexec_plan *plan, struct cgexec_args *args)
{
	read_limits(plan, args);
	read_devices(plan, args);
	read_stats(plan, args);
	read_process(&plan->process, args);
	plan->watch.alone = plan->process.set_adj;
	read_lifecycle(plan, args);
	plan->need = cg_limits_need(&plan->limits);
	if (plan->devices.set)
		plan->need |= CG_BIT(CG_DEVICES);
	if (args->freeze_start)
		plan->need |= CG_BIT(CG_FREEZER);
	read_joins(plan, args);
}

/* ---- the hierarchies */

/* -i: without the limits whose controller this machine lacks. */
static void drop(struct cgexec_plan *plan, unsigned missing)
{
	for (enum cg_controller c = 0; c < CG_CONTROLLERS; c++)
		if (missing & CG_BIT(c))
			warn(0, "no %s controller here: its limits are ignored",
				cg_controller_name(c, 1));
	cg_limits_drop(&plan->limits, missing);
	plan->devices.set &= !(missing & CG_BIT(CG_DEVICES));
	plan->need &= ~missing;
}

void cgexec_find(struct cgroup *cg, const struct cgexec_args *args, struct cgexec_plan *plan)
{
	bool own = !args->parent && !args->join.count;
	unsigned missing;
	int r;

	if (!(plan->need | plan->wanted) && !plan->process.count && !plan->process.set_adj)
		usage_die("no limit and no group: nothing to do");
	r = cg_find(cg, plan->need | plan->wanted, own, &missing);
	if (r < 0)
		cgexec_die(cg, AT_FIND, r);
	missing &= plan->need;
	if (missing && args->ignore_missing)
		drop(plan, missing);
	else if (missing)
		cgexec_missing(missing);
	place_all_joined(cg, args);
}
