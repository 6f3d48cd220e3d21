// SPDX-License-Identifier: MIT
/* nsenter_cgroup.c - joins the control groups of the target in every hierarchy, v1 and v2.
 *
 * The files are opened before any namespace is joined: the paths of /proc/PID/cgroup and the mounts
 * are ours.  It is the process that becomes the command which writes, so the waiter stays out. */
#include "nsenter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "mountinfo.h"
#include "parse.h"

/* One line of /proc/PID/cgroup: "ID:CONTROLLERS:PATH", of which only the path may hold colons. */
struct membership {
	const char *controllers; /* "" is v2 */
	const char *path;
};

static bool carries(const struct mountinfo *mount, const char *controllers)
{
	char first[64];

	if (!*controllers)
		return !strcmp(mount->type, "cgroup2");
	if (strcmp(mount->type, "cgroup") != 0)
		return false;
	/* A hierarchy is told by any one of its controllers, or by its name. */
	fmt_buf(first, sizeof(first), "%.*s", (int)strcspn(controllers, ","), controllers);
	for (char *rest = mount->super, *word; (word = parse_field(&rest, ","));)
		if (!strcmp(word, first))
			return true;
	return false;
}

/* The group's directory below a mount whose root may itself be a group. */
static const char *below_root(const char *path, const char *root)
{
	size_t length = strlen(root);

	if (!strcmp(root, "/"))
		return path;
	if (strncmp(path, root, length) != 0 || (path[length] && path[length] != '/'))
		return NULL;
	return path + length;
}

static int open_procs(const struct membership *member)
{
	struct mountinfo_reader reader;
	struct mountinfo mount;
	int r = mountinfo_open(&reader, NULL), fd = -ENOENT;

	if (r < 0)
		return r;
	while (fd == -ENOENT && mountinfo_next(&reader, &mount) > 0) {
		char file[4096];
		const char *below;

		if (!carries(&mount, member->controllers))
			continue;
		below = below_root(member->path, mount.root);
		if (!below || fmt_path(file, sizeof(file), "%s%s/cgroup.procs", mount.point, below))
			continue;
		fd = open(file, O_WRONLY | O_CLOEXEC);
		fd = fd < 0 ? -errno : fd;
	}
	mountinfo_close(&reader);
	return fd;
}

static bool has_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, line, length) && (!text[length] || text[length] == '\n'))
			return true;
	}
	return false;
}

void target_open_cgroups(struct target *target, struct target_cgroups *cgroups)
{
	char theirs[8192], ours[8192];
	ssize_t r = fs_read(target_proc(target), "cgroup", theirs, sizeof(theirs));

	cgroups->count = 0;
	if (r >= 0)
		r = fs_read(AT_FDCWD, "/proc/self/cgroup", ours, sizeof(ours));
	if (r < 0)
		die((int)r, "control groups of process %d", target->pid);
	for (char *rest = theirs, *line; (line = parse_field(&rest, "\n")) && *line;) {
		struct membership member;
		int fd;

		if (has_line(ours, line))
			continue;
		parse_field(&line, ":");
		member.controllers = parse_field(&line, ":");
		member.path = line ? line : "/";
		fd = open_procs(&member);
		if (fd < 0 || cgroups->count == TARGET_CGROUPS)
			die(fd < 0 ? fd : -E2BIG, "control group %s of %s", member.path,
				*member.controllers ? member.controllers : "cgroup2");
		cgroups->procs[cgroups->count++] = fd;
		step("echo $$ > .../%s%s/cgroup.procs", member.controllers, member.path);
	}
}

void target_enter_cgroups(struct target_cgroups *cgroups)
{
	for (int i = 0; i < cgroups->count; i++) {
		if (write(cgroups->procs[i], "0", 1) < 0)
			die(-errno, "enter a control group of the target");
		close(cgroups->procs[i]);
	}
}
