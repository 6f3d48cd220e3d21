// SPDX-License-Identifier: MIT
/* cgroup1.c - what only v1 needs. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cgroup.h"
#include "cleanup.h"
#include "fmt.h"
#include "fs.h"

int cg1_fill_cpuset(const struct cg_tree *tree)
{
	/* As they are called in a mount with the option noprefix, and else. */
	const size_t skip = faccessat(tree->root, "cpuset.cpus", F_OK, 0) < 0 ? strlen("cpuset.")
									      : 0;
	static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };
	char value[2][256], path[CG_PATH];

	value[0][0] = value[1][0] = '\0';

	for (const char *at = tree->path;; at += 1 + strcspn(at + 1, "/")) {
		CLEANUP_FD int dir = -1;

		fmt_buf(path, sizeof(path), "%.*s", (int)(at - tree->path), tree->path);
		dir = openat(
			tree->root, *path ? path + 1 : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		for (int i = 0; dir >= 0 && i < 2; i++) {
			char own[sizeof(*value)];
			ssize_t n = fs_read(dir, files[i] + skip, own, sizeof(own));
			int r = n < 0 ? (int)n : 0;

			if (n > 1)
				memcpy(value[i], own, (size_t)n + 1);
			else if (!r)
				r = fs_write(dir, files[i] + skip, value[i]);
			if (r < 0)
				return r;
		}
		if (!*at)
			return 0;
	}
}
