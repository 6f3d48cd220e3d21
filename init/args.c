// SPDX-License-Identifier: MIT
/* args.c - the command line of cinit, which holds those of tini, dumb-init and catatonit, and the
 * personalities that it takes on when it is called by their names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "init.h"
#include "parse.h"

#define DEFAULT_GRACE 3000
#define OWN_PREFIX    "HUSK_CINIT_"
#define READABLE      57

const struct opt cinit_opts[] = {
	OPT('g', "group", struct init_args, group, NULL, "signal the child's process group"),
	OPT('c', "single-child", struct init_args, single, NULL,
		"leave the child in our group, signal it alone"),
	OPT('S', "session", struct init_args, session, NULL,
		"give the child its own session and the terminal"),
	OPT('s', "subreaper", struct init_args, subreaper, NULL,
		"reap orphans where not PID 1, as is the default"),
	OPT('p', "pdeathsig", struct init_args, pdeath, "SIG", "get SIG when our parent dies"),
	OPT('e', "exit-code", struct init_args, exit_codes, "N[:M]",
		"end with M (0) where the child ends with N"),
	OPT('r', "rewrite", struct init_args, rewrites, "A:B[@WHO]",
		"for A send B (0: none) to main, group or all"),
	OPT('t', "grace", struct init_args, grace, "TIME",
		"from TERM to KILL of what the child leaves (3s)"),
	OPT('T', "stop-timeout", struct init_args, stop_timeout, "TIME",
		"from TERM or INT to KILL of the child"),
	OPT('P', "pause", struct init_args, pause, NULL, "no command: reap until TERM or INT"),
	OPT('w', "warn-reaped", struct init_args, warn_reaped, NULL, "name the orphans reaped"),
	OPT('v', "verbose", struct init_args, verbose, NULL, "print each step as it is done"),
	OPT('j', "report", struct init_args, report, "FD|FILE",
		"write one line of JSON at the end"),
	OPT(0, "reap", struct init_args, reap, "init|kernel|auto", "who reaps orphans (init)"),
	OPT(0, "notify", struct init_args, notify, NULL, "say READY=1 to $NOTIFY_SOCKET"),
	OPT('u', "user", struct init_args, user, "USER[:GROUP[:LIST]]", "whom the command runs as"),
	OPT('n', "no-new-privs", struct init_args, no_new_privs, NULL,
		"no privileges by set-user-ID files"),
	OPT(0, "keep-caps", struct init_args, keep_caps, "LIST", "the command's only capabilities"),
	OPT(0, "drop-caps", struct init_args, drop_caps, "LIST", "capabilities that it loses"),
	OPT(0, "rlimit", struct init_args, limits, "NAME=SOFT[:HARD]", "a limit of the command"),
	OPT(0, "oom", struct init_args, oom, "SCORE", "its oom_score_adj"),
	OPT(0, "umask", struct init_args, umask, "MODE", "its umask"),
	OPT(0, "chdir", struct init_args, chdir, "DIR", "its directory"),
	OPT(0, "env", struct init_args, environment, "NAME=VALUE", "a variable of it"),
	OPT(0, "unset", struct init_args, environment, "NAME", "one that it does not get"),
	OPT(0, "system", struct init_args, system, NULL, "be the first process of a machine"),
	OPT(0, "on-exit", struct init_args, on_exit, "WHAT",
		"then poweroff, reboot, halt, respawn or shell"),
	OPT('l', "license", struct init_args, license, NULL, "print the licence"),
	OPT_ALIAS('L', NULL, "license"),
	OPT('V', "version", struct init_args, version, NULL, "print the version"),
	OPT_END,
};

#define TINI .version = "tini version 0.19.0", .own_error = 1, .silent = 1, .peer = true
#define CATATONIT                                                                                  \
	.version = "tini version 0.2.1_catatonit", .own_error = 1, .not_started = 1,               \
	.subreaper = true, .peer = true

static const struct persona personas[] = {
	{ .name = "cinit", .own_error = OWN_ERROR, .subreaper = true },
	{ .name = "tini", TINI },
	{ .name = "docker-init", TINI },
	{ .name = "dumb-init",
		.version = "dumb-init v1.2.5",
		.own_error = 1,
		.not_started = 2,
		.exec_line = "[dumb-init] %s: %s\n",
		.session = true,
		.suspends = true,
		.term_group = true,
		.peer = true },
	{ .name = "catatonit", CATATONIT },
	{ .name = "podman-init", CATATONIT },
	{ .name = "init", .own_error = OWN_ERROR },
	{ .name = "linuxrc", .own_error = OWN_ERROR },
};

static bool is_system_name(const struct persona *as)
{
	return !strcmp(as->name, "init") || !strcmp(as->name, "linuxrc");
}

static void choose_persona(struct init *in, const char *called)
{
	const char *slash = strrchr(called, '/');

	called = slash ? slash + 1 : called;
	in->as = &personas[0];
	for (size_t i = 1; i < sizeof(personas) / sizeof(*personas); i++)
		if (!strcmp(called, personas[i].name))
			in->as = &personas[i];
	if (in->as->peer)
		err_applet(in->as->name, in->as->own_error, in->as->own_error);
}

static bool is_set(const char *variable)
{
	return getenv(variable) != NULL;
}

static bool is(const char *variable, const char *value)
{
	const char *set = getenv(variable);

	return set && !strcmp(set, value);
}

/* The variables of each personality, as its peer reads them. */
static void read_environment(struct init *in)
{
	struct init_args *args = &in->args;
	const char *level = NULL;

	if (in->as->version == personas[1].version) {
		args->subreaper |= is_set("TINI_SUBREAPER");
		args->group |= is_set("TINI_KILL_PROCESS_GROUP");
		level = getenv("TINI_VERBOSITY");
		args->verbose++;
	} else if (in->as->session) {
		args->verbose += is("DUMB_INIT_DEBUG", "1");
		args->single |= is("DUMB_INIT_SETSID", "0");
	} else if (in->as->peer) {
		args->verbose += is_set("CATATONIT_DEBUG");
	} else {
		args->grace = getenv(OWN_PREFIX "GRACE");
		args->report = getenv(OWN_PREFIX "REPORT");
		level = getenv(OWN_PREFIX "VERBOSE");
	}
	if (level && parse_u32(level, 0, 9, &args->verbose) < 0)
		die(0, "verbosity %s: not a number of 0 to 9", level);
}

