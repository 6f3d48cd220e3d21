// SPDX-License-Identifier: MIT
/* main.c - finds the applet by its name and runs the chain.
 *
 * An applet that hands over sets chain.next; the loop below looks that name up again: an applet
 * runs in this same process, anything else is executed, here and nowhere else.  `make
 * out/one/NAME` builds one applet alone with -DONLY=NAME. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "applet.h"
#include "err.h"
#include "exec.h"
#include "fs.h"
#include "husk.h"
#include "seal.h"
#include "sig.h"

#define APPLET(name) extern const struct applet name##_applet;
#ifdef ONLY
APPLET(ONLY)
#else
#include "applets.h"
#endif
#undef APPLET

static const struct applet *const applets[] = {
#define APPLET(name) &name##_applet,
#ifdef ONLY
	APPLET(ONLY)
#else
#include "applets.h"
#endif
#undef APPLET
		NULL
};

const struct applet *const *husk_applets(void)
{
	return applets;
}

const struct applet *husk_find(const char *name)
{
	for (const struct applet *const *applet = applets; *applet; applet++)
		if (!strcmp((*applet)->name, name))
			return *applet;
	return NULL;
}

/* The name an applet is called by: the last component, without the dash of a login shell. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	path = slash ? slash + 1 : path;
	return *path == '-' ? path + 1 : path;
}

/* Makes /proc/self/cmdline and comm read as the link that runs now, by moving its arguments to
 * the front of the block that the kernel laid out.  The strings move, so the vector is changed. */
static void retitle(char *block, char **argv)
{
	char *end = argv[0], *last;
	size_t shift, size;
	int argc = 0;

	prctl(PR_SET_NAME, base_name(argv[0]));
	while (argv[argc])
		argc++;
	last = argv[argc - 1];
	end = last + strlen(last) + 1;
	/* Only when the arguments stand one behind the other in the block, as after execve(2). */
	if (argv[0] <= block || last < argv[0])
		return;
	for (int i = 0; i + 1 < argc; i++)
		if (argv[i] + strlen(argv[i]) + 1 != argv[i + 1])
			return;
	shift = (size_t)(argv[0] - block);
	size = (size_t)(end - argv[0]);
	memmove(block, argv[0], size);
	memset(block + size, 0, shift);
	for (int i = 0; i < argc; i++)
		argv[i] -= shift;
}

static const char *applet_speaker(const struct applet *applet)
{
	return strcmp(applet->name, "husk") ? applet->name : "";
}

static const struct applet *next_applet(const char *name)
{
	return strchr(name, '/') || getenv("HUSK_EXEC") ? NULL : husk_find(name);
}

/* argv[0] names an applet.  Runs it and every link behind it. */
static int run_chain(char **argv, struct chain *chain)
{
	const struct applet *applet = husk_find(base_name(argv[0]));
	char *block = argv[0];

	for (;;) {
		int status;

		err_applet(applet_speaker(applet), applet->own_error, applet->usage_error);
		chain->next = NULL;
		status = applet->run(applet, argv, chain);
		if (!chain->next)
			return status;
		argv = chain->next;
		applet = next_applet(argv[0]);
		if (!applet)
			exec_command(argv, &chain->mask);
		retitle(block, argv);
	}
}

int main(int argc, char **argv)
{
	struct chain chain = { .life_fd = -1 };

	if (argc < 1 || fs_reserve_stdio() < 0)
		return 125;
	sig_current(&chain.mask);
	seal_resume(&chain);
#ifdef ONLY
	argv[0] = (char *)applets[0]->name;
#else
	if (!husk_find(base_name(argv[0])))
		argv[0] = (char *)"husk";
	if (!strcmp(base_name(argv[0]), "husk") && argc > 1 && husk_find(argv[1])) {
		argv++;
		retitle(argv[-1], argv);
	}
#endif
	return run_chain(argv, &chain);
}
