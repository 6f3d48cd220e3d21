/* SPDX-License-Identifier: MIT */
/* sys.h - system calls that musl 1.2.3 does not wrap, and kernel constants newer than the headers
 * of the oldest supported distribution.
 *
 * The only file with syscall(2) and with #if.  Every wrapper returns the result or -errno. */
#ifndef SYS_H
#define SYS_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>

#ifdef __GLIBC__
#define SYS_LIBC "glibc"
#else
#define SYS_LIBC "musl"
#endif

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* 6.3 */
#endif

/* What the seccomp filters have to know of this machine: its name in seccomp_data, the one of the
 * 32-bit programs that its kernel runs too, and the numbers of ioctl(2) there. */
#if defined(__x86_64__)
#define SYS_AUDIT_ARCH  AUDIT_ARCH_X86_64
#define SYS_OTHER_ARCH  AUDIT_ARCH_I386
#define SYS_OTHER_IOCTL 54
#define SYS_X32_IOCTL   514
#elif defined(__i386__)
#define SYS_AUDIT_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define SYS_AUDIT_ARCH  AUDIT_ARCH_AARCH64
#define SYS_OTHER_ARCH  AUDIT_ARCH_ARM
#define SYS_OTHER_IOCTL 54
#elif defined(__arm__)
#define SYS_AUDIT_ARCH   AUDIT_ARCH_ARM
#define SYS_PRIVATE_BASE 0xf0000
#elif defined(__riscv) && __riscv_xlen == 64
#define SYS_AUDIT_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SYS_AUDIT_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define SYS_AUDIT_ARCH           AUDIT_ARCH_S390X
#define SYS_CLONE_FLAGS_ARGUMENT 1
#endif
#ifndef SYS_OTHER_ARCH
#define SYS_OTHER_ARCH 0
#endif
#ifndef SYS_OTHER_IOCTL
#define SYS_OTHER_IOCTL 0
#endif
#ifndef SYS_X32_IOCTL
#define SYS_X32_IOCTL 0
#endif
#ifndef SYS_PRIVATE_BASE
#define SYS_PRIVATE_BASE 0
#endif
#ifndef SYS_CLONE_FLAGS_ARGUMENT
#define SYS_CLONE_FLAGS_ARGUMENT 0
#endif

/* musl names the calls of 32-bit machines that have a 32-bit time by that. */
#ifdef SYS_clock_settime32
#define SYS_CLOCK_SETTIME SYS_clock_settime32
#else
#define SYS_CLOCK_SETTIME SYS_clock_settime
#endif
#ifdef SYS_settimeofday_time32
#define SYS_SETTIMEOFDAY SYS_settimeofday_time32
#else
#define SYS_SETTIMEOFDAY SYS_settimeofday
#endif

/* Calls that not every machine, or not every header, has. */
#ifndef SYS_clock_settime64
#define SYS_clock_settime64 -1
#endif
#ifndef SYS_ioperm
#define SYS_ioperm -1
#endif
#ifndef SYS_iopl
#define SYS_iopl -1
#endif
#ifndef SYS_kexec_file_load
#define SYS_kexec_file_load -1
#endif
#ifndef SYS_lookup_dcookie
#define SYS_lookup_dcookie -1
#endif
#ifndef SYS_stime
#define SYS_stime -1
#endif
#ifndef SYS_umount
#define SYS_umount -1
#endif
#ifndef SYS_uselib
#define SYS_uselib -1
#endif
#ifndef SYS_vm86
#define SYS_vm86 -1
#endif
#ifndef SYS_vm86old
#define SYS_vm86old -1
#endif
#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

struct bpf_insn;
union bpf_attr;

static inline long sys_ret(long r)
{
	return r < 0 ? -errno : r;
}

/* clone3(2).  Never with CLONE_VM: the child returns on the same stack.  In the child libc's cached
 * thread id is stale: no raise(), no abort() there. */
static inline pid_t sys_clone3(struct clone_args *args, size_t size)
{
	return (pid_t)sys_ret(syscall(SYS_clone3, args, size));
}

/* clone(2) with flags and an exit signal only; the order of the other arguments, which differs
 * by architecture, does not matter as they are 0. */
static inline pid_t sys_clone(unsigned long flags)
{
	return (pid_t)sys_ret(syscall(SYS_clone, flags, 0L, 0L, 0L, 0L));
}

static inline int sys_pidfd_open(pid_t pid, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_pidfd_open, pid, flags));
}

static inline int sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags));
}

static inline int sys_pidfd_getfd(int pidfd, int target, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_pidfd_getfd, pidfd, target, flags));
}

static inline int sys_rt_sigqueueinfo(pid_t pid, int sig, siginfo_t *info)
{
	return (int)sys_ret(syscall(SYS_rt_sigqueueinfo, pid, sig, info));
}

static inline int sys_openat2(int dirfd, const char *path, struct open_how *how)
{
	return (int)sys_ret(syscall(SYS_openat2, dirfd, path, how, sizeof(*how)));
}

