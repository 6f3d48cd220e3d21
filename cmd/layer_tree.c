// SPDX-License-Identifier: MIT
/* layer_tree.c - the directory that an archive is unpacked into, and the way to a name in it.
 *
 * No path of the archive is ever followed out of the directory: each parent is opened by
 * openat2(RESOLVE_IN_ROOT), and `..` is refused. */
#include "layer_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "parse.h"

static const char *tree_source;
static int root = -1;
/* The parent of the last entry: most entries share it with the one before. */
static int last = -1;
static char last_path[PATH_MAX];
static bool stale; /* a directory was removed: it may be that parent */

void tree_fail(int r, const char *what, const char *path)
{
	const char *hint = r == -ENOSPC ? "the disk is full" : NULL;

	die_hint(r, hint, "%s: %s %s", tree_source, what, path);
}

int tree_open(const char *directory, const char *source)
{
	tree_source = source;
	root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		die(-errno, "%s", directory);
	return root;
}

/* Takes blanks off a path: leading / and ./, doubled and trailing slashes.  Refuses `..`. */
void tree_clean(char *path)
{
	char *to = path, *rest = path, *word;

	while ((word = parse_field(&rest, "/"))) {
		size_t length = strlen(word);

		if (!strcmp(word, ".."))
			die(0, "%s: refused: it holds a path with ..", tree_source);
		if (!length || !strcmp(word, "."))
			continue;
		if (to != path)
			*to++ = '/';
		memmove(to, word, length);
		to += length;
	}
	*to = '\0';
}

static void forget_parent(void)
{
	if (last >= 0)
		close(last);
	last = -1;
}

/* Makes the missing directories above a path; the archive may name them later, or never. */
static void make_parents(const char *path)
{
	char partial[PATH_MAX];
	char *slash = partial;

	memcpy(partial, path, strlen(path) + 1);
	while ((slash = strchr(slash, '/'))) {
		*slash = '\0';
		CLEANUP_FD int fd = fs_open_in(root, partial, O_PATH | O_DIRECTORY);
		if (fd == -ENOENT) {
			char *name = strrchr(partial, '/');
			CLEANUP_FD int above = -1;

			if (name)
				*name = '\0';
			above = name ? fs_open_in(root, partial, O_PATH | O_DIRECTORY) : dup(root);
			if (above < 0 || mkdirat(above, name ? name + 1 : partial, 0755) < 0)
				tree_fail(above < 0 ? above : -errno, "make the folder of", path);
			if (name)
				*name = '/';
		} else if (fd < 0) {
			tree_fail(fd, "open the folder of", path);
		}
		*slash++ = '/';
	}
}

/* Opens the directory that holds a path; *name is its last component. */
int tree_parent(char *path, const char **name)
{
	char *slash = strrchr(path, '/');
	int fd;

	*name = slash ? slash + 1 : path;
	if (!slash)
		return root;
	*slash = '\0';
	if (last < 0 || strcmp(last_path, path) != 0) {
		forget_parent();
		fd = fs_open_in(root, path, O_PATH | O_DIRECTORY);
		memcpy(last_path, path, strlen(path) + 1);
		*slash = '/';
		if (fd == -ENOENT) {
			make_parents(path);
			*slash = '\0';
			fd = fs_open_in(root, path, O_PATH | O_DIRECTORY);
			*slash = '/';
		}
		if (fd < 0)
			tree_fail(fd, "open the folder of", path);
		last = fd;
	}
	*slash = '/';
	return last;
}

int tree_remove(int parent, const char *name)
{
	if (!unlinkat(parent, name, 0) || errno == ENOENT)
		return 0;
	stale = true;
	return fs_remove_tree(parent, name);
}

void tree_settle(void)
{
	if (stale)
		forget_parent();
	stale = false;
}
