// SPDX-License-Identifier: MIT
/* json.c - see json.h. */
#include "json.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define DEPTH_MAX 64

struct cursor {
	const char *at, *end;
};

static const char blanks[] = " \t\n\r";

static void skip_blanks(struct cursor *in)
{
	while (in->at < in->end && *in->at && strchr(blanks, *in->at))
		in->at++;
}

static bool take(struct cursor *in, char c)
{
	skip_blanks(in);
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static int hex4(const char *s, const char *end)
{
	static const char digits[] = "0123456789abcdef";
	int value = 0;

	if (end - s < 4)
		return -EINVAL;
	for (int i = 0; i < 4; i++) {
		const char *digit = s[i] ? strchr(digits, s[i] | ' ') : NULL;

		if (!digit || (s[i] < '0'))
			return -EINVAL;
		value = value * 16 + (int)(digit - digits);
	}
	return value;
}

/* The length of a well-formed UTF-8 sequence: no overlong form, no surrogate, <= U+10FFFF. */
static int utf8_length(const char *s, const char *end)
{
	static const struct {
		unsigned char first, last, low, high;
		int length;
	} forms[] = { { 0x20, 0x7f, 0, 0, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 } };
	const unsigned char *u = (const unsigned char *)s;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (*u < forms[i].first || *u > forms[i].last)
			continue;
		if (end - s < forms[i].length)
			return -EILSEQ;
		if (forms[i].length > 1 && (u[1] < forms[i].low || u[1] > forms[i].high))
			return -EILSEQ;
		for (int k = 2; k < forms[i].length; k++)
			if ((u[k] & 0xc0) != 0x80)
				return -EILSEQ;
		return forms[i].length;
	}
	return *u < ' ' ? -EINVAL : -EILSEQ;
}

/* Reads \uXXXX, after the u, or a surrogate pair.  Returns the code point. */
static int escaped_unit(struct cursor *in)
{
	int unit = hex4(in->at, in->end), low;

	if (unit < 0)
		return unit;
	in->at += 4;
	if (unit < 0xd800 || unit > 0xdfff)
		return unit ? unit : -EILSEQ;
	if (unit > 0xdbff || in->end - in->at < 6 || in->at[0] != '\\' || in->at[1] != 'u')
		return -EILSEQ;
	low = hex4(in->at + 2, in->end);
	if (low < 0xdc00 || low > 0xdfff)
		return -EILSEQ;
	in->at += 6;
	return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

static int check_string(struct cursor *in)
{
	if (!take(in, '"'))
		return -EINVAL;
	while (in->at < in->end && *in->at != '"') {
		int r = utf8_length(in->at, in->end);

		if (r < 0)
			return r;
		in->at += r;
		if (in->at[-1] != '\\' || r > 1)
			continue;
		if (in->at == in->end || !*in->at || !strchr("\"\\/bfnrtu", *in->at))
			return -EINVAL;
		if (*in->at++ != 'u')
			continue;
		r = escaped_unit(in);
		if (r < 0)
			return r;
	}
	return take(in, '"') ? 0 : -EINVAL;
}

static bool digits(struct cursor *in)
{
	const char *from = in->at;

	while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
		in->at++;
	return in->at > from;
}

static int check_number(struct cursor *in)
{
	if (*in->at == '-')
		in->at++;
	if (in->at < in->end && *in->at == '0')
		in->at++;
	else if (!digits(in))
		return -EINVAL;
	if (in->at < in->end && *in->at == '.') {
		in->at++;
		if (!digits(in))
			return -EINVAL;
	}
	if (in->at < in->end && (*in->at | ' ') == 'e') {
		in->at++;
		if (in->at < in->end && (*in->at == '+' || *in->at == '-'))
			in->at++;
		if (!digits(in))
			return -EINVAL;
	}
	return 0;
}

static int check_word(struct cursor *in)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < 3; i++) {
		size_t length = strlen(words[i]);

		if ((size_t)(in->end - in->at) >= length && !memcmp(in->at, words[i], length)) {
			in->at += length;
			return 0;
		}
	}
	return -EINVAL;
}

static int check_value(struct cursor *in, int depth);

static int check_members(struct cursor *in, bool object, int depth)
{
	const char close = object ? '}' : ']';

	if (depth == DEPTH_MAX)
		return -E2BIG;
	in->at++;
	if (take(in, close))
		return 0;
	do {
		int r = object ? check_string(in) : 0;

		if (r < 0)
			return r;
		if (object && !take(in, ':'))
			return -EINVAL;
		r = check_value(in, depth + 1);
		if (r < 0)
			return r;
	} while (take(in, ','));
	return take(in, close) ? 0 : -EINVAL;
}

