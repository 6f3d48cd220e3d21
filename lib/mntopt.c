// SPDX-License-Identifier: MIT
/* mntopt.c - see mntopt.h. */
#include "mntopt.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>

#include <linux/mount.h>

#include "fmt.h"
#include "parse.h"

/* Flags of the mount.  With an r in front: of the mounts below too. */
static const struct {
	const char *word;
	uint64_t set, clear;
} attributes[] = {
	{ "ro", MOUNT_ATTR_RDONLY, 0 },
	{ "rw", 0, MOUNT_ATTR_RDONLY },
	{ "nosuid", MOUNT_ATTR_NOSUID, 0 },
	{ "suid", 0, MOUNT_ATTR_NOSUID },
	{ "nodev", MOUNT_ATTR_NODEV, 0 },
	{ "dev", 0, MOUNT_ATTR_NODEV },
	{ "noexec", MOUNT_ATTR_NOEXEC, 0 },
	{ "exec", 0, MOUNT_ATTR_NOEXEC },
	{ "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0 },
	{ "symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW },
	{ "noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME },
	{ "atime", 0, MOUNT_ATTR__ATIME },
	{ "relatime", 0, MOUNT_ATTR__ATIME },
	{ "strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME },
	{ "nodiratime", MOUNT_ATTR_NODIRATIME, 0 },
	{ "diratime", 0, MOUNT_ATTR_NODIRATIME },
};

static const struct {
	const char *word;
	unsigned long flag;
} propagations[] = {
	{ "private", MS_PRIVATE },
	{ "shared", MS_SHARED },
	{ "slave", MS_SLAVE },
	{ "unbindable", MS_UNBINDABLE },
};

static bool attribute(const char *word, struct mntopt *opt)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		bool below = *word == 'r' && !strcmp(word + 1, attributes[i].word);

		if (!below && strcmp(word, attributes[i].word) != 0)
			continue;
		opt->set = (opt->set & ~attributes[i].clear) | attributes[i].set;
		opt->clear = (opt->clear & ~attributes[i].set) | attributes[i].clear;
		if (below) {
			opt->all_set |= attributes[i].set;
			opt->all_clear |= attributes[i].clear;
		}
		return true;
	}
	return false;
}

static int propagation(const char *word, struct mntopt *opt)
{
	for (size_t i = 0; i < sizeof(propagations) / sizeof(propagations[0]); i++) {
		bool below = *word == 'r' && !strcmp(word + 1, propagations[i].word);

		if (!below && strcmp(word, propagations[i].word) != 0)
			continue;
		if (opt->propagation)
			return -EEXIST;
		opt->propagation = propagations[i].flag;
		opt->propagation_below = below;
		return 1;
	}
	return 0;
}

/* What says how to make a bind mount. */
static int bind_word(const char *word, struct mntopt *opt)
{
	if (parse_word_in(word, "bind rbind rec"))
		opt->flat = !strcmp(word, "bind");
	else if (!strcmp(word, "move"))
		opt->move = true;
	else if (!strcmp(word, "remount"))
		opt->remount = true;
	else if (!strcmp(word, "nofollow"))
		opt->nofollow = true;
	else if (!strcmp(word, "x-create=none"))
		opt->no_create = true;
	else if (!strcmp(word, "x-create=file"))
		opt->create_file = true;
	else if (strcmp(word, "x-create=dir") != 0)
		return strncmp(word, "idmap=", 6) ? 0 : mntopt_parse_idmap(word + 6, opt);
	return 1;
}

int mntopt_parse_idmap(const char *spec, struct mntopt *opt)
{
	char buf[48], *rest = buf;
	uint32_t *const fields[] = { &opt->inside, &opt->outside, &opt->count };

	if (fmt_path(buf, sizeof(buf), "%s", spec) < 0)
		return -EINVAL;
	for (size_t i = 0; i < 3; i++)
		if (!rest || parse_u32(parse_field(&rest, ":"), i == 2, UINT32_MAX - 1, fields[i]))
			return -EINVAL;
	return rest ? -EINVAL : 1;
}

/* What only a file system can have: on a bind mount the kernel returns success and does nothing. */
static int filesystem_word(const char *word, bool bind, struct mntopt *opt)
{
	size_t count = 0;

	if (!strcmp(word, "mand") || !strcmp(word, "nomand"))
		opt->deprecated = word;
	else if (bind)
		return parse_word_in(word, "sync async dirsync lazytime nolazytime") ? -EOPNOTSUPP
										     : -EINVAL;
	else {
		while (opt->data[count])
			count++;
		if (count == MNTOPT_DATA)
			return -E2BIG;
		opt->data[count] = word;
	}
	return 0;
}

int mntopt_parse(char *list, bool bind, struct mntopt *opt, const char **bad)
{
	while (list) {
		const char *word = *bad = parse_field(&list, ",");
		int r;

		if (!*word || attribute(word, opt))
			continue;
		r = propagation(word, opt);
		if (!r && bind)
			r = bind_word(word, opt);
		if (!r)
			r = filesystem_word(word, bind, opt);
		if (r < 0)
			return r;
	}
	return 0;
}
