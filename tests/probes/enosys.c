// SPDX-License-Identifier: MIT
/* enosys.c - runs a command on a kernel that looks older, or more locked up, than it is.
 *
 *	enosys [-k MAJOR.MINOR] [CALL[@ARG][&MASK][=ERRNO]]... -- COMMAND [ARG]...
 *
 *	-k 4.19			system calls that came after 4.19 answer ENOSYS
 *	clone3			this one does
 *	'unshare&0x80=EINVAL'	where a bit of MASK is set in argument ARG (0): no time namespace
 *	'mount@3&0x80000=EPERM'
 *
 * A mask sees the low 32 bits of a register, never what it points to.  no_new_privs is set only
 * where the filter needs it, so that set-user-ID still works for root. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__riscv)
#define ARCH AUDIT_ARCH_RISCV64
#endif

/* From 424 on a call has the same number everywhere; the numbers of older ones come from libc.
 * since: 512 is 5.12; 0 is older than any kernel that matters here. */
static const struct call {
	const char *name;
	long number;
	int since;
} calls[] = {
	{ "clone", SYS_clone, 0 },
	{ "unshare", SYS_unshare, 0 },
	{ "setns", SYS_setns, 0 },
	{ "mount", SYS_mount, 0 },
	{ "umount2", SYS_umount2, 0 },
	{ "pivot_root", SYS_pivot_root, 0 },
	{ "chroot", SYS_chroot, 0 },
	{ "sethostname", SYS_sethostname, 0 },
	{ "prctl", SYS_prctl, 0 },
	{ "seccomp", SYS_seccomp, 0 },
	{ "bpf", SYS_bpf, 0 },
	{ "keyctl", SYS_keyctl, 0 },
	{ "kill", SYS_kill, 0 },
	{ "mknodat", SYS_mknodat, 0 },
	{ "signalfd4", SYS_signalfd4, 0 },
	{ "timerfd_create", SYS_timerfd_create, 0 },
	{ "memfd_create", SYS_memfd_create, 0 },
	{ "execveat", SYS_execveat, 0 },
	{ "copy_file_range", SYS_copy_file_range, 405 },
	{ "statx", SYS_statx, 411 },
	{ "pidfd_send_signal", 424, 501 },
	{ "io_uring_setup", 425, 501 },
	{ "open_tree", 428, 502 },
	{ "move_mount", 429, 502 },
	{ "fsopen", 430, 502 },
	{ "fsconfig", 431, 502 },
	{ "fsmount", 432, 502 },
	{ "fspick", 433, 502 },
	{ "pidfd_open", 434, 503 },
	{ "clone3", 435, 503 },
	{ "close_range", 436, 509 },
	{ "openat2", 437, 506 },
	{ "pidfd_getfd", 438, 506 },
	{ "faccessat2", 439, 508 },
	{ "process_madvise", 440, 510 },
	{ "epoll_pwait2", 441, 511 },
	{ "mount_setattr", 442, 512 },
	{ "landlock_create_ruleset", 444, 513 },
	{ "process_mrelease", 448, 515 },
	{ "futex_waitv", 449, 516 },
	{ "cachestat", 451, 605 },
	{ "fchmodat2", 452, 606 },
	{ "statmount", 457, 608 },
	{ "listmount", 458, 608 },
	{ "mseal", 462, 610 },
	{ "open_tree_attr", 467, 615 },
};

static const struct {
	const char *name;
	int value;
} errors[] = { { "E2BIG", E2BIG }, { "EACCES", EACCES }, { "EAGAIN", EAGAIN }, { "EBUSY", EBUSY },
	{ "EINTR", EINTR }, { "EINVAL", EINVAL }, { "EMFILE", EMFILE }, { "ENODEV", ENODEV },
	{ "ENOENT", ENOENT }, { "ENOMEM", ENOMEM }, { "ENOSPC", ENOSPC }, { "ENOSYS", ENOSYS },
	{ "EOPNOTSUPP", EOPNOTSUPP }, { "EPERM", EPERM }, { "EROFS", EROFS } };

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct sock_filter filter[1024];
static unsigned short length;

__attribute__((noreturn)) static void usage(const char *bad)
{
	fprintf(stderr, "enosys: %s\n", bad);
	exit(125);
}

static void emit(unsigned code, unsigned k, unsigned yes, unsigned no)
{
	if (length == COUNT(filter))
		usage("too many rules");
	filter[length++] = (struct sock_filter){ .code = (unsigned short)code,
		.jt = (unsigned char)yes,
		.jf = (unsigned char)no,
		.k = k };
}

/* The accumulator holds the number of the call, before and after. */
static void add_rule(long number, unsigned arg, unsigned mask, int err)
{
	emit(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, mask ? 4 : 1);
	if (mask) {
		emit(BPF_LD | BPF_W | BPF_ABS,
			(unsigned)(offsetof(struct seccomp_data, args) + arg * sizeof(__u64)), 0,
			0);
		emit(BPF_JMP | BPF_JSET | BPF_K, mask, 0, 1);
	}
	emit(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)err, 0, 0);
	if (mask)
		emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
}

static long call_number(const char *name, size_t size)
{
	for (size_t i = 0; i < COUNT(calls); i++)
		if (strlen(calls[i].name) == size && !memcmp(calls[i].name, name, size))
			return calls[i].number;
	return -1;
}

static int error_number(const char *name)
{
	for (size_t i = 0; i < COUNT(errors); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].value;
	return 0;
}

static void parse_rule(char *rule)
{
	size_t size = strcspn(rule, "@&=");
	long number = call_number(rule, size);
	unsigned long arg = 0, mask = 0;
	int err = ENOSYS;
	char *rest = rule + size;

	if (*rest == '@')
		arg = strtoul(rest + 1, &rest, 0);
	if (*rest == '&')
		mask = strtoul(rest + 1, &rest, 0);
	if (*rest == '=') {
		err = error_number(rest + 1);
		rest += strlen(rest);
	}
	if (number < 0 || arg > 5 || !err || *rest)
		usage(rule);
	add_rule(number, (unsigned)arg, (unsigned)mask, err);
}

static void parse_kernel(const char *text)
{
	int major, minor;

	if (!text || sscanf(text, "%d.%d", &major, &minor) != 2)
		usage("-k wants MAJOR.MINOR");
	for (size_t i = 0; i < COUNT(calls); i++)
		if (calls[i].since > major * 100 + minor)
			add_rule(calls[i].number, 0, 0, ENOSYS);
}

static void install_filter(void)
{
	struct sock_fprog program = { .len = length, .filter = filter };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		usage(strerror(errno));
}

int main(int argc, char **argv)
{
	int i;

	emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
	emit(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!strcmp(argv[i], "-k"))
			parse_kernel(argv[++i]);
		else
			parse_rule(argv[i]);
	}
	if (i + 1 >= argc)
		usage("no command after --");
	emit(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	install_filter();
	execvp(argv[i + 1], argv + i + 1);
	perror(argv[i + 1]);
	return 127;
}
