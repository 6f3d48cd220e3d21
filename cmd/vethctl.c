// SPDX-License-Identifier: MIT
/* vethctl.c - container networking over rtnetlink: the options, the objects, batches and --atomic.
 *
 * Every line is run twice: first with v->checking, in which only its grammar is read; then for
 * real.  Of a batch all lines are checked before the first is run. */
#include "vethctl.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "parse.h"
#include "rtnl.h"

#define BATCH_MAX  (1 << 20)
#define WORDS_MAX  96
#define LINE_BYTES 2048

static const struct opt vethctl_opts[] = {
	OPT('n', "netns", struct veth, ns, "NS", "work in NS: a name, PID, pid:PID, path or fd:N"),
	OPT('b', "batch", struct veth, batch, "FILE", "run a command a line, - is stdin"),
	OPT(0, "atomic", struct veth, atomic, NULL, "with -b: all lines or none"),
	OPT('j', "json", struct veth, json, NULL, "print JSON, with the keys of `ip -j`"),
	OPT('4', "ipv4", struct veth, ipv4, NULL, "IPv4 only"),
	OPT('6', "ipv6", struct veth, ipv6, NULL, "IPv6 only"),
	OPT(0, "if-missing", struct veth, if_missing, NULL, "add: fine if it is there, and equal"),
	OPT(0, "if-exists", struct veth, if_exists, NULL, "del: fine if it is not there"),
	OPT(0, "replace", struct veth, replace, NULL, "add: in place of what it is to be"),
	OPT(0, "dry-run", struct veth, dry_run, NULL, "print what would be sent, change nothing"),
	OPT('q', "quiet", struct veth, quiet, NULL, "no warnings, no names on stdout"),
	OPT('v', "verbose", struct veth, verbose, NULL, "print each command as it is run"), OPT_END
};

static const struct {
	const char *name, *short_name;
	veth_verb *run;
} commands[] = {
	{ "netns", "", netns_run },
	{ "bridge", "br", bridge_run },
	{ "addbr", "", bridge_alias },
	{ "delbr", "", bridge_alias },
	{ "addif", "", bridge_alias },
	{ "delif", "", bridge_alias },
	{ "ifconfig", "", ifconfig_run },
	{ "up", "", up_run },
	{ "attach", "", attach_run },
	{ "detach", "", detach_run },
	{ "gc", "", gc_run },
	{ "nat", "", nat_run },
	{ "publish", "", publish_run },
	{ "ipam", "", ipam_run },
	{ "hosts", "", hosts_run },
	{ "proxy", "", proxy_run },
	{ "uplink", "", uplink_run },
};

/* ---- messages */

static const char *hint_for(int r)
{
	static char text[128];
	char ns[64];
	ssize_t n;

	if (r != -EPERM && r != -EACCES)
		return NULL;
	n = readlink("/proc/self/ns/net", ns, sizeof(ns) - 1);
	ns[n > 0 ? n : 0] = '\0';
	fmt_buf(text, sizeof(text), "needs CAP_NET_ADMIN in the user namespace that owns %s",
		n > 0 ? ns : "the network namespace");
	return text;
}

__attribute__((format(printf, 4, 0))) static int say(
	struct veth *v, int r, const char *hint, const char *fmt, va_list ap)
{
	char what[512];

	fmt_vbuf(what, sizeof(what), fmt, ap);
	err_why(r ? v->nl.why : NULL);
	warn_hint(r, hint ? hint : hint_for(r), "%s", what);
	v->nl.why[0] = '\0';
	return 1;
}

int failed(struct veth *v, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(v, r, NULL, fmt, ap);
	va_end(ap);
	return 1;
}

int failed_hint(struct veth *v, int r, const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(v, r, hint, fmt, ap);
	va_end(ap);
	return 1;
}

/* ---- one command */

int veth_command(struct veth *v, char **words)
{
	if (!words[0])
		usage_die("no command given");
	for (const struct object *const *o = veth_objects; *o; o++)
		if (parse_word_in(words[0], (*o)->name) || !strcmp(words[0], (*o)->short_name))
			return object_run(v, *o, words + 1);
	if (!strcmp(words[0], "address"))
		return object_run(v, &addr_object, words + 1);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(words[0], commands[i].name) ||
			!strcmp(words[0], commands[i].short_name))
			return commands[i].run(v, words);
	usage_die("%s: no such object or command", words[0]);
}

void would(const struct veth *v, const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	fmt_vbuf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fmt_fd(STDOUT_FILENO, "vethctl %s%s%s%s%s%s%s\n", v->ns ? "-n " : "", v->ns ? v->ns : "",
		v->ns ? " " : "", v->if_missing ? "--if-missing " : "",
		v->if_exists ? "--if-exists " : "", v->replace ? "--replace " : "", line);
}

char *veth_join(char *line, size_t size, const char *const *words)
{
	const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			     "_./:-+,%@=";
	size_t used = 0;

	*line = '\0';
	for (; *words && used < size; words++) {
		bool odd = !**words || (*words)[strspn(*words, plain)];

		used += (size_t)fmt_buf(
			line + used, size - used, odd ? "%s'%s'" : "%s%s", used ? " " : "", *words);
	}
	return line;
}

int would_words(const struct veth *v, const char *const *words)
{
	char line[LINE_BYTES];

	would(v, "%s", veth_join(line, sizeof(line), words));
	return 0;
}

int veth_line(struct veth *v, const char *const *words)
{
	char line[LINE_BYTES];

	if (v->checking)
		return veth_command(v, (char **)words);
	veth_join(line, sizeof(line), words);
	if (v->dry_run) {
		would(v, "%s", line);
		return 0;
	}
	step("vethctl %s", line);
	return veth_command(v, (char **)words);
}

