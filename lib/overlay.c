// SPDX-License-Identifier: MIT
/* overlay.c - see overlay.h.
 *
 * fsconfig(2) takes values of at most 255 bytes, so the list of layers goes in one by one, which
 * kernels know since 6.7.  Before that mount(2) takes them in one string, as short as it can be:
 * the numbers of the descriptors, relative to /proc/self/fd. */
#include "overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "mnt.h"
#include "sys.h"

#define LAYERS_MAX 500 /* OVL_MAX_STACK */

int overlay_ephemeral(const char *size, int *upper, int *work, const char **why)
{
	char size_option[48];
	const char *options[] = { "mode=755", size ? size_option : NULL, NULL };
	CLEANUP_FD int mnt = -1, top = -1;
	int r = fmt_path(size_option, sizeof(size_option), "size=%s", size ? size : "");

	if (r < 0)
		return r;
	mnt = mnt_create("tmpfs", options, MOUNT_ATTR_NODEV, why);
	if (mnt < 0)
		return mnt;
	/* Attached, below what comes: before 6.15 a layer in a detached mount is refused. */
	top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return -errno;
	r = mnt_attach(mnt, top);
	if (r < 0)
		return r;
	if (mkdirat(mnt, "upper", 0755) < 0 || mkdirat(mnt, "work", 0700) < 0)
		return -errno;
	*upper = openat(mnt, "upper", O_PATH | O_DIRECTORY | O_CLOEXEC);
	*work = openat(mnt, "work", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *upper < 0 || *work < 0 ? -errno : 0;
}

/* Each layer as an option of its own.  -EINVAL: the kernel does not know lowerdir+. */
static int create(const struct overlay *overlay, const char **why)
{
	static char text[LAYERS_MAX + 2][40];
	const char *options[LAYERS_MAX + 4] = { NULL };
	size_t n = 0;

	for (; n < overlay->count; n++)
		fmt_buf(text[n], sizeof(text[n]), "lowerdir+=/proc/self/fd/%d", overlay->lowers[n]);
	fmt_buf(text[n++], sizeof(text[0]), "upperdir=/proc/self/fd/%d", overlay->upper);
	fmt_buf(text[n++], sizeof(text[0]), "workdir=/proc/self/fd/%d", overlay->work);
	for (size_t i = 0; i < n; i++)
		options[i] = text[i];
	if (overlay->user_xattrs)
		options[n] = "userxattr";
	return mnt_create("overlay", options, 0, why);
}

static int mount_in_one_string(const struct overlay *overlay)
{
	CLEANUP_FD int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char data[4096];
	size_t used = 0;
	int r = 0;

	for (size_t i = 0; !r && i < overlay->count; i++) {
		r = fmt_path(data + used, sizeof(data) - used, "%s%d",
			i ? ":" : "lowerdir=", overlay->lowers[i]);
		used += strlen(data + used);
	}
	if (!r)
		r = fmt_path(data + used, sizeof(data) - used, ",upperdir=%d,workdir=%d%s",
			overlay->upper, overlay->work, overlay->user_xattrs ? ",userxattr" : "");
	if (r < 0)
		return -E2BIG;
	if (here < 0 || chdir("/proc/self/fd") < 0)
		return -errno;
	r = mount("overlay", "/", "overlay", 0, data) < 0 ? -errno : 0;
	return fchdir(here) < 0 ? -errno : r;
}

int overlay_mount(const struct overlay *overlay, const char **why)
{
	CLEANUP_FD int mnt = -1, top = -1;
	int r;

	*why = NULL;
	if (overlay->count > LAYERS_MAX)
		return -E2BIG;
	mnt = mnt_is_old() ? -EINVAL : create(overlay, why);
	if (mnt == -EINVAL) {
		const char *new_why = *why;

		r = mount_in_one_string(overlay);
		*why = r == -EINVAL ? new_why : NULL;
		if (r < 0)
			return r;
		r = open("/..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return r < 0 ? -errno : r;
	}
	top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (mnt < 0 || top < 0)
		return mnt < 0 ? mnt : -errno;
	r = mnt_attach(mnt, top);
	return r < 0 ? r : take_fd(&mnt);
}
