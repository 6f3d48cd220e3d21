// SPDX-License-Identifier: MIT
/* crilog.c - see crilog.h. */
#include "crilog.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h> // rename
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fmt.h"
#include "fs.h"

int crilog_open(struct crilog *log, const char *path, uint64_t limit, unsigned files)
{
	struct stat st;

	*log = (struct crilog){ .path = path, .limit = limit, .files = files };
	log->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (log->fd < 0 || fstat(log->fd, &st) < 0)
		return -errno;
	log->used = (uint64_t)st.st_size;
	return 0;
}

/* With one file only there is nothing to rename it to: it starts anew. */
static int rotate(struct crilog *log)
{
	char from[PATH_MAX], to[PATH_MAX];

	for (unsigned i = log->files - 1; i; i--) {
		int r = fmt_path(to, sizeof(to), "%s.%u", log->path, i);

		if (!r)
			r = i > 1 ? fmt_path(from, sizeof(from), "%s.%u", log->path, i - 1)
				  : fmt_path(from, sizeof(from), "%s", log->path);
		if (r < 0)
			return r;
		if (rename(from, to) < 0 && errno != ENOENT)
			return -errno;
	}
	close(log->fd);
	log->fd = open(log->path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);
	log->used = 0;
	return log->fd < 0 ? -errno : 0;
}

static size_t time_stamp(char *buf, size_t size)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	return (size_t)fmt_buf(buf, size, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, now.tv_nsec);
}

int crilog_add(struct crilog *log, const char *stream, const char *data, size_t size)
{
	struct out out = OUT_INIT(log->fd);
	char head[96];
	size_t stamp = time_stamp(head, sizeof(head));

	while (size) {
		const char *end = memchr(data, '\n', size);
		size_t length = end ? (size_t)(end - data) : size;
		int r = 0;

		if (log->used >= log->limit || log->fd < 0) {
			out_flush(&out);
			r = rotate(log);
			out = (struct out)OUT_INIT(log->fd);
		}
		if (r < 0)
			return r;
		fmt_buf(head + stamp, sizeof(head) - stamp, " %s %c ", stream, end ? 'F' : 'P');
		out_write(&out, head, strlen(head));
		out_write(&out, data, length);
		out_write(&out, "\n", 1);
		log->used += strlen(head) + length + 1;
		data += length + (end != NULL);
		size -= length + (end != NULL);
	}
	return out_flush(&out);
}
