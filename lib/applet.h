/* SPDX-License-Identifier: MIT */
/* applet.h - the declaration of an applet and of its options, and the parser that reads it.
 *
 * One table an applet feeds getopt_long(3), --help, the man page, the completion and
 * `husk --dump`.  The kind of an option is taken from the type of the field that it sets:
 *
 *     bool               a flag                               -r
 *     unsigned           a counter                            -v -v
 *     const char *       a required value, the last one wins  -w DIR
 *     struct opt_value   an optional value                    --mount[=FILE]
 *     struct opt_list    a required value, may be repeated    -v SRC:DST -v SRC:DST
 *
 * Several options may share one opt_list: the list then keeps the order in which they stood; one of
 * them without a name for its value takes none, and is kept with the value NULL. */
#ifndef APPLET_H
#define APPLET_H

#include <stdbool.h>
#include <stddef.h>

#include "chain.h"

enum opt_kind {
	OPT_FLAG,
	OPT_COUNT,
	OPT_STRING,
	OPT_OPTIONAL,
	OPT_LIST,
};

/* Narrow fields: there are some 300 rows. */
struct opt {
	const char *name;    /* NULL: no long form */
	const char *arg;     /* name of the value in --help, NULL for flags */
	const char *help;    /* NULL: an alias, see OPT_ALIAS */
	const char *same_as; /* the long name of the option that this one is another spelling of */
	unsigned short offset;
	char letter;        /* 0: no short form */
	unsigned char kind; /* enum opt_kind */
	bool attached;      /* the short form takes a value too, attached: -m/proc/7/ns/mnt */
};

struct opt_value {
	bool set;
	const char *value; /* NULL: given without one */
};

struct opt_item {
	const struct opt *opt;
	const char *value;
};

/* Owned by the process: it lives as long as the arguments do and is never freed. */
struct opt_list {
	struct opt_item *items;
	size_t count;
};

#define OPT_KIND_OF(T, f)                                                                          \
	_Generic(((T *)0)->f, bool: OPT_FLAG, unsigned: OPT_COUNT, const char *: OPT_STRING,       \
		struct opt_value: OPT_OPTIONAL, struct opt_list: OPT_LIST)

/* c: short form or 0; n: long form or NULL; T, f: the struct and its field; a: value's name. */
#define OPT(c, n, T, f, a, h)                                                                      \
	{                                                                                          \
		.letter = (c), .name = (n), .kind = OPT_KIND_OF(T, f), .offset = offsetof(T, f),   \
		.arg = (a), .help = (h)                                                            \
	}

/* An OPT whose short form, too, takes its optional value when that is attached to it.  A word that
 * consists of letters of options only is a cluster of them instead: -mpn. */
#define OPT_ATTACHED(c, n, T, f, a, h)                                                             \
	{                                                                                          \
		.letter = (c), .name = (n), .kind = OPT_KIND_OF(T, f), .offset = offsetof(T, f),   \
		.arg = (a), .help = (h), .attached = true                                          \
	}

/* Another spelling of the option with the long name `same`. */
#define OPT_ALIAS(c, n, same)                                                                      \
	{                                                                                          \
		.letter = (c), .name = (n), .same_as = (same)                                      \
	}

#define OPT_END                                                                                    \
	{                                                                                          \
		.letter = 0                                                                        \
	}

struct applet {
	const char *name;
	/* Names that a link to the binary, or `husk NAME`, calls it by too, with blanks between;
	 * never a link of a chain: there `tini` is the image's. */
	const char *also;
	const char *operands;   /* as in the synopsis: "NEWROOT COMMAND [ARG...]" */
	const char *summary;    /* one line, lower case, no full stop */
	const struct opt *opts; /* ends with OPT_END, or NULL */
	int own_error;          /* status when the applet itself fails */
	int usage_error;        /* status for a wrong command line */
	bool unlinked;          /* `husk --install` makes no link of this name */
	/* The options are read by the applet itself (a grammar of its own, personalities): main
	 * handles no --help for it. */
	bool raw;
	/* A PID 1: every signal is blocked before anything else, and 0 to 2 are as they were found;
	 * all others have none of these closed. */
	bool init;
	/* argv[0] is the name it was called by.  Returns the exit status, or sets chain->next. */
	int (*run)(const struct applet *self, char **argv, struct chain *chain);
};

/* Parses the options of argv into args, a struct as the table's offsets say, with its defaults in
 * place; stops at the first operand.  --help and --version are answered here and end the process,
 * where the table has no row of that name.
 *   min      at least so many operands must follow, else a usage error
 *   returns  the operands, NULL-terminated, inside argv
 *   errors   ends with a message and the applet's usage_error */
char **applet_args(const struct applet *self, void *args, char **argv, int min);

/* Prints the usage of an applet to stdout: synopsis, summary, a line for each option. */
void applet_help(const struct applet *self);

/* Prints the table of an applet to stdout, tab-separated, a row an option:
 *   applet letter long kind value help same_as   ("-" where there is none)
 * preceded by a row "applet NAME OPERANDS SUMMARY link", "-" for one without a link. */
void applet_dump(const struct applet *self);

/* Prints "husk VERSION".  */
void applet_version(void);

#endif
