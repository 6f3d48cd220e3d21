// SPDX-License-Identifier: MIT
/* layer_names.c - what packing and comparing know of a directory. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "err.h"
#include "layer.h"

void *layer_grow(void *memory, size_t count, size_t size)
{
	/* By powers of two: the capacity follows from the count. */
	if (count & (count - 1))
		return memory;
	memory = realloc(memory, (count ? 2 * count : 1) * size);
	if (!memory)
		die(-ENOMEM, "names");
	return memory;
}

char *layer_copy(const char *s)
{
	char *text = strdup(s);

	if (!text)
		die(-ENOMEM, "names");
	return text;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **layer_names(DIR *dir, size_t *count)
{
	const struct dirent *entry;
	char **names = NULL;

	*count = 0;
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		names = layer_grow(names, *count, sizeof(*names));
		names[(*count)++] = layer_copy(entry->d_name);
	}
	if (*count)
		qsort(names, *count, sizeof(*names), by_name);
	return names;
}

bool layer_has_name(char **names, size_t count, const char *name)
{
	return count && bsearch(&name, names, count, sizeof(*names), by_name);
}

void layer_free_names(char **names, size_t count)
{
	while (count)
		free(names[--count]);
	free(names);
}

bool layer_is_opaque(int fd)
{
	char y = 0;

	return (fgetxattr(fd, "trusted.overlay.opaque", &y, 1) == 1 && y == 'y') ||
		(fgetxattr(fd, "user.overlay.opaque", &y, 1) == 1 && y == 'y');
}
