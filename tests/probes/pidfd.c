// SPDX-License-Identifier: MIT
/* pidfd.c - pidfd PID NSENTER ARG...: executes NSENTER with -t PID:INODE of the process's pidfd. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char target[64];
	char *args[16] = { argv[2], (char *)"-t", target };
	struct stat st;
	int fd = (int)syscall(SYS_pidfd_open, argc > 3 ? atoi(argv[1]) : -1, 0);

	if (fd < 0 || fstat(fd, &st) < 0)
		return 99;
	snprintf(target, sizeof(target), "%s:%llu", argv[1], (unsigned long long)st.st_ino);
	for (int i = 3; i < argc && i < 14; i++)
		args[i] = argv[i];
	execv(args[0], args);
	return 98;
}
