// SPDX-License-Identifier: MIT
/* The built-in filters: an interpreter of the programs against a plain oracle, over all numbers and
 * the arguments that matter, for five machines of which only one need be here. */
#include "unit.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

#include "bpf.h"

#define EPERM_  (SECCOMP_RET_ERRNO | EPERM)
#define ENOSYS_ (SECCOMP_RET_ERRNO | ENOSYS)
#define ALLOW   SECCOMP_RET_ALLOW
#define X32     0x40000000u

/* Some numbers of each, apart and in a row, also the first and the last: what the filter does with
 * a table is what is tested, not the table of a machine that is not here. */
static const struct bpf_call some[] = {
	{ 0, false },
	{ 51, false },
	{ 21, true },
	{ 22, true },
	{ 166, true },
	{ 310, true },
	{ 442, true },
	{ 428, true },
	{ 429, true },
	{ 430, true },
	{ 167, false },
	{ -1, false },
	{ 471, false },
	{ 310, true },
};

#define TABLE .denied = some, .denied_count = sizeof(some) / sizeof(some[0]), .last = 471

static const struct bpf_machine machines[] = {
	{ .arch = AUDIT_ARCH_X86_64,
		.other_arch = AUDIT_ARCH_I386,
		.ioctl = 16,
		.other_ioctl = 54,
		.x32_ioctl = 514,
		.clone = 56,
		.clone3 = 435,
		.socket = 41,
		TABLE },
	{ .arch = AUDIT_ARCH_AARCH64,
		.other_arch = AUDIT_ARCH_ARM,
		.ioctl = 29,
		.other_ioctl = 54,
		.clone = 220,
		.clone3 = 435,
		.socket = 198,
		TABLE },
	{ .arch = AUDIT_ARCH_ARM,
		.ioctl = 54,
		.clone = 120,
		.clone3 = 435,
		.socket = 281,
		.private_base = 0xf0000,
		TABLE },
	{ .arch = AUDIT_ARCH_RISCV64,
		.ioctl = 29,
		.clone = 220,
		.clone3 = 435,
		.socket = 198,
		TABLE },
	{ .arch = AUDIT_ARCH_I386, .ioctl = 54, .clone = 120, .clone3 = 435, .socket = 359, TABLE },
	{ .arch = AUDIT_ARCH_S390X,
		.ioctl = 54,
		.clone = 120,
		.clone3 = 435,
		.socket = 359,
		.clone_flags = 1,
		.big_endian = true,
		TABLE },
};

#define MACHINES (sizeof(machines) / sizeof(machines[0]))

/* The byte order of the machine that is looked at, not of this one. */
static uint32_t load(const struct seccomp_data *data, uint32_t offset, bool big)
{
	const size_t args = offsetof(struct seccomp_data, args);

	assert_int_equal(offset % 4, 0);
	assert_true(offset < sizeof(*data));
	if (offset == offsetof(struct seccomp_data, nr))
		return (uint32_t)data->nr;
	if (offset == offsetof(struct seccomp_data, arch))
		return data->arch;
	assert_true(offset >= args);
	return (uint32_t)(data->args[(offset - args) / 8] >> ((offset % 8 == 4) == big ? 0 : 32));
}

static uint32_t interpret(
	const struct sock_filter *program, size_t length, const struct seccomp_data *data, bool big)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < length; pc++) {
		const struct sock_filter *i = &program[pc];
		bool jump;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = load(data, i->k, big);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jump = a == i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			jump = a > i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			jump = a >= i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			jump = a & i->k;
			break;
		default:
			fail_msg("instruction %#x at %zu", i->code, pc);
		}
		pc += jump ? i->jt : i->jf;
	}
	fail_msg("the program has no end");
	return 0;
}

static bool types(uint64_t request)
{
	return (uint32_t)request == TIOCSTI || (uint32_t)request == TIOCLINUX;
}

