// SPDX-License-Identifier: MIT
/* applet.c - see applet.h.  libc's getopt_long(3) does the parsing: this file turns the table into
 * its arrays and its answers into fields and messages. */
#include "applet.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"

#define OPTIONS_MAX 128
#define VALUE_BASE  256 /* what getopt_long returns for row i is VALUE_BASE + i */

static const struct opt help_opt = { .letter = 'h', .name = "help", .help = "print this text" };
static const struct opt version_opt = {
	.letter = 'V', .name = "version", .help = "print the version"
};

struct parser {
	const struct opt *rows[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char letters[3 * OPTIONS_MAX + 3];
};

static bool is_end(const struct opt *opt)
{
	return !opt->letter && !opt->name;
}

static const struct opt *find_long(const struct opt *opts, const char *name)
{
	for (; !is_end(opts); opts++)
		if (opts->name && !strcmp(opts->name, name))
			return opts;
	return NULL;
}

static const struct opt *find_letter(const struct opt *opts, int letter)
{
	for (; opts && !is_end(opts); opts++)
		if (opts->letter == letter)
			return opts;
	return NULL;
}

/* The row whose field an option sets: itself, or the one that it is another spelling of. */
static const struct opt *meaning(const struct applet *self, const struct opt *opt)
{
	return opt->same_as ? find_long(self->opts, opt->same_as) : opt;
}

/* Whether a row takes a value, as getopt_long(3) counts it.  An alias answers for its target. */
static int argument_kind(const struct opt *opt)
{
	switch (opt->kind) {
	case OPT_STRING:
	case OPT_LIST:
		return required_argument;
	case OPT_OPTIONAL:
		return optional_argument;
	default:
		return no_argument;
	}
}

static void add_row(
	struct parser *parser, const struct applet *self, const struct opt *opt, size_t i)
{
	const struct opt *target = meaning(self, opt);
	int takes = argument_kind(target);
	size_t longs = 0, end = strlen(parser->letters);

	parser->rows[i] = opt;
	while (parser->longs[longs].name)
		longs++;
	if (opt->name)
		parser->longs[longs] = (struct option){ opt->name, takes, NULL,
			VALUE_BASE + (int)i };
	if (!opt->letter)
		return;
	parser->letters[end++] = opt->letter;
	if (takes == required_argument || (takes == optional_argument && target->attached))
		parser->letters[end++] = ':';
	if (takes == optional_argument && target->attached)
		parser->letters[end++] = ':';
}

static void build(struct parser *parser, const struct applet *self)
{
	size_t count = 0;

	memset(parser, 0, sizeof(*parser));
	memcpy(parser->letters, "+:", 2);
	for (const struct opt *opt = self->opts; opt && !is_end(opt); opt++)
		add_row(parser, self, opt, count++);
	if (!find_letter(self->opts, 'h'))
		add_row(parser, self, &help_opt, count++);
	if (!find_letter(self->opts, 'V'))
		add_row(parser, self, &version_opt, count++);
}

static void add_item(struct opt_list *list, const struct opt *opt, const char *value)
{
	/* Grown by powers of two: the capacity follows from the count. */
	if (!(list->count & (list->count - 1))) {
		size_t room = list->count ? 2 * list->count : 1;
		struct opt_item *items = realloc(list->items, room * sizeof(*items));

		if (!items)
			die(-ENOMEM, "options");
		list->items = items;
	}
	list->items[list->count++] = (struct opt_item){ opt, value };
}

static void store(const struct applet *self, void *args, const struct opt *opt, const char *value)
{
	void *field;

	opt = meaning(self, opt);
	field = (char *)args + opt->offset;
	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)field = true;
		break;
	case OPT_COUNT:
		++*(unsigned *)field;
		break;
	case OPT_STRING:
		*(const char **)field = value;
		break;
	case OPT_OPTIONAL:
		*(struct opt_value *)field = (struct opt_value){ true, value };
		break;
	case OPT_LIST:
		add_item(field, opt, value);
		break;
	}
}

