/* SPDX-License-Identifier: MIT */
/* err.h - messages on stderr: one write(2) and one line a message.
 *
 * `husk APPLET: what: why (hint)`.  For cmd/ and init/ only: lib/ returns its errors.  `r` is a
 * negative errno whose text becomes the reason, or 0 when the message holds it already. */
#ifndef ERR_H
#define ERR_H

#include <stdbool.h>

struct out;

/* Names the applet that speaks and the statuses of die() and usage_die().  The name is kept, not
 * copied. */
void err_applet(const char *name, int own_error, int usage_error);
const char *err_name(void);
int err_usage_status(void);

/* A reason that the kernel gave in words (extended ACK, fscontext log): appended to the next
 * message after its errno text.  NULL or "" is none. */
void err_why(const char *why);

__attribute__((format(printf, 2, 3))) void warn(int r, const char *fmt, ...);
__attribute__((format(printf, 3, 4))) void warn_hint(int r, const char *hint, const char *fmt, ...);

/* As warn and warn_hint; then ends with the applet's own_error. */
__attribute__((noreturn, format(printf, 2, 3))) void die(int r, const char *fmt, ...);
__attribute__((noreturn, format(printf, 3, 4))) void die_hint(
	int r, const char *hint, const char *fmt, ...);

/* A wrong command line: the message, a hint at --help, and the end with usage_error. */
__attribute__((noreturn, format(printf, 1, 2))) void usage_die(const char *fmt, ...);

/* Flushes what an applet prints; where it cannot be written, the end with own_error. */
void out_finish(struct out *out);

/* A line that stands on the terminal without an end, as progress does: a message takes its place.
 */
void err_over_line(bool on);

/* -v: says what is done, as it is done, in the words of the equivalent shell command.  Silent
 * until err_verbose(true).  The setting holds for the links of a chain one by one. */
void err_verbose(bool on);
__attribute__((format(printf, 1, 2))) void step(const char *fmt, ...);

#endif
