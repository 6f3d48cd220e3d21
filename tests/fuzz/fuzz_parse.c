// SPDX-License-Identifier: MIT
/* The number parsers: nothing is written on error, and what is accepted is in its range. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_size(const char *s)
{
	uint64_t bytes = 4711, again = 0;
	char text[32];

	if (parse_size(s, &bytes) < 0) {
		check(bytes == 4711);
		return;
	}
	fmt_buf(text, sizeof(text), "%llu", (unsigned long long)bytes);
	check(!parse_size(text, &again) && again == bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1), *rest = s;
	uint64_t ms = 0;
	uint32_t id = 0;
	unsigned octal = 0;
	pid_t pid = 1;
	int signal = 1;

	memcpy(s, data, size);
	s[size] = '\0';
	check_size(s);
	check(parse_duration(s, &ms) < 0 || ms <= 366 * (uint64_t)86400000);
	check(parse_id(s, &id) < 0 || id != UINT32_MAX);
	check(parse_octal(s, 07777, &octal) < 0 || octal <= 07777);
	check(parse_pid(s, &pid) < 0 || pid > 0);
	check(parse_signal(s, &signal) < 0 || (signal >= 1 && signal <= 64));
	parse_word_in(s, "a bc def");
	parse_word_in("bc", s);
	while (parse_field(&rest, ":,"))
		check(!rest || rest <= s + size);
	free(s);
	return 0;
}
