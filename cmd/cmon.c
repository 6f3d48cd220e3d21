// SPDX-License-Identifier: MIT
/* cmon.c - the monitor of a container: the only process that stays outside with it.
 *
 * It holds DIR/lock for its life, so whoever can take that lock knows that the container is not
 * running, whatever else is written there.  The order of an end: the output is drained, the watcher
 * of the group has told what was used and is gone, `exit` and `finished` are written, then the hook
 * cleans up, then the status is given on.  -d: this process waits until the command was executed or
 * the start failed; the monitor is its grandchild. */
#include "cmon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "applet.h"
#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "procstat.h"
#include "sig.h"

#define OWN_ERROR      125
#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 60000
#define CLEANUP_S      10
#define STEADY_S       10 /* having run so long, a container is not failing at its start */

struct cmon_args {
	bool detach, interactive, tty, attach;
	const char *run, *exit, *log, *log_size, *log_files, *restart, *up, *down;
};

static const struct opt cmon_opts[] = { OPT('d', "detach", struct cmon_args, detach, NULL,
						"return when the command was started"),
	OPT('i', "interactive", struct cmon_args, interactive, NULL, "pass stdin on"),
	OPT('t', "tty", struct cmon_args, tty, NULL, "the container has a terminal (ready -t)"),
	OPT('a', "attach", struct cmon_args, attach, NULL,
		"to the container whose state is in DIR"),
	OPT('s', "state", struct cmon_args, run, "DIR", "write lock, mon, pid, start there"),
	OPT('e', "exit-dir", struct cmon_args, exit, "DIR", "write exit and finished there"),
	OPT('l', "log", struct cmon_args, log, "FILE", "log stdout and stderr"),
	OPT('S', "log-size", struct cmon_args, log_size, "SIZE", "of one log file (8M)"),
	OPT('K', "log-files", struct cmon_args, log_files, "N", "how many log files (2)"),
	OPT('r', "restart", struct cmon_args, restart, "POLICY", "no, always, on-failure[:N]"),
	OPT('U', "up", struct cmon_args, up, "FILE", "run FILE up DIR PID before the command"),
	OPT('D', "down", struct cmon_args, down, "FILE", "run FILE down DIR STATUS after it"),
	OPT_END };