static int check_value(struct cursor *in, int depth)
{
	skip_blanks(in);
	if (in->at == in->end)
		return -EINVAL;
	switch (*in->at) {
	case '{':
	case '[':
		return check_members(in, *in->at == '{', depth);
	case '"':
		return check_string(in);
	default:
		return *in->at > '9' ? check_word(in) : check_number(in);
	}
}

int json_check(struct json *document, size_t *where)
{
	struct cursor in = { document->text, document->text + document->size };
	const char *start;
	int r;

	skip_blanks(&in);
	start = in.at;
	r = check_value(&in, 0);
	*where = (size_t)(in.at - document->text);
	if (r < 0)
		return r;
	document->size = (size_t)(in.at - start);
	skip_blanks(&in);
	*where = (size_t)(in.at - document->text);
	document->text = start;
	return in.at == in.end ? 0 : -EINVAL;
}

/* Cuts the value at the cursor; the text is known to be good. */
static struct json cut(struct cursor *in)
{
	struct json value;

	skip_blanks(in);
	value.text = in->at;
	check_value(in, 0);
	value.size = (size_t)(in->at - value.text);
	return value;
}

bool json_next(struct json container, size_t *at, struct json *key, struct json *value)
{
	struct cursor in = { container.text + *at, container.text + container.size };
	bool object = *container.text == '{';

	*key = (struct json){ "", 0 };
	/* At the start the bracket is skipped, later the comma. */
	in.at++;
	skip_blanks(&in);
	if (in.at >= in.end || *in.at == ']' || *in.at == '}')
		return false;
	if (object) {
		*key = cut(&in);
		take(&in, ':');
	}
	*value = cut(&in);
	skip_blanks(&in);
	*at = (size_t)(in.at - container.text);
	return true;
}

char json_kind(struct json value)
{
	switch (*value.text) {
	case '{':
		return 'o';
	case '[':
		return 'a';
	case '"':
		return 's';
	case 'n':
		return 'z';
	case 't':
	case 'f':
		return *value.text;
	default:
		return 'n';
	}
}

static size_t put_utf8(char *out, int c)
{
	size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };

	out[0] = (char)(lead[more] | (c >> 6 * (int)more));
	for (size_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | ((c >> 6 * (int)(more - i)) & 0x3f));
	return more + 1;
}

ssize_t json_text(struct json value, char *buf, size_t size)
{
	static const char names[] = "bfnrt", bytes[] = "\b\f\n\r\t";
	struct cursor in = { value.text, value.text + value.size };
	bool string = json_kind(value) == 's';
	size_t used = 0;

	if (string) {
		in.at++;
		in.end--;
	}
	while (in.at < in.end) {
		const char *name;

		if (used + 5 > size)
			return -ENAMETOOLONG;
		if (!string || *in.at != '\\') {
			buf[used++] = *in.at++;
			continue;
		}
		in.at += 2;
		name = strchr(names, in.at[-1]);
		if (in.at[-1] == 'u')
			used += put_utf8(buf + used, escaped_unit(&in));
		else
			buf[used++] = name ? bytes[name - names] : in.at[-1];
	}
	buf[used] = '\0';
	return (ssize_t)used;
}

static int find_key(struct json object, const char *name, size_t length, struct json *value)
{
	struct json key, member;
	char text[512];
	size_t at = 0;
	int r = -ENOENT;

	while (json_next(object, &at, &key, &member)) {
		if (json_text(key, text, sizeof(text)) != (ssize_t)length ||
			memcmp(text, name, length) != 0)
			continue;
		*value = member;
		r = 0;
	}
	return r;
}

static int find_index(struct json array, const char **path, struct json *value)
{
	size_t at = 0, index = 0;
	struct json key;

	for (; **path >= '0' && **path <= '9' && index < SIZE_MAX / 16; ++*path)
		index = index * 10 + (size_t)(**path - '0');
	if (*(*path)++ != ']')
		return -EINVAL;
	if (json_kind(array) != 'a')
		return -ENOENT;
	do
		if (!json_next(array, &at, &key, value))
			return -ENOENT;
	while (index--);
	return 0;
}

int json_find(struct json document, const char *path, struct json *value)
{
	*value = document;
	if (!strcmp(path, "."))
		return 0;
	while (*path) {
		const char *name = path + 1;
		size_t length;
		int r;

		if (*path == '[' || (path[0] == '.' && path[1] == '[')) {
			path += *path == '.' ? 2 : 1;
			r = find_index(*value, &path, value);
			if (r < 0)
				return r;
			continue;
		}
		if (*path != '.')
			return -EINVAL;
		length = strcspn(name, ".[");
		path = name + length;
		if (*name == '"') {
			length = strcspn(++name, "\"");
			path = name + length + 1;
			if (!name[length])
				return -EINVAL;
		}
		if (json_kind(*value) != 'o')
			return -ENOENT;
		r = find_key(*value, name, length, value);
		if (r < 0)
			return r;
	}
	return 0;
}
