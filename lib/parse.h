/* SPDX-License-Identifier: MIT */
/* parse.h - numbers, sizes, durations and lists as a user types them.
 *
 * Each function takes a whole string: an empty one, a sign that it does not name, or bytes left
 * over are -EINVAL; a value outside of its range is -ERANGE.  Nothing is written on error. */
#ifndef PARSE_H
#define PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A decimal number of min..max, no sign, no blanks, leading zeros allowed. */
int parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *value);
int parse_u32(const char *s, uint32_t min, uint32_t max, uint32_t *value);
int parse_int(const char *s, int min, int max, int *value); /* with an optional sign */
int parse_octal(const char *s, unsigned max, unsigned *value);

/* A process id, 1..4194304. */
int parse_pid(const char *s, pid_t *pid);

/* A user or group id, 0..4294967294 (4294967295 is "none" to the kernel). */
int parse_id(const char *s, uint32_t *id);

/* Bytes: N[.frac][b|k|m|g|t|p[i][b]], base 1024, any case; a fraction is rounded down. */
int parse_size(const char *s, uint64_t *bytes);

/* A duration in milliseconds: N[.frac][ms|s|m|h|d], seconds when bare, 0..one year. */
int parse_duration(const char *s, uint64_t *ms);

/* A signal: a number 1..64, NAME or SIGNAME in any case, RTMIN+n, RTMAX-n. */
int parse_signal(const char *s, int *signal);

/* The name of a signal without SIG, or "" for one that has none. */
const char *signal_name(int signal);

/* Cuts the next field from *rest at the first of the bytes in separators, or at the end.  The
 * string is changed in place; *rest is NULL after the last field. */
char *parse_field(char **rest, const char *separators);

/* Compares a whole word: true when s is one of the words, which are separated by blanks. */
bool parse_word_in(const char *s, const char *words);

#endif
