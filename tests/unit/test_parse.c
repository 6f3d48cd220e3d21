// SPDX-License-Identifier: MIT
/* parse.c: each function with its range, its overflow and what it must not take. */
#include "unit.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

#define KIB 1024ull
#define DAY 86400000ull

static void sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "007", 7 },
		{ "12b", 12 },
		{ "1k", KIB },
		{ "1K", KIB },
		{ "1kb", KIB },
		{ "1KiB", KIB },
		{ "64Ki", 64 * KIB },
		{ "64M", 64 * KIB * KIB },
		{ "1.5k", 1536 },
		{ "0.5g", KIB * KIB * KIB / 2 },
		{ "1.0", 1 },
		{ "0.0009765625k", 0 }, /* nine places count, and a fraction is rounded down */
		{ "1.999999999k", 2047 },
		{ "3t", 3 * KIB * KIB * KIB * KIB },
		{ "16383p", 16383ull << 50 },
		{ "16383.9p", (16383ull << 50) + (1ull << 50) / 10 * 9 + 3 },
		{ "18446744073709551615", UINT64_MAX },
	};
	static const struct {
		const char *text;
		int error;
	} bad[] = {
		{ "", -EINVAL },
		{ "k", -EINVAL },
		{ "-1", -EINVAL },
		{ "+1", -EINVAL },
		{ " 1", -EINVAL },
		{ "1 ", -EINVAL },
		{ "1 k", -EINVAL },
		{ "64Q", -EINVAL },
		{ "64e", -EINVAL },
		{ "1kk", -EINVAL },
		{ "1i", -EINVAL },
		{ "1kbb", -EINVAL },
		{ "1bk", -EINVAL },
		{ ".5k", -EINVAL },
		{ "1.k", -EINVAL },
		{ "1.5", -EINVAL },
		{ "1.5b", -EINVAL },
		{ "0x10", -EINVAL },
		{ "1e3", -EINVAL },
		{ "max", -EINVAL },
		{ "18446744073709551616", -ERANGE },
		{ "99999999999999999999999", -ERANGE },
		{ "16384p", -ERANGE },
		{ "18014398509481984k", -ERANGE },
	};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(parse_size(good[i].text, &bytes), 0);
		assert_true(bytes == good[i].bytes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		bytes = 4711;
		assert_int_equal(parse_size(bad[i].text, &bytes), bad[i].error);
		assert_true(bytes == 4711);
	}
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ms;
		int error;
	} cases[] = {
		{ "0", 0, 0 },
		{ "10", 10000, 0 },
		{ "10s", 10000, 0 },
		{ "1.5", 1500, 0 },
		{ "0.0005", 0, 0 },
		{ "250ms", 250, 0 },
		{ "2m", 120000, 0 },
		{ "1.5h", 5400000, 0 },
		{ "366d", 366 * DAY, 0 },
		{ "366.1d", 0, -ERANGE },
		{ "31622401", 0, -ERANGE },
		{ "18446744073709551615d", 0, -ERANGE },
		{ "307445734561825.9m", 0, -ERANGE },
		{ "", 0, -EINVAL },
		{ "-1", 0, -EINVAL },
		{ "s", 0, -EINVAL },
		{ "1S", 0, -EINVAL },
		{ "1sec", 0, -EINVAL },
		{ "1 s", 0, -EINVAL },
		{ "inf", 0, -EINVAL },
	};
	uint64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ms = 0;
		assert_int_equal(parse_duration(cases[i].text, &ms), cases[i].error);
		assert_true(ms == cases[i].ms);
	}
}

static void integers(void **state)
{
	uint64_t u64 = 5;
	uint32_t u32 = 5;
	unsigned octal = 5;
	int n = 5;

	(void)state;
	assert_int_equal(parse_u64("18446744073709551615", 0, UINT64_MAX, &u64), 0);
	assert_true(u64 == UINT64_MAX);
	assert_int_equal(parse_u64("9", 10, 20, &u64), -ERANGE);
	assert_int_equal(parse_u64("21", 10, 20, &u64), -ERANGE);
	assert_int_equal(parse_u32("4294967295", 0, UINT32_MAX, &u32), 0);
	assert_true(u32 == UINT32_MAX);
	assert_int_equal(parse_u32("4294967296", 0, UINT32_MAX, &u32), -ERANGE);
	assert_int_equal(parse_int("-2147483648", INT_MIN, INT_MAX, &n), 0);
	assert_int_equal(n, INT_MIN);
	assert_int_equal(parse_int("2147483648", INT_MIN, INT_MAX, &n), -ERANGE);
	assert_int_equal(parse_int("+7", INT_MIN, INT_MAX, &n), 0);
	assert_int_equal(n, 7);
	assert_int_equal(parse_int("--7", INT_MIN, INT_MAX, &n), -EINVAL);
	assert_int_equal(parse_int("-", INT_MIN, INT_MAX, &n), -EINVAL);
	assert_int_equal(parse_int("", INT_MIN, INT_MAX, &n), -EINVAL);
	assert_int_equal(parse_octal("0755", 07777, &octal), 0);
	assert_int_equal(octal, 0755);
	assert_int_equal(parse_octal("8", 07777, &octal), -EINVAL);
	assert_int_equal(parse_octal("10000", 07777, &octal), -ERANGE);
	assert_int_equal(octal, 0755);
}

