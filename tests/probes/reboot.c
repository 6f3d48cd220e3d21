// SPDX-License-Identifier: MIT
/* reboot.c - reboot restart|halt: calls reboot(2), which in a PID namespace ends its PID 1.  Does
 * nothing to a machine: in the initial PID namespace it refuses. */
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2 || getpid() != 1 || getppid() != 0)
		return 99;
	/* CAD_ON and CAD_OFF are refused in a PID namespace only. */
	if (reboot(RB_DISABLE_CAD) == 0)
		return 98;
	reboot(strcmp(argv[1], "halt") ? RB_AUTOBOOT : (int)RB_HALT_SYSTEM);
	pause();
	return 97;
}