/* The namespace this process started in; a line of a batch may have left it. */
static int home = -1;

static int enter(struct veth *v)
{
	CLEANUP_FD int fd = -1;
	char path[128];

	if (home >= 0 && setns(home, CLONE_NEWNET) < 0)
		return failed(v, -errno, "return to the first network namespace");
	if (!v->ns)
		return 0;
	fd = netns_open(v->ns, path, sizeof(path));
	if (fd < 0)
		return failed(v, fd, "%s", path);
	if (v->batch && home < 0)
		home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return setns(fd, CLONE_NEWNET) < 0 ? failed(v, -errno, "enter %s", path) : 0;
}

static int run_words(struct veth *v, char **words)
{
	int status = enter(v), r;
	char line[LINE_BYTES];

	if (status)
		return status;
	r = nl_open(&v->nl, NETLINK_ROUTE);
	if (r < 0)
		return failed(v, r, "open a netlink socket");
	if (v->verbose)
		step("vethctl %s", veth_join(line, sizeof(line), (const char *const *)words));
	status = veth_command(v, words);
	nl_close(&v->nl);
	return status;
}

static int check_words(struct veth *v, char **words)
{
	int status;

	v->checking = true;
	v->nl.fd = -1;
	status = veth_command(v, words);
	v->checking = false;
	return status;
}

/* ---- --atomic */

struct undo {
	struct undo *before;
	const char *ns;
	struct nl_batch message;
};

static struct undo *undo_list;

void undo_keep(struct veth *v, const struct nl_batch *inverse)
{
	struct undo *undo = malloc(sizeof(*undo));

	if (!undo)
		die(-ENOMEM, "--atomic");
	undo->before = undo_list;
	undo->ns = v->ns;
	nl_copy(&undo->message, inverse);
	undo_list = undo;
}

static void undo_all(struct veth *base)
{
	for (struct undo *undo = undo_list; undo; undo = undo->before) {
		struct veth v = *base;
		int r;

		v.ns = undo->ns;
		if (enter(&v) || nl_open(&v.nl, NETLINK_ROUTE) < 0)
			continue;
		r = nl_talk(&v.nl, &undo->message, NULL);
		if (r < 0)
			failed(&v, r, "undo");
		nl_close(&v.nl);
	}
}

/* ---- batches */

/* Cuts one line into words, behind argv[0].  0: it holds none. */
static int split(const char *line, size_t length, char *copy, char **argv)
{
	char *rest = copy;
	int count = 1;

	if (length >= LINE_BYTES)
		usage_die("a line of more than %d bytes", LINE_BYTES - 1);
	memcpy(copy, line, length);
	copy[length] = '\0';
	argv[0] = (char *)"vethctl";
	while (rest) {
		char *word = parse_field(&rest, " \t\r");

		if (*word == '#')
			break;
		if (!*word)
			continue;
		if (count == WORDS_MAX - 1)
			usage_die("a line of more than %d words", WORDS_MAX - 2);
		argv[count++] = word;
	}
	argv[count] = NULL;
	return count - 1;
}

static int run_lines(const struct applet *self, struct veth *base, const char *text, bool check)
{
	static char name[32]; /* for the messages, also those after this */
	char copy[LINE_BYTES], *argv[WORDS_MAX];
	int status = 0;

	for (unsigned number = 1; *text && !status; number++) {
		size_t length = strcspn(text, "\n");
		struct veth v = *base;

		fmt_buf(name, sizeof(name), "vethctl: line %u", number);
		err_applet(name, self->own_error, self->usage_error);
		err_verbose(base->verbose);
		if (split(text, length, copy, argv)) {
			char **words = applet_args(self, &v, argv, 1);

			if (v.ns && v.atomic)
				v.ns = strdup(v.ns); /* for the undo list; lives as long as we do */
			status = check ? check_words(&v, words) : run_words(&v, words);
		}
		text += length + (text[length] != '\0');
	}
	return status;
}

static int run_batch(const struct applet *self, struct veth *v)
{
	char *text = mmap(
		NULL, BATCH_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CLEANUP_FD int fd = strcmp(v->batch, "-") ? open(v->batch, O_RDONLY | O_CLOEXEC)
						  : dup(STDIN_FILENO);
	ssize_t n = fd < 0           ? -errno
		: text == MAP_FAILED ? -ENOMEM
				     : fs_read_fd(fd, text, BATCH_MAX);
	int status;

	if (n < 0)
		return failed(v, (int)n, "%s", v->batch);
	if (strlen(text) != (size_t)n)
		usage_die("%s: a NUL byte", v->batch);
	status = run_lines(self, v, text, true);
	if (!status)
		status = run_lines(self, v, text, false);
	if (status && v->atomic)
		undo_all(v);
	return status;
}

static int vethctl_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct veth v = { .nl = { .fd = -1 }, .chain = chain };
	char **words = applet_args(self, &v, argv, 0);
	int status;

	err_verbose(v.verbose);
	if (v.atomic && !v.batch)
		usage_die("--atomic goes with -b");
	if (v.batch && words[0])
		usage_die("-b takes its commands from the file");
	if (v.batch)
		return run_batch(self, &v);
	if (!words[0])
		usage_die("no command given");
	status = check_words(&v, words);
	return status ? status : run_words(&v, words);
}

const struct applet vethctl_applet = {
	.name = "vethctl",
	.operands = "OBJECT VERB [WORD...]",
	.summary = "make and join the network links, addresses and ports of containers",
	.opts = vethctl_opts,
	.own_error = 1,
	.usage_error = 2,
	.run = vethctl_run,
};