__attribute__((noreturn)) static void complain(int answer, char **argv)
{
	const char *word = argv[optind - 1];
	bool is_long = !optopt || optopt >= VALUE_BASE;

	if (answer == ':' && is_long)
		usage_die("option %s needs a value", word);
	if (answer == ':')
		usage_die("option -%c needs a value", optopt);
	if (is_long && strchr(word, '=') && optopt)
		usage_die("option %.*s takes no value", (int)strcspn(word, "="), word);
	if (is_long)
		usage_die("unknown option %s", word);
	usage_die("unknown option -%c", optopt);
}

char **applet_args(const struct applet *self, void *args, char **argv, int min)
{
	struct parser parser;
	int argc = 0, answer;

	while (argv[argc])
		argc++;
	build(&parser, self);
	optind = 0; /* musl and glibc: start afresh, this may be the third link of a chain */
	opterr = 0;
	while ((answer = getopt_long(argc, argv, parser.letters, parser.longs, NULL)) != -1) {
		const struct opt *opt = NULL;

		if (answer == '?' || answer == ':')
			complain(answer, argv);
		if (answer >= VALUE_BASE)
			opt = parser.rows[answer - VALUE_BASE];
		else
			for (size_t i = 0; !opt; i++)
				if (parser.rows[i]->letter == answer)
					opt = parser.rows[i];
		if (opt == &help_opt || opt == &version_opt) {
			if (opt == &help_opt)
				applet_help(self);
			else
				applet_version();
			exit(0);
		}
		store(self, args, opt, optarg);
	}
	if (argc - optind < min)
		usage_die("missing operand: %s", self->operands);
	return argv + optind;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static void help_row(struct out *out, const struct opt *opt)
{
	char form[64];
	int used, takes = argument_kind(opt);

	if (opt->letter)
		used = fmt_buf(form, sizeof(form), "-%c%s", opt->letter, opt->name ? ", " : "");
	else
		used = fmt_buf(form, sizeof(form), "    ");
	if (opt->name)
		used += fmt_buf(form + used, sizeof(form) - (size_t)used, "--%s", opt->name);
	if (takes == required_argument)
		fmt_buf(form + used, sizeof(form) - (size_t)used, " %s", opt->arg);
	else if (takes == optional_argument)
		fmt_buf(form + used, sizeof(form) - (size_t)used, "[=%s]", opt->arg);
	if (strlen(form) > 26)
		out_printf(out, "  %s\n%30s%s\n", form, "", opt->help);
	else
		out_printf(out, "  %-28s%s\n", form, opt->help);
}

void applet_help(const struct applet *self)
{
	struct out out = OUT_INIT(STDOUT_FILENO);

	out_printf(&out, "Usage: %s%s%s%s\n", self->name, self->opts ? " [OPTION...]" : "",
		*self->operands ? " " : "", self->operands);
	out_printf(&out, "%c%s.\n\n", upper(self->summary[0]), self->summary + 1);
	for (const struct opt *opt = self->opts; opt && !is_end(opt); opt++)
		if (opt->help)
			help_row(&out, opt);
	if (!find_letter(self->opts, 'h'))
		help_row(&out, &help_opt);
	if (!find_letter(self->opts, 'V'))
		help_row(&out, &version_opt);
	out_flush(&out);
}

void applet_dump(const struct applet *self)
{
	static const char *const kinds[] = { "flag", "count", "value", "optional", "list" };
	struct out out = OUT_INIT(STDOUT_FILENO);

	out_printf(&out, "applet\t%s\t%s\t%s\n", self->name, *self->operands ? self->operands : "-",
		self->summary);
	for (const struct opt *opt = self->opts; opt && !is_end(opt); opt++) {
		const struct opt *target = meaning(self, opt);

		out_printf(&out, "%s\t%c\t%s\t%s\t%s\t%s\t%s\n", self->name,
			opt->letter ? opt->letter : '-', opt->name ? opt->name : "-",
			kinds[target->kind], target->arg ? target->arg : "-",
			opt->help ? opt->help : "-", opt->same_as ? opt->same_as : "-");
	}
	out_flush(&out);
}

void applet_version(void)
{
	fmt_fd(STDOUT_FILENO, "husk %s\n", HUSK_VERSION);
}