static inline int sys_renameat2(
	int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_renameat2, from, from_path, to, to_path, flags));
}

static inline int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_close_range, first, last, flags));
}

static inline int sys_execveat(
	int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
	return (int)sys_ret(syscall(SYS_execveat, dirfd, path, argv, envp, flags));
}

static inline int sys_pivot_root(const char *new_root, const char *put_old)
{
	return (int)sys_ret(syscall(SYS_pivot_root, new_root, put_old));
}

static inline int sys_open_tree(int dirfd, const char *path, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_open_tree, dirfd, path, flags));
}

static inline int sys_move_mount(
	int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_move_mount, from, from_path, to, to_path, flags));
}

static inline int sys_fsopen(const char *type, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_fsopen, type, flags));
}

static inline int sys_fsconfig(int fd, unsigned cmd, const char *key, const void *value, int aux)
{
	return (int)sys_ret(syscall(SYS_fsconfig, fd, cmd, key, value, aux));
}

static inline int sys_fsmount(int fd, unsigned flags, unsigned attributes)
{
	return (int)sys_ret(syscall(SYS_fsmount, fd, flags, attributes));
}

static inline int sys_fspick(int dirfd, const char *path, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_fspick, dirfd, path, flags));
}

static inline int sys_mount_setattr(
	int dirfd, const char *path, unsigned flags, struct mount_attr *attr, size_t size)
{
	return (int)sys_ret(syscall(SYS_mount_setattr, dirfd, path, flags, attr, size));
}

static inline int sys_capget(
	struct __user_cap_header_struct *header, struct __user_cap_data_struct *data)
{
	return (int)sys_ret(syscall(SYS_capget, header, data));
}

static inline int sys_capset(
	struct __user_cap_header_struct *header, const struct __user_cap_data_struct *data)
{
	return (int)sys_ret(syscall(SYS_capset, header, data));
}

/* The libc wrappers change every thread by signals; a single-threaded program needs none of it. */
static inline int sys_setgroups(size_t count, const gid_t *groups)
{
	return (int)sys_ret(syscall(SYS_setgroups, count, groups));
}

static inline int sys_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	return (int)sys_ret(syscall(SYS_setresuid, ruid, euid, suid));
}

static inline int sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	return (int)sys_ret(syscall(SYS_setresgid, rgid, egid, sgid));
}

static inline long sys_keyctl(int operation, long a, long b, long c, long d)
{
	return sys_ret(syscall(SYS_keyctl, operation, a, b, c, d));
}

static inline int sys_bpf(int cmd, union bpf_attr *attr, unsigned size)
{
	return (int)sys_ret(syscall(SYS_bpf, cmd, attr, size));
}

static inline int sys_seccomp(unsigned operation, unsigned flags, void *args)
{
	return (int)sys_ret(syscall(SYS_seccomp, operation, flags, args));
}

static inline int sys_memfd_create(const char *name, unsigned flags)
{
	return (int)sys_ret(syscall(SYS_memfd_create, name, flags));
}

/* All 64 signals, also those that libc keeps for itself: set and old are of 8 bytes (16 on MIPS).
 */
static inline int sys_rt_sigprocmask(int how, const void *set, void *old)
{
	return (int)sys_ret(syscall(SYS_rt_sigprocmask, how, set, old, (size_t)_NSIG / 8));
}

static inline int sys_rt_sigpending(uint64_t *set)
{
	return (int)sys_ret(syscall(SYS_rt_sigpending, set, (size_t)_NSIG / 8));
}

/* Takes a pending signal of the set, without waiting.  errors  -EAGAIN  there is none */
static inline int sys_take_signal(const uint64_t *set)
{
	const long no_time[2] = { 0, 0 };

	return (int)sys_ret(syscall(SYS_rt_sigtimedwait, set, NULL, no_time, (size_t)_NSIG / 8));
}

struct sys_pidfd_info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t exit_code;
};

#define SYS_PIDFD_GET_INFO  _IOWR(0xff, 11, struct sys_pidfd_info)
#define SYS_PIDFD_INFO_EXIT 8

/* How a process ended, as wait(2) has it, once it has been reaped and its pidfd says POLLHUP.
 *   errors  -ENODATA  it lives, or Linux before 6.15, which keeps no such record; before 6.13
 * -ENOTTY -ESRCH    of another PID namespace */
static inline int sys_pidfd_exit_status(int pidfd, int *status)
{
	struct sys_pidfd_info info = { .mask = SYS_PIDFD_INFO_EXIT };
	int r = (int)sys_ret(syscall(SYS_ioctl, pidfd, SYS_PIDFD_GET_INFO, &info));

	if (r < 0)
		return r;
	if (!(info.mask & SYS_PIDFD_INFO_EXIT))
		return -ENODATA;
	*status = info.exit_code;
	return 0;
}

static inline pid_t sys_gettid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

#endif
