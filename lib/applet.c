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

static const struct opt standard_opts[] = {
	{ .letter = 'h', .name = "help", .help = "print this text" },
	{ .letter = 'V', .name = "version", .help = "print the version" },
	OPT_END,
};

struct parser {
	const struct opt *rows[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char letters[3 * OPTIONS_MAX + 3];
	char cluster[2 * OPTIONS_MAX + 3]; /* the same for -mpn, where no optional value follows */
	size_t row_count, long_count;
};

static bool is_end(const struct opt *opt)
{
	return !opt->letter && !opt->name;
}

static const struct opt *find_long(const struct opt *opts, const char *name)
{
	for (; opts && !is_end(opts); opts++)
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
	case OPT_LIST:
		return opt->arg ? required_argument : no_argument;
	case OPT_STRING:
		return required_argument;
	case OPT_OPTIONAL:
		return optional_argument;
	default:
		return no_argument;
	}
}

static void add_row(struct parser *parser, const struct applet *self, const struct opt *opt)
{
	const struct opt *target = meaning(self, opt);
	int takes = argument_kind(target);
	size_t end = strlen(parser->letters), cluster_end = strlen(parser->cluster);

	if (opt->name)
		parser->longs[parser->long_count++] = (struct option){ opt->name, takes, NULL,
			VALUE_BASE + (int)parser->row_count };
	parser->rows[parser->row_count++] = opt;
	if (!opt->letter || strchr(parser->letters, opt->letter))
		return;
	parser->letters[end++] = opt->letter;
	parser->cluster[cluster_end++] = opt->letter;
	if (takes == required_argument)
		parser->cluster[cluster_end] = ':';
	if (takes == required_argument || (takes == optional_argument && target->attached))
		parser->letters[end++] = ':';
	if (takes == optional_argument && target->attached)
		parser->letters[end++] = ':';
}

/* An applet's own row comes before --help or --version, and before their letters. */
static void build(struct parser *parser, const struct applet *self)
{
	memset(parser, 0, sizeof(*parser));
	memcpy(parser->letters, "+:", 2);
	memcpy(parser->cluster, "+:", 2);
	for (const struct opt *opt = self->opts; opt && !is_end(opt); opt++)
		add_row(parser, self, opt);
	for (const struct opt *opt = standard_opts; !is_end(opt); opt++)
		if (!find_long(self->opts, opt->name))
			add_row(parser, self, opt);
}

