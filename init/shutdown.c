// SPDX-License-Identifier: MIT
/* shutdown.c - the orderly end of a machine, when no process is left: swap off, file systems
 * unmounted from the last to the first, what cannot be is made read-only; then reboot(2).
 *
 * That is called by a child: where it cannot power off it ends its caller, and the end of PID 1 is
 * a panic.  A container that behaves like a machine only asks for the reboot: swap and the super
 * blocks are not its own. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "fs.h"
#include "init.h"
#include "mountinfo.h"
#include "parse.h"

static void swap_off(void)
{
	char buf[4096], *rest = buf, *line;

	if (fs_read(AT_FDCWD, "/proc/swaps", buf, sizeof(buf)) < 0)
		return;
	parse_field(&rest, "\n");
	while ((line = parse_field(&rest, "\n"))) {
		const char *device = parse_field(&line, " \t");

		if (*device && swapoff(device) < 0)
			warn(-errno, "swapoff %s", device);
	}
}

static void unmount(const struct mountinfo *mount_)
{
	const char *point = mount_->point;
	bool root = !strcmp(point, "/");

	if (!root && !umount2(point, 0))
		return;
	/* Only a file system on a device has anything to lose. */
	if (mount_->major && mount(NULL, point, NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0)
		warn(-errno, "remount %s read-only", point);
	if (!root)
		umount2(point, MNT_DETACH);
}

/* Number n of the mounts; false where there are fewer.  /proc lists them: it stays. */
static bool unmount_nth(int n)
{
	struct mountinfo_reader reader;
	struct mountinfo mount_;
	bool found = false;
	int i = 0;

	if (mountinfo_open(&reader, NULL) < 0)
		return false;
	while (!found && mountinfo_next(&reader, &mount_) > 0)
		found = i++ == n;
	if (found && strcmp(mount_.point, "/proc") != 0)
		unmount(&mount_);
	mountinfo_close(&reader);
	return found;
}

static int count_mounts(void)
{
	struct mountinfo_reader reader;
	struct mountinfo mount_;
	int count = 0;

	if (mountinfo_open(&reader, NULL) < 0)
		return 0;
	while (mountinfo_next(&reader, &mount_) > 0)
		count++;
	mountinfo_close(&reader);
	return count;
}

void machine_shutdown(const struct init *in)
{
	const char *what = in->machine.reboot == RB_AUTOBOOT ? "reboot"
		: in->machine.reboot == RB_POWER_OFF         ? "power off"
							     : "halt";

	warn(0, "%s", what);
	sync();
	if (in->machine.real) {
		swap_off();
		for (int n = count_mounts(); n-- > 0;)
			unmount_nth(n);
		sync();
	}
	if (!fork()) {
		reboot((int)in->machine.reboot);
		warn(-errno, "%s", what);
		_exit(1);
	}
	for (;;)
		if (wait(NULL) < 0)
			pause();
}
