// SPDX-License-Identifier: MIT
/* cgset.c - writes limits into the files of a group and reads them back.
 *
 * Reading back is needed: v1 clamps cpu.shares silently, both versions round or wrap a memory
 * limit, and v2 takes a cpuset that the level above does not have. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cglimit.h"
#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"

#define NUMBER_MAX 24

struct assignment {
	char file[CG_FILE];
	char value[CG_FILE];
	bool compare; /* the file reads as it is written */
};

static void print(char *value, uint64_t n, const char *unlimited)
{
	if (n == CG_UNLIMITED)
		fmt_buf(value, NUMBER_MAX, "%s", unlimited);
	else
		fmt_buf(value, NUMBER_MAX, "%llu", (unsigned long long)n);
}

static uint64_t value_of(const struct cg_limits *limits, enum cg_limit limit, uint64_t otherwise)
{
	for (unsigned i = 0; i < limits->count; i++)
		if (limits->setting[i].limit == limit)
			return limits->setting[i].value;
	return otherwise;
}

static void pick(char *file, const struct cg_tree *tree, const char *names)
{
	const char *other = strchr(names, '|');
	size_t length = strcspn(names, "|");

	fmt_buf(file, CG_FILE, "%.*s", (int)length, names);
	if (other && faccessat(tree->dir, file, F_OK, 0) < 0)
		fmt_buf(file, CG_FILE, "%s", other + 1);
}

/* cpu.max holds both: with a quota, its row writes them, without, the period's does. */
static void cpu_max(struct assignment *to, const struct cg_limits *limits)
{
	char quota[NUMBER_MAX];

	print(quota, value_of(limits, CGL_CPU_QUOTA, CG_UNLIMITED), "max");
	fmt_buf(to->value, CG_FILE, "%s %llu", quota,
		(unsigned long long)value_of(limits, CGL_CPU_PERIOD, 100000));
}

static uint64_t swap_value(const struct cg_limits *limits, const struct cg_setting *s, int version)
{
	uint64_t memory = value_of(limits, CGL_MEMORY, CG_UNLIMITED);

	if (version == 2 || s->value == CG_UNLIMITED)
		return s->value;
	return memory == CG_UNLIMITED ? CG_UNLIMITED : memory + s->value;
}

static uint64_t weight_value(const struct cg_setting *s, int version)
{
	uint64_t n = s->value;

	/* Linear, 100 <-> 1024: the scheduler's own unit. */
	if (cg_rows[s->limit].kind == CGK_WEIGHT && version == 1)
		n = n * 1024 / 100 < 2 ? 2 : n * 1024 / 100;
	if (cg_rows[s->limit].kind == CGK_SHARES && version == 2)
		n = (n * 100 + 512) / 1024 ? (n * 100 + 512) / 1024 : 1;
	return n > 10000 && version == 2 ? 10000 : n;
}

/* The file and the value of a limit on this version; an empty file: nothing to write. */
/* NOLINTNEXTLINE(readability-function-size) */
static void assign(struct assignment *to, const struct cg_limits *limits,
	const struct cg_setting *s, const struct cg_tree *tree)
{
	const struct cg_row *row = &cg_rows[s->limit];
	const char *file = tree->version == 1 ? row->v1 : row->v2;
	const char *unlimited = tree->version == 1 && s->limit != CGL_PIDS ? "-1" : "max";

	to->compare = true;
	pick(to->file, tree, file);
	switch (row->kind) {
	case CGK_SWAP:
		print(to->value, swap_value(limits, s, tree->version), unlimited);
		break;
	case CGK_WEIGHT:
	case CGK_SHARES:
		print(to->value, weight_value(s, tree->version), unlimited);
		break;
	case CGK_IO_WEIGHT:
		to->compare = false;
		print(to->value, tree->version == 1 && s->value > 1000 ? 1000 : s->value, "");
		break;
	case CGK_LIST:
		to->compare = false;
		fmt_buf(to->value, CG_FILE, "%s", s->text);
		break;
	case CGK_RATE:
		to->compare = false;
		print(to->value, s->value, tree->version == 1 ? "0" : "max");
		if (tree->version == 2)
			fmt_buf(to->file, CG_FILE, "io.max");
		{
			char number[NUMBER_MAX];

			memcpy(number, to->value, sizeof(number));
			fmt_buf(to->value, CG_FILE, "%u:%u %s%s%s", s->major, s->minor,
				tree->version == 1 ? "" : row->v2, tree->version == 1 ? "" : "=",
				number);
		}
		break;
	case CGK_HUGETLB: {
		char size[16];

		fmt_buf(size, sizeof(size), "%u%cB", s->major, (char)s->minor);
		to->compare = s->value != CG_UNLIMITED;
		fmt_buf(to->file, CG_FILE, "hugetlb.%s.%s", size,
			tree->version == 1 ? "limit_in_bytes" : "max");
		print(to->value, s->value, unlimited);
		break;
	}
	case CGK_IFPRIO:
	case CGK_RAW:
		to->compare = false;
		if (row->kind == CGK_RAW)
			fmt_buf(to->file, CG_FILE, "%.*s", (int)strcspn(s->text, "="), s->text);
		fmt_buf(to->value, CG_FILE, "%s", strchr(s->text, '=') + 1);
		if (row->kind == CGK_IFPRIO)
			fmt_buf(to->value, CG_FILE, "%.*s %s", (int)strcspn(s->text, "="), s->text,
				strchr(s->text, '=') + 1);
		break;
	default:
		print(to->value, s->value, unlimited);
		if (tree->version == 2 &&
			(s->limit == CGL_CPU_QUOTA || s->limit == CGL_CPU_PERIOD)) {
			to->compare = false;
			cpu_max(to, limits);
		}
		to->compare &= s->limit != CGL_OOM_KILL_DISABLE;
	}
	if (s->value == CG_UNLIMITED && tree->version == 1)
		to->compare = false;
}

