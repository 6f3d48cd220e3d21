// SPDX-License-Identifier: MIT
/* cmon_record.c - what the monitor writes of its container, one value a file, each whole. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h> // renameat
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "cmon.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"

#define USAGE_MS 10000 /* a process of the group may be slow to die */

int cmon_record(int dirfd, const char *name, const char *value)
{
	char temporary[64];
	int fd, r;

	if (dirfd < 0)
		return 0;
	fmt_buf(temporary, sizeof(temporary), ".%s", name);
	fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		r = -errno;
		warn(r, "record %s", name);
		return r;
	}
	r = fs_write_all(fd, value, strlen(value));
	if (!r)
		r = fs_write_all(fd, "\n", 1);
	close(fd);
	if (!r && renameat(dirfd, temporary, dirfd, name) < 0)
		r = -errno;
	if (r < 0)
		warn(r, "record %s", name);
	return r;
}

int cmon_record_number(int dirfd, const char *name, uint64_t value)
{
	char text[24];

	fmt_buf(text, sizeof(text), "%llu", (unsigned long long)value);
	return cmon_record(dirfd, name, text);
}

void cmon_record_usage(struct monitor *m)
{
	struct pollfd pipe = { .fd = m->usage, .events = POLLIN };
	char text[4096];
	size_t size = 0;
	ssize_t n;

	if (m->usage < 0)
		return;
	while (size < sizeof(text) - 1 && poll(&pipe, 1, USAGE_MS) > 0 &&
		(n = read(m->usage, text + size, sizeof(text) - 1 - size)) > 0)
		size += (size_t)n;
	close(take_fd(&m->usage));
	text[size ? size - 1 : 0] = '\0'; /* the last line ends in the record */
	if (size)
		cmon_record(m->run_fd, "usage", text);
}
