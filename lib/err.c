// SPDX-License-Identifier: MIT
/* err.c - see err.h. */
#include "err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"

static const char *speaker = "";
static int own_status = 1, usage_status = 1;
static const char *kernel_words;
static bool verbose, over_line;

void err_applet(const char *name, int own_error, int usage_error)
{
	speaker = name;
	own_status = own_error;
	usage_status = usage_error;
	verbose = false;
}

const char *err_name(void)
{
	return speaker;
}

int err_usage_status(void)
{
	return usage_status;
}

void err_why(const char *why)
{
	kernel_words = why && *why ? why : NULL;
}

/* A message is one line: a line break or another control byte in a name is shown as '?'. */
static void one_line(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

static void say(int r, const char *hint, const char *fmt, va_list ap)
{
	char what[512], line[1000];

	fmt_vbuf(what, sizeof(what), fmt, ap);
	fmt_buf(line, sizeof(line), "husk%s%s: %s%s%s%s%s%s%s%s", *speaker ? " " : "", speaker,
		what, r ? ": " : "", r ? strerror(-r) : "", kernel_words ? ": " : "",
		kernel_words ? kernel_words : "", hint ? " (" : "", hint ? hint : "",
		hint ? ")" : "");
	kernel_words = NULL;
	one_line(line);
	fmt_fd(STDERR_FILENO, "%s%s\n", over_line ? "\r\033[K" : "", line);
}

void err_over_line(bool on)
{
	over_line = on;
}

void warn(int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, NULL, fmt, ap);
	va_end(ap);
}

void warn_hint(int r, const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, hint, fmt, ap);
	va_end(ap);
}

void die(int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, NULL, fmt, ap);
	va_end(ap);
	_exit(own_status);
}

void die_hint(int r, const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, hint, fmt, ap);
	va_end(ap);
	_exit(own_status);
}

void usage_die(const char *fmt, ...)
{
	char hint[64];
	va_list ap;

	/* "vethctl: line 2" is vethctl. */
	fmt_buf(hint, sizeof(hint), "see husk%s%.*s --help", *speaker ? " " : "",
		(int)strcspn(speaker, ":"), speaker);
	va_start(ap, fmt);
	say(0, hint, fmt, ap);
	va_end(ap);
	_exit(usage_status);
}

void out_finish(struct out *out)
{
	int r = out_flush(out);

	if (r < 0)
		die(r, "standard output");
}

void err_verbose(bool on)
{
	verbose = on;
}

void step(const char *fmt, ...)
{
	va_list ap;

	if (!verbose)
		return;
	va_start(ap, fmt);
	say(0, NULL, fmt, ap);
	va_end(ap);
}
