// SPDX-License-Identifier: MIT
/* cgmount.c - a mount of a hierarchy that is attached nowhere: a bare initramfs, a cgroup namespace
 * that shows only the mounts of others. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cgroup.h"
#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "mountinfo.h"
#include "parse.h"
#include "sys.h"

static int own_mount(const char *type, char *options)
{
	CLEANUP_FD int fs = sys_fsopen(type, FSOPEN_CLOEXEC);
	const char *option;
	int r = fs < 0 ? fs : 0;

	while (!r && (option = parse_field(&options, ",")))
		r = sys_fsconfig(fs, FSCONFIG_SET_FLAG, option, NULL, 0);
	if (!r)
		r = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	return r < 0 ? r : sys_fsmount(fs, FSMOUNT_CLOEXEC, 0);
}

/* Does that mount table have a cgroup2 mount?  With its options, all but "rw". */
static bool v2_mounted(const char *table, char *options, size_t size)
{
	struct mountinfo_reader reader;
	struct mountinfo mount;
	bool found = false;

	if (mountinfo_open(&reader, table) < 0)
		return false;
	while (!found && mountinfo_next(&reader, &mount) > 0)
		found = !strcmp(mount.type, "cgroup2") && strncmp(mount.root, "/..", 3) != 0;
	if (found)
		fmt_buf(options, size, "%s", mount.super + strcspn(mount.super, ","));
	mountinfo_close(&reader);
	return found;
}

/* The options of cgroup2 are those of its last mount, for the whole machine: nsdelegate would be
 * gone.  So never a second mount where there is one, and with the options that PID 1 sees. */
int cg_mount_v2(void)
{
	char options[256] = "";

	if (v2_mounted(NULL, options, sizeof(options)))
		return -EBUSY;
	v2_mounted("/proc/1/mountinfo", options, sizeof(options));
	return own_mount("cgroup2", *options ? options + 1 : NULL);
}

/* A v1 controller that is mounted somewhere, if not here: its hierarchy has a number.  A new v1
 * hierarchy is never made, since it would stay in every /proc/PID/cgroup. */
static bool v1_exists(const char *name)
{
	char list[2048];
	const char *at;

	if (fs_read(AT_FDCWD, "/proc/self/cgroup", list, sizeof(list)) < 0)
		return false;
	for (at = list; (at = strstr(at, name)); at++)
		if ((at[-1] == ':' || at[-1] == ',') && strchr(":,", at[strlen(name)]))
			return true;
	return false;
}

int cg_mount_v1(const char *controller)
{
	char option[16];

	if (!v1_exists(controller))
		return -ENOENT;
	fmt_buf(option, sizeof(option), "%s", controller);
	return own_mount("cgroup", option);
}
