/* SPDX-License-Identifier: MIT */
/* mountinfo.h - reads /proc/PID/mountinfo line by line, without a heap (proc_pid_mountinfo(5)). */
#ifndef MOUNTINFO_H
#define MOUNTINFO_H

#include <stddef.h>

struct mountinfo {
	int id, parent;
	unsigned major, minor;
	/* Into the reader's buffer, octal escapes undone; valid until the next call. */
	char *root, *point, *options, *optional, *type, *source, *super;
};

struct mountinfo_reader {
	int fd;
	size_t start, end;
	char buf[8192];
};

/* Opens path (NULL: /proc/self/mountinfo).  Returns 0 or -errno; the caller closes the reader. */
int mountinfo_open(struct mountinfo_reader *reader, const char *path);

/* The next mount: 1, 0 at the end, or -errno (-EFBIG: a line longer than the buffer). */
int mountinfo_next(struct mountinfo_reader *reader, struct mountinfo *mount);

void mountinfo_close(struct mountinfo_reader *reader);

#endif
