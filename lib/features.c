// SPDX-License-Identifier: MIT
/* features.c - see features.h.  Each probe makes a call that cannot succeed: a kernel that knows
 * it answers with another error than ENOSYS. */
#include "features.h"

#include <stdbool.h>
#include <sys/utsname.h>

#include "fs.h"
#include "sys.h"

static bool has_clone3(void)
{
	return sys_clone3(NULL, 0) != -ENOSYS;
}

static bool has_pidfd(void)
{
	return sys_pidfd_open(-1, 0) != -ENOSYS;
}

static bool has_openat2(void)
{
	return sys_openat2(-1, NULL, NULL) != -ENOSYS;
}

static bool has_mount_api(void)
{
	return sys_open_tree(-1, "", ~0u) != -ENOSYS;
}

static bool has_mount_setattr(void)
{
	return sys_mount_setattr(-1, NULL, 0, NULL, 0) != -ENOSYS;
}

static bool has_close_range(void)
{
	return sys_close_range(1, 0, 0) != -ENOSYS;
}

static bool has_seccomp(void)
{
	return sys_seccomp(~0u, 0, NULL) != -ENOSYS;
}

static bool has_bpf(void)
{
	return sys_bpf(-1, NULL, 0) != -ENOSYS;
}

static const struct {
	const char *name;
	bool (*found)(void);
} features[] = {
	{ "clone3", has_clone3 },
	{ "pidfd", has_pidfd },
	{ "openat2", has_openat2 },
	{ "mount-api", has_mount_api },
	{ "mount-setattr", has_mount_setattr },
	{ "close-range", has_close_range },
	{ "seccomp", has_seccomp },
	{ "bpf", has_bpf },
};

#define FEATURES (sizeof(features) / sizeof(*features))

static const char *const files[][2] = {
	{ "userns", "/proc/self/ns/user" },
	{ "cgroupns", "/proc/self/ns/cgroup" },
	{ "timens", "/proc/self/ns/time" },
};

#define FILES (sizeof(files) / sizeof(*files))

static void print_those(struct out *out, const char *label, bool wanted)
{
	int count = 0;

	for (size_t i = 0; i < FEATURES + FILES; i++) {
		bool found = i < FEATURES ? features[i].found() : fs_exists(files[i - FEATURES][1]);

		if (found == wanted)
			out_printf(out, "%s %s", count++ ? "" : label,
				i < FEATURES ? features[i].name : files[i - FEATURES][0]);
	}
	if (count)
		out_printf(out, "\n");
}

void features_print(struct out *out)
{
	struct utsname name;

	uname(&name);
	out_printf(out, "libc: %s\nkernel: %s %s\n", SYS_LIBC, name.release, name.machine);
	print_those(out, "features:", true);
	print_those(out, "missing:", false);
}
