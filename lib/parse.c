// SPDX-License-Identifier: MIT
/* parse.c - see parse.h. */
#include "parse.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#define ID_MAX    4294967294u
#define PID_LIMIT 4194304

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits of a base from *s on: -EINVAL when there is none, -ERANGE beyond 64 bits. */
static int read_digits(const char **s, unsigned base, uint64_t *value)
{
	const char *p = *s;
	uint64_t n = 0;

	for (; *p >= '0' && *p < (char)('0' + base); p++)
		if (__builtin_mul_overflow(n, base, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return -ERANGE;
	if (p == *s)
		return -EINVAL;
	*s = p;
	*value = n;
	return 0;
}

int parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t n;
	int r = read_digits(&s, 10, &n);

	if (r < 0)
		return r;
	if (*s)
		return -EINVAL;
	if (n < min || n > max)
		return -ERANGE;
	*value = n;
	return 0;
}

int parse_u32(const char *s, uint32_t min, uint32_t max, uint32_t *value)
{
	uint64_t n;
	int r = parse_u64(s, min, max, &n);

	if (!r)
		*value = (uint32_t)n;
	return r;
}

int parse_int(const char *s, int min, int max, int *value)
{
	bool negative = *s == '-';
	int64_t n;
	uint64_t u;
	int r;

	if (*s == '-' || *s == '+')
		s++;
	r = parse_u64(s, 0, (uint64_t)INT_MAX + 1, &u);
	if (r < 0)
		return r;
	n = negative ? -(int64_t)u : (int64_t)u;
	if (n < min || n > max)
		return -ERANGE;
	*value = (int)n;
	return 0;
}

int parse_octal(const char *s, unsigned max, unsigned *value)
{
	uint64_t n;
	int r = read_digits(&s, 8, &n);

	if (r < 0)
		return r;
	if (*s)
		return -EINVAL;
	if (n > max)
		return -ERANGE;
	*value = (unsigned)n;
	return 0;
}

int parse_pid(const char *s, pid_t *pid)
{
	return parse_int(is_digit(*s) ? s : "", 1, PID_LIMIT, pid);
}

int parse_id(const char *s, uint32_t *id)
{
	return parse_u32(s, 0, ID_MAX, id);
}

/* Reads N[.frac]; the fraction is numerator / denominator. */
static int read_fraction(
	const char **s, uint64_t *whole, uint64_t *numerator, uint64_t *denominator)
{
	int r = read_digits(s, 10, whole);

	*numerator = 0;
	*denominator = 1;
	if (r < 0 || **s != '.')
		return r;
	++*s;
	if (!is_digit(**s))
		return -EINVAL;
	for (; is_digit(**s); ++*s) {
		/* Nine places are more than any unit here can show. */
		if (*denominator >= 1000000000)
			continue;
		*numerator = *numerator * 10 + (uint64_t)(**s - '0');
		*denominator *= 10;
	}
	return 0;
}

static int scale(
	uint64_t whole, uint64_t numerator, uint64_t denominator, uint64_t unit, uint64_t *value)
{
	uint64_t n;

	if (__builtin_mul_overflow(whole, unit, &n))
		return -ERANGE;
	/* In two parts, because 2^50 * 10^9 does not fit 64 bits; numerator < denominator <= 10^9.
	 */
	numerator = unit / denominator * numerator + unit % denominator * numerator / denominator;
	if (__builtin_add_overflow(n, numerator, &n))
		return -ERANGE;
	*value = n;
	return 0;
}

int parse_size(const char *s, uint64_t *bytes)
{
	static const char units[] = "kmgtp";
	uint64_t whole, numerator, denominator, unit = 1;
	int r = read_fraction(&s, &whole, &numerator, &denominator);
	const char *at;

	if (r < 0)
		return r;
	at = *s ? strchr(units, *s | 0x20) : NULL;
	if (at) {
		unit <<= 10 * (at - units + 1);
		s++;
		if (*s == 'i' || *s == 'I')
			s++;
	}
	if (*s == 'b' || *s == 'B')
		s++;
	if (*s || (numerator && unit == 1))
		return -EINVAL;
	return scale(whole, numerator, denominator, unit, bytes);
}

int parse_duration(const char *s, uint64_t *ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
		{ "d", 86400000 }, { "", 1000 } };
	uint64_t whole, numerator, denominator, value;
	int r = read_fraction(&s, &whole, &numerator, &denominator);

	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(s, units[i].name) != 0)
			continue;
		r = scale(whole, numerator, denominator, units[i].ms, &value);
		if (r < 0 || value > 366 * (uint64_t)86400000)
			return -ERANGE;
		*ms = value;
		return 0;
	}
	return -EINVAL;
}

