// SPDX-License-Identifier: MIT
/* procstat.c - see procstat.h. */
#include "procstat.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "sys.h"

#define FLAGS_FIELD     9
#define START_FIELD     22
#define ENV_START_FIELD 50
#define ENV_END_FIELD   51
#define PF_EXITING      0x4

/* A numeric field of /proc/PID/stat, counted as proc_pid_stat(5) does, and the state letter. */
static int stat_field(pid_t pid, int number, uint64_t *value, char *state)
{
	char path[32], text[1024], *rest, *field = NULL;
	ssize_t n;

	fmt_buf(path, sizeof(path), "/proc/%d/stat", pid);
	n = fs_read(AT_FDCWD, path, text, sizeof(text));
	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	/* The name, field 2, may hold anything, brackets and blanks too: its end is the last one.
	 */
	rest = strrchr(text, ')');
	if (!rest || rest[1] != ' ')
		return -EIO;
	rest += 2;
	*state = *rest;
	for (int i = 3; rest && i <= number; i++)
		field = parse_field(&rest, " ");
	return !field || parse_u64(field, 0, UINT64_MAX, value) < 0 ? -EIO : 0;
}

int procstat_start(pid_t pid, uint64_t *start, bool *zombie)
{
	char state;
	int r = stat_field(pid, START_FIELD, start, &state);

	if (!r && zombie)
		*zombie = state == 'Z' || state == 'X';
	return r;
}

bool procstat_ending(pid_t pid)
{
	uint64_t flags;
	char state;

	return stat_field(pid, FLAGS_FIELD, &flags, &state) < 0 || flags & PF_EXITING;
}

int procstat_environment(uint64_t *start, uint64_t *end)
{
	char state;
	int r = stat_field(getpid(), ENV_START_FIELD, start, &state);

	return r < 0 ? r : stat_field(getpid(), ENV_END_FIELD, end, &state);
}

int procstat_pidfd(pid_t pid, uint64_t start)
{
	CLEANUP_FD int fd = sys_pidfd_open(pid, 0);
	uint64_t found;
	bool zombie;
	int r;

	if (fd < 0)
		return fd;
	/* Read after the open: what the descriptor names is then the process that was read. */
	r = procstat_start(pid, &found, &zombie);
	if (r < 0)
		return r;
	return found == start && !zombie ? take_fd(&fd) : -ESRCH;
}
