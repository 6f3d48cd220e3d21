// SPDX-License-Identifier: MIT
/* The grammar of vethctl: any words, one a line.  A line whose grammar is checked opens, sends,
 * makes and starts nothing, whatever stands in it: in vethctl's objects such a call is named
 * never_CALL (tests.mk), and exit is fuzz_exit, which returns to the fuzzer. */
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "err.h"
#include "vethctl.h"

extern const struct applet vethctl_applet;

static jmp_buf ended;

__attribute__((noreturn)) void fuzz_exit(int status);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_exit(int status)
{
	longjmp(ended, status + 1);
}

#define NEVER(call)                                                                                \
	void never_##call(void);                                                                   \
	void never_##call(void)                                                                    \
	{                                                                                          \
		abort();                                                                           \
	}
NEVER(open)
NEVER(openat)
NEVER(socket)
NEVER(setns)
NEVER(unshare)
NEVER(mount)
NEVER(umount2)
NEVER(mkdir)
NEVER(unlink)
NEVER(rename)
NEVER(truncate)
NEVER(fork)
NEVER(netns_open)
NEVER(nl_open)
NEVER(nl_talk)
NEVER(nft_open)
NEVER(netns_nl_open)
NEVER(fs_mkdir_path)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chain chain = { .life_fd = -1 };
	struct veth v = { .checking = true, .nl.fd = -1, .chain = &chain };
	char *text = malloc(size + 1), *argv[64] = { (char *)"vethctl" };
	char *volatile owned = text;
	int argc = 1, status;

	memcpy(text, data, size);
	text[size] = '\0';
	for (char *word = strtok(text, "\n"); word && argc < 63; word = strtok(NULL, "\n"))
		argv[argc++] = word;
	err_applet("vethctl", 1, 2);
	if (!(status = setjmp(ended))) {
		char **words = applet_args(&vethctl_applet, &v, argv, 1);

		v.checking = true;
		status = veth_command(&v, words) + 1;
	}
	/* Wrong words are the user's fault: never another status. */
	if (status != 1 && status != 3)
		abort();
	free(owned);
	return 0;
}
