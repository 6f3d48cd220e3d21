// SPDX-License-Identifier: MIT
/* bpf.c - see bpf.h.
 *
 * The numbers to deny are sorted and merged to ranges at run time, and looked for in one pass from
 * the lowest range up: the first whose end is not below the number decides.  Since 5.11 the kernel
 * remembers for each number that it is always allowed, so that only ioctl, clone and socket ever
 * run the program again. */
#include "bpf.h"

#include <errno.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>

#include "sys.h"

#define X32_BIT 0x40000000u
#define NEW_FLAGS                                                                                  \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
		CLONE_NEWPID | CLONE_NEWNET)
#define FAMILY_ALG   38
#define FAMILY_VSOCK 40
#define DENIED_MAX   96

static const struct bpf_call denied[] = {
	{ SYS_acct, false },
	{ SYS_add_key, false },
	{ SYS_bpf, false },
	{ SYS_CLOCK_SETTIME, false },
	{ SYS_clock_settime64, false },
	{ SYS_delete_module, false },
	{ SYS_finit_module, false },
	{ SYS_fsconfig, true },
	{ SYS_fsmount, true },
	{ SYS_fsopen, true },
	{ SYS_fspick, true },
	{ SYS_init_module, false },
	{ SYS_io_uring_enter, false },
	{ SYS_io_uring_register, false },
	{ SYS_io_uring_setup, false },
	{ SYS_ioperm, false },
	{ SYS_iopl, false },
	{ SYS_kcmp, false },
	{ SYS_kexec_file_load, false },
	{ SYS_kexec_load, false },
	{ SYS_keyctl, false },
	{ SYS_lookup_dcookie, false },
	{ SYS_mount, true },
	{ SYS_mount_setattr, true },
	{ SYS_move_mount, true },
	{ SYS_name_to_handle_at, false },
	{ SYS_open_by_handle_at, false },
	{ SYS_open_tree, true },
	{ SYS_open_tree_attr, true },
	{ SYS_perf_event_open, false },
	{ SYS_pivot_root, true },
	{ SYS_process_vm_readv, false },
	{ SYS_process_vm_writev, false },
	{ SYS_quotactl, false },
	{ SYS_quotactl_fd, false },
	{ SYS_reboot, false },
	{ SYS_request_key, false },
	{ SYS_setns, true },
	{ SYS_SETTIMEOFDAY, false },
	{ SYS_stime, false },
	{ SYS_swapoff, false },
	{ SYS_swapon, false },
	{ SYS_syslog, false },
	{ SYS_umount, true },
	{ SYS_umount2, true },
	{ SYS_unshare, true },
	{ SYS_uselib, false },
	{ SYS_userfaultfd, false },
	{ SYS_vm86, false },
	{ SYS_vm86old, false },
};

const struct bpf_machine bpf_native = {
	.arch = SYS_AUDIT_ARCH,
	.other_arch = SYS_OTHER_ARCH,
	.ioctl = SYS_ioctl,
	.other_ioctl = SYS_OTHER_IOCTL,
	.x32_ioctl = SYS_X32_IOCTL,
	.clone = SYS_clone,
	.clone3 = SYS_clone3,
	.socket = SYS_socket,
	.clone_flags = SYS_CLONE_FLAGS_ARGUMENT,
	.private_base = SYS_PRIVATE_BASE,
	.big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
	.denied = denied,
	.denied_count = sizeof(denied) / sizeof(denied[0]),
	.last = 471,
};

struct code {
	const struct bpf_machine *machine;
	struct sock_filter *program;
	size_t length;
};

static void emit(struct code *code, unsigned op, uint32_t k, unsigned char t, unsigned char f)
{
	code->program[code->length++] = (struct sock_filter){
		.code = (unsigned short)op, .jt = t, .jf = f, .k = k
	};
}

