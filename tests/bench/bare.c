// SPDX-License-Identifier: MIT
/* bare.c - the least that can be called a root of its own: `bare ROOTFS COMMAND [ARG]...` makes
 * namespaces mnt, uts, pid and net, binds ROOTFS onto itself, pivots into it, mounts proc, and runs
 * the command.  No /dev, no /sys, nothing covered, every privilege kept. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int enter(char **argv)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
		mount(argv[1], argv[1], NULL, MS_BIND | MS_REC, NULL) < 0 || chdir(argv[1]) < 0 ||
		syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 ||
		chdir("/") < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0)
		perror("bare: enter");
	else
		execvp(argv[2], argv + 2);
	return 127;
}

int main(int argc, char **argv)
{
	const int flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNET;
	long pid = argc < 3 ? -1 : syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	int status;

	if (!pid)
		return enter(argv);
	return pid < 0 || wait(&status) < 0 || !WIFEXITED(status) ? 125 : WEXITSTATUS(status);
}