/* Ours are not the child's business; a nested peer counts on inheriting its own. */
static void clean_environment(void)
{
	char **to = environ;

	for (char **from = environ; from && *from; from++)
		if (strncmp(*from, OWN_PREFIX, strlen(OWN_PREFIX)) != 0)
			*to++ = *from;
	if (to)
		*to = NULL;
}

static void read_exit_code(struct init *in, const char *text)
{
	char copy[16], *rest = copy;
	uint32_t from, to = 0;

	if (fmt_path(copy, sizeof(copy), "%s", text) < 0 ||
		parse_u32(parse_field(&rest, ":"), 0, 255, &from) < 0 ||
		(rest && parse_u32(rest, 0, 255, &to) < 0))
		usage_die("exit code %s: not N or N:M of 0 to 255", text);
	in->exit_codes[from] = (uint8_t)to;
}

/* A:B[@WHO]: for signal A send B to WHO. */
static void read_rewrite(struct init *in, const char *text)
{
	static const char *const who[] = { "main", "group", "all" };
	char copy[64], *rest = copy, *from, *to;
	int a, b = 0;
	uint8_t target = 0;

	if (fmt_path(copy, sizeof(copy), "%s", text) < 0)
		usage_die("rewrite %s: not A:B", text);
	from = parse_field(&rest, ":");
	to = parse_field(&rest, "@");
	if (!to || parse_signal(from, &a) < 0 || (strcmp(to, "0") != 0 && parse_signal(to, &b) < 0))
		usage_die("rewrite %s: not A:B with signals of 1 to 64, B also 0", text);
	if (a == SIGKILL || a == SIGSTOP || a == SIGCHLD)
		usage_die("rewrite %s: cinit never gets to pass on %s", text, signal_name(a));
	while (rest && target <= TO_ALL && strcmp(rest, who[target]) != 0)
		target++;
	if (rest && target > TO_ALL)
		usage_die("rewrite %s: %s is not main, group or all", text, rest);
	in->routes[a] = (struct route){ (uint8_t)b, rest ? target : in->routes[a].target };
	in->args.group |= rest && target == TO_GROUP && !in->args.session;
}

static void set_routes(struct init *in)
{
	uint8_t target = in->args.group || in->args.session ? TO_GROUP : TO_MAIN;

	for (uint8_t sig = 1; sig < SIGNALS; sig++)
		in->routes[sig] = (struct route){ sig, target };
	/* A group of a session of its own is orphaned: the kernel drops these three for it. */
	if (in->as->suspends && in->args.session)
		for (uint8_t sig = SIGTSTP; sig <= SIGTTOU; sig++)
			in->routes[sig].signal = SIGSTOP;
	for (size_t i = 0; i < in->args.rewrites.count; i++)
		read_rewrite(in, in->args.rewrites.items[i].value);
}

