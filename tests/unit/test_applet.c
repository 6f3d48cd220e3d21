// SPDX-License-Identifier: MIT
/* applet.c against getopt_long(3) with a table written by hand: the same random command lines
 * through both must give the same values and operands, or fail alike. */
#include "unit.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "applet.h"
#include "err.h"
#include "fmt.h"

struct args {
	bool read_only;
	unsigned verbose;
	const char *workdir;
	struct opt_value mount, ns;
	struct opt_list volumes;
};

static const struct opt opts[] = {
	OPT('r', "read-only", struct args, read_only, NULL, "read only"),
	OPT('v', "verbose", struct args, verbose, NULL, "say more"),
	OPT('w', "workdir", struct args, workdir, "DIR", "start there"),
	OPT(0, "mount", struct args, mount, "FILE", "a namespace, or its file"),
	OPT_ATTACHED('n', "ns", struct args, ns, "FILE", "the same with a letter"),
	OPT('b', "bind", struct args, volumes, "SRC:DST", "bind it"),
	OPT('t', "tmpfs", struct args, volumes, "DST", "an empty one"),
	OPT_ALIAS('R', "ro", "read-only"),
	OPT_END,
};

static int run_nothing(const struct applet *self, char **argv, struct chain *chain)
{
	(void)self, (void)argv, (void)chain;
	return 0;
}

static const struct applet applet = {
	.name = "sample",
	.operands = "COMMAND [ARG...]",
	.summary = "a sample",
	.opts = opts,
	.own_error = 125,
	.usage_error = 125,
	.run = run_nothing,
};

struct text {
	char buf[1024];
	size_t used;
};

static void add(struct text *text, const char *key, const char *value)
{
	text->used += (size_t)fmt_buf(text->buf + text->used, sizeof(text->buf) - text->used,
		"%s=%s\n", key, value ? value : "(none)");
}

static void add_rest(struct text *text, const struct args *args, char **operands)
{
	char number[16];

	fmt_buf(number, sizeof(number), "%u", args->verbose);
	add(text, "read-only", args->read_only ? "1" : "0");
	add(text, "verbose", number);
	add(text, "workdir", args->workdir);
	add(text, "mount", args->mount.set ? args->mount.value : "unset");
	add(text, "ns", args->ns.set ? args->ns.value : "unset");
	for (; *operands; operands++)
		add(text, "operand", *operands);
}

