// SPDX-License-Identifier: MIT
/* pivot_volume.c - the words of -v, --tmpfs, --mount and --device, read before anything changes. */
#include "pivot_volume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/mount.h>

#include "err.h"
#include "fmt.h"

static void read_options(struct volume *volume, char *list, bool bind)
{
	const char *bad;
	int r = list ? mntopt_parse(list, bind, &volume->opt, &bad) : 0;

	if (r == -EOPNOTSUPP)
		usage_die("%s: %s belongs to a file system, the kernel ignores it for a bind mount",
			volume->option, bad);
	if (r == -EEXIST)
		usage_die("%s: %s: one propagation only", volume->option, bad);
	if (r < 0)
		usage_die("%s: unknown mount option \"%s\"", volume->option, bad);
	if (volume->opt.deprecated)
		warn(0, "%s: %s is ignored by the kernel since 5.15", volume->option,
			volume->opt.deprecated);
}

/* Cuts "A:B:C" at its colons, from the left, the last field keeping what is left; a backslash
 * keeps a colon in a name.  text is changed. */
static size_t split(char *text, char **fields, size_t max)
{
	char *out = text;
	size_t count = 1;

	fields[0] = text;
	for (; *text; text++) {
		if (*text == '\\' && (text[1] == ':' || text[1] == '\\')) {
			*out++ = *++text;
		} else if (*text == ':' && count < max) {
			*out++ = '\0';
			fields[count++] = out;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
	return count;
}

static void read_bind(struct volume *volume, char *spec)
{
	const struct mntopt *opt = &volume->opt;
	char *field[3] = { NULL };

	if (split(spec, field, 3) < 2 || !*field[1])
		usage_die("-v: %s is not SRC:DST[:OPTIONS]", spec);
	volume->source = field[0];
	volume->target = field[1];
	read_options(volume, field[2], true);
	if (!*field[0] && !opt->remount)
		usage_die("%s: no SRC", volume->option);
	if (opt->remount &&
		(*field[0] || opt->move || opt->flat || opt->nofollow || opt->no_create ||
			opt->create_file || opt->count))
		usage_die(
			"%s: remount changes flags and propagation of what is on DST, without SRC",
			volume->option);
	if (opt->move && (opt->flat || opt->count))
		usage_die("%s: a mount is moved as it is, without bind and idmap", volume->option);
}

static void read_device(struct volume *volume, char *spec)
{
	char *field[3] = { NULL };
	size_t count = split(spec, field, 3);
	const char *last = field[count - 1];

	/* No mount can say that: opening a device node is not writing to its file system. */
	if (count == 3 || (count == 2 && !last[strspn(last, "rwm")]))
		usage_die("%s: what may be done with it is for cgexec --device", volume->option);
	volume->target = last;
	volume->source = field[0];
}

static void read_filesystem(struct volume *volume, char *spec)
{
	char *field[4] = { NULL };

	if (split(spec, field, 4) < 3 || !*field[0] || !*field[2])
		usage_die("--mount: %s is not TYPE:SRC:DST[:OPTIONS]", spec);
	volume->type = field[0];
	volume->source = field[1];
	volume->target = field[2];
	read_options(volume, field[3], false);
}

static void read_tmpfs(struct volume *volume, char *spec)
{
	char *field[2] = { NULL };

	split(spec, field, 2);
	volume->type = "tmpfs";
	volume->target = field[0];
	volume->opt.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	read_options(volume, field[1], false);
}

static const struct {
	const char *option;
	void (*read)(struct volume *volume, char *spec);
	void (*mount)(const struct pivot *pivot, struct volume *volume);
} kinds[] = {
	{ "volume", read_bind, volume_bind },
	{ "tmpfs", read_tmpfs, volume_tmpfs },
	{ "mount", read_filesystem, volume_filesystem },
	{ "device", read_device, volume_device },
};

void pivot_read_volumes(struct pivot *pivot)
{
	const struct opt_list *list = &pivot->args->mounts;

	pivot->volumes = list->count ? calloc(list->count, sizeof(*pivot->volumes)) : NULL;
	if (list->count && !pivot->volumes)
		die(-ENOMEM, "mounts");
	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->items[i].opt->name, *value = list->items[i].value;
		struct volume *volume = &pivot->volumes[i];
		size_t size = strlen(name) + strlen(value) + 4;
		char *option = malloc(size), *spec = strdup(value);
		size_t kind = 0;

		if (!option || !spec)
			die(-ENOMEM, "mounts");
		fmt_buf(option, size, "--%s %s", name, value);
		volume->option = option;
		volume->userns = -1;
		while (strcmp(kinds[kind].option, name) != 0)
			kind++;
		volume->mount = kinds[kind].mount;
		kinds[kind].read(volume, spec);
	}
}
