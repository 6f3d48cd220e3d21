// SPDX-License-Identifier: MIT
/* floor.c - what the kernel asks for the container of the README's pipeline, and nothing else.
 *
 *	floor ROOTFS COMMAND [ARG]...
 *
 * It makes the same container (tests/bench/pipeline compares the two mount tables): a memory cgroup
 * of 64M, namespaces mnt, uts, pid and net, a root without devices, proc, sysfs and dev with their
 * masks, 14 capabilities, no_new_privs, a system call filter, a PID 1 that waits.  But it knows its
 * machine, checks nothing, can explain nothing, reads no options, seals no binary, leaves the
 * cgroup behind when it is killed, and passes no signal on.
 * On cgroup v1 it enters by `tasks`: writing to cgroup.procs waits for an RCU grace period. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys.h"

#define MUST(call)                                                                                 \
	__extension__({                                                                            \
		__auto_type must_result = (call);                                                  \
		if (must_result < 0)                                                               \
			fail(#call);                                                               \
		must_result;                                                                       \
	})
#define NODE_FLAGS (OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)
#define HARDENED   (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static const char *const masked_files[] = { "proc/interrupts", "proc/keys", "proc/timer_list" };
static const char *const masked_folders[] = { "proc/acpi", "sys/firmware" };
static const char *const read_only[] = { "bus", "fs", "irq", "sys" };

static const struct {
	const char *name;
	unsigned major, minor;
} nodes[] = { { "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 }, { "random", 1, 8 },
	{ "urandom", 1, 9 }, { "tty", 5, 0 } };

static const char *const links[][2] = { { "/proc/self/fd", "fd" }, { "/proc/self/fd/0", "stdin" },
	{ "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" }, { "pts/ptmx", "ptmx" } };

#define EACH(array) (size_t i = 0; i < sizeof(array) / sizeof(*(array)); i++)

__attribute__((noreturn)) static void fail(const char *what)
{
	dprintf(2, "floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

static void put(int dir, const char *file, const char *text)
{
	int fd = MUST(openat(dir, file, O_WRONLY | O_CLOEXEC));

	MUST(write(fd, text, strlen(text)));
	close(fd);
}

/* ---- the cgroup, made by the parent, entered by the child */

static const char *cgroup_root;
static char cgroup_name[64];
static bool v2;