static void read_duration(const char *text, const char *what, uint64_t *ms)
{
	if (text && parse_duration(text, ms) < 0)
		usage_die("%s %s: not a duration (1.5, 200ms, 2m)", what, text);
}

static void answer(const struct init *in)
{
	if (in->args.license)
		fmt_fd(STDOUT_FILENO,
			"husk is free software under the MIT license; see LICENSE or "
			"https://spdx.org/licenses/MIT.html\n");
	else if (in->as->version)
		fmt_fd(STDOUT_FILENO, "%s (husk cinit)\n", in->as->version);
	else
		applet_version();
	_exit(0);
}

/* The place of a word in a list of words. */
static unsigned read_choice(const char *text, const char *option, const char *const *words)
{
	unsigned i = 0;

	while (words[i] && strcmp(words[i], text) != 0)
		i++;
	if (!words[i])
		usage_die("--%s %s: no such choice", option, text);
	return i;
}

static void read_choices(struct init *in)
{
	static const char *const reapers[] = { "init", "kernel", "auto", NULL };
	static const char *const ends[] = { [EXIT_POWEROFF] = "poweroff",
		[EXIT_REBOOT] = "reboot",
		[EXIT_HALT] = "halt",
		[EXIT_RESPAWN] = "respawn",
		[EXIT_SHELL] = "shell",
		NULL };
	const struct init_args *args = &in->args;

	in->kernel_reaps = args->reap && read_choice(args->reap, "reap", reapers) > 0;
	if (args->on_exit && !in->system)
		usage_die("--on-exit is for --system");
	if (args->on_exit)
		in->machine.on_exit = (enum on_exit)read_choice(args->on_exit, "on-exit", ends);
}

static void read_numbers(struct init *in)
{
	const struct init_args *args = &in->args;

	if (args->pdeath && parse_signal(args->pdeath, &in->pdeath) < 0)
		usage_die("signal %s: no such signal", args->pdeath);
	in->grace = in->as->peer ? 0 : DEFAULT_GRACE;
	read_duration(args->grace, "grace", &in->grace);
	read_duration(args->stop_timeout, "stop timeout", &in->stop_timeout);
	for (unsigned i = 0; i < 256; i++)
		in->exit_codes[i] = (uint8_t)i;
	for (size_t i = 0; i < args->exit_codes.count; i++)
		read_exit_code(in, args->exit_codes.items[i].value);
}

static void read_command(struct init *in, char **words)
{
	struct init_args *args = &in->args;

	if (!args->pause && !in->system && !words[0])
		usage_die("missing operand: %s", in->applet->operands);
	if (args->pause && words[0])
		usage_die("-P runs no command");
	in->command = words[0] ? words : NULL;
	args->session |= in->as->session && !args->single && !args->group;
	if (args->group + args->single + args->session > 1)
		usage_die("-g, -c and -S exclude each other");
	if (in->system && !in->first)
		usage_die("--system is for PID 1");
}

static void read_all(struct init *in, char **argv)
{
	struct init_args *args = &in->args;
	struct applet named = *in->applet;

	named.name = in->as->name;
	argv = applet_args(&named, args, argv, 0);
	if (args->license || args->version)
		answer(in);
	in->system |= args->system;
	read_command(in, argv);
	read_numbers(in);
	read_choices(in);
	set_routes(in);
}

/* Tries it in a child: a machine whose kernel was given a wrong word is to come up all the same. */
static bool is_readable(struct init *in, char **argv)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		read_all(in, argv);
		_exit(READABLE);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		WEXITSTATUS(status) == READABLE;
}

void init_read_args(struct init *in, char **argv)
{
	bool system;

	choose_persona(in, argv[0]);
	in->system = is_system_name(in->as);
	/* The kernel passes words that it does not know: only what follows an option is ours. */
	while (in->system && argv[1] && *argv[1] != '-')
		argv++;
	system = in->system || (argv[1] && !strcmp(argv[1], "--system"));
	read_environment(in);
	if (system && in->first && !is_readable(in, argv)) {
		in->system = true;
		argv[1] = NULL;
	}
	read_all(in, argv);
	if (!in->as->peer)
		clean_environment();
}
