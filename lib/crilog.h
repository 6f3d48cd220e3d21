/* SPDX-License-Identifier: MIT */
/* crilog.h - the log of a container in the form of the Container Runtime Interface:
 *
 *     2026-11-29T08:00:00.123456789Z stdout F text of the line
 *
 * F ends a line, P is a part that continues in the next record of that stream.  A file that has
 * reached its size is renamed to NAME.1, that one to NAME.2, and so on. */
#ifndef CRILOG_H
#define CRILOG_H

#include <stddef.h>
#include <stdint.h>

struct crilog {
	int fd;
	const char *path;
	uint64_t limit; /* bytes of one file */
	unsigned files; /* how many of them, the current one included */
	uint64_t used;
};

/* Opens the log for appending.  Returns 0 or -errno. */
int crilog_open(struct crilog *log, const char *path, uint64_t limit, unsigned files);

/* Adds what a stream ("stdout", "stderr") gave, as it came.  Returns 0 or -errno; what could not
 * be written is lost, and the next call tries again. */
int crilog_add(struct crilog *log, const char *stream, const char *data, size_t size);

#endif
