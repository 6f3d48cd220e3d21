// SPDX-License-Identifier: MIT
/* cgexec_lack.c - why a controller, or a limit, is not to be had on this machine. */
#include <fcntl.h>
#include <string.h>

#include "cgexec.h"
#include "err.h"
#include "fs.h"
#include "parse.h"

void cgexec_missing(unsigned missing)
{
	enum cg_controller c = (enum cg_controller)__builtin_ctz(missing);
	const char *name = cg_controller_name(c, 1);
	char list[2048], *rest = list, *line;
	ssize_t n = fs_read(AT_FDCWD, "/proc/cgroups", list, sizeof(list));

	if (c == CG_UNIFIED)
		die(0, "no cgroup2 hierarchy here");
	while (n > 0 && rest && (line = parse_field(&rest, "\n"))) {
		char *fields = line, *word = parse_field(&fields, "\t"), *hierarchy;

		if (strcmp(word, name) != 0 || !fields)
			continue;
		hierarchy = parse_field(&fields, "\t");
		if (line[0] && fields && fields[strlen(fields) - 1] == '0')
			die(0, "%s is disabled (cgroup_disable=%s)", name, name);
		if (strcmp(hierarchy, "0") != 0)
			die(0, "%s is v1 hierarchy %s, which cannot be reached from here", name,
				hierarchy);
		if (c == CG_NET_CLS || c == CG_NET_PRIO)
			die_hint(0, "mount it, or match the group: nft 'socket cgroupv2'",
				"%s is not mounted, and v2 does not have it", name);
		die(0, "%s is in no hierarchy that can be reached from here", name);
	}
	die(0, "%s is not in this kernel", name);
}

void cgexec_refuse(struct cgroup *cg, const struct cg_setting *s)
{
	const char *hint = s->limit == CGL_SWAPPINESS ? "use --swap" : NULL;

	if (s->limit == CGL_SWAP)
		die(0, "--swap: cgroup v1 limits the sum of both, which needs --memory");
	die_hint(0, hint, "--%s: cgroup v%d has no such limit", cg_rows[s->limit].option,
		cg->fault.tree->version);
}
