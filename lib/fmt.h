/* SPDX-License-Identifier: MIT */
/* fmt.h - formatted output without stdio, which costs 33 kB and a heap.
 *
 * The conversions: %s %.*s %.Ns %c %d %u %x %o %% with l, ll, z and h hh, a width (also *), the
 * flags 0 and -.  No floating point. */
#ifndef FMT_H
#define FMT_H

#include <stdarg.h>
#include <stddef.h>

/* As snprintf(3): writes at most size bytes with the NUL, returns the length of the whole. */
__attribute__((format(printf, 3, 4))) int fmt_buf(char *buf, size_t size, const char *fmt, ...);
__attribute__((format(printf, 3, 0))) int fmt_vbuf(
	char *buf, size_t size, const char *fmt, va_list ap);

/* Formats into buf and says whether it fitted: 0 or -ENAMETOOLONG. */
__attribute__((format(printf, 3, 4))) int fmt_path(char *buf, size_t size, const char *fmt, ...);

/* Buffered output.  out_printf and out_flush return 0 or the first -errno that a write met. */
struct out {
	int fd;
	int error;
	size_t used;
	char buf[2048];
};

#define OUT_INIT(f)                                                                                \
	{                                                                                          \
		.fd = (f)                                                                          \
	}

__attribute__((format(printf, 2, 3))) int out_printf(struct out *out, const char *fmt, ...);
int out_write(struct out *out, const void *data, size_t size);
int out_flush(struct out *out);

/* One formatted line of at most 1024 bytes to a descriptor by one write(2). */
__attribute__((format(printf, 2, 3))) int fmt_fd(int fd, const char *fmt, ...);

#endif