static uint32_t tty_oracle(const struct bpf_machine *m, const struct seccomp_data *data)
{
	uint32_t nr = (uint32_t)data->nr;

	if (data->arch != m->arch && (!m->other_arch || data->arch != m->other_arch))
		return ENOSYS_;
	if (data->arch != m->arch)
		return nr == m->other_ioctl && types(data->args[1]) ? EPERM_ : ALLOW;
	if (m->x32_ioctl && nr & X32 && (nr & ~X32) == m->x32_ioctl)
		nr = m->ioctl;
	if (m->x32_ioctl && (nr & ~X32) == m->x32_ioctl)
		nr = m->ioctl;
	if (m->x32_ioctl)
		nr &= ~X32;
	return nr == m->ioctl && types(data->args[1]) ? EPERM_ : ALLOW;
}

static uint32_t basic_oracle(
	const struct bpf_machine *m, const struct seccomp_data *data, bool admin)
{
	const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
		CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
	uint32_t nr = (uint32_t)data->nr;

	if (data->arch != m->arch)
		return ENOSYS_;
	if (m->private_base && nr >= m->private_base && nr < m->private_base + 16)
		return ALLOW;
	if (nr > m->last)
		return ENOSYS_;
	if (nr == m->ioctl)
		return types(data->args[1]) ? EPERM_ : ALLOW;
	if (nr == m->socket)
		return (uint32_t)data->args[0] == 38 || (uint32_t)data->args[0] == 40 ? EPERM_
										      : ALLOW;
	if (!admin && nr == m->clone)
		return (uint32_t)data->args[m->clone_flags] & namespaces ? EPERM_ : ALLOW;
	if (!admin && nr == m->clone3)
		return ENOSYS_;
	for (size_t i = 0; i < m->denied_count; i++)
		if (m->denied[i].number == (int)nr && !(admin && m->denied[i].admin))
			return EPERM_;
	return ALLOW;
}

static const uint64_t values[] = {
	0,
	1,
	38,
	40,
	TIOCSTI,
	TIOCLINUX,
	TCGETS,
	0x100000000u | TIOCSTI,
	(uint64_t)TIOCSTI << 32,
	CLONE_NEWUSER,
	CLONE_NEWNET | CLONE_VM,
	CLONE_VM | CLONE_THREAD,
	(uint64_t)CLONE_NEWUSER << 32,
	0x100000000u | CLONE_NEWNS,
	UINT64_MAX,
};

static void check(const struct bpf_machine *m, uint32_t arch, uint32_t nr)
{
	struct sock_filter program[BPF_PROGRAM_MAX];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct seccomp_data data = {
			.nr = (int)nr, .arch = arch, .args = { values[i], values[i] }
		};
		size_t length = bpf_tty(m, program);

		assert_true(length <= BPF_PROGRAM_MAX);
		assert_int_equal(
			interpret(program, length, &data, m->big_endian), tty_oracle(m, &data));
		for (int admin = 0; admin < 2; admin++) {
			length = bpf_basic(m, admin, program);
			assert_true(length <= BPF_PROGRAM_MAX);
			assert_int_equal(interpret(program, length, &data, m->big_endian),
				basic_oracle(m, &data, admin));
		}
	}
}

static void check_machine(const struct bpf_machine *m)
{
	static const uint32_t far[] = { 0xf0000 - 1, 0xf0000, 0xf000f, 0xf0010, 0x7fffffff,
		0xffffffff, X32, X32 | 16, X32 | 54, X32 | 514, X32 | 321 };

	for (uint32_t nr = 0; nr < 600; nr++)
		check(m, m->arch, nr);
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		check(m, m->arch, far[i]);
	for (uint32_t nr = 0; nr < 80; nr++) {
		check(m, m->other_arch ? m->other_arch : AUDIT_ARCH_MIPS, nr);
		check(m, AUDIT_ARCH_PPC, nr);
	}
}

static void five_machines(void **state)
{
	(void)state;
	for (size_t i = 0; i < MACHINES; i++)
		check_machine(&machines[i]);
}

static void this_machine(void **state)
{
	(void)state;
	check_machine(&bpf_native);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_machines),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
