// SPDX-License-Identifier: MIT
/* layer_diff.c - what a layer changes in those below it: A added, C changed, D deleted.
 *
 * The tree below is never mounted: for each directory of the layer it is known which of the lower
 * layers take part in the one of that name (a view, the highest first), and a name is looked up in
 * these alone.  So no component of a path below is ever a link. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "layer.h"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct view {
	int *layer; /* descriptors of the layers' roots */
	size_t count;
};

static struct out out; /* .data has one page for all, see lib/layout.ld */

__attribute__((noreturn)) static void fail(const char *path)
{
	die(-errno, "compare %s", *path ? path : "/");
}

static bool is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && !st->st_rdev;
}

static void report(char change, const char *directory, const char *name)
{
	out_printf(&out, "%c %s/%s\n", change, directory, name);
}

static struct view new_view(size_t room)
{
	struct view view = { calloc(room + 1, sizeof(int)), 0 };

	if (!view.layer)
		die(-ENOMEM, "compare");
	return view;
}

static bool opaque_at(int layer, const char *path)
{
	CLEANUP_FD int fd = openat(layer, path, DIRECTORY);

	if (fd < 0)
		fail(path);
	return layer_is_opaque(fd);
}

/* Is there something of this name below?  Where it is a directory, inner is the view of it. */
static bool look(const struct view *view, const char *path, struct view *inner)
{
	for (size_t i = 0; i < view->count; i++) {
		struct stat st;

		if (fstatat(view->layer[i], path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno != ENOENT)
				fail(path);
			continue;
		}
		if (is_whiteout(&st))
			break;
		if (!S_ISDIR(st.st_mode))
			return true;
		inner->layer[inner->count++] = view->layer[i];
		if (opaque_at(view->layer[i], path))
			break;
	}
	return inner->count > 0;
}

static bool in_any(const int *layer, size_t count, const char *path)
{
	struct stat st;

	while (count)
		if (!fstatat(layer[--count], path, &st, AT_SYMLINK_NOFOLLOW))
			return true;
	return false;
}

/* An opaque directory hides all that is below and not in it, by these names. */
static void report_hidden(const struct view *view, const char *path, char **names, size_t count)
{
	struct view inner = new_view(view->count);
	char child[PATH_MAX];

	for (size_t i = 0; i < view->count; i++) {
		int fd = openat(view->layer[i], *path ? path + 1 : ".", DIRECTORY);
		CLEANUP_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
		size_t found;
		char **below;

		if (!dir)
			fail(path);
		below = layer_names(dir, &found);
		for (size_t j = 0; j < found; j++) {
			if (layer_has_name(names, count, below[j]) ||
				fmt_path(child, sizeof(child), "%s/%s", path, below[j]) < 0)
				continue;
			inner.count = 0;
			if (!in_any(view->layer, i, child + 1) && look(view, child + 1, &inner))
				report('D', path, below[j]);
		}
		layer_free_names(below, found);
	}
	free(inner.layer);
}

/* Takes fd over.  path is empty, or begins with a slash. */
static void compare(int fd, const char *path, const struct view *view)
{
	CLEANUP_DIR DIR *dir = fdopendir(fd);
	struct view inner = new_view(view->count);
	char child[PATH_MAX];
	char **names;
	size_t count;

	if (!dir)
		fail(path);
	names = layer_names(dir, &count);
	/* fuse-overlayfs writes the mark as archives have it. */
	if (layer_is_opaque(fd) || layer_has_name(names, count, WHITEOUT_OPAQUE))
		report_hidden(view, path, names, count);
	for (size_t i = 0; i < count; i++) {
		bool below;
		struct stat st;
		int r;

		if (!strcmp(names[i], WHITEOUT_OPAQUE))
			continue;
		r = fmt_path(child, sizeof(child), "%s/%s", path, names[i]);

		if (r < 0)
			die(r, "compare %s/%s", path, names[i]);
		/* It may have gone meanwhile, while the container runs. */
		if (fstatat(fd, names[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		inner.count = 0;
		below = look(view, child + 1, &inner);
		if (!is_whiteout(&st))
			report(below ? 'C' : 'A', path, names[i]);
		else if (below)
			report('D', path, names[i]);
		if (S_ISDIR(st.st_mode)) {
			int next = openat(fd, names[i], DIRECTORY);

			if (next >= 0)
				compare(next, child, &inner);
		}
	}
	layer_free_names(names, count);
	free(inner.layer);
}

int layer_diff(char **directories)
{
	struct rlimit limit;
	struct view view;
	size_t count = 0;
	int fd;

	out.fd = STDOUT_FILENO;
	/* One layer, one descriptor. */
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	while (directories[count])
		count++;
	view = new_view(count);
	for (size_t i = 0; i < count; i++) {
		fd = open(directories[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			die(-errno, "%s", directories[i]);
		view.layer[i] = fd;
	}
	fd = view.layer[0];
	view.layer++;
	view.count = count - 1;
	compare(fd, "", &view);
	out_finish(&out);
	return 0;
}
