// SPDX-License-Identifier: MIT
/* husk.c - the multicall binary itself: what it holds, how it is installed, and the verbs, which
 * are programs named husk-VERB beside it (as git does it), so that anyone can add one. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applet.h"
#include "err.h"
#include "exec.h"
#include "features.h"
#include "fmt.h"
#include "fs.h"
#include "husk.h"

struct husk_args {
	bool list;
	bool version;
	bool help;
	const char *install;
	struct opt_value dump;
};

static const struct opt husk_opts[] = {
	OPT(0, "list", struct husk_args, list, NULL, "name the applets, one a line"),
	OPT(0, "install", struct husk_args, install, "DIR", "make a link in DIR for each applet"),
	OPT(0, "dump", struct husk_args, dump, "APPLET", "print the option tables, tab-separated"),
	OPT('h', "help", struct husk_args, help, NULL, "print this text"),
	OPT('V', "version", struct husk_args, version, NULL,
		"print version, libc and the kernel features found"),
	OPT_END,
};

static bool is_self(const struct applet *applet)
{
	return !strcmp(applet->name, "husk");
}

static int list_applets(void)
{
	struct out out = OUT_INIT(STDOUT_FILENO);

	for (const struct applet *const *applet = husk_applets(); *applet; applet++)
		if (!is_self(*applet))
			out_printf(&out, "%s\n", (*applet)->name);
	out_finish(&out);
	return 0;
}

static int print_help(const struct applet *self)
{
	struct out out = OUT_INIT(STDOUT_FILENO);

	applet_help(self);
	out_printf(&out, "\nApplets, each with a --help of its own:\n");
	for (const struct applet *const *applet = husk_applets(); *applet; applet++)
		if (!is_self(*applet))
			out_printf(&out, "  %-12s  %s\n", (*applet)->name, (*applet)->summary);
	out_printf(&out,
		"\nA VERB is a program husk-VERB in $HUSK_LIBEXEC, in the libexec/husk of this\n"
		"installation, or in PATH.\n");
	out_finish(&out);
	return 0;
}

static int dump_applets(const char *only)
{
	if (only && !husk_find(only))
		die(0, "no applet %s", only);
	for (const struct applet *const *applet = husk_applets(); *applet; applet++)
		if (!only || !strcmp((*applet)->name, only))
			applet_dump(*applet);
	return 0;
}

/* This binary's own path: its length, or 0 where /proc does not tell. */
static size_t self_path(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n < 0)
		return 0;
	path[n] = '\0';
	return (size_t)n;
}

/* A link next to the binary is relative, one elsewhere names it by its path. */
static void link_target(const char *dir, char *target, size_t size)
{
	char self[PATH_MAX], real[PATH_MAX];
	char *slash;

	if (!self_path(self, sizeof(self)))
		die(-errno, "/proc/self/exe");
	fmt_buf(target, size, "%s", self);
	slash = strrchr(self, '/');
	*slash = '\0';
	if (realpath(dir, real) && !strcmp(real, self))
		fmt_buf(target, size, "%s", slash + 1);
}

/* Only an older link of ours is replaced: `--install /usr/bin` must not eat another unshare. */
static void make_link(const char *target, const char *path)
{
	const char *name = strrchr(target, '/');
	char old[PATH_MAX];
	ssize_t n = readlink(path, old, sizeof(old) - 1);

	name = name ? name + 1 : target;
	if (n >= 0) {
		const char *slash;

		old[n] = '\0';
		slash = strrchr(old, '/');
		if (!strcmp(slash ? slash + 1 : old, name) && unlink(path) < 0)
			die(-errno, "replace %s", path);
	}
	if (symlink(target, path) < 0)
		die_hint(-errno, errno == EEXIST ? "it is not a link to husk" : NULL, "link %s",
			path);
}

static int install(const char *dir)
{
	char target[PATH_MAX], path[PATH_MAX];
	int r = fs_mkdir_path(dir, 0755);

	if (r < 0)
		die(r, "mkdir %s", dir);
	link_target(dir, target, sizeof(target));
	for (const struct applet *const *applet = husk_applets(); *applet; applet++) {
		if ((*applet)->unlinked || is_self(*applet))
			continue;
		r = fmt_path(path, sizeof(path), "%s/%s", dir, (*applet)->name);
		if (r < 0)
			die(r, "%s", dir);
		make_link(target, path);
	}
	return 0;
}

static int print_version(void)
{
	struct out out = OUT_INIT(STDOUT_FILENO);

	applet_version();
	features_print(&out);
	out_finish(&out);
	return 0;
}

/* Is there a husk-VERB in dir[/below]?  Then it becomes argv[0]. */
static bool try_verb(const char *dir, size_t length, const char *below, char **argv)
{
	char path[PATH_MAX];

	if (fmt_path(path, sizeof(path), "%.*s%s/husk-%s", (int)length, dir, below, argv[0]) < 0 ||
		access(path, X_OK) < 0)
		return false;
	argv[0] = strdup(path);
	if (!argv[0])
		die(-ENOMEM, "%s", path);
	return true;
}

/* The folders where a verb is looked for, in this order: $HUSK_LIBEXEC; PREFIX/libexec/husk, where
 * this binary stands in PREFIX/bin, which need not be where it was built for; the scripts/ of the
 * tree that it was built in; PATH. */
static bool find_verb(const char *self, char **argv)
{
	const char *libexec = getenv("HUSK_LIBEXEC"), *slash = strrchr(self, '/');
	size_t bin = slash ? (size_t)(slash - self) : 0;

	if (libexec && try_verb(libexec, strlen(libexec), "", argv))
		return true;
	if (slash &&
		(try_verb(self, bin, "/../libexec/husk", argv) ||
			try_verb(self, bin, "/../scripts", argv)))
		return true;
	for (const char *path = getenv("PATH"); path && *path; path += *path == ':') {
		size_t length = strcspn(path, ":");

		if (length && try_verb(path, length, "", argv))
			return true;
		path += length;
	}
	return false;
}

/* `husk help` is a verb too; where it is not installed, the help of an applet is at hand. */
static int no_verb(const struct applet *self, char **words)
{
	const struct applet *applet = words[1] ? husk_find(words[1]) : self;

	if (strcmp(words[0], "help") != 0 || !applet)
		usage_die("%s: no such applet or verb", words[0]);
	if (applet == self)
		return print_help(self);
	applet_help(applet);
	return 0;
}

static int husk_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct husk_args args = { 0 };
	char **words = applet_args(self, &args, argv, 0);
	char path[PATH_MAX] = "";

	if (args.help)
		return print_help(self);
	if (args.list)
		return list_applets();
	if (args.install)
		return install(args.install);
	if (args.dump.set)
		return dump_applets(args.dump.value);
	if (args.version)
		return print_version();
	if (!words[0])
		usage_die("no applet and no verb given");
	if (self_path(path, sizeof(path)))
		setenv("HUSK", path, 1);
	/* An applet here is a link of a chain: `lock FILE husk unshare ...`. */
	if (!husk_find(words[0]) && !find_verb(path, words))
		return no_verb(self, words);
	chain->next = words;
	return 0;
}

const struct applet husk_applet = {
	.name = "husk",
	.operands = "APPLET|VERB [ARG...]",
	.summary = "Linux containers from one small static binary",
	.opts = husk_opts,
	.own_error = 1,
	.usage_error = 2,
	.run = husk_run,
};
