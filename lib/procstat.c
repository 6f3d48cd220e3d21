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

#define START_FIELD 22

int procstat_start(pid_t pid, uint64_t *start, bool *zombie)
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
	if (zombie)
		*zombie = *rest == 'Z' || *rest == 'X';
	for (int i = 3; rest && i <= START_FIELD; i++)
		field = parse_field(&rest, " ");
	return !field || parse_u64(field, 0, UINT64_MAX, start) < 0 ? -EIO : 0;
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
