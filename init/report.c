// SPDX-License-Identifier: MIT
/* report.c - how it ended, as one line of JSON for programs.
 *
 * 137 alone does not say who sent the KILL: the counters of our memory cgroup, before and after,
 * tell the kernel's OOM killer from everybody else. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "init.h"
#include "parse.h"

static int open_target(const char *target)
{
	int fd;

	if (!parse_int(target, 0, 1 << 20, &fd)) {
		int flags = fcntl(fd, F_GETFD);

		/* 0 to 2 are the child's too. */
		if (flags < 0 || (fd > STDERR_FILENO && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0))
			die(-errno, "report to descriptor %d", fd);
		return fd;
	}
	fd = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd < 0)
		die(-errno, "report to %s", target);
	return fd;
}

static uint64_t read_oom_kills(int fd)
{
	char buf[512], *rest = buf, *line;
	ssize_t size = fd < 0 ? -1 : pread(fd, buf, sizeof(buf) - 1, 0);
	uint64_t kills;

	if (size < 0)
		return 0;
	buf[size] = '\0';
	while ((line = parse_field(&rest, "\n")))
		if (!strncmp(line, "oom_kill ", 9) && !parse_u64(line + 9, 0, UINT64_MAX, &kills))
			return kills;
	return 0;
}

/* The counters of the memory cgroup that we are in, wherever it can be seen; else -1. */
static int open_oom_counters(void)
{
	struct cgroup cg;
	const struct cg_tree *tree;
	char path[CG_PATH + 32];
	unsigned missing;
	int fd = -1;

	if (cg_find(&cg, CG_BIT(CG_MEMORY), true, &missing) < 0)
		return -1;
	tree = cg_tree_of(&cg, CG_MEMORY);
	if (tree && tree->has_own &&
		!fmt_path(path, sizeof(path), ".%s/%s", tree->own,
			tree->version == 2 ? "memory.events" : "memory.oom_control"))
		fd = openat(tree->root, path, O_RDONLY | O_CLOEXEC);
	cg_close(&cg);
	return fd;
}

void report_open(struct init *in)
{
	struct report *report = &in->report;

	if (!in->args.report)
		return;
	report->fd = open_target(in->args.report);
	report->oom_fd = open_oom_counters();
	report->oom_kills = read_oom_kills(report->oom_fd);
	report->start = init_now();
}

static uint64_t microseconds(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

static const char *choose_reason(const struct init *in, uint64_t kills)
{
	if (in->failed.error)
		return "exec";
	if (in->reason)
		return in->reason;
	if (!WIFSIGNALED(in->status))
		return "exit";
	return kills && WTERMSIG(in->status) == SIGKILL ? "oom" : "signal";
}

void report_write(const struct init *in, int code)
{
	uint64_t kills = read_oom_kills(in->report.oom_fd) - in->report.oom_kills;
	char line[768];
	int size;

	if (in->report.fd < 0)
		return;
	size = fmt_buf(line, sizeof(line),
		"{\"pid\":%d,\"code\":%d,\"signal\":%d,\"core\":%s,\"reason\":\"%s\",\"oom_kills\":%llu,"
		"\"run_ms\":%llu,\"utime_us\":%llu,\"stime_us\":%llu,\"maxrss_kib\":%ld,"
		"\"reaped\":%u,\"left\":%u,\"killed\":%u,\"exec_errno\":%d}\n",
		(int)in->last_main, code, WIFSIGNALED(in->status) ? WTERMSIG(in->status) : 0,
		WCOREDUMP(in->status) ? "true" : "false", choose_reason(in, kills),
		(unsigned long long)kills, (unsigned long long)(init_now() - in->report.start),
		(unsigned long long)microseconds(&in->usage.ru_utime),
		(unsigned long long)microseconds(&in->usage.ru_stime), in->usage.ru_maxrss,
		in->reaped, in->left, in->killed, -in->failed.error);
	if (fs_write_all(in->report.fd, line, (size_t)size) < 0)
		warn(-errno, "write the report");
}