static void ids(void **state)
{
	uint32_t id = 5;
	pid_t pid = 5;

	(void)state;
	assert_int_equal(parse_id("0", &id), 0);
	assert_int_equal(parse_id("4294967294", &id), 0);
	assert_true(id == 4294967294u);
	assert_int_equal(parse_id("4294967295", &id), -ERANGE);
	assert_int_equal(parse_id("-1", &id), -EINVAL);
	assert_int_equal(parse_pid("1", &pid), 0);
	assert_int_equal(parse_pid("4194304", &pid), 0);
	assert_int_equal(pid, 4194304);
	assert_int_equal(parse_pid("0", &pid), -ERANGE);
	assert_int_equal(parse_pid("4194305", &pid), -ERANGE);
	assert_int_equal(parse_pid("+1", &pid), -EINVAL);
	assert_int_equal(parse_pid("", &pid), -EINVAL);
}

static void signals(void **state)
{
	static const struct {
		const char *text;
		int signal, error;
	} cases[] = {
		{ "1", 1, 0 },
		{ "64", 64, 0 },
		{ "0", 0, -ERANGE },
		{ "65", 0, -ERANGE },
		{ "TERM", SIGTERM, 0 },
		{ "term", SIGTERM, 0 },
		{ "SIGTERM", SIGTERM, 0 },
		{ "SigUsr1", SIGUSR1, 0 },
		{ "CLD", SIGCHLD, 0 },
		{ "IOT", SIGABRT, 0 },
		{ "POLL", SIGIO, 0 },
		{ "RTMIN", 34, 0 },
		{ "SIGRTMIN+3", 37, 0 },
		{ "rtmax-1", 63, 0 },
		{ "RTMAX", 64, 0 },
		{ "RTMIN+30", 64, 0 },
		{ "RTMIN+31", 0, -ERANGE },
		{ "RTMIN-1", 0, -EINVAL },
		{ "RTMAX+1", 0, -EINVAL },
		{ "RTMIN+", 0, -EINVAL },
		{ "SIG", 0, -EINVAL },
		{ "SIGSIGTERM", 0, -EINVAL },
		{ "", 0, -EINVAL },
		{ "-9", 0, -EINVAL },
		{ "NOSUCH", 0, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int signal = 0;

		assert_int_equal(parse_signal(cases[i].text, &signal), cases[i].error);
		assert_int_equal(signal, cases[i].signal);
	}
	for (int signal = 1; signal < 32; signal++) {
		int again = 0;

		assert_int_equal(parse_signal(signal_name(signal), &again), 0);
		assert_int_equal(again, signal);
	}
	assert_string_equal(signal_name(0), "");
	assert_string_equal(signal_name(-1), "");
	assert_string_equal(signal_name(40), "");
}

static void fields(void **state)
{
	char text[] = "a::b,c", empty[] = "";
	char *rest = text;

	(void)state;
	assert_string_equal(parse_field(&rest, ":"), "a");
	assert_string_equal(parse_field(&rest, ":"), "");
	assert_string_equal(parse_field(&rest, ":,"), "b");
	assert_string_equal(parse_field(&rest, ":"), "c");
	assert_null(rest);
	assert_null(parse_field(&rest, ":"));
	rest = empty;
	assert_string_equal(parse_field(&rest, ":"), "");
	assert_null(rest);

	assert_true(parse_word_in("rw", "ro rw"));
	assert_true(parse_word_in("ro", "ro rw"));
	assert_false(parse_word_in("r", "ro rw"));
	assert_false(parse_word_in("row", "ro rw"));
	assert_false(parse_word_in("", "ro rw"));
	assert_false(parse_word_in("ro", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
		cmocka_unit_test(integers),
		cmocka_unit_test(ids),
		cmocka_unit_test(signals),
		cmocka_unit_test(fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
