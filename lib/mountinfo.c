// SPDX-License-Identifier: MIT
/* mountinfo.c - see mountinfo.h. */
#include "mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parse.h"

int mountinfo_open(struct mountinfo_reader *reader, const char *path)
{
	reader->start = reader->end = 0;
	reader->fd = open(path ? path : "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	return reader->fd < 0 ? -errno : 0;
}

void mountinfo_close(struct mountinfo_reader *reader)
{
	close(reader->fd);
	reader->fd = -1;
}

/* The next line, its '\n' replaced by a NUL: 1, 0 at the end, or -errno. */
static int next_line(struct mountinfo_reader *reader, char **line)
{
	for (;;) {
		char *from = reader->buf + reader->start;
		char *newline = memchr(from, '\n', reader->end - reader->start);
		ssize_t n;

		if (newline) {
			*newline = '\0';
			*line = from;
			reader->start = (size_t)(newline + 1 - reader->buf);
			return 1;
		}
		memmove(reader->buf, from, reader->end - reader->start);
		reader->end -= reader->start;
		reader->start = 0;
		if (reader->end == sizeof(reader->buf))
			return -EFBIG;
		n = read(reader->fd, reader->buf + reader->end, sizeof(reader->buf) - reader->end);
		if (n <= 0)
			return n < 0 ? -errno : 0;
		reader->end += (size_t)n;
	}
}

/* Undoes \040 and the like in place. */
static char *unescape(char *s)
{
	char *to = s;

	if (!s)
		return s;
	for (const char *from = s; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return s;
}

int mountinfo_next(struct mountinfo_reader *reader, struct mountinfo *mount)
{
	char *line = NULL, *rest, *device, *tail;
	int r = next_line(reader, &line);

	if (r <= 0)
		return r;
	/* 36 35 98:0 /root /point rw,noatime shared:1 - ext3 /dev/root rw,errors=continue */
	tail = strstr(line, " - ");
	if (!tail)
		return -EINVAL;
	*tail = '\0';
	rest = line;
	mount->id = atoi(parse_field(&rest, " "));
	mount->parent = rest ? atoi(parse_field(&rest, " ")) : 0;
	device = parse_field(&rest, " ");
	mount->root = unescape(parse_field(&rest, " "));
	mount->point = unescape(parse_field(&rest, " "));
	mount->options = parse_field(&rest, " ");
	mount->optional = rest ? rest : tail;
	rest = tail + 3;
	mount->type = parse_field(&rest, " ");
	mount->source = unescape(parse_field(&rest, " "));
	mount->super = rest;
	if (!mount->options || !mount->super)
		return -EINVAL;
	mount->major = (unsigned)strtoul(device, &device, 10);
	mount->minor = (unsigned)strtoul(device + (*device == ':'), NULL, 10);
	return 1;
}
