// SPDX-License-Identifier: MIT
/* The option parser: any words, one a line.  What would end the process returns here instead: the
 * library is compiled with exit and _exit named fuzz_exit. */
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "applet.h"

struct args {
	bool flag;
	unsigned count;
	const char *value;
	struct opt_value optional, attached;
	struct opt_list list;
};

static const struct opt opts[] = {
	OPT('r', "read-only", struct args, flag, NULL, "a flag"),
	OPT('v', "verbose", struct args, count, NULL, "a counter"),
	OPT('w', "workdir", struct args, value, "DIR", "a value"),
	OPT(0, "mount", struct args, optional, "FILE", "an optional value"),
	OPT_ATTACHED('n', "ns", struct args, attached, "FILE", "the same, attached"),
	OPT('b', "bind", struct args, list, "SRC:DST", "a list"),
	OPT_ALIAS('R', "ro", "read-only"),
	OPT_END,
};

static const struct applet applet = {
	.name = "sample", .operands = "WORD", .summary = "a sample", .opts = opts
};

static jmp_buf ended;

__attribute__((noreturn)) void fuzz_exit(int status);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_exit(int status)
{
	longjmp(ended, status + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct args args;
	char *text = malloc(size + 1), *argv[64] = { (char *)"sample" };
	char *volatile owned = text;
	int argc = 1;

	memcpy(text, data, size);
	text[size] = '\0';
	for (char *word = strtok(text, "\n"); word && argc < 63; word = strtok(NULL, "\n"))
		argv[argc++] = word;
	memset(&args, 0, sizeof(args));
	if (!setjmp(ended)) {
		char **operands = applet_args(&applet, &args, argv, 1);

		/* What is left is the end of what was given. */
		if (operands < argv || operands >= argv + argc || argv[argc])
			abort();
	}
	free(owned);
	return 0;
}
