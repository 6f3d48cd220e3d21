// SPDX-License-Identifier: MIT
/* cgexec_why.c - what an error of the kernel means here, and what to do about it.
 *
 * A cgroup file answers with a bare errno; the reason stands in other files of the group and of
 * those above it.  One row a case: where it happened, the errno, the file, the version, and the
 * function that looks and words it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cgexec.h"
#include "cgstat.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"

static char words[512];

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fmt_vbuf(words, sizeof(words), fmt, ap);
	va_end(ap);
}

/* The first line of a file of a directory below the root of the hierarchy; "" when there is none.
 */
static char *line_of(
	const struct cg_tree *tree, const char *path, const char *file, char *buf, size_t size)
{
	char name[CG_PATH + CG_FILE];
	ssize_t n;

	fmt_buf(name, sizeof(name), "%s%s%s", *path ? path + 1 : "", *path ? "/" : "", file);
	n = fs_read(tree->root, name, buf, size);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

static uint64_t number_of(const struct cg_tree *tree, const char *path, const char *file)
{
	char text[64];
	uint64_t n = 0;

	return parse_u64(line_of(tree, path, file, text, sizeof(text)), 0, UINT64_MAX, &n) < 0 ? 0
											       : n;
}

/* Cuts the last component off: false when there is none left. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	return slash;
}

/* ---- the cases */

struct failure {
	const struct cg_tree *tree;
	const struct cg_fault *fault;
	const char *path; /* of the directory, "/" never */
	char up[CG_PATH];
};

static void read_only(const struct failure *f)
{
	say("%s is read-only or not ours here: remount it rw, or use a private cgroup namespace",
		f->tree->point);
}

static void too_many(const struct failure *f)
{
	char list[2048], *rest = list, *line;
	const char *name = cg_controller_name(
		(enum cg_controller)__builtin_ctz(f->tree->controllers), 1);
	ssize_t n = fs_read(AT_FDCWD, "/proc/cgroups", list, sizeof(list));

	say("too many groups: cgexec --gc removes stale ones");
	while (n > 0 && rest && (line = parse_field(&rest, "\n"))) {
		char *fields = line;

		if (strcmp(parse_field(&fields, "\t"), name) != 0 || !fields)
			continue;
		parse_field(&fields, "\t");
		say("%s %s groups: cgexec --gc removes stale ones",
			fields ? parse_field(&fields, "\t") : "too many", name);
	}
}

static void at_most(const struct failure *f)
{
	static const char *const files[] = { "cgroup.max.descendants", "cgroup.max.depth" };
	char path[CG_PATH], text[32];

	memcpy(path, f->path, CG_PATH);
	while (go_up(path))
		for (int i = 0; i < 2; i++)
			if (*line_of(f->tree, path, files[i], text, sizeof(text)) &&
				strcmp(text, "max") != 0)
				say("%s is %s in %s", files[i], text, *path ? path : "/");
}

static int count_one(pid_t pid, void *arg)
{
	(void)pid;
	++*(unsigned *)arg;
	return 0;
}

static void has_processes(const struct failure *f)
{
	unsigned processes = 0;
	int dir = openat(f->tree->root, f->fault->dir[1] ? f->fault->dir + 1 : ".",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0)
		cg_each_process(dir, false, count_one, &processes);
	say("%s has %u processes, and a group with processes can give its children no "
	    "controllers: use --parent elsewhere, or --evacuate",
		f->fault->dir, processes);
}

static void has_children(const struct failure *f)
{
	say("%s hands controllers to its children, and such a group takes no processes", f->path);
}

static void threaded(const struct failure *f)
{
	char type[32], path[CG_PATH], above[32];

	memcpy(path, f->path, CG_PATH);
	line_of(f->tree, path, "cgroup.type", type, sizeof(type));
	while (go_up(path) && *path)
		if (strstr(line_of(f->tree, path, "cgroup.type", above, sizeof(above)), "threaded"))
			break;
	say("%s is \"%s\": %s is threaded (cpu, pids or cpuset went on while it had processes)",
		f->path, type, *path ? path : "a group above");
}

static void cpuset_empty(const struct failure *f)
{
	char text[64];
	const char *file = *line_of(f->tree, f->path, "cpuset.cpus", text, sizeof(text))
		? "cpuset.mems"
		: "cpuset.cpus";

	say("%s of %s is empty: v1 does not inherit it", file, f->path);
}

static void cannot_enable(const struct failure *f)
{
	say("%s is disabled (cgroup_disable=), or a v1 hierarchy has it", f->fault->value + 1);
}

static void not_enabled(const struct failure *f)
{
	char control[256], offers[256], path[CG_PATH];

	memcpy(path, f->path, CG_PATH);
	go_up(path);
	line_of(f->tree, path, "cgroup.subtree_control", control, sizeof(control));
	line_of(f->tree, path, "cgroup.controllers", offers, sizeof(offers));
	if (!strncmp(f->fault->file, "cgroup.", 7))
		say("this kernel has no such file");
	else if (strchr(f->fault->file, '.')) {
		char name[CG_FILE];

		fmt_buf(name, sizeof(name), "%.*s", (int)strcspn(f->fault->file, "."),
			f->fault->file);
		if (parse_word_in(name, control))
			say("this kernel has no such file");
		else
			say("%s is not enabled in %s (subtree_control: %s); it has: %s", name,
				*path ? path : "/", *control ? control : "none", offers);
	}
}

static void in_use(const struct failure *f)
{
	char used[24], limit[24];
	uint64_t usage = f->tree->version == 2
		? number_of(f->tree, f->path, "memory.current")
		: number_of(f->tree, f->path, "memory.usage_in_bytes");

	cg_size(used, usage);
	cg_size(limit, strtoull(f->fault->value, NULL, 10));
	say("%s are used, a limit of %s cannot be reached%s", used, limit,
		f->tree->version == 2 ? "; --force sets it, and the kernel kills" : "");
}

static void swap_below(const struct failure *f)
{
	char memory[24], both[24];
	bool is_both = strstr(f->fault->file, "memsw");
	uint64_t value = strtoull(f->fault->value, NULL, 10);

	cg_size(memory, is_both ? number_of(f->tree, f->path, "memory.limit_in_bytes") : value);
	cg_size(both, is_both ? value : number_of(f->tree, f->path, "memory.memsw.limit_in_bytes"));
	say("memory and swap together (%s) are below memory (%s)", both, memory);
}

static void quota_above(const struct failure *f)
{
	char path[CG_PATH];

	memcpy(path, f->path, CG_PATH);
	while (go_up(path)) {
		uint64_t quota = number_of(f->tree, path, "cpu.cfs_quota_us");
		uint64_t period = number_of(f->tree, path, "cpu.cfs_period_us");

		if (!quota || !period)
			continue;
		say("%s allows %llu%% cpu", *path ? path : "/",
			(unsigned long long)(quota * 100 / period));
		return;
	}
}

static void runtime_above(const struct failure *f)
{
	char path[CG_PATH];

	memcpy(path, f->path, CG_PATH);
	go_up(path);
	say("%s has %llu us", *path ? path : "/",
		(unsigned long long)number_of(f->tree, path, "cpu.rt_runtime_us"));
}

static void cpuset_range(const struct failure *f)
{
	char online[128];
	bool cpus = strstr(f->fault->file, "cpus");
	ssize_t n = fs_read(AT_FDCWD,
		cpus ? "/sys/devices/system/cpu/online" : "/sys/devices/system/node/online", online,
		sizeof(online));

	online[n > 0 ? n - 1 : 0] = '\0';
	say("this machine has %s", online);
}

static void cpuset_above(const struct failure *f)
{
	char path[CG_PATH], text[128];

	memcpy(path, f->path, CG_PATH);
	go_up(path);
	say("%s has %s", *path ? path : "/",
		line_of(f->tree, path, f->fault->file, text, sizeof(text)));
}

static void cpuset_below(const struct failure *f)
{
	say("groups in %s use them", f->path);
}

static void kept(const struct failure *f)
{
	say("the kernel made it %s", f->fault->got);
}

static void cpuset_kept(const struct failure *f)
{
	say("it would run on %s: the group above has no others", f->fault->got);
}

static int list_pid(pid_t pid, void *arg)
{
	size_t used = strlen(words);

	(void)arg;
	fmt_buf(words + used, sizeof(words) - used, " %d", pid);
	return used > 128;
}

static void still_there(const struct failure *f)
{
	unsigned processes = 0;

	cg_each_process(f->tree->dir, true, count_one, &processes);
	if (!processes)
		return;
	say("%u process%s left (--kill-group ends them):", processes, processes == 1 ? "" : "es");
	cg_each_process(f->tree->dir, true, list_pid, NULL);
}

#define NOT_DELEGATED                                                                              \
	"not delegated: it needs to write here and into cgroup.procs of the group above both; "    \
	"try systemd-run --user --scope -p Delegate=yes cgexec ..."

#define NO_SWAP_COUNT                                                                              \
	"the kernel does not count swap (swapaccount=1 makes it); --memory alone works"

static const struct {
	enum cgexec_stage stage;
	int r;
	const char *file; /* its beginning, "" any */
	int version;      /* 0 any */
	const char *text;
	void (*word)(const struct failure *f); /* where the text must be looked for */
} cases[] = {
	{ AT_MAKE, -EBUSY, "cgroup.subtree_control", 2, NULL, has_processes },
	{ AT_MAKE, -EINVAL, "cgroup.subtree_control", 2, NULL, cannot_enable },
	{ AT_MAKE, -ENOENT, "cgroup.subtree_control", 2, NULL, cannot_enable },
	{ AT_MAKE, -EACCES, "", 0, NOT_DELEGATED, NULL },
	{ AT_MAKE, -EROFS, "", 0, NULL, read_only },
	{ AT_MAKE, -EPERM, "", 0, NULL, read_only },
	{ AT_MAKE, -ENOSPC, "", 0, NULL, too_many },
	{ AT_MAKE, -EAGAIN, "", 2, NULL, at_most },
	{ AT_MAKE, -EEXIST, "", 0,
		"a group of this name exists: join it with -g, or remove it with --rm", NULL },
	{ AT_OPEN, -ENOENT, "", 0, "-C creates it", NULL },
	{ AT_LIMIT, -ENOENT, "memory.memsw", 1, NO_SWAP_COUNT, NULL },
	{ AT_LIMIT, -ENOENT, "memory.swap.max", 2, NO_SWAP_COUNT, NULL },
	{ AT_LIMIT, -ENOENT, "", 2, NULL, not_enabled },
	{ AT_LIMIT, -ENOENT, "", 1, "this kernel has no such file", NULL },
	{ AT_LIMIT, -EBUSY, "memory.", 0, NULL, in_use },
	{ AT_LIMIT, -EBUSY, "cpuset.", 0, NULL, cpuset_below },
	{ AT_LIMIT, -EINVAL, "memory.", 1, NULL, swap_below },
	{ AT_LIMIT, -EINVAL, "cpu.cfs_burst", 1, "not above the quota, which must be set", NULL },
	{ AT_LIMIT, -EINVAL, "cpu.max.burst", 2, "not above the quota, which must be set", NULL },
	{ AT_LIMIT, -EINVAL, "cpu.cfs_", 1, NULL, quota_above },
	{ AT_LIMIT, -EINVAL, "cpu.rt_", 1, NULL, runtime_above },
	{ AT_LIMIT, -ERANGE, "cpuset.", 0, NULL, cpuset_range },
	{ AT_LIMIT, -EACCES, "cpuset.", 0, NULL, cpuset_above },
	{ AT_LIMIT, -EUCLEAN, "cpuset.", 0, NULL, cpuset_kept },
	{ AT_LIMIT, -EUCLEAN, "", 0, NULL, kept },
	{ AT_LIMIT, -ENODEV, "", 0, "not a whole disk, or one that cannot be limited", NULL },
	{ AT_LIMIT, -EACCES, "", 0, NOT_DELEGATED, NULL },
	{ AT_DEVICES, -EPERM, "device program", 2,
		"device rules need root in the initial user namespace", NULL },
	{ AT_DEVICES, -EPERM, "", 1, "the group above does not allow it", NULL },
	{ AT_ENTER, -EBUSY, "", 2, NULL, has_children },
	{ AT_ENTER, -EOPNOTSUPP, "", 2, NULL, threaded },
	{ AT_ENTER, -EACCES, "", 0, NOT_DELEGATED, NULL },
	{ AT_ENTER, -EPERM, "", 0, NOT_DELEGATED, NULL },
	{ AT_ENTER, -ENOSPC, "", 1, NULL, cpuset_empty },
	{ AT_ENTER, -EINVAL, "", 1,
		"a SCHED_FIFO or SCHED_RR process enters only with --rt-runtime", NULL },
	{ AT_VERB, -EBUSY, "", 0, NULL, still_there },
	{ AT_VERB, -ETIMEDOUT, "", 0, "something in it does not stop; it goes on", NULL },
};

/* What was done: "memory.max=64 in /husk/a", "mkdir /husk/a". */
static void name_step(char *what, size_t size, enum cgexec_stage stage, const struct failure *f)
{
	static const char *const verbs[] = { [AT_FIND] = "find the cgroup hierarchies",
		[AT_PLACE] = "find a place for the group",
		[AT_MAKE] = "mkdir",
		[AT_OPEN] = "open group",
		[AT_WATCH] = "start the watcher",
		[AT_LIMIT] = "limit",
		[AT_DEVICES] = "devices",
		[AT_ENTER] = "enter",
		[AT_VERB] = "group" };
	const struct cg_fault *fault = f->fault;

	if (fault->file[0] && stage >= AT_MAKE && stage != AT_WATCH)
		fmt_buf(what, size, "%s%s%s in %s%s", fault->file, *fault->value ? "=" : "",
			fault->value, f->tree->point, fault->dir[0] ? fault->dir : f->path);
	else if (f->tree && stage != AT_WATCH && stage > AT_PLACE)
		fmt_buf(what, size, "%s %s%s", verbs[stage], f->tree->point, f->path);
	else
		fmt_buf(what, size, "%s", verbs[stage]);
}

void cgexec_die(struct cgroup *cg, enum cgexec_stage stage, int r)
{
	struct failure f = { .tree = cg->fault.tree, .fault = &cg->fault };
	char what[CG_PATH * 2];

	f.path = f.tree ? f.tree->path : "";
	if (stage == AT_PLACE && r == -EXDEV)
		say("the cgroup mount is of another namespace: mount a fresh one, or use --parent");
	if (stage == AT_WATCH && r == -ENOSYS)
		say("--kill needs Linux 5.3");
	for (size_t i = 0; f.tree && i < sizeof(cases) / sizeof(*cases); i++)
		if (cases[i].stage == stage && cases[i].r == r &&
			(!cases[i].version || cases[i].version == f.tree->version) &&
			!strncmp(cg->fault.file, cases[i].file, strlen(cases[i].file))) {
			if (cases[i].text)
				say("%s", cases[i].text);
			else
				cases[i].word(&f);
			break;
		}
	name_step(what, sizeof(what), stage, &f);
	cg_undo(cg);
	if (*words)
		die_hint(r == -EUCLEAN ? 0 : r, words, "%s", what);
	die(r, "%s", what);
}
