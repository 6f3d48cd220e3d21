// SPDX-License-Identifier: MIT
/* eat.c - uses up what a limit is to hold back.
 *
 *	eat memory MIB	touches that much memory and prints "touched MIB"
 *	eat forks N	forks N children that sleep; prints "forked N", or how many and errno
 *	eat bomb SEC	forks, and its children do, and again where one fails: ends after SEC
 *	eat cpu MS	computes for so much wall time; prints the CPU time, in ms
 *	eat fds N	opens N descriptors; prints "opened N", or how many and errno */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int report(const char *what, long done, long wanted)
{
	if (done == wanted)
		printf("%s %ld\n", what, done);
	else
		printf("%s %ld, then %s\n", what, done, strerror(errno));
	return done != wanted;
}

static int eat_memory(long mib)
{
	size_t size = (size_t)mib << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return report("touched", 0, mib);
	memset(memory, 1, size);
	return report("touched", mib, mib);
}

static int eat_forks(long n)
{
	pid_t *children = calloc((size_t)n, sizeof(*children));
	long done;
	int status;

	for (done = 0; children && done < n; done++) {
		children[done] = fork();
		if (children[done] < 0)
			break;
		if (children[done] == 0)
			for (;;)
				pause();
	}
	status = report("forked", done, n);
	while (done--)
		kill(children[done], SIGKILL);
	while (wait(NULL) > 0)
		continue;
	return status;
}

static long milliseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int eat_cpu(long ms)
{
	long end = milliseconds(CLOCK_MONOTONIC) + ms;

	while (milliseconds(CLOCK_MONOTONIC) < end)
		continue;
	printf("%ld\n", milliseconds(CLOCK_PROCESS_CPUTIME_ID));
	return 0;
}

static int eat_bomb(long seconds)
{
	long end = milliseconds(CLOCK_MONOTONIC) + seconds * 1000;

	signal(SIGCHLD, SIG_IGN);
	while (milliseconds(CLOCK_MONOTONIC) < end)
		if (fork() < 0)
			nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	return 0;
}

static int eat_fds(long n)
{
	long done;

	for (done = 0; done < n; done++)
		if (open("/dev/null", O_RDONLY) < 0)
			break;
	return report("opened", done, n);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(long n);
	} dishes[] = { { "memory", eat_memory }, { "forks", eat_forks }, { "bomb", eat_bomb },
		{ "cpu", eat_cpu }, { "fds", eat_fds } };

	for (size_t i = 0; argc == 3 && i < sizeof(dishes) / sizeof(*dishes); i++)
		if (!strcmp(argv[1], dishes[i].name))
			return dishes[i].run(strtol(argv[2], NULL, 10));
	fprintf(stderr, "usage: eat memory|forks|bomb|cpu|fds N\n");
	return 2;
}
