/* SPDX-License-Identifier: MIT */
/* seccomp.h - installing a seccomp filter, seccomp(2). */
#ifndef SECCOMP_H
#define SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

/* Installs it for this process, for ever.
 *   errors  -EACCES  neither no_new_privs is set nor SYS_ADMIN effective
 *           -EINVAL  not a program that the kernel takes, or a kernel without filters */
int seccomp_install(const struct sock_fprog *filter);

/* Reads a file of raw struct sock_filter in native byte order, the format of `bwrap --seccomp` and
 * `setpriv --seccomp-filter`.
 *   program  room for BPF_MAXINSNS of them
 *   errors   -EINVAL  its size is no positive multiple of 8; -EFBIG; as open(2) */
int seccomp_read(const char *path, struct sock_filter *program, struct sock_fprog *filter);

#endif
