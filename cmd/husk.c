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
	const char *install;
	struct opt_value dump;
};

static const struct opt husk_opts[] = { OPT(0, "list", struct husk_args, list, NULL,
						"name the applets, one a line"),
	OPT(0, "install", struct husk_args, install, "DIR", "make a link in DIR for each applet"),
	OPT(0, "dump", struct husk_args, dump, "APPLET", "print the option tables, tab-separated"),
	OPT('V', "version", struct husk_args, version, NULL,
		"print version, libc and the kernel features found"),
	OPT_END };

static int list_applets(void)
{
	struct out out = OUT_INIT(STDOUT_FILENO);

	for (const struct applet *const *applet = husk_applets(); *applet; applet++)
		if (strcmp((*applet)->name, "husk") != 0)
			out_printf(&out, "%s\n", (*applet)->name);
	return out_flush(&out) < 0;
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

/* A link next to the binary is relative, one elsewhere names it by its path. */
static void link_target(const char *dir, char *target, size_t size)
{
	char self[PATH_MAX], real[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (n < 0)
		die(-errno, "/proc/self/exe");
	self[n] = '\0';
	fmt_buf(target, size, "%s", self);
	slash = strrchr(self, '/');
	*slash = '\0';
	if (realpath(dir, real) && !strcmp(real, self))
		fmt_buf(target, size, "%s", slash + 1);
}

static int install(const char *dir)
{
	char target[PATH_MAX], path[PATH_MAX];
	int r = fs_mkdir_path(dir, 0755);

	if (r < 0)
		die(r, "mkdir %s", dir);
	link_target(dir, target, sizeof(target));
	for (const struct applet *const *applet = husk_applets(); *applet; applet++) {
		if ((*applet)->unlinked || !strcmp((*applet)->name, "husk"))
			continue;
		r = fmt_path(path, sizeof(path), "%s/%s", dir, (*applet)->name);
		if (r < 0)
			die(r, "%s", dir);
		if (unlink(path) < 0 && errno != ENOENT)
			die(-errno, "replace %s", path);
		if (symlink(target, path) < 0)
			die(-errno, "link %s", path);
	}
	return 0;
}

static int print_version(void)
{
	struct out out = OUT_INIT(STDOUT_FILENO);

	applet_version();
	features_print(&out);
	return out_flush(&out) < 0;
}

static bool try_verb(const char *dir, const char *verb, char **argv)
{
	char path[PATH_MAX];

	if (fmt_path(path, sizeof(path), "%s/husk-%s", dir, verb) < 0 || access(path, X_OK) < 0)
		return false;
	argv[0] = strdup(path);
	if (!argv[0])
		die(-ENOMEM, "%s", path);
	return true;
}

/* The folders where a verb is looked for, in this order: $HUSK_LIBEXEC, the installed one, the
 * scripts/ of the tree that the binary was built in, PATH. */
static bool find_verb(const char *verb, char **argv)
{
	const char *libexec = getenv("HUSK_LIBEXEC");
	char self[PATH_MAX];
	ssize_t n;

	if (libexec)
		return try_verb(libexec, verb, argv);
	n = readlink("/proc/self/exe", self, sizeof(self) - sizeof("/../scripts"));
	if (n > 0) {
		self[n] = '\0';
		memcpy(strrchr(self, '/'), "/../scripts", sizeof("/../scripts"));
		if (try_verb(self, verb, argv))
			return true;
	}
	if (try_verb(HUSK_LIBEXECDIR, verb, argv))
		return true;
	for (const char *path = getenv("PATH"); path && *path; path += *path == ':') {
		size_t length = strcspn(path, ":");
		char dir[PATH_MAX];

		if (!fmt_path(dir, sizeof(dir), "%.*s", (int)length, path) &&
			try_verb(dir, verb, argv))
			return true;
		path += length;
	}
	return false;
}

static int husk_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct husk_args args = { 0 };
	char **words = applet_args(self, &args, argv, 0);
	char self_path[PATH_MAX];
	ssize_t n;

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
	/* As a link of a chain: `lock FILE husk unshare ...`. */
	if (husk_find(words[0])) {
		chain->next = words;
		return 0;
	}
	/* `husk help VERB` is itself a verb; without the scripts it is the help of an applet. */
	if (!find_verb(words[0], words)) {
		if (!strcmp(words[0], "help") && words[1] && husk_find(words[1])) {
			applet_help(husk_find(words[1]));
			return 0;
		}
		usage_die("%s: no such applet or verb", words[0]);
	}
	n = readlink("/proc/self/exe", self_path, sizeof(self_path) - 1);
	if (n > 0) {
		self_path[n] = '\0';
		setenv("HUSK", self_path, 1);
	}
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
