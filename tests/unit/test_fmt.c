// SPDX-License-Identifier: MIT
/* fmt.c against snprintf(3). */
#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"

/* The same format through both: text and length must agree. */
#define SAME(...)                                                                                  \
	do {                                                                                       \
		char want[256], got[256];                                                          \
		int length = snprintf(want, sizeof(want), __VA_ARGS__);                            \
		assert_int_equal(fmt_buf(got, sizeof(got), __VA_ARGS__), length);                  \
		assert_string_equal(got, want);                                                    \
	} while (0)

static void strings(void **state)
{
	(void)state;
	SAME("%s", "plain");
	SAME("%s%s%s", "", "a", "");
	SAME("[%8s][%-8s]", "right", "left");
	SAME("[%.3s][%.*s][%.0s]", "abcdef", 2, "abcdef", "abc");
	SAME("[%.9s]", "abc");
	SAME("[%6.2s][%-6.2s]", "abc", "abc");
	SAME("[%*s][%-*s]", 5, "a", 5, "b");
	SAME("[%*s]", -5, "a");
	SAME("[%.*s]", -1, "whole");
	SAME("%c%c", 'a', 'z');
	SAME("[%3c][%-3c]", 'a', 'b');
	SAME("100%%");
}

static void numbers(void **state)
{
	(void)state;
	SAME("%d %d %d", 0, INT_MAX, INT_MIN);
	SAME("%ld %ld", LONG_MAX, LONG_MIN);
	SAME("%lld %lld", LLONG_MAX, LLONG_MIN);
	SAME("%u %lu %llu", UINT_MAX, ULONG_MAX, ULLONG_MAX);
	SAME("%zu %zd", (size_t)-1, (ssize_t)-1);
	SAME("%x %lx %o", UINT_MAX, ULONG_MAX, UINT_MAX);
	SAME("[%5d][%-5d][%05d]", -42, -42, -42);
	SAME("[%5u][%-5u][%05u]", 42u, 42u, 42u);
	SAME("[%02x:%02x]", 0xau, 0xffu);
	SAME("[%08o]", 0755u);
	SAME("[%3d]", 12345);
	SAME("%hhx %hx %hhd %hd", 0x1ff, 0x1ffff, 0x1ff, 0x1ffff);
}

static void truncation(void **state)
{
	char buf[8] = "unused!";

	(void)state;
	assert_int_equal(fmt_buf(buf, 4, "%s", "abcdef"), 6);
	assert_string_equal(buf, "abc");
	assert_int_equal(buf[4], 'e');
	assert_int_equal(fmt_buf(buf, 1, "%d", 12), 2);
	assert_string_equal(buf, "");
	assert_int_equal(fmt_buf(NULL, 0, "%s", "abc"), 3);
	assert_int_equal(fmt_path(buf, sizeof(buf), "%s", "1234567"), 0);
	assert_int_equal(fmt_path(buf, sizeof(buf), "%s", "12345678"), -ENAMETOOLONG);
}

/* Reads what was written to a pipe, by a function that got its write end. */
static size_t through_pipe(void (*writer)(int fd), char *buf, size_t size)
{
	size_t used = 0;
	ssize_t n;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	writer(fds[1]);
	close(fds[1]);
	while ((n = read(fds[0], buf + used, size - used)) > 0)
		used += (size_t)n;
	close(fds[0]);
	return used;
}

static void write_lines(int fd)
{
	struct out out = OUT_INIT(fd);
	char big[3000];

	memset(big, 'b', sizeof(big));
	for (int i = 0; i < 1000; i++)
		assert_int_equal(out_printf(&out, "line %03d\n", i), 0);
	assert_int_equal(out_write(&out, big, sizeof(big)), 0);
	assert_int_equal(out_write(&out, "end", 3), 0);
	assert_int_equal(out_flush(&out), 0);
}

static void buffered(void **state)
{
	static char got[32768];
	size_t n = through_pipe(write_lines, got, sizeof(got));

	(void)state;
	assert_int_equal(n, 1000 * 9 + 3000 + 3);
	for (int i = 0; i < 1000; i++) {
		char want[16];

		snprintf(want, sizeof(want), "line %03d\n", i);
		assert_memory_equal(got + 9 * i, want, 9);
	}
	assert_memory_equal(got + n - 4, "bend", 4);
}

static void write_long_line(int fd)
{
	char big[2000];

	memset(big, 'b', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(fmt_fd(fd, "%s\n", big), 0);
}

static void one_line(void **state)
{
	char got[4096];
	size_t n = through_pipe(write_long_line, got, sizeof(got));

	(void)state;
	assert_int_equal(n, 1023);
	assert_int_equal(got[n - 1], '\n');
	assert_int_equal(got[n - 2], 'b');
}

static void write_errors(void **state)
{
	struct out out = OUT_INIT(-1);
	char big[4096];

	(void)state;
	assert_int_equal(out_printf(&out, "x"), 0);
	assert_int_equal(out_flush(&out), -EBADF);
	assert_int_equal(out_printf(&out, "x"), -EBADF);
	assert_int_equal(fmt_fd(-1, "x"), -EBADF);

	out = (struct out)OUT_INIT(STDOUT_FILENO);
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(out_printf(&out, "%s", big), -ENAMETOOLONG);
	assert_int_equal(out_flush(&out), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings),
		cmocka_unit_test(numbers),
		cmocka_unit_test(truncation),
		cmocka_unit_test(buffered),
		cmocka_unit_test(one_line),
		cmocka_unit_test(write_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
