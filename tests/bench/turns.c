// SPDX-License-Identifier: MIT
/* turns.c - measures commands against each other, in turn.
 *
 *	turns [-n ROUNDS] [-w WARMUP] [-t TITLE] [-r TSV] <LIST
 *
 * A line of LIST is "NAME: COMMAND ARG..." (blanks separate, nothing quotes; @@ in a word becomes a
 * number that no other run has).  In every round each command runs once, and another one is the
 * first each time, so that what disturbs the machine disturbs all alike.  It prints, for each, the
 *10th percentile, the median and the 90th of the wall time from vfork(2) to the end, the median of
 *the CPU time of its tree, and the ratio of its median to that of the first.  The first is the
 *floor that the others are measured by. -r  appends the same, tab-separated, to TSV: title, name,
 *p10, median, p90, cpu (us), ratio
 *
 * It judges nothing: a command that fails is shown as such, and the status is 0. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MAX = 32, WORDS_MAX = 160, ROUNDS_MAX = 10000 };

extern char **environ;

struct command {
	char *name;
	char *words[WORDS_MAX + 1];
	double *wall, *cpu; /* microseconds, one a round */
	int status;         /* the last one that was not 0 */
};

static struct command commands[COMMANDS_MAX];
static size_t count;
static size_t rounds = 30, warmup = 3;

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "turns: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double microseconds(const struct timeval *t)
{
	return (double)t->tv_sec * 1e6 + (double)t->tv_usec;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void split(struct command *command, char *line)
{
	char *colon = strstr(line, ": ");
	size_t n = 0;

	if (!colon) {
		errno = EINVAL;
		fail(line);
	}
	*colon = '\0';
	command->name = line;
	for (char *word = strtok(colon + 2, " \t\n"); word && n < WORDS_MAX;
		word = strtok(NULL, " \t\n"))
		command->words[n++] = word;
	command->wall = calloc(rounds, sizeof(double));
	command->cpu = calloc(rounds, sizeof(double));
	if (!command->wall || !command->cpu || !n)
		fail(line);
}

static void read_list(void)
{
	char *line = NULL;
	size_t size = 0;

	while (count < COMMANDS_MAX && getline(&line, &size, stdin) > 0) {
		if (*line == '#' || *line == '\n')
			continue;
		split(&commands[count++], line);
		line = NULL;
		size = 0;
	}
}

/* The words of this run: @@ becomes its number.  They live until the next run. */
static char **number_words(struct command *command)
{
	static char *words[WORDS_MAX + 1], numbered[WORDS_MAX][256];
	static unsigned run;
	size_t i;

	run++;
	for (i = 0; command->words[i]; i++) {
		char *at = strstr(command->words[i], "@@");

		words[i] = command->words[i];
		if (at) {
			snprintf(numbered[i], sizeof(numbered[i]), "%.*s%u%s", (int)(at - words[i]),
				words[i], run, at + 2);
			words[i] = numbered[i];
		}
	}
	words[i] = NULL;
	return words;
}

/* posix_spawn is a vfork in every libc that matters: the size of this program costs nothing. */
static void run_once(struct command *command, double *wall, double *cpu)
{
	posix_spawn_file_actions_t files;
	char **words = number_words(command);
	struct rusage usage;
	int status, err;
	double start;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&files, 0, 1);
	posix_spawn_file_actions_adddup2(&files, 0, 2);
	start = now();
	err = posix_spawnp(&pid, words[0], &files, NULL, words, environ);
	posix_spawn_file_actions_destroy(&files);
	if (err) {
		command->status = 127 << 8;
		return;
	}
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			fail("wait4");
	*wall = now() - start;
	*cpu = microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime);
	if (status)
		command->status = status;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(double *values, size_t percent)
{
	qsort(values, rounds, sizeof(*values), ascending);
	return values[(rounds - 1) * percent / 100];
}

static void report(const char *title, FILE *table)
{
	double floor = percentile(commands[0].wall, 50);

	printf("\n%s, %zu rounds (us)\n", title, rounds);
	printf("  %-28s %9s %9s %9s %9s %7s\n", "", "p10", "median", "p90", "cpu", "ratio");
	for (struct command *c = commands; c < commands + count; c++) {
		double low = percentile(c->wall, 10), median = percentile(c->wall, 50);
		double high = percentile(c->wall, 90), cpu = percentile(c->cpu, 50);

		if (c->status) {
			printf("  %-28s failed (wait status 0x%04x)\n", c->name,
				(unsigned)c->status);
			continue;
		}
		printf("  %-28s %9.0f %9.0f %9.0f %9.0f %7.2f\n", c->name, low, median, high, cpu,
			median / floor);
		if (table)
			fprintf(table, "%s\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.3f\n", title, c->name,
				low, median, high, cpu, median / floor);
	}
}

int main(int argc, char **argv)
{
	const char *title = "turns";
	FILE *table = NULL;
	int option;

	while ((option = getopt(argc, argv, "n:w:t:r:")) != -1) {
		if (option == 'n')
			rounds = strtoul(optarg, NULL, 10);
		else if (option == 'w')
			warmup = strtoul(optarg, NULL, 10);
		else if (option == 't')
			title = optarg;
		else if (option == 'r' && !(table = fopen(optarg, "a")))
			fail(optarg);
		else if (option == '?')
			return 2;
	}
	if (rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	read_list();
	/* What was just built is written out first: dirty pages slow down its execution. */
	sync();
	for (size_t i = 0; i < count * warmup; i++)
		run_once(&commands[i % count], commands[i % count].wall, commands[i % count].cpu);
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < count; i++) {
			struct command *c = &commands[(i + round) % count];

			run_once(c, &c->wall[round], &c->cpu[round]);
		}
	if (count)
		report(title, table);
	return table && fclose(table) ? 1 : 0;
}
