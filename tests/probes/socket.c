// SPDX-License-Identifier: MIT
/* socket.c - socket FILE: makes a socket, writes the
 * number of its descriptor to FILE and waits for a signal. */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	FILE *file = argc == 2 ? fopen(argv[1], "w") : NULL;

	if (fd < 0 || !file)
		return 99;
	fprintf(file, "%d\n", fd);
	fclose(file);
	pause();
	return 0;
}
