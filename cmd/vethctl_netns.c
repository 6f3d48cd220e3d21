// SPDX-License-Identifier: MIT
/* vethctl_netns.c - named network namespaces, laid out as ip-netns(8) does, so that both can use
 * each other's: a file below /run/netns with the namespace bound onto it.
 *
 * /run/netns is made a shared mount, once, under a lock: without it parallel adds bind the
 * directory onto itself again and again. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fs.h"
#include "parse.h"
#include "rtnl.h"
#include "vethctl.h"

static int name_path(const char *name, char *path, size_t size)
{
	if (!*name || strchr(name, '/') || parse_word_in(name, ". .."))
		usage_die("netns: %s is no name", *name ? name : "''");
	return fmt_path(path, size, NETNS_DIR "/%s", name);
}

static int share_directory(void)
{
	CLEANUP_FD int lock = -1;
	int r = fs_mkdir_path(NETNS_DIR, 0755);

	if (r < 0)
		return r;
	lock = open(NETNS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return -errno;
	if (!mount("", NETNS_DIR, NULL, MS_SHARED | MS_REC, NULL))
		return 0;
	/* EINVAL: it is no mount point yet. */
	if (errno != EINVAL || mount(NETNS_DIR, NETNS_DIR, NULL, MS_BIND | MS_REC, NULL) < 0 ||
		mount("", NETNS_DIR, NULL, MS_SHARED | MS_REC, NULL) < 0)
		return -errno;
	return 0;
}

/* Binds the namespace at `from` to a new name. */
static int bind_name(const char *path, const char *from)
{
	int fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	close(fd);
	r = mount(from, path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
	if (r < 0)
		unlink(path);
	return r;
}

static int netns_add(struct veth *v, const char *path, const char *name)
{
	CLEANUP_FD int before = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int r = before < 0 ? -errno : share_directory();

	if (r < 0)
		return failed(v, r, "%s", NETNS_DIR);
	if (fs_exists(path))
		return v->if_missing ? 0 : failed(v, -EEXIST, "netns add %s", name);
	if (unshare(CLONE_NEWNET) < 0)
		return failed(v, -errno, "netns add %s: new network namespace", name);
	r = bind_name(path, "/proc/thread-self/ns/net");
	if (setns(before, CLONE_NEWNET) < 0)
		return failed(v, -errno, "netns add %s: return", name);
	return r < 0 && !(r == -EEXIST && v->if_missing) ? failed(v, r, "netns add %s", name) : 0;
}

static int netns_attach(struct veth *v, const char *path, const char *name, const char *pid)
{
	char from[64];
	int r;

	fmt_buf(from, sizeof(from), "/proc/%s/ns/net", pid);
	r = access(from, F_OK) < 0 ? -ESRCH : share_directory();
	if (!r)
		r = bind_name(path, from);
	return r < 0 ? failed(v, r, "netns attach %s %s", name, pid) : 0;
}

static int netns_del(struct veth *v, const char *path)
{
	/* The file goes even where its mount is gone, as after a reboot of a persistent /run. */
	umount2(path, MNT_DETACH);
	if (unlink(path) < 0 && !(errno == ENOENT && v->if_exists))
		return failed(v, -errno, "%s", path);
	return 0;
}

/* Calls `each` for every name; a result other than 0 ends it. */
static int each_name(int (*each)(const char *name, void *data), void *data)
{
	CLEANUP_DIR DIR *dir = opendir(NETNS_DIR);
	const struct dirent *entry;
	int r = 0;

	while (dir && !r && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			r = each(entry->d_name, data);
	return r;
}

static int list_name(const char *name, void *data)
{
	struct print *p = data;

	if (!p->v->json)
		return out_printf(&p->out, "%s\n", name);
	out_printf(&p->out, "%s{\"name\":", p->items++ ? "," : "[");
	show_string(&p->out, name);
	return out_printf(&p->out, "}");
}

static int netns_list(struct veth *v)
{
	struct print p = { .out = OUT_INIT(STDOUT_FILENO), .v = v };

	each_name(list_name, &p);
	if (v->json)
		out_printf(&p.out, p.items ? "]\n" : "[]\n");
	return out_flush(&p.out) < 0 ? failed(v, p.out.error, "stdout") : 0;
}

static bool same_file(const char *path, const struct stat *as)
{
	struct stat st;

	return !stat(path, &st) && st.st_dev == as->st_dev && st.st_ino == as->st_ino;
}

static int print_if_same(const char *name, void *data)
{
	char path[320];

	fmt_buf(path, sizeof(path), NETNS_DIR "/%s", name);
	return same_file(path, data) ? fmt_fd(STDOUT_FILENO, "%s\n", name) : 0;
}

static int netns_identify(struct veth *v, const char *pid)
{
	char path[64];
	struct stat st;

	fmt_buf(path, sizeof(path), "/proc/%s/ns/net", pid ? pid : "self");
	if (stat(path, &st) < 0)
		return failed(v, errno == ENOENT ? -ESRCH : -errno, "%s", path);
	return each_name(print_if_same, &st) < 0;
}

static int netns_pids(struct veth *v, const char *path)
{
	CLEANUP_DIR DIR *dir = opendir("/proc");
	struct out out = OUT_INIT(STDOUT_FILENO);
	const struct dirent *entry;
	struct stat st;
	pid_t pid;

	if (stat(path, &st) < 0)
		return failed(v, -errno, "%s", path);
	while (dir && (entry = readdir(dir))) {
		char ns[320];

		fmt_buf(ns, sizeof(ns), "/proc/%s/ns/net", entry->d_name);
		if (!parse_pid(entry->d_name, &pid) && same_file(ns, &st))
			out_printf(&out, "%d\n", pid);
	}
	return out_flush(&out) < 0 ? failed(v, out.error, "stdout") : 0;
}

/* The command sees the links of the namespace below /sys/class/net too. */
static int netns_exec(struct veth *v, const char *ns, char **command)
{
	CLEANUP_FD int fd = -1;
	char path[128];

	fd = netns_open(ns, path, sizeof(path));
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) {
		failed(v, fd < 0 ? fd : -errno, "%s", path);
		return 125;
	}
	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_SLAVE | MS_REC, NULL) < 0) {
		failed(v, -errno, "new mount namespace");
		return 125;
	}
	umount2("/sys", MNT_DETACH);
	if (mount("sysfs", "/sys", "sysfs", 0, NULL) < 0)
		step("/sys shows no links: sysfs cannot be mounted");
	v->chain->next = command;
	return 0;
}

