// SPDX-License-Identifier: MIT
/* actor.c - a process with one part to play, for the tests and the bench of cinit:
 *
 *	actor exit N			ends with status N
 *	actor raise SIG			ends by that signal
 *	actor recv N FILE		takes N signals, blocked from the start, prints a line each:
 *					number si_code value; makes FILE (its pid in it) when ready
 *	actor collect N FILE		takes N queued signals, prints how many values came in order
 *	actor pending			prints the signals that are pending
 *	actor queue PID SIG FIRST N	queues SIG with the values FIRST to FIRST+N-1
 *	actor orphans N [BATCH]		leaves N orphans that have ended already, 500 at a time
 *	actor together N STATUS		N children that end at the same moment, then ends with
 *STATUS actor linger FILE MS		takes MS to end after TERM, then makes FILE; FILE.ready
 *first actor reboot restart|off	what reboot(2) does to a PID namespace
 *
 * and, before another COMMAND is executed in its place:
 *
 *	actor block SIG COMMAND...	with SIG blocked
 *	actor pend SIG COMMAND...	with SIG blocked and pending
 *	actor ignore SIG COMMAND...	with SIG ignored
 *	actor close COMMAND...		without 0, 1 and 2
 *	actor deaf COMMAND...		with a pipe as 2 that nobody reads
 *	actor root COMMAND...		as root in every way, where it is a set-user-ID file
 *	actor child COMMAND...		with a child that ends with 77 after it has begun
 *	actor limit NOFILE|NPROC N COMMAND... */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCH 500

static void die(const char *what)
{
	perror(what);
	_exit(99);
}

/* libc's own functions leave out the signals that it keeps for itself. */
static void mask(int how, uint64_t set)
{
	if (syscall(SYS_rt_sigprocmask, how, &set, NULL, sizeof(set)) < 0)
		die("rt_sigprocmask");
}

static int take(siginfo_t *info)
{
	uint64_t all = ~(uint64_t)0;

	return (int)syscall(SYS_rt_sigtimedwait, &all, info, NULL, sizeof(all));
}

static void make(const char *file)
{
	char temporary[4096];
	FILE *f;

	snprintf(temporary, sizeof(temporary), "%s.new", file);
	f = fopen(temporary, "w");
	if (!f)
		die(file);
	fprintf(f, "%d\n", (int)getpid());
	fclose(f);
	if (rename(temporary, file) < 0)
		die(file);
}

static int receive(int count, const char *file)
{
	siginfo_t info;

	mask(SIG_SETMASK, ~(uint64_t)0);
	make(file);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (count > 0) {
		int sig = take(&info);

		if (sig < 0 || sig == SIGCHLD)
			continue;
		printf("%d %d %d\n", sig, info.si_code,
			info.si_code < 0 ? info.si_value.sival_int : 0);
		count--;
	}
	return 0;
}

static int collect(int count, const char *file)
{
	siginfo_t info;
	int in_order = 0;

	mask(SIG_SETMASK, ~(uint64_t)0);
	make(file);
	for (int i = 0; i < count;) {
		if (take(&info) < 0)
			die("rt_sigtimedwait");
		if (info.si_code == SI_QUEUE)
			in_order += info.si_value.sival_int == i++;
	}
	printf("%d\n", in_order);
	return 0;
}

static int pending(void)
{
	uint64_t set = 0;

	syscall(SYS_rt_sigpending, &set, sizeof(set));
	for (int sig = 1; sig <= 64; sig++)
		if (set & (uint64_t)1 << (sig - 1))
			printf("%d\n", sig);
	return 0;
}

static int queue(pid_t pid, int sig, int first, int count)
{
	const struct timespec pause = { .tv_nsec = 200000 };

	for (int i = first; i < first + count; i++) {
		siginfo_t info;

		memset(&info, 0, sizeof(info));
		info.si_signo = sig;
		info.si_code = SI_QUEUE;
		info.si_pid = getpid();
		info.si_uid = getuid();
		info.si_value.sival_int = i;
		while (syscall(SYS_rt_sigqueueinfo, pid, sig, &info) < 0) {
			if (errno != EAGAIN)
				die("rt_sigqueueinfo");
			nanosleep(&pause, NULL);
		}
	}
	return 0;
}

static void make_zombies(volatile int count)
{
	while (count-- > 0) {
		pid_t child;

		while ((child = vfork()) < 0)
			sched_yield();
		if (!child)
			_exit(0);
	}
}

