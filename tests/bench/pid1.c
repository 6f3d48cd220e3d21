// SPDX-License-Identifier: MIT
/* pid1.c - two times of an init that take a stopwatch of their own.
 *
 *	pid1 echo N	its command: N signals to it, the next when one has come back; prints the
 *			median of the ways there and back, in ns
 *	pid1 drain PID	continues it, stopped with zombies; prints how many it reaps a second, "-"
 *			where it has none */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ECHOES_MAX = 100000 };

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int echo(int n)
{
	static int64_t took[ECHOES_MAX];
	pid_t init = getppid();
	sigset_t usr1;
	int sig;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	for (int i = 0; i < n; i++) {
		int64_t start = now();

		if (kill(init, SIGUSR1) < 0 || sigwait(&usr1, &sig))
			return 1;
		took[i] = now() - start;
	}
	qsort(took, (size_t)n, sizeof(*took), compare);
	printf("%lld\n", (long long)took[n / 2]);
	return 0;
}

/* The numbers of its zombies in the order in which wait(2) finds them. */
static int list_zombies(pid_t init, pid_t *last)
{
	char path[64], state;
	int count = 0, pid;
	FILE *children, *stat;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)init, (int)init);
	children = fopen(path, "re");
	while (children && fscanf(children, "%d", &pid) == 1) {
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		stat = fopen(path, "re");
		if (stat && fscanf(stat, "%*d %*[^)]) %c", &state) == 1 && state == 'Z') {
			*last = pid;
			count++;
		}
		if (stat)
			fclose(stat);
	}
	if (children)
		fclose(children);
	return count;
}

static int drain(pid_t init)
{
	pid_t last = 0;
	int count = list_zombies(init, &last);
	int64_t start = now();

	kill(init, SIGCONT);
	if (!count)
		return puts("-") < 0;
	while (!kill(last, 0))
		usleep(50);
	printf("%lld\n", (long long)count * 1000000000 / (now() - start));
	return list_zombies(init, &last) > 0;
}

int main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[2]) : 0;

	if (n > 0 && n <= ECHOES_MAX && !strcmp(argv[1], "echo"))
		return echo(n);
	if (n > 0 && !strcmp(argv[1], "drain"))
		return drain(n);
	return 2;
}
