// SPDX-License-Identifier: MIT
/* json.c - JSON for shell scripts: reads values out of a document, quotes words into one. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "applet.h"
#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "json.h"
#include "parse.h"

#define DOCUMENT_MAX (16u << 20)

struct json_args {
	bool quote;
	bool missing;
};

static const struct opt json_opts[] = { OPT('q', "quote", struct json_args, quote, NULL,
						"quote for eval; an array becomes words"),
	OPT('m', "missing", struct json_args, missing, NULL, "no such value is an empty line"),
	OPT_END };

static char *document;
static char *scratch;

static struct json load(const char *path)
{
	CLEANUP_FD int fd = strcmp(path, "-") != 0 ? open(path, O_RDONLY | O_CLOEXEC) : dup(0);
	struct json json;
	size_t where;
	ssize_t n;
	int r;

	if (fd < 0)
		die(-errno, "%s", path);
	document = malloc(DOCUMENT_MAX + 1);
	scratch = malloc(DOCUMENT_MAX + 1);
	if (!document || !scratch)
		die(-ENOMEM, "%s", path);
	n = fs_read_fd(fd, document, DOCUMENT_MAX + 1);
	if (n < 0)
		die((int)n, "%s", path);
	json = (struct json){ document, (size_t)n };
	r = json_check(&json, &where);
	if (r == -E2BIG)
		die(0, "%s: byte %zu: nested deeper than 64 levels", path, where);
	if (r < 0)
		die(0, "%s: byte %zu: %s", path, where, r == -EILSEQ ? "not UTF-8" : "not JSON");
	return json;
}

static const char *text_of(struct json value)
{
	return json_text(value, scratch, DOCUMENT_MAX + 1) < 0 ? "" : scratch;
}

static void print_quoted(struct out *out, const char *s)
{
	out_write(out, "'", 1);
	for (; *s; s++)
		if (*s == '\'')
			out_printf(out, "'\\''");
		else
			out_write(out, s, 1);
	out_write(out, "'", 1);
}

static void print_words(struct out *out, struct json container, bool keys)
{
	struct json key, value;
	size_t at = 0;

	while (json_next(container, &at, &key, &value)) {
		print_quoted(out, text_of(keys ? key : value));
		out_printf(out, " ");
	}
}

static void print_value(struct out *out, struct json value, bool quote)
{
	if (quote && json_kind(value) == 'a')
		print_words(out, value, false);
	else if (quote && json_kind(value) != 'z')
		print_quoted(out, text_of(value));
	else if (!quote)
		out_printf(out, "%s", text_of(value));
	out_printf(out, "\n");
}

static void print_keys(struct out *out, struct json value, bool quote)
{
	struct json key, member;
	size_t at = 0;

	if (quote) {
		print_words(out, value, true);
		out_printf(out, "\n");
		return;
	}
	while (json_next(value, &at, &key, &member))
		out_printf(out, "%s\n", text_of(key));
}

static void print_count(struct out *out, struct json value)
{
	struct json key, member;
	unsigned count = 0;
	size_t at = 0;

	while (json_next(value, &at, &key, &member))
		count++;
	out_printf(out, "%u\n", count);
}

static void query(
	struct out *out, const char *verb, char *const *words, const struct json_args *args)
{
	const char *file = words[0];
	struct json doc = load(file), value;

	while (*++words) {
		int r = json_find(doc, *words, &value);

		if (r == -EINVAL)
			usage_die("%s: not a path (as .config.Env[0])", *words);
		if (r < 0 && !args->missing)
			die(0, "%s: no %s", file, *words);
		if (r < 0) {
			out_printf(out, "\n");
			continue;
		}
		if (!strcmp(verb, "get")) {
			print_value(out, value, args->quote);
			continue;
		}
		if (!strchr("ao", json_kind(value)))
			die(0, "%s: %s is neither array nor object", file, *words);
		if (!strcmp(verb, "keys"))
			print_keys(out, value, args->quote);
		else
			print_count(out, value);
	}
}

static void print_json_string(struct out *out, const char *s)
{
	out_write(out, "\"", 1);
	for (; *s; s++)
		if (*s == '"' || *s == '\\')
			out_printf(out, "\\%c", *s);
		else if ((unsigned char)*s < ' ')
			out_printf(out, "\\u%04x", (unsigned)(unsigned char)*s);
		else
			out_write(out, s, 1);
	out_write(out, "\"", 1);
}

static void print_array(struct out *out, char **words)
{
	const char *separator = "";

	out_printf(out, "[");
	for (; *words; words++) {
		out_printf(out, "%s", separator);
		print_json_string(out, *words);
		separator = ",";
	}
	out_printf(out, "]\n");
}

static int json_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct json_args args = { 0 };
	char **words = applet_args(self, &args, argv, 1);
	struct out out = OUT_INIT(STDOUT_FILENO);
	const char *verb = *words;
	int r;

	(void)chain;
	/* Options may stand before the verb and behind it. */
	words = applet_args(self, &args, words, 0);
	if (!strcmp(verb, "string")) {
		for (; *words; words++) {
			print_json_string(&out, *words);
			out_printf(&out, "\n");
		}
	} else if (!strcmp(verb, "array")) {
		print_array(&out, words);
	} else if (parse_word_in(verb, "get keys len")) {
		if (!words[0] || !words[1])
			usage_die("json %s wants FILE PATH...", verb);
		query(&out, verb, words, &args);
	} else {
		usage_die("%s: not one of get keys len string array", verb);
	}
	r = out_flush(&out);
	if (r < 0)
		die(r, "stdout");
	return 0;
}

const struct applet json_applet = {
	.name = "json",
	.operands = "get|keys|len FILE PATH... | string|array WORD...",
	.summary = "read values out of JSON, and quote words into it",
	.opts = json_opts,
	.unlinked = true, /* of use to scripts only, as `husk json` */
	.own_error = 1,
	.usage_error = 2,
	.run = json_run,
};