static const char *const signal_names[] = {
	[SIGHUP] = "HUP",
	[SIGINT] = "INT",
	[SIGQUIT] = "QUIT",
	[SIGILL] = "ILL",
	[SIGTRAP] = "TRAP",
	[SIGABRT] = "ABRT",
	[SIGBUS] = "BUS",
	[SIGFPE] = "FPE",
	[SIGKILL] = "KILL",
	[SIGUSR1] = "USR1",
	[SIGSEGV] = "SEGV",
	[SIGUSR2] = "USR2",
	[SIGPIPE] = "PIPE",
	[SIGALRM] = "ALRM",
	[SIGTERM] = "TERM",
	[SIGSTKFLT] = "STKFLT",
	[SIGCHLD] = "CHLD",
	[SIGCONT] = "CONT",
	[SIGSTOP] = "STOP",
	[SIGTSTP] = "TSTP",
	[SIGTTIN] = "TTIN",
	[SIGTTOU] = "TTOU",
	[SIGURG] = "URG",
	[SIGXCPU] = "XCPU",
	[SIGXFSZ] = "XFSZ",
	[SIGVTALRM] = "VTALRM",
	[SIGPROF] = "PROF",
	[SIGWINCH] = "WINCH",
	[SIGIO] = "IO",
	[SIGPWR] = "PWR",
	[SIGSYS] = "SYS",
};

#define SIGNAL_NAMES (sizeof(signal_names) / sizeof(*signal_names))
#define RTMIN_KERNEL 34 /* as shells count: libc keeps the first two or three for itself */
#define SIGNAL_MAX   64

static const struct {
	const char *name;
	int signal;
} signal_aliases[] = { { "IOT", SIGABRT }, { "CLD", SIGCHLD }, { "POLL", SIGIO } };

const char *signal_name(int signal)
{
	if (signal <= 0 || (size_t)signal >= SIGNAL_NAMES || !signal_names[signal])
		return "";
	return signal_names[signal];
}

static int parse_realtime(const char *s, int *signal)
{
	bool from_max = !strncasecmp(s, "RTMAX", 5);
	int offset = 0, r;

	if (!from_max && strncasecmp(s, "RTMIN", 5) != 0)
		return -EINVAL;
	s += 5;
	if (*s) {
		if (*s != (from_max ? '-' : '+') || !is_digit(s[1]))
			return -EINVAL;
		r = parse_int(s + 1, 0, SIGNAL_MAX - RTMIN_KERNEL, &offset);
		if (r < 0)
			return r;
	}
	*signal = from_max ? SIGNAL_MAX - offset : RTMIN_KERNEL + offset;
	return 0;
}

int parse_signal(const char *s, int *signal)
{
	if (is_digit(*s))
		return parse_int(s, 1, SIGNAL_MAX, signal);
	if (!strncasecmp(s, "SIG", 3))
		s += 3;
	for (size_t i = 1; i < SIGNAL_NAMES; i++) {
		if (signal_names[i] && !strcasecmp(s, signal_names[i])) {
			*signal = (int)i;
			return 0;
		}
	}
	for (size_t i = 0; i < sizeof(signal_aliases) / sizeof(*signal_aliases); i++) {
		if (!strcasecmp(s, signal_aliases[i].name)) {
			*signal = signal_aliases[i].signal;
			return 0;
		}
	}
	return parse_realtime(s, signal);
}

char *parse_field(char **rest, const char *separators)
{
	char *field = *rest;
	size_t length;

	if (!field)
		return NULL;
	length = strcspn(field, separators);
	*rest = field[length] ? field + length + 1 : NULL;
	field[length] = '\0';
	return field;
}

bool parse_word_in(const char *s, const char *words)
{
	size_t length = strlen(s);

	while (*words) {
		size_t word = strcspn(words, " ");

		if (word == length && !strncmp(s, words, length))
			return true;
		words += word + (words[word] != '\0');
	}
	return false;
}