static void load(struct code *code, size_t offset)
{
	emit(code, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The low word only: the kernel cuts an ioctl request to 32 bits, whatever the high word says. */
static void load_argument(struct code *code, unsigned i)
{
	load(code,
		offsetof(struct seccomp_data, args) + (size_t)8 * i +
			(code->machine->big_endian ? 4 : 0));
}

static void ret(struct code *code, uint32_t action)
{
	emit(code, BPF_RET | BPF_K, action, 0, 0);
}

static void deny(struct code *code, unsigned error)
{
	ret(code, SECCOMP_RET_ERRNO | error);
}

/* `if (A op k) {`: what is emitted until end_if runs only then. */
static size_t begin_if(struct code *code, unsigned op, uint32_t k)
{
	emit(code, BPF_JMP | op | BPF_K, k, 0, 0);
	return code->length - 1;
}

static void end_if(struct code *code, size_t at)
{
	code->program[at].jf = (unsigned char)(code->length - at - 1);
}

static void deny_if(struct code *code, unsigned op, uint32_t k, unsigned error)
{
	size_t at = begin_if(code, op, k);

	deny(code, error);
	end_if(code, at);
}

static void check_ioctl(struct code *code, uint32_t number)
{
	size_t at = begin_if(code, BPF_JEQ, number);

	load_argument(code, 1);
	deny_if(code, BPF_JEQ, TIOCSTI, EPERM);
	deny_if(code, BPF_JEQ, TIOCLINUX, EPERM);
	ret(code, SECCOMP_RET_ALLOW);
	end_if(code, at);
}

size_t bpf_tty(const struct bpf_machine *machine, struct sock_filter *program)
{
	struct code code = { .machine = machine, .program = program };
	size_t at;

	load(&code, offsetof(struct seccomp_data, arch));
	if (machine->other_arch) {
		at = begin_if(&code, BPF_JEQ, machine->other_arch);
		load(&code, offsetof(struct seccomp_data, nr));
		check_ioctl(&code, machine->other_ioctl);
		ret(&code, SECCOMP_RET_ALLOW);
		end_if(&code, at);
	}
	at = begin_if(&code, BPF_JEQ, machine->arch);
	load(&code, offsetof(struct seccomp_data, nr));
	if (machine->x32_ioctl) {
		/* The kernel takes the 64-bit number with the bit set as well. */
		emit(&code, BPF_ALU | BPF_AND | BPF_K, ~X32_BIT, 0, 0);
		check_ioctl(&code, machine->x32_ioctl);
	}
	check_ioctl(&code, machine->ioctl);
	ret(&code, SECCOMP_RET_ALLOW);
	end_if(&code, at);
	deny(&code, ENOSYS);
	return code.length;
}

static size_t sorted(const struct bpf_machine *machine, bool admin, uint32_t *numbers)
{
	size_t count = 0;

	for (size_t i = 0; i < machine->denied_count && count < DENIED_MAX; i++) {
		const struct bpf_call *call = &machine->denied[i];
		size_t at = count;

		if (call->number < 0 || (admin && call->admin))
			continue;
		for (; at && numbers[at - 1] > (uint32_t)call->number; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = (uint32_t)call->number;
		count++;
	}
	return count;
}

static void deny_ranges(struct code *code, const uint32_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t first = numbers[i];

		while (i + 1 < count && numbers[i + 1] <= numbers[i] + 1)
			i++;
		/* Above this range: on to the next.  In it: denied.  Below: in none. */
		emit(code, BPF_JMP | BPF_JGT | BPF_K, numbers[i], 3, 0);
		emit(code, BPF_JMP | BPF_JGE | BPF_K, first, 0, 1);
		deny(code, EPERM);
		ret(code, SECCOMP_RET_ALLOW);
	}
}

static void check_clone(struct code *code)
{
	size_t at = begin_if(code, BPF_JEQ, code->machine->clone);

	load_argument(code, code->machine->clone_flags);
	deny_if(code, BPF_JSET, NEW_FLAGS, EPERM);
	ret(code, SECCOMP_RET_ALLOW);
	end_if(code, at);
	/* Its flags are in memory, out of a filter's sight.  libc falls back to clone(2) after
	 * ENOSYS, and only after that. */
	deny_if(code, BPF_JEQ, code->machine->clone3, ENOSYS);
}

static void check_socket(struct code *code)
{
	size_t at = begin_if(code, BPF_JEQ, code->machine->socket);

	load_argument(code, 0);
	deny_if(code, BPF_JEQ, FAMILY_ALG, EPERM);
	deny_if(code, BPF_JEQ, FAMILY_VSOCK, EPERM);
	ret(code, SECCOMP_RET_ALLOW);
	end_if(code, at);
}

size_t bpf_basic(const struct bpf_machine *machine, bool admin, struct sock_filter *program)
{
	struct code code = { .machine = machine, .program = program };
	uint32_t numbers[DENIED_MAX];
	size_t count = sorted(machine, admin, numbers), at;

	load(&code, offsetof(struct seccomp_data, arch));
	/* One instruction to skip when it is ours, so the comparison is the other way round. */
	emit(&code, BPF_JMP | BPF_JEQ | BPF_K, machine->arch, 1, 0);
	deny(&code, ENOSYS);
	load(&code, offsetof(struct seccomp_data, nr));
	if (machine->private_base) {
		at = begin_if(&code, BPF_JGE, machine->private_base);
		deny_if(&code, BPF_JGE, machine->private_base + 16, ENOSYS);
		ret(&code, SECCOMP_RET_ALLOW);
		end_if(&code, at);
	}
	deny_if(&code, BPF_JGT, machine->last, ENOSYS);
	check_ioctl(&code, machine->ioctl);
	check_socket(&code);
	if (!admin)
		check_clone(&code);
	deny_ranges(&code, numbers, count);
	ret(&code, SECCOMP_RET_ALLOW);
	return code.length;
}
