// SPDX-License-Identifier: MIT
/* cgexec_verbs.c - cgexec --kill-group, --freeze, --stat and the like: on groups that exist.
 *
 * NAME is a group of the level where this caller's groups are made; with a '/' it is a path from
 * the root of the hierarchies.  It is looked for in all of them. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cgexec.h"
#include "cgstat.h"
#include "err.h"
#include "fmt.h"
#include "parse.h"

static struct out out;

static void find_all(struct cgroup *cg, const struct cgexec_args *args)
{
	unsigned missing;
	int r = cg_find(cg, CG_ALL, !args->parent, &missing);

	if (r < 0)
		cgexec_die(cg, AT_FIND, r);
}

/* The root holds every process of the machine: it is for looking at. */
static void open_group(struct cgroup *cg, const struct cgexec_args *args, const char *name)
{
	bool is_path = strchr(name, '/');
	int r;

	if (!is_path && !cgexec_is_name(name))
		usage_die("'%s' is no name of a group", name);
	if (!name[strspn(name, "/.")] && !args->stat && !args->procs)
		usage_die("'%s' is the root of all groups", name);
	find_all(cg, args);
	r = cg_place(cg, is_path ? name : args->parent, is_path ? "" : name);
	if (r < 0)
		cgexec_die(cg, AT_PLACE, r);
	r = cg_open(cg, true);
	if (r == -ENOENT)
		die(0, "no group %s in any hierarchy (cgexec --ls lists them)", name);
	if (r < 0)
		cgexec_die(cg, AT_OPEN, r);
}

/* The level of this caller's groups: false where there is none yet. */
static bool open_level(struct cgroup *cg, const struct cgexec_args *args)
{
	int r;

	find_all(cg, args);
	r = cg_place(cg, args->parent, "");
	if (r < 0)
		cgexec_die(cg, AT_PLACE, r);
	r = cg_open(cg, true);
	if (r < 0 && r != -ENOENT)
		cgexec_die(cg, AT_OPEN, r);
	return !r;
}

static int verb_kill(const struct cgexec_args *args)
{
	struct cgroup cg;
	int r;

	open_group(&cg, args, args->kill_group);
	r = cg_kill(&cg);
	if (r < 0)
		cgexec_die(&cg, AT_VERB, r);
	return 0;
}

static int verb_freeze(const struct cgexec_args *args)
{
	struct cgroup cg;
	int r;

	open_group(&cg, args, args->freeze ? args->freeze : args->thaw);
	r = cg_freeze(&cg, args->freeze != NULL);
	if (r == -EOPNOTSUPP)
		die(0, "%s is in no freezer hierarchy (make it with --name)", cg.tree[0].path);
	if (r < 0)
		cgexec_die(&cg, AT_VERB, r);
	return 0;
}

static int verb_stat(const struct cgexec_args *args)
{
	struct cgroup cg;
	struct cg_stat stat;

	open_group(&cg, args, args->stat);
	cg_stat_read(&cg, &stat);
	cg_stat_print(&out, &cg, &stat, args->json);
	return out_flush(&out) < 0;
}

static int print_pid(pid_t pid, void *arg)
{
	(void)arg;
	out_printf(&out, "%d\n", pid);
	return 0;
}

static int verb_procs(const struct cgexec_args *args)
{
	struct cgroup cg;

	open_group(&cg, args, args->procs);
	cg_each_process(cg.tree[0].dir, true, print_pid, NULL);
	return out_flush(&out) < 0;
}

static int verb_rm(const struct cgexec_args *args)
{
	struct cgroup cg;

	open_group(&cg, args, args->rm);
	for (unsigned i = 0; i < cg.count; i++) {
		int r = cg_remove(cg.tree[i].dir, cg.tree[i].path);

		cg.fault.tree = &cg.tree[i];
		if (r < 0 && r != -ENOENT)
			cgexec_die(&cg, AT_VERB, r);
	}
	return 0;
}

static int verb_add(const struct cgexec_args *args)
{
	struct cgroup cg;
	pid_t pid;
	int r;

	if (!args->name || parse_pid(args->add, &pid) < 0)
		usage_die("--add PID moves a process into the group --name NAME");
	open_group(&cg, args, args->name);
	r = cg_add(&cg, pid);
	if (r == -ESRCH)
		die(r, "process %d", pid);
	if (r < 0)
		cgexec_die(&cg, AT_ENTER, r);
	return 0;
}

static int verb_gc(const struct cgexec_args *args)
{
	struct cgroup cg;
	int removed = 0;

	if (!open_level(&cg, args))
		return 0;
	for (unsigned i = 0; i < cg.count; i++)
		removed += cg_sweep(cg.tree[i].dir, cg.tree[i].path, true);
	step("%d removed", removed);
	return 0;
}

/* ---- --ls */

struct listing {
	struct cgroup cg;
	unsigned tree;
	bool json;
	unsigned count;
};

