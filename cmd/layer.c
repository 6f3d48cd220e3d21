// SPDX-License-Identifier: MIT
/* layer.c - image layers: archives become directories that overlayfs can stack, and back. */
#include "layer.h"

#include <string.h>

#include "applet.h"
#include "err.h"
#include "parse.h"

static const struct opt layer_opts[] = { OPT('a', "apply", struct layer_args, apply, NULL,
						 "carry out whiteouts, do not keep them"),
	OPT('p', "plain", struct layer_args, plain, NULL, "whiteouts are ordinary names"),
	OPT('o', "no-owner", struct layer_args, no_owner, NULL, "everything belongs to you"),
	OPT('x', "one-file-system", struct layer_args, one_file_system, NULL,
		"pack nothing that is mounted below PATH"),
	OPT('s', "digest", struct layer_args, digest, "SHA256", "fail unless the archive has it"),
	OPT('n', "name", struct layer_args, name, "NAME", "pack PATH alone, under this name"),
	OPT('P', "progress", struct layer_args, progress, "LABEL",
		"show on a terminal how far it is"),
	OPT(0, "total", struct layer_args, total, "SIZE",
		"for --progress: of what it reads or packs"),
	OPT_END };

static int layer_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct layer_args args = { 0 };
	char **verb = applet_args(self, &args, argv, 1);
	char **words = applet_args(self, &args, verb, 1);
	uint64_t total = 0;

	(void)chain;
	if (args.total && parse_size(args.total, &total) < 0)
		usage_die("--total %s: not a size", args.total);
	progress_start(args.progress, total);
	if (!strcmp(*verb, "digest") && !words[1])
		return layer_digest(words[0]);
	if (!strcmp(*verb, "diff") && words[1])
		return layer_diff(words);
	if (!words[1])
		usage_die("layer %s: an operand is missing", *verb);
	if (words[2])
		usage_die("%s: one operand too many", words[2]);
	if (!strcmp(*verb, "unpack"))
		return layer_unpack(&args, words[0], words[1]);
	if (!strcmp(*verb, "pack"))
		return layer_pack(&args, words[0], words[1]);
	usage_die("%s: not unpack, pack, diff or digest", *verb);
}

const struct applet layer_applet = {
	.name = "layer",
	.operands = "unpack|pack FROM TO | diff UPPER LOWER... | digest FILE",
	.summary = "unpack an image layer safely, pack or compare one",
	.opts = layer_opts,
	.own_error = 1,
	.usage_error = 2,
	.run = layer_run,
};
