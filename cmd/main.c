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
#include "parse.h"
#include "seal.h"
#include "sig.h"

/* In two steps, so that ONLY is replaced before it is pasted. */
#define DECLARE(name) extern const struct applet name##_applet;
#define ADDRESS(name) &name##_applet,

#define APPLET(name) DECLARE(name)
#ifdef ONLY
APPLET(ONLY)
#else
#include "applets.h"
#endif
#undef APPLET

static const struct applet *const applets[] = {
#define APPLET(name) ADDRESS(name)
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

const struct applet *husk_link(const char *name)
{
	return strchr(name, '/') || getenv("HUSK_EXEC") ? NULL : husk_find(name);
}

/* The name an applet is called by: the last component, without the dash of a login shell. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	path = slash ? slash + 1 : path;
	return *path == '-' ? path + 1 : path;
}

/* The applet that a link to the binary or `husk NAME` means: its name, or one that it has too. */
static const struct applet *find_called(const char *name)
{
	for (const struct applet *const *applet = applets; *applet; applet++)
		if (!strcmp((*applet)->name, name) ||
			((*applet)->also && parse_word_in(name, (*applet)->also)))
			return *applet;
	return NULL;
}

/* Where the kernel laid out the arguments, one behind the other. */
static char *title, *title_end;

static char *end_of(char *s)
{
	return s + strlen(s) + 1;
}

static bool is_contiguous(char **argv)
{
	for (; argv[1]; argv++)
		if (end_of(argv[0]) != argv[1])
			return false;
	return true;
}

/* Makes /proc/self/cmdline and comm read as the link that runs now, by moving its arguments to
 * the front of the title.  The strings move, so the vector is changed.  Arguments that an applet
 * made itself stand elsewhere: they stay there, and the title as it is. */
static void retitle(char **argv)
{
	char **last = argv;
	size_t shift, size;

	prctl(PR_SET_NAME, base_name(argv[0]));
	if (argv[0] <= title || argv[0] >= title_end || !is_contiguous(argv))
		return;
	while (last[1])
		last++;
	shift = (size_t)(argv[0] - title);
	size = (size_t)(end_of(*last) - argv[0]);
	memmove(title, argv[0], size);
	memset(title + size, 0, shift);
	for (; *argv; argv++)
		*argv -= shift;
}

/* What it says from now on, this applet says. */
static void name_errors(const struct applet *applet)
{
	err_applet(strcmp(applet->name, "husk") ? applet->name : "", applet->own_error,
		applet->usage_error);
}

static void prepare(const struct applet *applet, struct chain *chain)
{
	int r;

	name_errors(applet);
	chain->held = applet->init;
	if (applet->init) {
		sig_block_all(&chain->mask);
		return;
	}
	sig_current(&chain->mask);
	r = fs_reserve_stdio();
	if (r < 0)
		die(r, "the standard descriptors");
}

/* Runs the applet, whose arguments these are, and every link behind it. */
static int run_chain(const struct applet *applet, char **argv, struct chain *chain)
{
	for (;;) {
		int status;

		name_errors(applet);
		chain->next = NULL;
		chain->file = NULL;
		status = applet->run(applet, argv, chain);
		if (!chain->next)
			return status;
		argv = chain->next;
		applet = husk_link(argv[0]);
		if (!applet)
			exec_file(chain->file ? chain->file : argv[0], argv, &chain->mask);
		retitle(argv);
	}
}

int main(int argc, char **argv)
{
	struct chain chain = { .life_fd = -1, .started_fd = -1 };
	const struct applet *applet;

	if (argc < 1)
		return 125;
	title = argv[0];
	title_end = end_of(argv[argc - 1]);
#ifdef ONLY
	argv[0] = (char *)applets[0]->name;
#else
	if (!find_called(base_name(argv[0])))
		argv[0] = (char *)"husk";
	if (!strcmp(base_name(argv[0]), "husk") && argc > 1 && find_called(argv[1]))
		retitle(++argv);
#endif
	applet = find_called(base_name(argv[0]));
	prepare(applet, &chain);
	seal_resume(&chain);
	return run_chain(applet, argv, &chain);
}