int netns_run(struct veth *v, char **words)
{
	const char *verb = words[1] ? words[1] : "list", *name = words[1] ? words[2] : NULL;
	const char *extra;
	char path[320];
	pid_t pid;

	if (parse_word_in(verb, "list ls show") && !name)
		return v->checking ? 0 : netns_list(v);
	if (!strcmp(verb, "identify"))
		return v->checking ? 0 : netns_identify(v, name);
	if (!parse_word_in(verb, "add attach del delete exec pids"))
		usage_die("netns: no verb %s", verb);
	if (!name)
		usage_die("netns %s: which one?", verb);
	if (strcmp(verb, "exec") != 0 && name_path(name, path, sizeof(path)) < 0)
		usage_die("netns %s: the name is too long", verb);
	if (parse_word_in(verb, "attach exec") && !words[3])
		usage_die(
			"netns %s", *verb == 'a' ? "attach NAME PID" : "exec NS COMMAND [ARG...]");
	if (!strcmp(verb, "attach") && parse_pid(words[3], &pid) < 0)
		usage_die("netns attach: %s is no PID", words[3]);
	extra = parse_word_in(verb, "attach exec") ? words[4] : words[3];
	if (extra && strcmp(verb, "exec") != 0)
		usage_die("netns %s: unknown word %s", verb, extra);
	if (v->checking)
		return 0;
	if (!strcmp(verb, "pids"))
		return netns_pids(v, path);
	if (v->dry_run)
		return would_words(v, (const char *const *)words);
	if (!strcmp(verb, "exec"))
		return netns_exec(v, name, words + 3);
	if (!strcmp(verb, "attach"))
		return netns_attach(v, path, name, words[3]);
	return strcmp(verb, "add") ? netns_del(v, path) : netns_add(v, path, name);
}
