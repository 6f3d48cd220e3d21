// SPDX-License-Identifier: MIT
/* seccomp.c - see seccomp.h. */
#include "seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "cleanup.h"
#include "sys.h"

int seccomp_install(const struct sock_fprog *filter)
{
	int r = sys_seccomp(SECCOMP_SET_MODE_FILTER, 0, (void *)(uintptr_t)filter);

	return r == -ENOSYS ? -EINVAL : r;
}

int seccomp_read(const char *path, struct sock_filter *program, struct sock_fprog *filter)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t used = 0, size = BPF_MAXINSNS * sizeof(*program);

	if (fd < 0)
		return -errno;
	for (ssize_t n = 1; n; used += (size_t)n) {
		char past;

		n = used < size ? read(fd, (char *)program + used, size - used)
				: read(fd, &past, 1);
		if (n < 0)
			return -errno;
		if (used == size && n)
			return -EFBIG;
	}
	if (!used || used % sizeof(*program))
		return -EINVAL;
	*filter = (struct sock_fprog){
		.len = (unsigned short)(used / sizeof(*program)),
		.filter = program,
	};
	return 0;
}
