// SPDX-License-Identifier: MIT
/* cgfind.c - finds the hierarchy of each controller.
 *
 *   1. The usual places: /sys/fs/cgroup/CONTROLLER, then /sys/fs/cgroup and .../unified.  A file
 *      that only a root has (v1 release_agent), or lacks (v2 cgroup.type), proves that the mount
 *      shows the whole hierarchy: four system calls a controller instead of reading mountinfo.
 *   2. mountinfo: any mount point, subtrees, mounts out of another cgroup namespace.
 *   3. A mount of our own that is attached nowhere (fsmount): a bare initramfs.
 *
 * Never /proc/cgroups: it lists controllers as enabled that no hierarchy offers. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroup.h"
#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "mountinfo.h"
#include "parse.h"
#include "sys.h"

#define CGROUP1_MAGIC 0x27e0eb
#define CGROUP2_MAGIC 0x63677270
#define DIRECTORY     (O_PATH | O_DIRECTORY | O_CLOEXEC)

static const struct {
	const char *v1, *v2;
} names[CG_CONTROLLERS] = {
	[CG_MEMORY] = { "memory", "memory" },
	[CG_CPU] = { "cpu", "cpu" },
	[CG_CPUSET] = { "cpuset", "cpuset" },
	[CG_PIDS] = { "pids", "pids" },
	[CG_IO] = { "blkio", "io" },
	[CG_HUGETLB] = { "hugetlb", "hugetlb" },
	[CG_CPUACCT] = { "cpuacct", NULL },
	[CG_DEVICES] = { "devices", NULL },
	[CG_FREEZER] = { "freezer", NULL },
	[CG_NET_CLS] = { "net_cls", NULL },
	[CG_NET_PRIO] = { "net_prio", NULL },
	[CG_PERF_EVENT] = { "perf_event", NULL },
	[CG_RDMA] = { "rdma", "rdma" },
	[CG_MISC] = { "misc", "misc" },
	[CG_UNIFIED] = { NULL, NULL },
};

const char *cg_controller_name(enum cg_controller c, int version)
{
	if (c >= CG_UNIFIED)
		return "cgroup2";
	return version == 2 && names[c].v2 ? names[c].v2 : names[c].v1;
}

static bool same(const char *name, const char *s, size_t length)
{
	return name && strlen(name) == length && !memcmp(name, s, length);
}

enum cg_controller cg_controller_find(const char *name, size_t length)
{
	for (unsigned c = 0; c < CG_UNIFIED; c++)
		if (same(names[c].v1, name, length) || same(names[c].v2, name, length))
			return c;
	return CG_NONE;
}

/* The bits of the controllers in a list with this separator, up to the first blank or line end
 * that is not one. */
static unsigned list_bits(const char *list, char separator)
{
	const char stop[] = { separator, '\n', '\0' };
	unsigned bits = 0;

	for (;;) {
		size_t length = strcspn(list, stop);
		enum cg_controller c = cg_controller_find(list, length);

		if (c != CG_NONE)
			bits |= CG_BIT(c);
		if (list[length] != separator)
			return bits;
		list += length + 1;
	}
}

static unsigned v2_controllers(int root)
{
	char list[256];

	if (fs_read(root, "cgroup.controllers", list, sizeof(list)) < 0)
		return 0;
	return list_bits(list, ' ') | CG_V2_ALWAYS;
}

static int version_of(int dir)
{
	struct statfs fs;

	if (fstatfs(dir, &fs) < 0)
		return 0;
	return fs.f_type == CGROUP2_MAGIC ? 2 : fs.f_type == CGROUP1_MAGIC ? 1 : 0;
}

/* Adds a hierarchy, or only its controllers where it is there already (cpu,cpuacct mounted
 * together).  Takes root. */
static void add_tree(
	struct cgroup *cg, int root, int version, unsigned controllers, const char *point)
{
	struct stat new, old;