/* Children that have ended before their parent does are zombies when they come to init. */
static int leave_orphans(int count, int batch)
{
	for (; count > 0; count -= batch) {
		pid_t pid;

		while ((pid = fork()) < 0)
			sched_yield();
		if (!pid) {
			make_zombies(count < batch ? count : batch);
			_exit(0);
		}
		if (waitpid(pid, NULL, 0) != pid)
			die("waitpid");
	}
	return 0;
}

static int end_together(int count, int status)
{
	int gate[2];
	char byte;

	if (pipe(gate) < 0)
		die("pipe");
	for (int i = 0; i < count; i++) {
		if (!fork()) {
			close(gate[1]);
			_exit(read(gate[0], &byte, 1) != 0);
		}
	}
	close(gate[1]);
	return status;
}

static volatile sig_atomic_t told;

static void on_term(int sig)
{
	told = sig;
}

static int linger(const char *file, long ms)
{
	const struct timespec grace = { ms / 1000, ms % 1000 * 1000000 };
	char ready[4096];
	sigset_t set, old;

	signal(SIGTERM, on_term);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &old);
	snprintf(ready, sizeof(ready), "%s.ready", file);
	make(ready);
	while (!told)
		sigsuspend(&old);
	nanosleep(&grace, NULL);
	make(file);
	return 0;
}

static int set_limit(const char *name, long value)
{
	struct rlimit limit = { (rlim_t)value, (rlim_t)value };

	return setrlimit(strcmp(name, "NPROC") ? RLIMIT_NOFILE : RLIMIT_NPROC, &limit);
}

static int number(const char *word)
{
	return word ? atoi(word) : 0;
}

/* The first words that are its own; the rest is executed. */
static char **prepare(char **argv)
{
	const char *what = argv[1];
	int sig = number(argv[2]);
	uint64_t bit = (uint64_t)1 << ((sig - 1) & 63);

	if (!strcmp(what, "close")) {
		for (int fd = 0; fd < 3; fd++)
			close(fd);
		return argv + 2;
	}
	/* A descriptor for errors that raises SIGPIPE. */
	if (!strcmp(what, "deaf")) {
		int ends[2];

		if (pipe(ends) < 0 || dup2(ends[1], 2) < 0)
			return NULL;
		close(ends[0]);
		close(ends[1]);
		return argv + 2;
	}
	if (!strcmp(what, "root"))
		return setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0 ? NULL : argv + 2;
	if (!strcmp(what, "child")) {
		if (!fork()) {
			usleep(200000);
			_exit(77);
		}
		return argv + 2;
	}
	if (!strcmp(what, "limit"))
		return set_limit(argv[2], number(argv[3])) < 0 ? NULL : argv + 4;
	if (!strcmp(what, "ignore"))
		signal(sig, SIG_IGN);
	else if (!strcmp(what, "block") || !strcmp(what, "pend"))
		mask(SIG_BLOCK, bit);
	else
		return NULL;
	if (!strcmp(what, "pend"))
		kill(getpid(), sig);
	return argv + 3;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int n = argc > 2 ? number(argv[2]) : 0;

	if (!strcmp(what, "exit"))
		return n;
	if (!strcmp(what, "raise"))
		return kill(getpid(), n), 98;
	if (!strcmp(what, "recv") && argc == 4)
		return receive(n, argv[3]);
	if (!strcmp(what, "collect") && argc == 4)
		return collect(n, argv[3]);
	if (!strcmp(what, "pending"))
		return pending();
	if (!strcmp(what, "queue") && argc == 6)
		return queue(n, number(argv[3]), number(argv[4]), number(argv[5]));
	if (!strcmp(what, "orphans"))
		return leave_orphans(n, argc > 3 ? number(argv[3]) : BATCH);
	if (!strcmp(what, "together") && argc == 4)
		return end_together(n, number(argv[3]));
	if (!strcmp(what, "linger") && argc == 4)
		return linger(argv[2], number(argv[3]));
	if (!strcmp(what, "reboot") && argc == 3)
		return reboot(strcmp(argv[2], "off") ? RB_AUTOBOOT : RB_POWER_OFF);
	argv = argc > 2 ? prepare(argv) : NULL;
	if (!argv || !argv[0]) {
		fprintf(stderr, "actor: no such part\n");
		return 99;
	}
	execvp(argv[0], argv);
	die(argv[0]);
}
