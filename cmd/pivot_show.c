// SPDX-License-Identifier: MIT
/* pivot_show.c - --dry-run: all mounts are made, in a mount namespace that nobody else is in, and
 * shown as the kernel has them; then the mount points that were missing in ROOTFS go again. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "mnt.h"
#include "pivot.h"

struct made {
	struct made *before;
	int dir;
	bool file;
	char name[256];
};

static struct made *last_made;

void pivot_note_made(const struct pivot *pivot, int dir, const char *name, bool file)
{
	struct made *made = pivot->args->dry_run ? malloc(sizeof(*made)) : NULL;

	if (!made)
		return;
	*made = (struct made){ .before = last_made, .file = file };
	made->dir = fcntl(dir, F_DUPFD_CLOEXEC, 3);
	fmt_buf(made->name, sizeof(made->name), "%s", name);
	last_made = made;
}

/* A mount point of our own namespace has to be free before it can be removed. */
static void remove_made(const struct made *made)
{
	if (fchdir(made->dir) < 0)
		return;
	while (!umount2(made->name, MNT_DETACH | UMOUNT_NOFOLLOW))
		;
	if (unlinkat(made->dir, made->name, made->file ? 0 : AT_REMOVEDIR) < 0)
		warn(-errno, "remove the mount point %s that was made", made->name);
}

int pivot_show(const struct pivot *pivot)
{
	struct mount_attr writable = { .attr_clr = MOUNT_ATTR_RDONLY };
	static char text[1 << 18];
	ssize_t n = fs_read(pivot->proc, "self/mountinfo", text, sizeof(text));
	int r = n < 0 ? (int)n : fs_write_all(STDOUT_FILENO, text, (size_t)n);

	if (last_made && (pivot->args->read_only || pivot->args->rro))
		mnt_setattr(pivot->root, &writable, false);
	for (; last_made; last_made = last_made->before)
		remove_made(last_made);
	if (r < 0)
		die(r, "show the mounts");
	return 0;
}