static int make_cgroup(void)
{
	int root, group;

	v2 = access("/sys/fs/cgroup/memory", F_OK) < 0;
	cgroup_root = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
	root = MUST(open(cgroup_root, O_PATH | O_DIRECTORY | O_CLOEXEC));
	snprintf(cgroup_name, sizeof(cgroup_name), "husk-test/floor.%d", getpid());
	MUST(mkdirat(root, cgroup_name, 0755));
	group = MUST(openat(root, cgroup_name, O_PATH | O_DIRECTORY | O_CLOEXEC));
	put(group, v2 ? "memory.max" : "memory.limit_in_bytes", "67108864");
	put(group, v2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes", v2 ? "0" : "67108864");
	close(root);
	return group;
}

/* ---- mounts */

static void set_attr(int fd, unsigned flags, __u64 set)
{
	struct mount_attr attr = { .attr_set = set };

	MUST(sys_mount_setattr(fd, "", AT_EMPTY_PATH | flags, &attr, sizeof(attr)));
}

static int new_fs(const char *type, const char *const *options, unsigned attributes)
{
	int fs = MUST(sys_fsopen(type, FSOPEN_CLOEXEC)), fd;

	for (; options && *options; options += 2)
		MUST(sys_fsconfig(fs, FSCONFIG_SET_STRING, options[0], options[1], 0));
	MUST(sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	fd = MUST(sys_fsmount(fs, FSMOUNT_CLOEXEC, attributes));
	close(fs);
	return fd;
}

static void attach(int fd, int dir, const char *path)
{
	MUST(sys_move_mount(fd, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH));
}

/* Not every kernel has every path that is covered. */
static void attach_if(int fd, int dir, const char *path)
{
	if (sys_move_mount(fd, "", dir, path, MOVE_MOUNT_F_EMPTY_PATH) < 0 && errno != ENOENT)
		fail(path);
}

static void make_dev(int root, int dev)
{
	static const char *const pts_options[] = { "ptmxmode", "0666", "mode", "0620", "gid", "5",
		NULL };
	int fd;

	attach(dev, root, "dev");
	for
		EACH(nodes)
		{
			MUST(mknodat(dev, nodes[i].name, S_IFCHR | 0666,
				makedev(nodes[i].major, nodes[i].minor)));
			fd = MUST(sys_open_tree(dev, nodes[i].name, NODE_FLAGS));
			attach(fd, dev, nodes[i].name);
			close(fd);
		}
	for
		EACH(links)
	MUST(symlinkat(links[i][0], dev, links[i][1]));
	MUST(mkdirat(dev, "pts", 0755));
	MUST(mkdirat(dev, "empty", 0555));
	fd = new_fs("devpts", pts_options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	attach(fd, dev, "pts");
	close(fd);
	set_attr(dev, 0, MOUNT_ATTR_NODEV);
}

static void cover(int root, int dev)
{
	int fd;

	for
		EACH(masked_files)
		{
			fd = MUST(sys_open_tree(dev, "null", NODE_FLAGS));
			attach_if(fd, root, masked_files[i]);
			close(fd);
		}
	for
		EACH(masked_folders)
		{
			fd = MUST(sys_open_tree(dev, "empty", NODE_FLAGS));
			set_attr(fd, 0, HARDENED | MOUNT_ATTR_RDONLY);
			attach_if(fd, root, masked_folders[i]);
			close(fd);
		}
	MUST(unlinkat(dev, "empty", AT_REMOVEDIR));
}

static void enter_root(const char *rootfs)
{
	static const char *const dev_options[] = { "mode", "755", "size", "64m", NULL };
	int root, proc, dev, fd;

	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	root = MUST(sys_open_tree(AT_FDCWD, rootfs, NODE_FLAGS | AT_RECURSIVE));
	set_attr(root, AT_RECURSIVE, MOUNT_ATTR_NODEV);
	attach(root, AT_FDCWD, "/");
	proc = new_fs("proc", NULL, HARDENED);
	attach(proc, root, "proc");
	fd = new_fs("sysfs", NULL, HARDENED | MOUNT_ATTR_RDONLY);
	attach(fd, root, "sys");
	close(fd);
	dev = new_fs("tmpfs", dev_options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	make_dev(root, dev);
	cover(root, dev);
	for
		EACH(read_only)
		{
			fd = MUST(sys_open_tree(proc, read_only[i], NODE_FLAGS));
			set_attr(fd, 0, MOUNT_ATTR_RDONLY);
			attach(fd, proc, read_only[i]);
			close(fd);
		}
	MUST(fchdir(root));
	MUST(sys_pivot_root(".", "."));
	MUST(umount2(".", MNT_DETACH));
}

/* ---- privileges */

static void drop_privileges(void)
{
	static const unsigned long keep = 0xa80425fb;
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (__u32)keep, .permitted = (__u32)keep },
	};
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };

	MUST(sys_keyctl(1 /* KEYCTL_JOIN_SESSION_KEYRING */, 0, 0, 0, 0));
	for (unsigned cap = 0; cap <= 40; cap++)
		if (cap >= 32 || !(keep >> cap & 1))
			MUST(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0));
	MUST(sys_capset(&header, data));
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, &program));
	MUST(sys_close_range(3, ~0U, 0));
}

static void run_command(char **argv)
{
	pid_t pid = MUST(vfork());
	int status;

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(int argc, char **argv)
{
	int group, status;
	char path[128];
	pid_t pid;

	if (argc < 3)
		return 125;
	group = make_cgroup();
	pid = MUST(sys_clone(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNET | SIGCHLD));
	if (pid == 0) {
		put(group, v2 ? "cgroup.procs" : "tasks", "0");
		enter_root(argv[1]);
		drop_privileges();
		run_command(argv + 2);
	}
	waitpid(pid, &status, 0);
	snprintf(path, sizeof(path), "%s/%s", cgroup_root, cgroup_name);
	MUST(rmdir(path));
	return WEXITSTATUS(status);
}