	for (unsigned i = 0; i < cg->count; i++) {
		struct cg_tree *tree = &cg->tree[i];

		if (fstat(root, &new) < 0 || fstat(tree->root, &old) < 0 ||
			new.st_dev != old.st_dev || new.st_ino != old.st_ino)
			continue;
		tree->controllers |= controllers;
		close(root);
		return;
	}
	if (cg->count == CG_TREES) {
		close(root);
		return;
	}
	struct cg_tree *tree = &cg->tree[cg->count++];

	tree->version = version;
	tree->controllers = controllers | (version == 2 ? CG_V2_ALWAYS : 0);
	tree->root = root;
	tree->dir = -1;
	tree->made = tree->has_own = tree->placed = false;
	tree->own[0] = tree->path[0] = '\0';
	fmt_buf(tree->point, sizeof(tree->point), "%s", point);
}

/* ---- 1. the usual places */

static unsigned usual_v1(struct cgroup *cg, enum cg_controller c)
{
	char path[64];
	int fd;

	fmt_buf(path, sizeof(path), "/sys/fs/cgroup/%s", names[c].v1);
	fd = open(path, DIRECTORY);
	if (fd < 0)
		return 0;
	if (version_of(fd) == 1 && !faccessat(fd, "release_agent", F_OK, 0)) {
		add_tree(cg, fd, 1, CG_BIT(c), path);
		return CG_BIT(c);
	}
	close(fd);
	return 0;
}

static unsigned usual_v2(struct cgroup *cg, unsigned need)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		CLEANUP_FD int fd = open(places[i], DIRECTORY);
		unsigned bits;

		if (fd < 0 || version_of(fd) != 2 || !faccessat(fd, "cgroup.type", F_OK, 0))
			continue;
		bits = v2_controllers(fd) & need;
		if (bits)
			add_tree(cg, take_fd(&fd), 2, bits, places[i]);
		return bits;
	}
	return 0;
}

/* ---- 2. the mount table */

/* Where the mount's root stands below the real root of its hierarchy, for stripping it from the
 * caller's own path.  Kept in tree->path until the group is placed. */
static void remember_root(struct cg_tree *tree, const char *root)
{
	fmt_buf(tree->path, CG_PATH, "%s", strcmp(root, "/") ? root : "");
}

/* The directory that a line of the table shows, or -1 where another mount covers it. */
static int open_mount(const struct mountinfo *mount, int version)
{
	CLEANUP_FD int fd = open(mount->point, DIRECTORY);
	struct stat st;

	if (fd < 0 || version_of(fd) != version || fstat(fd, &st) < 0 ||
		st.st_dev != makedev(mount->major, mount->minor))
		return -1;
	return take_fd(&fd);
}

static unsigned mounted(struct cgroup *cg, const struct mountinfo *mount, unsigned need)
{
	int version = !strcmp(mount->type, "cgroup") ? 1 : !strcmp(mount->type, "cgroup2") ? 2 : 0;
	unsigned bits = version == 1 ? list_bits(mount->super, ',') & need : 0, before = cg->count;
	int fd;

	/* Mounted over one that we have opened: it was this one that we have opened. */
	for (unsigned i = 0; version && i < cg->count; i++)
		if (!strcmp(cg->tree[i].point, mount->point)) {
			remember_root(&cg->tree[i], mount->root);
			return 0;
		}
	/* A root of "/.." was mounted from outside of our cgroup namespace: it does not show us. */
	if (!version || (version == 1 && !bits) || !strncmp(mount->root, "/..", 3))
		return 0;
	fd = open_mount(mount, version);
	if (fd >= 0 && version == 2)
		bits = v2_controllers(fd) & need;
	if (fd >= 0 && bits)
		add_tree(cg, fd, version, bits, mount->point);
	else if (fd >= 0)
		close(fd);
	if (cg->count > before)
		remember_root(&cg->tree[before], mount->root);
	return fd < 0 ? 0 : bits;
}

static int read_mounts(struct cgroup *cg, unsigned need, unsigned *found)
{
	struct mountinfo_reader reader;
	struct mountinfo mount;
	int r = mountinfo_open(&reader, NULL);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* A controller has one hierarchy, which may be mounted in several places: the first place
	 * that can be used does.  v1 first is not a matter of order: a controller that is bound to
	 * v1 is not in cgroup.controllers. */
	while ((r = mountinfo_next(&reader, &mount)) > 0)
		*found |= mounted(cg, &mount, need & ~*found);
	mountinfo_close(&reader);
	return r;
}

