// SPDX-License-Identifier: MIT
/* vmctl.c - the guest's side of vmrun, for a PC: what leaves the machine and what enters it.
 *
 *	vmctl run COMMAND...	its output to port 0xe9, its status to 0xea; then ends the machine
 *	vmctl ready		says at 0xea that the machine may be frozen into a snapshot
 *	vmctl payload		waits until qemu offers the file opt/vm/payload and copies it to
 *stdout
 *
 * Ports, because they need no driver: the ports 0xe9 and 0xea are qemu's isa-debugcon, 0xf4 is its
 * isa-debug-exit, which can say only odd statuses; 0x510 and 0x511 are fw_cfg (qemu's
 * docs/specs/fw_cfg.rst).  Kernels of Debian's cloud flavour have no /dev/port. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT_OUTPUT = 0xe9, PORT_STATUS = 0xea, PORT_END = 0xf4, FW_SELECT = 0x510, FW_DATA };

static char buf[65536];

/* Not musl's insb and outsb: these do not tell the compiler that they touch memory. */
static void in_bytes(unsigned short port, void *to, size_t n)
{
	__asm__ volatile("cld; rep insb" : "+D"(to), "+c"(n) : "d"(port) : "memory");
}

static void out_bytes(unsigned short port, const void *from, size_t n)
{
	__asm__ volatile("cld; rep outsb" : "+S"(from), "+c"(n) : "d"(port) : "memory");
}

static unsigned big_endian(const unsigned char *bytes, int n)
{
	unsigned value = 0;

	while (n--)
		value = value << 8 | *bytes++;
	return value;
}

static int copy_file(unsigned short select, size_t size)
{
	outw(select, FW_SELECT);
	while (size) {
		size_t part = size < sizeof(buf) ? size : sizeof(buf);

		in_bytes(FW_DATA, buf, part);
		if (write(STDOUT_FILENO, buf, part) != (ssize_t)part)
			return 125;
		size -= part;
	}
	return 0;
}

/* A snapshot is taken of a machine without the file; one that is restored has it. */
static int payload(void)
{
	const unsigned short directory = 0x19;

	for (;; usleep(5000)) {
		unsigned char entry[64];
		unsigned n;

		outw(directory, FW_SELECT);
		in_bytes(FW_DATA, entry, 4);
		for (n = big_endian(entry, 4); n; n--) {
			in_bytes(FW_DATA, entry, sizeof(entry));
			if (!strcmp((char *)entry + 8, "opt/vm/payload"))
				return copy_file((unsigned short)big_endian(entry + 4, 2),
					big_endian(entry, 4));
		}
	}
}

/* Returns what read(2) does. */
static ssize_t copy_output(int fd)
{
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n > 0)
		out_bytes(PORT_OUTPUT, buf, (size_t)n);
	return n;
}

static void say_status(int status)
{
	char text[16];

	out_bytes(PORT_STATUS, text, (size_t)snprintf(text, sizeof(text), "%d\n", status));
}

/* Until the command has ended: what it left behind may hold the pipe open for ever. */
static int follow(int fd, pid_t command)
{
	struct pollfd output = { .fd = fd, .events = POLLIN };
	int status;

	for (;;) {
		pid_t pid;

		if (poll(&output, 1, 100) > 0 && copy_output(fd) == 0)
			output.fd = -1;
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == command)
				return status;
	}
}

static int run(char **command)
{
	int fds[2], status;
	pid_t pid;

	if (pipe(fds) < 0)
		return 125;
	pid = fork();
	if (pid < 0)
		return 125;
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		execvp(command[0], command);
		_exit(errno == ENOENT ? 127 : 126);
	}
	close(fds[1]);
	status = follow(fds[0], pid);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	while (copy_output(fds[0]) > 0)
		continue;
	say_status(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	outl(0, PORT_END);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2 || ioperm(PORT_OUTPUT, 2, 1) || ioperm(PORT_END, 4, 1) ||
		ioperm(FW_SELECT, 2, 1))
		return 125;
	if (!strcmp(argv[1], "run") && argc > 2)
		return run(argv + 2);
	if (!strcmp(argv[1], "payload"))
		return payload();
	if (!strcmp(argv[1], "ready"))
		say_status(0);
	return 0;
}