static int count_one(pid_t pid, void *arg)
{
	(void)pid;
	++*(unsigned *)arg;
	return 0;
}

static void list_row(const char *name, struct cgroup *group, bool json)
{
	char used[24] = "-", most[24] = "-";
	struct cg_stat stat;
	unsigned processes = 0;

	cg_stat_read(group, &stat);
	if (json) {
		cg_stat_print(&out, group, &stat, true);
		return;
	}
	cg_each_process(group->tree[0].dir, true, count_one, &processes);
	if (stat.value[CGV_MEMORY_CURRENT] != CG_UNKNOWN)
		cg_size(used, stat.value[CGV_MEMORY_CURRENT]);
	if (stat.value[CGV_MEMORY_LIMIT] != CG_UNKNOWN)
		cg_size(most, stat.value[CGV_MEMORY_LIMIT]);
	out_printf(&out, "%-24s %6u %8s %8s\n", name, processes, used, most);
}

static int list_one(int dir, const char *name, void *arg)
{
	struct listing *listing = arg;
	struct cgroup group = { .count = 0 };

	(void)dir;
	for (unsigned i = 0; i < listing->cg.count; i++) {
		const struct cg_tree *level = &listing->cg.tree[i];
		struct cg_tree *tree = &group.tree[group.count];
		int fd = openat(level->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (fd < 0)
			continue;
		/* Listed already, in an earlier hierarchy. */
		if (i < listing->tree) {
			close(fd);
			return 0;
		}
		*tree = *level;
		tree->dir = fd;
		fmt_buf(tree->path, CG_PATH, "%s/%s", level->path, name);
		group.count++;
	}
	if (group.count && listing->json)
		out_printf(&out, listing->count++ ? "," : "");
	if (group.count)
		list_row(name, &group, listing->json);
	for (unsigned i = 0; i < group.count; i++)
		close(group.tree[i].dir);
	return 0;
}

static int verb_ls(const struct cgexec_args *args)
{
	struct listing listing = { .json = args->json };
	bool any = open_level(&listing.cg, args);

	if (args->json)
		out_printf(&out, "[");
	else
		out_printf(&out, "%-24s %6s %8s %8s\n", "NAME", "PROCS", "MEMORY", "LIMIT");
	for (; any && listing.tree < listing.cg.count; listing.tree++)
		cg_each_child(listing.cg.tree[listing.tree].dir, list_one, &listing);
	if (args->json)
		out_printf(&out, "]\n");
	return out_flush(&out) < 0;
}

/* ---- --info */

static int verb_info(const struct cgexec_args *args)
{
	struct cgroup cg;

	find_all(&cg, args);
	out_printf(&out, "[");
	for (unsigned i = 0; i < cg.count; i++) {
		const struct cg_tree *tree = &cg.tree[i];
		const char *comma = "";

		out_printf(&out, "%s{\"version\":%d,\"mount\":\"%s\",\"own\":", i ? "," : "",
			tree->version, tree->point);
		out_printf(&out, tree->has_own ? "\"%s\"" : "null", *tree->own ? tree->own : "/");
		out_printf(&out, ",\"controllers\":[");
		for (enum cg_controller c = 0; c < CG_UNIFIED; c++) {
			if (!(tree->controllers & CG_BIT(c)) ||
				(tree->version == 2 && (CG_V2_ALWAYS & CG_BIT(c))))
				continue;
			out_printf(&out, "%s\"%s\"", comma, cg_controller_name(c, tree->version));
			comma = ",";
		}
		out_printf(&out, "]}");
	}
	out_printf(&out, "]\n");
	return out_flush(&out) < 0;
}

bool cgexec_verb(
	const struct cgexec_args *args, const struct cgexec_plan *plan, char **argv, int *status)
{
	const struct {
		bool given;
		int (*run)(const struct cgexec_args *args);
	} verbs[] = { { args->kill_group, verb_kill }, { args->freeze, verb_freeze },
		{ args->thaw, verb_freeze }, { args->stat, verb_stat }, { args->procs, verb_procs },
		{ args->rm, verb_rm }, { args->add, verb_add }, { args->ls, verb_ls },
		{ args->gc, verb_gc }, { args->info, verb_info } };
	int (*run)(const struct cgexec_args *args) = NULL;

	out.fd = STDOUT_FILENO;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (!verbs[i].given)
			continue;
		if (run)
			usage_die("one verb at a time");
		run = verbs[i].run;
	}
	if (run && *argv)
		usage_die("a verb runs no command: %s", *argv);
	/* --name, which stands with --add, is wanted too.  --info tells of mistakes in limits. */
	if (run &&
		(args->join.count || (plan->need && !args->info) || (plan->wanted && !args->add)))
		usage_die("a verb takes no limit, no -g and nothing on the life of a group");
	if (args->json && !args->stats.set && !args->stat && !args->ls && !args->info)
		usage_die("--json is for --stats, --stat, --ls and --info");
	*status = run ? run(args) : 0;
	return run;
}