static void add_item(struct opt_list *list, const struct opt *opt, const char *value)
{
	/* Most lists have one item: that costs no heap. */
	static struct opt_item first[16];
	static size_t lists;

	/* Grown by powers of two: the capacity follows from the count. */
	if (!(list->count & (list->count - 1))) {
		struct opt_item *items = !list->count && lists < sizeof(first) / sizeof(*first)
			? &first[lists++]
			: malloc((2 * list->count + 1) * sizeof(*items));

		if (!items)
			die(-ENOMEM, "options");
		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
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

/* The row that an answer of getopt_long means: a long one by its number, a letter by the first row
 * that has it. */
static const struct opt *answered(const struct parser *parser, int answer)
{
	if (answer >= VALUE_BASE)
		return parser->rows[answer - VALUE_BASE];
	for (size_t i = 0; i < parser->row_count; i++)
		if (parser->rows[i]->letter == answer)
			return parser->rows[i];
	return NULL;
}

/* How many long options begin as the word --NAME[=VALUE] does. */
static int count_matches(const struct parser *parser, const char *word)
{
	size_t length = strcspn(word + 2, "=");
	int matches = 0;

	for (size_t i = 0; i < parser->long_count; i++)
		matches += !strncmp(parser->longs[i].name, word + 2, length);
	return matches;
}

/* word is where getopt_long stopped; optopt alone tells too little, and differs by libc. */
__attribute__((noreturn)) static void complain(
	const struct parser *parser, int answer, const char *word)
{
	int name = (int)strcspn(word, "=");

	if (!strncmp(word, "--", 2)) {
		if (answer == ':')
			usage_die("option %s needs a value", word);
		if (optopt)
			usage_die("option %.*s takes no value", name, word);
		if (count_matches(parser, word) > 1)
			usage_die("option %.*s is ambiguous", name, word);
		usage_die("unknown option %.*s", name, word);
	}
	if (optopt > '~')
		usage_die("unknown option in %s", word);
	if (answer == ':')
		usage_die("option -%c needs a value", optopt);
	usage_die("unknown option -%c", optopt);
}

/* --help and --version, where the applet has none of its own. */
static void answer_standard(const struct applet *self, const struct opt *opt)
{
	if (opt == &standard_opts[0])
		applet_help(self);
	else if (opt == &standard_opts[1])
		applet_version();
	else
		return;
	exit(0);
}

/* -mpn is three options, though -m takes an attached value: where the whole word could be letters
 * of options, it is. */
static const char *letters_for(const struct parser *parser, const char *word)
{
	if (!word || *word != '-')
		return parser->letters;
	while (*++word)
		if (strchr("+:-", *word) || !strchr(parser->cluster, *word))
			return parser->letters;
	return parser->cluster;
}

char **applet_args(const struct applet *self, void *args, char **argv, int min)
{
	struct parser parser;
	int argc = 0, at, answer;

	while (argv[argc])
		argc++;
	build(&parser, self);
	optind = 0; /* musl and glibc: start afresh, this may be the third link of a chain */
	opterr = 0;
	for (;;) {
		const struct opt *opt;

		at = optind ? optind : 1;
		answer = getopt_long(
			argc, argv, letters_for(&parser, argv[at]), parser.longs, NULL);
		if (answer == -1)
			break;
		if (answer == '?' || answer == ':')
			complain(&parser, answer, argv[at]);
		opt = answered(&parser, answer);
		answer_standard(self, opt);
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

static void help_row(struct out *out, const struct opt *opt, char letter)
{
	static const char *const before[] = { "", " ", "[=" }, *const after[] = { "", "", "]" };
	int takes = argument_kind(opt);
	char form[80], short_form[] = "-x, ";

	short_form[1] = letter;
	if (!opt->name)
		short_form[2] = '\0';
	fmt_buf(form, sizeof(form), "%s%s%s%s%s%s", letter ? short_form : "    ",
		opt->name ? "--" : "", opt->name ? opt->name : "", before[takes],
		opt->arg ? opt->arg : "", after[takes]);
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
			help_row(&out, opt, opt->letter);
	for (const struct opt *opt = standard_opts; !is_end(opt); opt++)
		if (!find_long(self->opts, opt->name))
			help_row(&out, opt, find_letter(self->opts, opt->letter) ? 0 : opt->letter);
	out_finish(&out);
}

void applet_dump(const struct applet *self)
{
	static const char *const kinds[] = { "flag", "count", "value", "optional", "list" };
	struct out out = OUT_INIT(STDOUT_FILENO);

	out_printf(&out, "applet\t%s\t%s\t%s\t%s\n", self->name,
		*self->operands ? self->operands : "-", self->summary,
		self->unlinked ? "-" : "link");
	for (const struct opt *opt = self->opts; opt && !is_end(opt); opt++) {
		const struct opt *target = meaning(self, opt);

		out_printf(&out, "%s\t%c\t%s\t%s\t%s\t%s\t%s\n", self->name,
			opt->letter ? opt->letter : '-', opt->name ? opt->name : "-",
			kinds[target->kind], target->arg ? target->arg : "-",
			opt->help ? opt->help : "-", opt->same_as ? opt->same_as : "-");
	}
	out_finish(&out);
}

void applet_version(void)
{
	fmt_fd(STDOUT_FILENO, "husk %s\n", HUSK_VERSION);
}
