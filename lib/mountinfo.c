// SPDX-License-Identifier: MIT
/* mountinfo.c - see mountinfo.h. */
#include "mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
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

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
		s[2] <= '7';
}

/* Undoes \040 and the like in place. */
static char *unescape(char *s)
{
	char *to = s;

	if (!s)
		return s;
	for (const char *from = s; *from; to++) {
		if (*from == '\\' && is_octal(from + 1)) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return s;
}

/* "98:0" as two numbers. */
static int parse_device(char *s, struct mountinfo *mount)
{
	char *minor = s, *major = parse_field(&minor, ":");

	if (!minor || parse_u32(major, 0, UINT32_MAX, &mount->major) < 0)
		return -EINVAL;
	return parse_u32(minor, 0, UINT32_MAX, &mount->minor);
}

int mountinfo_next(struct mountinfo_reader *reader, struct mountinfo *mount)
{
	char *line = reader->buf, *rest, *tail, *fields[6];
	int r = next_line(reader, &line);

	if (r <= 0)
		return r;
	/* 36 35 98:0 /root /point rw,noatime shared:1 - ext3 /dev/root rw,errors=continue */
	tail = strstr(line, " - ");
	if (!tail)
		return -EINVAL;
	*tail = '\0';
	rest = line;
	for (size_t i = 0; i < 6; i++) {
		fields[i] = parse_field(&rest, " ");
		if (!fields[i])
			return -EINVAL;
	}
	if (parse_int(fields[0], 0, INT_MAX, &mount->id) < 0 ||
		parse_int(fields[1], 0, INT_MAX, &mount->parent) < 0 ||
		parse_device(fields[2], mount) < 0)
		return -EINVAL;
	mount->root = unescape(fields[3]);
	mount->point = unescape(fields[4]);
	mount->options = fields[5];
	mount->optional = rest ? rest : tail;
	rest = tail + 3;
	mount->type = parse_field(&rest, " ");
	mount->source = unescape(parse_field(&rest, " "));
	mount->super = rest;
	return rest ? 1 : -EINVAL;
}
