/* SPDX-License-Identifier: MIT */
/* bpf.h - the built-in seccomp filters, compiled at run time from a table of system call numbers.
 *
 * Every refusal is an errno, never a kill: a program may then do without. */
#ifndef BPF_H
#define BPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/filter.h>

/* More than both filters need on any machine. */
#define BPF_PROGRAM_MAX 256

struct bpf_call {
	int number; /* -1: this machine does not have it */
	bool admin; /* stays allowed when SYS_ADMIN is kept */
};

/* What a filter has to know of one machine; bpf_native is this one. */
struct bpf_machine {
	uint32_t arch;        /* AUDIT_ARCH_* */
	uint32_t other_arch;  /* another whose programs run here, or 0 */
	uint32_t ioctl;       /* number of ioctl(2) ... */
	uint32_t other_ioctl; /* ... and there */
	uint32_t x32_ioctl;   /* 0: no third interface, whose numbers have bit 30 set */
	uint32_t clone, clone3, socket;
	unsigned clone_flags;  /* index of the argument that holds them */
	uint32_t private_base; /* the first of 16 numbers apart, allowed always, or 0 (ARM) */
	bool big_endian;
	const struct bpf_call *denied;
	size_t denied_count;
	uint32_t last; /* the highest number that `basic` may let through */
};

extern const struct bpf_machine bpf_native;

/* `tty`: denies ioctl(2) with TIOCSTI and TIOCLINUX, by which a program types into the terminal
 * that it shares with the caller's shell.  EPERM.
 *   program  room for BPF_PROGRAM_MAX; returns the number of instructions */
size_t bpf_tty(const struct bpf_machine *machine, struct sock_filter *program);

/* `basic`: tty, and what a container has no business with: new user namespaces and others, mounts,
 * keyrings, bpf, perf, kernel modules, clocks, file handles ...: EPERM; clone3(2), whose flags a
 * filter cannot see, numbers that this table does not know, and the calls of other architectures:
 * ENOSYS.
 *   admin  SYS_ADMIN is kept: mounts and namespaces stay allowed */
size_t bpf_basic(const struct bpf_machine *machine, bool admin, struct sock_filter *program);

#endif