/* The reference.  Returns false for a usage error. */
static bool by_hand(int argc, char **argv, struct text *text)
{
	static const struct option longs[] = {
		{ "read-only", no_argument, NULL, 'r' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "workdir", required_argument, NULL, 'w' },
		{ "mount", optional_argument, NULL, 'M' },
		{ "ns", optional_argument, NULL, 'n' },
		{ "bind", required_argument, NULL, 'b' },
		{ "tmpfs", required_argument, NULL, 't' },
		{ "ro", no_argument, NULL, 'R' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct args args = { .workdir = "/" };
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:rvw:n::b:t:RhV", longs, NULL)) != -1) {
		if (c == 'r' || c == 'R')
			args.read_only = true;
		else if (c == 'v')
			args.verbose++;
		else if (c == 'w')
			args.workdir = optarg;
		else if (c == 'M')
			args.mount = (struct opt_value){ true, optarg };
		else if (c == 'n')
			args.ns = (struct opt_value){ true, optarg };
		else if (c == 'b' || c == 't')
			add(text, c == 'b' ? "bind" : "tmpfs", optarg);
		else
			return false;
	}
	if (!argv[optind])
		return false;
	add_rest(text, &args, argv + optind);
	return true;
}

static void by_table(char **argv, int fd)
{
	struct args args = { .workdir = "/" };
	struct text text = { 0 };
	char **operands;

	dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	err_applet(applet.name, applet.own_error, applet.usage_error);
	operands = applet_args(&applet, &args, argv, 1);
	for (size_t i = 0; i < args.volumes.count; i++)
		add(&text, args.volumes.items[i].opt->name, args.volumes.items[i].value);
	add_rest(&text, &args, operands);
	_exit(write(fd, text.buf, text.used) < 0);
}

/* Runs the parser in a child, because an error ends it.  Returns its status. */
static int run_table(char **argv, struct text *text)
{
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid)
		by_table(argv, fds[1]);
	close(fds[1]);
	n = read(fds[0], text->buf, sizeof(text->buf) - 1);
	text->used = n > 0 ? (size_t)n : 0;
	text->buf[text->used] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void compare(int argc, char **argv)
{
	struct text want = { 0 }, got;
	char *copy[16];
	bool good;
	int status;

	memcpy(copy, argv, sizeof(copy));
	status = run_table(argv, &got);
	good = by_hand(argc, copy, &want);
	for (int i = 1; status != (good ? 0 : 125) && i < argc; i++)
		print_message("# %s\n", argv[i]);
	assert_int_equal(status, good ? 0 : 125);
	if (good)
		assert_string_equal(got.buf, want.buf);
}

static void random_lines(void **state)
{
	/* No --help and --version: those end with 0.  Abbreviations, clusters, attached values,
	 * unknown ones, a value that looks like an option. */
	static const char *const pool[] = { "-r", "-v", "-rv", "-vrv", "-w", "-wdir", "-rwdir",
		"--workdir", "--workdir=d", "--wor=d", "--read", "--read-only=x", "--ro", "-R",
		"--mount", "--mount=f", "--mount=", "-n", "-nfile", "-rn", "--ns=f", "-b", "-ba:b",
		"--bind", "--bind=c:d", "-t/x", "--", "-", "cmd", "x", "--nosuch", "-x", "-rx",
		"--v", "--ve", "--r", "-b--", "", "--=x" };
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 500; round++) {
		char *argv[16] = { (char *)"sample" };
		int argc = 1;

		seed = seed * 1103515245u + 12345u;
		for (unsigned n = (seed >> 16) % 7; n; n--) {
			seed = seed * 1103515245u + 12345u;
			argv[argc++] = (char *)pool[(seed >> 16) % (sizeof(pool) / sizeof(*pool))];
		}
		compare(argc, argv);
	}
}

/* The wording, by the word that caused it. */
static void messages(void **state)
{
	static const struct {
		const char *word, *message;
	} cases[] = {
		{ "-x", "husk sample: unknown option -x" },
		{ "-rx", "husk sample: unknown option -x" },
		{ "-w", "husk sample: option -w needs a value" },
		{ "-rw", "husk sample: option -w needs a value" },
		{ "--workdir", "husk sample: option --workdir needs a value" },
		{ "--wor", "husk sample: option --wor needs a value" },
		{ "--read-only=x", "husk sample: option --read-only takes no value" },
		{ "--nosuch=x", "husk sample: unknown option --nosuch" },
		{ "--ver", "husk sample: option --ver is ambiguous" },
		{ "-r", "husk sample: missing operand: COMMAND [ARG...]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *argv[] = { (char *)"sample", (char *)cases[i].word, NULL };
		char want[256], got[256] = "";
		int fds[2], status;

		assert_int_equal(pipe(fds), 0);
		if (!fork()) {
			struct args args = { 0 };

			dup2(fds[1], STDERR_FILENO);
			err_applet("sample", 1, 125);
			applet_args(&applet, &args, argv, 1);
			_exit(0);
		}
		close(fds[1]);
		assert_true(read(fds[0], got, sizeof(got) - 1) > 0);
		close(fds[0]);
		wait(&status);
		assert_int_equal(WEXITSTATUS(status), 125);
		fmt_buf(want, sizeof(want), "%s (see husk sample --help)\n", cases[i].message);
		assert_string_equal(got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_lines),
		cmocka_unit_test(messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
