/* SPDX-License-Identifier: MIT */
/* json.h - reads JSON (RFC 8259) in place: no tree, no heap.
 *
 * A value is the stretch of text that holds it.  json_check() is strict and comes first: UTF-8,
 * no bytes after the value, no control bytes in strings, at most 64 levels; the other functions
 * rely on it. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct json {
	const char *text;
	size_t size;
};

/* Checks a whole document and takes the blanks around it off.
 *   errors  -EINVAL  not JSON; *where is then the offset of the first wrong byte
 *           -E2BIG   nested deeper than 64 levels
 *           -EILSEQ  not UTF-8, or \u0000 or half a surrogate pair in a string */
int json_check(struct json *document, size_t *where);

/* Looks a value up by a path as .config.Env[0] ("." is the document itself; a key that holds a
 * dot or bracket is written ."the key").  Of equal keys the last one counts.
 *   errors  -ENOENT  there is none; -EINVAL  the path is not one */
int json_find(struct json document, const char *path, struct json *value);

/* Steps through an array or object: the first call with *at 0, then as it was left.
 *   key      the member's name as a JSON string, or empty in an array
 *   returns  whether there was another member */
bool json_next(struct json container, size_t *at, struct json *key, struct json *value);

/* The text of a string, its escapes undone, NUL-terminated; other values as they stand.
 *   returns  the length, or -ENAMETOOLONG */
ssize_t json_text(struct json value, char *buf, size_t size);

/* 's' string, 'n' number, 't' true, 'f' false, 'z' null, 'a' array, 'o' object. */
char json_kind(struct json value);

#endif