/* ---- 3. a mount of our own */

static unsigned mount_detached(struct cgroup *cg, unsigned need)
{
	unsigned found = 0;

	for (unsigned c = 0; c < CG_UNIFIED; c++) {
		int fd = need & CG_BIT(c) ? cg_mount_v1(names[c].v1) : -1;

		if (fd < 0)
			continue;
		add_tree(cg, fd, 1, CG_BIT(c), "");
		found |= CG_BIT(c);
	}
	if (need & ~found) {
		int fd = cg_mount_v2();
		unsigned bits = fd < 0 ? 0 : v2_controllers(fd) & need & ~found;

		if (bits)
			add_tree(cg, fd, 2, bits, "");
		else if (fd >= 0)
			close(fd);
		found |= bits;
	}
	return found;
}

/* ---- the caller's own group */

static void set_own(struct cg_tree *tree, const char *path)
{
	const char *root = tree->path;
	size_t length = strlen(root);

	/* Below a mount of a subtree the kernel still tells the path from the real root. */
	if (length && !strncmp(path, root, length) && (!path[length] || path[length] == '/'))
		path += length;
	fmt_buf(tree->own, sizeof(tree->own), "%s", strcmp(path, "/") ? path : "");
	tree->has_own = strncmp(path, "/..", 3) != 0;
}

static int find_own(struct cgroup *cg)
{
	char text[8192], *lines = text, *line;
	ssize_t n = fs_read(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text));

	/* In a bare initramfs /proc may be missing: every process is in the root there. */
	if (n == -ENOENT) {
		for (unsigned i = 0; i < cg->count; i++)
			set_own(&cg->tree[i], "/");
		return 0;
	}
	if (n < 0)
		return (int)n;
	while ((line = parse_field(&lines, "\n")) && *line) {
		char *rest = line, *id = parse_field(&rest, ":"), *list = parse_field(&rest, ":");

		for (unsigned i = 0; rest && i < cg->count; i++) {
			struct cg_tree *tree = &cg->tree[i];

			if (tree->version == 2 ? !strcmp(id, "0") && !*list
					       : list_bits(list, ',') & tree->controllers)
				set_own(tree, rest);
		}
	}
	/* The first cgroup2 mount is our own, a moment ago: nobody has left the root. */
	for (unsigned i = 0; i < cg->count; i++)
		if (!cg->tree[i].has_own && !cg->tree[i].point[0])
			set_own(&cg->tree[i], "/");
	return 0;
}

/* In a cgroup namespace paths begin at its root, which the usual mounts need not show. */
static bool in_first_namespace(void)
{
	static const char first[] = "cgroup:[4026531835]";
	char link[32];
	ssize_t n = readlink("/proc/self/ns/cgroup", link, sizeof(link));

	return n < 0 || ((size_t)n == sizeof(first) - 1 && !memcmp(link, first, (size_t)n));
}

int cg_find(struct cgroup *cg, unsigned need, bool own, unsigned *missing)
{
	bool usual = !own || in_first_namespace();
	unsigned found = 0;
	int r = 0;

	cg->count = 0;
	cg->fault = (struct cg_fault){ 0 };
	for (unsigned c = 0; usual && c < CG_UNIFIED; c++)
		if (need & CG_BIT(c))
			found |= usual_v1(cg, c);
	if (usual && (need & ~found))
		found |= usual_v2(cg, need & ~found);
	if (need & ~found)
		r = read_mounts(cg, need & ~found, &found);
	if (!r && (need & ~found))
		found |= mount_detached(cg, need & ~found);
	*missing = need & ~found;
	return r < 0 || !own ? r : find_own(cg);
}

struct cg_tree *cg_tree_of(struct cgroup *cg, enum cg_controller controller)
{
	for (unsigned i = 0; i < cg->count; i++)
		if (cg->tree[i].controllers & CG_BIT(controller))
			return &cg->tree[i];
	return NULL;
}