int cmon_hook(const struct monitor *m, const char *file, const char *event, long number)
{
	char text[24];
	int status = 0;
	pid_t pid;

	if (!file)
		return 0;
	fmt_buf(text, sizeof(text), "%ld", number);
	pid = fork();
	if (!pid) {
		sigset_t none;

		sigemptyset(&none);
		sig_restore(&none);
		execl(file, file, event, m->run_dir ? m->run_dir : "", text, (char *)NULL);
		die(-errno, "hook %s", file);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return OWN_ERROR;
	return status;
}

void cmon_launched(struct monitor *m, int status)
{
	int null;

	if (m->launcher < 0)
		return;
	fs_write_all(m->launcher, &status, sizeof(status));
	close(m->launcher);
	m->launcher = -1;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	close(null);
}

/* Leaves the caller's session.  The caller's process stays until the start is over. */
static void detach(struct monitor *m)
{
	int launched[2], status = OWN_ERROR, null;
	pid_t pid;

	if (pipe2(launched, O_CLOEXEC) < 0)
		die(-errno, "pipe");
	pid = fork();
	if (pid < 0)
		die(-errno, "fork");
	if (pid) {
		close(launched[1]);
		if (read(launched[0], &status, sizeof(status)) != sizeof(status))
			status = OWN_ERROR;
		/* Reaped here: the one between ends at once, or has left its place empty. */
		waitpid(pid, NULL, 0);
		_exit(status);
	}
	setsid();
	if (fork())
		_exit(0);
	m->launcher = launched[1];
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		die(-errno, "/dev/null");
	close(null);
}

static int open_dir(const char *path, bool make)
{
	if (path && make && mkdir(path, 0700) < 0 && errno != EEXIST)
		die(-errno, "%s", path);

	int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (path && fd < 0)
		die(-errno, "%s", path);
	return fd;
}

/* What the last life of the container left. */
static void forget(const struct monitor *m)
{
	static const char *const run[] = { "attach", "pid", "start", "stop", "restarts", "paused",
		"usage", "address" };
	static const char *const last[] = { "exit", "finished" };

	for (size_t i = 0; i < sizeof(run) / sizeof(*run); i++)
		unlinkat(m->run_fd, run[i], 0);
	for (size_t i = 0; m->exit_fd >= 0 && i < sizeof(last) / sizeof(*last); i++)
		unlinkat(m->exit_fd, last[i], 0);
}

/* The descriptor stays open to the end of this process and is nobody else's.  A monitor that is
 * still cleaning up after the last life is waited for. */
static void take_lock(struct monitor *m)
{
	const struct timespec pause = { .tv_nsec = 10000000L };
	int fd, tries = m->exit_fd >= 0 ? CLEANUP_S * 100 : 0;

	m->lock = -1;
	if (m->run_fd < 0)
		return;
	fd = openat(m->run_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		die(-errno, "%s/lock", m->run_dir);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (tries-- <= 0)
			die_hint(-errno, "it has a monitor already", "lock %s", m->run_dir);
		nanosleep(&pause, NULL);
	}
	m->lock = fd;
	if (m->exit_dir && access(m->exit_dir, F_OK) < 0) {
		int r = -errno;

		/* Whoever removed it was done before the folder was made here. */
		unlinkat(m->run_fd, "lock", 0);
		rmdir(m->run_dir);
		die(r, "%s", m->exit_dir);
	}
	forget(m);
}

static int record_monitor(const struct monitor *m)
{
	uint64_t start;

	if (procstat_start(getpid(), &start, NULL) < 0)
		return 0;
	if (cmon_record_number(m->run_fd, "monstart", start) < 0)
		return -1;
	return cmon_record_number(m->run_fd, "mon", (uint64_t)getpid());
}

static void parse_policy(struct monitor *m, char *policy)
{
	char *rest = policy, *word = parse_field(&rest, ":");

	if (!strcmp(word, "on-failure")) {
		m->restart = RESTART_ON_FAILURE;
		if (rest && parse_u32(rest, 1, 1000000, &m->restart_max) < 0)
			usage_die("--restart on-failure:%s: not a number of tries", rest);
		return;
	}
	if (rest || !parse_word_in(word, "no always unless-stopped"))
		usage_die("--restart %s: not no, always, unless-stopped or on-failure[:N]", word);
	m->restart = strcmp(word, "no") != 0 ? RESTART_ALWAYS : RESTART_NO;
}

static void configure(struct monitor *m, const struct cmon_args *args)
{
	uint64_t limit = 8 << 20;
	unsigned files = 2;
	int r;

	*m = (struct monitor){ .detach = args->detach,
		.interactive = args->interactive,
		.tty = args->tty,
		.run_dir = args->run,
		.exit_dir = args->exit,
		.up = args->up,
		.down = args->down,
		.launcher = -1 };
	if (args->restart)
		parse_policy(m, (char *)args->restart);
	if (args->log_size && (parse_size(args->log_size, &limit) < 0 || limit < 4096))
		usage_die("--log-size %s: not a size of 4k or more", args->log_size);
	if (args->log_files && parse_u32(args->log_files, 1, 1000, &files) < 0)
		usage_die("--log-files %s: not 1 to 1000", args->log_files);
	m->exit_fd = open_dir(args->exit, false);
	m->run_fd = open_dir(args->run, true);
	m->has_log = args->log;
	r = args->log ? crilog_open(&m->log, args->log, limit, files) : 0;
	if (r < 0)
		die(r, "%s", args->log);
}

/* A start that fails is an error of ours, whatever the link of the pipeline calls it: unshare's own
 * is 1, which may be the command's too. */
static int exit_status(const struct monitor *m, int status)
{
	if (m->start_failed)
		return OWN_ERROR;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	if (m->stage == SETTING_UP && WEXITSTATUS(status))
		return OWN_ERROR;
	return WEXITSTATUS(status);
}

bool cmon_stopping(const struct monitor *m)
{
	return m->stop_wanted || (m->run_fd >= 0 && !faccessat(m->run_fd, "stop", F_OK, 0));
}

static bool restarts(const struct monitor *m, int status, unsigned tries)
{
	if (cmon_stopping(m))
		return false;
	if (m->restart == RESTART_ON_FAILURE)
		return status && (!m->restart_max || tries < m->restart_max);
	return m->restart == RESTART_ALWAYS;
}

/* Waits before the next try; a signal that asks for the end ends it. */
static bool back_off(struct monitor *m, unsigned ms)
{
	struct pollfd fd = { .fd = m->signals, .events = POLLIN };
	struct signalfd_siginfo info;

	if (poll(&fd, 1, (int)ms) <= 0)
		return true;
	if (read(m->signals, &info, sizeof(info)) != sizeof(info))
		return true;
	return !(
		info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT);
}

/* Lives until the last end.  Returns -1 in a child that is to become the pipeline. */
static int monitor_loop(struct monitor *m)
{
	bool began_once = false;
	unsigned tries = 0, delay = BACKOFF_MIN_MS;

	for (;;) {
		time_t began = time(NULL);
		int status = cmon_once(m);

		if (status == -1)
			return -1;
		status = exit_status(m, status);
		cmon_record_number(m->exit_fd, "finished", (uint64_t)time(NULL));
		cmon_record_number(m->exit_fd, "exit", (uint64_t)status);
		cmon_end_clients(m, status);
		if (cmon_hook(m, m->down, "down", status))
			warn(0, "hook %s down: failed", m->down);
		cmon_launched(m, m->stage < RELEASED ? status : 0);
		if (time(NULL) - began >= STEADY_S) {
			delay = BACKOFF_MIN_MS;
			tries = 0;
		}
		began_once = began_once || m->stage == EXECUTED;
		if (!began_once || !restarts(m, status, tries) || !back_off(m, delay))
			return status;
		cmon_record_number(m->run_fd, "restarts", ++tries);
		delay = 2 * delay < BACKOFF_MAX_MS ? 2 * delay : BACKOFF_MAX_MS;
		if (m->exit_fd >= 0)
			unlinkat(m->exit_fd, "exit", 0);
	}
}

static int cmon_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct cmon_args args = { 0 };
	char **words = applet_args(self, &args, argv, 1);
	struct monitor m;
	sigset_t all;
	int status;

	if (args.attach)
		return cmon_attach(words[0], args.interactive, args.tty);
	configure(&m, &args);
	if (m.tty && !m.detach && !isatty(STDIN_FILENO))
		die(0, "-t: stdin is not a terminal (leave -t out)");
	sig_block_all(NULL);
	signal(SIGCHLD, SIG_DFL);
	if (m.detach)
		detach(&m);
	take_lock(&m);
	sigfillset(&all);
	m.signals = signalfd(-1, &all, SFD_CLOEXEC);
	if (m.signals < 0)
		die(-errno, "signalfd");
	cmon_listen(&m);
	/* A container that nobody can find is not started. */
	if (record_monitor(&m) < 0) {
		cmon_hook(&m, m.down, "down", OWN_ERROR);
		return OWN_ERROR;
	}
	status = monitor_loop(&m);
	if (status == -1) {
		chain->next = words;
		return 0;
	}
	return status;
}

const struct applet cmon_applet = {
	.name = "cmon",
	.operands = "PIPELINE... | --attach DIR",
	.summary = "monitor a container: terminal, log, status, restarts",
	.opts = cmon_opts,
	.own_error = OWN_ERROR,
	.usage_error = OWN_ERROR,
	.run = cmon_run,
};
