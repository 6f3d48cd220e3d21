// SPDX-License-Identifier: MIT
/* cgstat.c - reads the accounts of a group: one row a value, with its place on v1 and on v2. */
#include "cgstat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> // rename
#include <string.h>
#include <sys/wait.h>

#include "cleanup.h"
#include "fs.h"
#include "parse.h"

/* How a number stands in its file. */
enum form {
	WHOLE, /* alone */
	KEYED, /* "key number" on a line of its own */
	DISKS, /* "8:0 key=number", or on v1 "8:0 key number": the sum of all disks */
};

static const struct {
	const char *part, *name;
	enum cg_controller controller;
	unsigned v1_unit; /* v1 counts in nanoseconds here: 1000 */
	enum form form1, form2;
	const char *file1, *key1, *file2, *key2;
} rows[CGV_COUNT] = {
#define ACCT(name, file1, key)                                                                     \
	{                                                                                          \
		"cpu", name, CG_CPUACCT, 1000, WHOLE, KEYED, file1, NULL, "cpu.stat", key          \
	}
	[CGV_USAGE] = ACCT("usage_usec", "cpuacct.usage", "usage_usec"),
	[CGV_USER] = ACCT("user_usec", "cpuacct.usage_user", "user_usec"),
	[CGV_SYSTEM] = ACCT("system_usec", "cpuacct.usage_sys", "system_usec"),
#undef ACCT
	[CGV_NR_THROTTLED] = { "cpu", "nr_throttled", CG_CPU, 1, KEYED, KEYED, "cpu.stat",
		"nr_throttled", "cpu.stat", "nr_throttled" },
	[CGV_THROTTLED] = { "cpu", "throttled_usec", CG_CPU, 1000, KEYED, KEYED, "cpu.stat",
		"throttled_time", "cpu.stat", "throttled_usec" },
#define MEMORY(name, form1, file1, key1, form2, file2, key2)                                       \
	{                                                                                          \
		"memory", name, CG_MEMORY, 1, form1, form2, file1, key1, file2, key2               \
	}
	[CGV_MEMORY_LIMIT] = MEMORY(
		"limit", WHOLE, "memory.limit_in_bytes", NULL, WHOLE, "memory.max", NULL),
	[CGV_MEMORY_CURRENT] = MEMORY(
		"current", WHOLE, "memory.usage_in_bytes", NULL, WHOLE, "memory.current", NULL),
	[CGV_MEMORY_PEAK] = MEMORY(
		"peak", WHOLE, "memory.max_usage_in_bytes", NULL, WHOLE, "memory.peak", NULL),
	[CGV_SWAP_PEAK] = MEMORY("swap_peak", WHOLE, NULL, NULL, WHOLE, "memory.swap.peak", NULL),
	[CGV_MEMORY_HITS] = MEMORY(
		"max_hits", WHOLE, "memory.failcnt", NULL, KEYED, "memory.events", "max"),
	[CGV_OOM_KILL] = MEMORY("oom_kill", KEYED, "memory.oom_control", "oom_kill", KEYED,
		"memory.events", "oom_kill"),
#undef MEMORY
#define PIDS(name, form, file, key)                                                                \
	{                                                                                          \
		"pids", name, CG_PIDS, 1, form, form, file, key, file, key                         \
	}
	[CGV_PIDS_LIMIT] = PIDS("limit", WHOLE, "pids.max", NULL),
	[CGV_PIDS_CURRENT] = PIDS("current", WHOLE, "pids.current", NULL),
	[CGV_PIDS_PEAK] = PIDS("peak", WHOLE, "pids.peak", NULL),
	[CGV_PIDS_HITS] = PIDS("max_hits", KEYED, "pids.events", "max"),
#undef PIDS
#define IO(name, file1, key1)                                                                      \
	{                                                                                          \
		"io", name, CG_IO, 1, DISKS, DISKS, file1, key1, "io.stat", name                   \
	}
	[CGV_RBYTES] = IO("rbytes", "blkio.throttle.io_service_bytes_recursive", "Read"),
	[CGV_WBYTES] = IO("wbytes", "blkio.throttle.io_service_bytes_recursive", "Write"),
	[CGV_RIOS] = IO("rios", "blkio.throttle.io_serviced_recursive", "Read"),
	[CGV_WIOS] = IO("wios", "blkio.throttle.io_serviced_recursive", "Write"),
#undef IO
};

