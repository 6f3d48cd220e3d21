// SPDX-License-Identifier: MIT
/* tty.c - see tty.h. */
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

int tty_hold_foreground(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd >= 0 && tcgetpgrp(fd) == getpgrp())
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void tty_restore_foreground(int fd)
{
	pid_t foreground;

	if (fd < 0)
		return;
	foreground = tcgetpgrp(fd);
	/* 0: a group that has no number here.  1 would mean everybody to kill(2). */
	if (!foreground || (foreground > 1 && kill(-foreground, 0) < 0 && errno == ESRCH))
		tcsetpgrp(fd, getpgrp());
}
