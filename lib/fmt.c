// SPDX-License-Identifier: MIT
/* fmt.c - see fmt.h.  One pass over the format; each conversion becomes a run of bytes and the
 * padding around it. */
#include "fmt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "fs.h"

struct sink {
	char *buf;
	size_t size, length;
};

struct spec {
	bool left, zero;
	int width, precision;
	int longs, shorts; /* how many l (z is one) and h stood there */
	char conversion;
};

static void put(struct sink *sink, const char *bytes, size_t count)
{
	if (sink->length < sink->size) {
		size_t room = sink->size - sink->length;

		memcpy(sink->buf + sink->length, bytes, count < room ? count : room);
	}
	sink->length += count;
}

static void pad(struct sink *sink, char with, int count)
{
	while (count-- > 0)
		put(sink, &with, 1);
}

static void put_padded(struct sink *sink, const struct spec *spec, const char *sign,
	const char *bytes, size_t count)
{
	int missing = spec->width - (int)(strlen(sign) + count);
	bool zero = spec->zero && !spec->left;

	if (!spec->left && !zero)
		pad(sink, ' ', missing);
	put(sink, sign, strlen(sign));
	if (zero)
		pad(sink, '0', missing);
	put(sink, bytes, count);
	if (spec->left)
		pad(sink, ' ', missing);
}

static void put_number(struct sink *sink, const struct spec *spec, const char *sign, uint64_t n)
{
	unsigned base = spec->conversion == 'x' ? 16 : spec->conversion == 'o' ? 8 : 10;
	char digits[24], *p = digits + sizeof(digits);

	do {
		*--p = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	put_padded(sink, spec, sign, p, (size_t)(digits + sizeof(digits) - p));
}

static const char *parse_spec(const char *f, struct spec *spec, va_list *ap)
{
	*spec = (struct spec){ .precision = -1 };
	for (; *f == '-' || *f == '0'; f++) {
		spec->left |= *f == '-';
		spec->zero |= *f == '0';
	}
	if (*f == '*') {
		spec->width = va_arg(*ap, int);
		if (spec->width < 0) {
			spec->left = true;
			spec->width = -spec->width;
		}
		f++;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		spec->width = spec->width * 10 + (*f - '0');
	if (*f == '.') {
		spec->precision = 0;
		if (*++f == '*') {
			spec->precision = va_arg(*ap, int);
			f++;
		}
		for (; *f >= '0' && *f <= '9'; f++)
			spec->precision = spec->precision * 10 + (*f - '0');
	}
	for (; *f == 'l' || *f == 'z' || *f == 'h'; f++) {
		spec->longs += *f != 'h';
		spec->shorts += *f == 'h';
	}
	spec->conversion = *f;
	return f;
}

static int64_t signed_argument(const struct spec *spec, va_list *ap)
{
	if (spec->longs > 1)
		return va_arg(*ap, long long);
	if (spec->longs)
		return va_arg(*ap, long);
	if (spec->shorts)
		return spec->shorts > 1 ? (signed char)va_arg(*ap, int) : (short)va_arg(*ap, int);
	return va_arg(*ap, int);
}

static uint64_t unsigned_argument(const struct spec *spec, va_list *ap)
{
	if (spec->longs > 1)
		return va_arg(*ap, unsigned long long);
	if (spec->longs)
		return va_arg(*ap, unsigned long);
	if (spec->shorts)
		return va_arg(*ap, unsigned) & (spec->shorts > 1 ? 0xffu : 0xffffu);
	return va_arg(*ap, unsigned);
}

static void convert(struct sink *sink, const struct spec *spec, va_list *ap)
{
	int64_t n;
	const char *s;
	char c;

	switch (spec->conversion) {
	case 'd':
		n = signed_argument(spec, ap);
		put_number(sink, spec, n < 0 ? "-" : "", n < 0 ? -(uint64_t)n : (uint64_t)n);
		break;
	case 'u':
	case 'x':
	case 'o':
		put_number(sink, spec, "", unsigned_argument(spec, ap));
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_padded(sink, spec, "", &c, 1);
		break;
	case 's':
		s = va_arg(*ap, const char *);
		if (!s)
			s = "(null)";
		put_padded(sink, spec, "", s,
			spec->precision < 0 ? strlen(s) : strnlen(s, (size_t)spec->precision));
		break;
	default:
		put(sink, &spec->conversion, 1);
	}
}

int fmt_vbuf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct sink sink = { buf, size ? size - 1 : 0, 0 };
	struct spec spec;
	va_list ap;

	va_copy(ap, args);
	while (*fmt) {
		size_t plain = strcspn(fmt, "%");

		put(&sink, fmt, plain);
		fmt += plain;
		if (!*fmt)
			break;
		fmt = parse_spec(fmt + 1, &spec, &ap);
		if (!*fmt)
			break;
		convert(&sink, &spec, &ap);
		fmt++;
	}
	va_end(ap);
	if (size)
		buf[sink.length < sink.size ? sink.length : sink.size] = '\0';
	return (int)sink.length;
}

int fmt_buf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = fmt_vbuf(buf, size, fmt, ap);
	va_end(ap);
	return length;
}

int fmt_path(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = fmt_vbuf(buf, size, fmt, ap);
	va_end(ap);
	return (size_t)length < size ? 0 : -ENAMETOOLONG;
}

int out_flush(struct out *out)
{
	if (out->used && !out->error)
		out->error = fs_write_all(out->fd, out->buf, out->used);
	out->used = 0;
	return out->error;
}

int out_write(struct out *out, const void *data, size_t size)
{
	if (size > sizeof(out->buf) - out->used)
		out_flush(out);
	if (size > sizeof(out->buf)) {
		if (!out->error)
			out->error = fs_write_all(out->fd, data, size);
		return out->error;
	}
	memcpy(out->buf + out->used, data, size);
	out->used += size;
	return out->error;
}

int out_printf(struct out *out, const char *fmt, ...)
{
	for (int try = 0; try < 2; try++) {
		size_t room = sizeof(out->buf) - out->used;
		va_list ap;
		int length;

		va_start(ap, fmt);
		length = fmt_vbuf(out->buf + out->used, room, fmt, ap);
		va_end(ap);
		if ((size_t)length < room) {
			out->used += (size_t)length;
			return out->error;
		}
		out_flush(out);
	}
	return out->error ? out->error : (out->error = -ENAMETOOLONG);
}

int fmt_fd(int fd, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int length;

	va_start(ap, fmt);
	length = fmt_vbuf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if ((size_t)length >= sizeof(line)) {
		length = sizeof(line) - 1;
		line[length - 1] = '\n';
	}
	return fs_write_all(fd, line, (size_t)length);
}