const struct cg_setting *cg_limits_refused(const struct cg_limits *limits, struct cgroup *cg)
{
	for (unsigned i = 0; i < limits->count; i++) {
		const struct cg_setting *s = &limits->setting[i];
		const struct cg_tree *tree = cg_tree_of(cg, s->controller);

		cg->fault.tree = tree;
		if (tree && !(tree->version == 1 ? cg_rows[s->limit].v1 : cg_rows[s->limit].v2))
			return s;
		/* v1 limits the sum of memory and swap. */
		if (s->limit == CGL_SWAP && tree->version == 1 && s->value != CG_UNLIMITED &&
			value_of(limits, CGL_MEMORY, CG_UNLIMITED) == CG_UNLIMITED)
			return s;
	}
	return NULL;
}

static void name_fault(struct cgroup *cg, const struct cg_tree *tree, const struct assignment *to)
{
	cg->fault.tree = tree;
	fmt_buf(cg->fault.file, CG_FILE, "%s", to->file);
	fmt_buf(cg->fault.value, CG_FILE, "%s", to->value);
}

/* Writes through one descriptor and reads it back. */
static int write_one(struct cgroup *cg, const struct cg_tree *tree, const struct assignment *to)
{
	CLEANUP_FD int fd = openat(
		tree->dir, to->file, (to->compare ? O_RDWR : O_WRONLY) | O_CLOEXEC | O_NOFOLLOW);
	char *got = cg->fault.got;
	ssize_t n;

	name_fault(cg, tree, to);
	if (fd < 0 || write(fd, to->value, strlen(to->value)) < 0)
		return -errno;
	if (!to->compare)
		return 0;
	n = pread(fd, got, CG_FILE - 1, 0);
	got[n > 0 ? n : 0] = '\0';
	got[strcspn(got, "\n")] = '\0';
	return strcmp(got, to->value) != 0 ? -EUCLEAN : 0;
}

/* v2 takes CPUs that the level above has not, and runs the group on others. */
static int check_effective(struct cgroup *cg, const struct cg_tree *tree, const char *file)
{
	char wanted[CG_PATH], name[CG_FILE];
	ssize_t n = fs_read(tree->dir, file, wanted, sizeof(wanted)), m;

	fmt_buf(name, sizeof(name), "%s.effective", file);
	m = fs_read(tree->dir, name, cg->fault.got, CG_FILE);
	if (n < 0 || m < 0)
		return n < 0 ? (int)n : (int)m;
	if (!strcmp(wanted, cg->fault.got))
		return 0;
	cg->fault.got[m - 1] = '\0';
	return -EUCLEAN;
}

/* v2 would accept a limit below what is used, and kill. */
static int check_usage(struct cgroup *cg, const struct cg_tree *tree, uint64_t limit)
{
	ssize_t n = fs_read(tree->dir, "memory.current", cg->fault.got, CG_FILE);
	uint64_t used;

	if (n < 0)
		return (int)n;
	cg->fault.got[n - 1] = '\0';
	return !parse_u64(cg->fault.got, 0, UINT64_MAX, &used) && used > limit ? -EBUSY : 0;
}

static int write_setting(struct cgroup *cg, const struct cg_limits *limits,
	const struct cg_setting *s, const struct cg_set *how)
{
	const struct cg_tree *tree = cg_tree_of(cg, s->controller);
	struct assignment to;
	int r = 0;

	assign(&to, limits, s, tree);
	if (s->limit == CGL_MEMORY && tree->version == 2 && how->existing && !how->force)
		r = check_usage(cg, tree, s->value);
	if (!r)
		r = write_one(cg, tree, &to);
	else
		name_fault(cg, tree, &to);
	/* A cpuset that was mounted with noprefix. */
	if (r == -ENOENT && tree->version == 1 && s->controller == CG_CPUSET) {
		memmove(to.file, to.file + strlen("cpuset."),
			strlen(to.file + strlen("cpuset.")) + 1);
		r = write_one(cg, tree, &to);
	}
	if (!r && tree->version == 2 && s->controller == CG_CPUSET && s->limit != CGL_RAW)
		r = check_effective(cg, tree, to.file);
	return r;
}

int cg_limits_write(struct cgroup *cg, const struct cg_limits *limits, const struct cg_set *how)
{
	bool again[CG_SETTINGS] = { false };
	int r, uncounted = 0;

	for (unsigned i = 0; i < limits->count; i++) {
		const struct cg_setting *s = &limits->setting[i];

		r = write_setting(cg, limits, s, how);
		/* Memory and its sum with swap, period and quota: which of the two must be
		 * written first depends on what they were. */
		if (r == -EINVAL && how->existing)
			again[i] = true;
		else if (r == -ENOENT && s->implied)
			uncounted = 1;
		else if (r < 0)
			return r;
	}
	for (unsigned i = 0; i < limits->count; i++) {
		r = again[i] ? write_setting(cg, limits, &limits->setting[i], how) : 0;
		if (r < 0)
			return r;
	}
	return uncounted;
}

const char *cg_limits_gone(struct cgroup *cg, const struct cg_limits *limits)
{
	static struct assignment to;

	for (unsigned i = 0; i < limits->count; i++) {
		const struct cg_setting *s = &limits->setting[i];
		const struct cg_tree *tree = cg_tree_of(cg, s->controller);

		assign(&to, limits, s, tree);
		if (!s->implied && faccessat(tree->dir, to.file, F_OK, 0) < 0 && errno == ENOENT)
			return to.file;
	}
	return NULL;
}