static uint64_t leading_number(const char *text)
{
	uint64_t n = 0;

	if (*text < '0' || *text > '9')
		return CG_UNKNOWN;
	for (; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	return n;
}

/* The numbers behind each occurrence of the word key. */
static uint64_t keyed(const char *text, const char *key, bool sum)
{
	size_t length = strlen(key);
	uint64_t total = sum ? 0 : CG_UNKNOWN;

	for (const char *at = text; (at = strstr(at, key)); at += length) {
		bool begins = at == text || strchr(" \n", at[-1]);

		if (!begins || (at[length] != ' ' && at[length] != '='))
			continue;
		if (!sum)
			return leading_number(at + length + 1);
		total += leading_number(at + length + 1);
	}
	return total;
}

static uint64_t read_value(int dir, const char *file, enum form form, const char *key)
{
	char text[4096];

	if (!file || fs_read(dir, file, text, sizeof(text)) < 0)
		return CG_UNKNOWN;
	return form == WHOLE ? leading_number(text) : keyed(text, key, form == DISKS);
}

/* v1 counts a kill only where it happened, not in the groups above. */
static int add_kills(int dir, const char *name, void *arg)
{
	CLEANUP_FD int child = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t n;

	if (child < 0)
		return 0;
	n = read_value(child, "memory.oom_control", KEYED, "oom_kill");
	if (n != CG_UNKNOWN)
		*(uint64_t *)arg += n;
	return cg_each_child(child, add_kills, arg);
}

void cg_stat_read(struct cgroup *cg, struct cg_stat *stat)
{
	*stat = (struct cg_stat){ .code = -1, .signal = -1, .wall_us = CG_UNKNOWN };
	for (unsigned i = 0; i < CGV_COUNT; i++) {
		const struct cg_tree *tree = cg_tree_of(cg, rows[i].controller);
		uint64_t n = CG_UNKNOWN;

		if (tree && tree->version == 1)
			n = read_value(tree->dir, rows[i].file1, rows[i].form1, rows[i].key1);
		else if (tree)
			n = read_value(tree->dir, rows[i].file2, rows[i].form2, rows[i].key2);
		if (tree && tree->version == 1 && n != CG_UNKNOWN) {
			n /= rows[i].v1_unit;
			if (i == CGV_OOM_KILL)
				cg_each_child(tree->dir, add_kills, &n);
			/* v1's "no limit" is the largest whole page. */
			if (i == CGV_MEMORY_LIMIT && n > (uint64_t)INT64_MAX - 65536)
				n = CG_UNKNOWN;
		}
		stat->value[i] = n;
	}
}

bool cg_stat_target(const char *target, int *fd)
{
	return !strncmp(target, "fd:", 3) && !parse_int(target + 3, 0, 1 << 20, fd);
}

/* ---- print */

static void print_number(struct out *out, uint64_t n)
{
	if (n == CG_UNKNOWN)
		out_printf(out, "null");
	else
		out_printf(out, "%llu", (unsigned long long)n);
}

static void print_json(struct out *out, const struct cgroup *cg, const struct cg_stat *stat)
{
	const char *part = "";

	out_printf(out, "{\"cgroup\":\"");
	for (const char *c = cg->tree[0].path; *c; c++)
		out_printf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	out_printf(out, "\",\"version\":%d,\"exit\":{\"code\":", cg->tree[0].version);
	print_number(out, stat->code < 0 ? CG_UNKNOWN : (uint64_t)stat->code);
	out_printf(out, ",\"signal\":");
	print_number(out, stat->signal < 0 ? CG_UNKNOWN : (uint64_t)stat->signal);
	out_printf(out, "},\"wall_usec\":");
	print_number(out, stat->wall_us);
	for (unsigned i = 0; i < CGV_COUNT; i++) {
		bool first = strcmp(part, rows[i].part) != 0;

		if (first)
			out_printf(out, "%s,\"%s\":{", *part ? "}" : "", rows[i].part);
		out_printf(out, "%s\"%s\":", first ? "" : ",", rows[i].name);
		print_number(out, stat->value[i]);
		part = rows[i].part;
	}
	out_printf(out, "},\"killed_by_us\":%s}\n", stat->killed ? "true" : "false");
}

void cg_size(char text[24], uint64_t bytes)
{
	static const char units[] = " KMGTP";
	uint64_t tenths = bytes * 10;
	unsigned unit = 0;

	for (; tenths >= 10240 && unit < 5; unit++)
		tenths = (tenths + 512) / 1024;
	if (tenths % 10)
		fmt_buf(text, 24, "%llu.%llu%c", (unsigned long long)tenths / 10,
			(unsigned long long)tenths % 10, units[unit]);
	else
		fmt_buf(text, 24, "%llu%.1s", (unsigned long long)tenths / 10,
			unit ? units + unit : "");
}

static void print_text(struct out *out, const struct cgroup *cg, const struct cg_stat *stat)
{
	out_printf(out, "cgroup %s\n", cg->tree[0].path);
	if (stat->code >= 0)
		out_printf(out, "exit.code %d\n", stat->code);
	if (stat->signal >= 0)
		out_printf(out, "exit.signal %d\n", stat->signal);
	if (stat->wall_us != CG_UNKNOWN)
		out_printf(out, "wall_usec %llu\n", (unsigned long long)stat->wall_us);
	for (unsigned i = 0; i < CGV_COUNT; i++)
		if (stat->value[i] != CG_UNKNOWN)
			out_printf(out, "%s.%s %llu\n", rows[i].part, rows[i].name,
				(unsigned long long)stat->value[i]);
}

void cg_stat_print(struct out *out, const struct cgroup *cg, const struct cg_stat *stat, bool json)
{
	if (json)
		print_json(out, cg, stat);
	else
		print_text(out, cg, stat);
}

void cg_stat_ended(struct cg_stat *stat, int status)
{
	if (WIFEXITED(status))
		stat->code = WEXITSTATUS(status);
	else
		stat->signal = WTERMSIG(status);
}

void cg_stat_write(
	const char *target, const struct cgroup *cg, const struct cg_stat *stat, bool json)
{
	struct out out = OUT_INIT(-1);
	char path[CG_PATH];
	int fd;

	if (cg_stat_target(target, &out.fd)) {
		cg_stat_print(&out, cg, stat, json);
		out_flush(&out);
		return;
	}
	if (fmt_path(path, sizeof(path), "%s.tmp", target) < 0)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	out.fd = fd;
	cg_stat_print(&out, cg, stat, json);
	if (fd >= 0 && !out_flush(&out))
		rename(path, target);
}
