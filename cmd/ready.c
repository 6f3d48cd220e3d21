// SPDX-License-Identifier: MIT
/* ready.c - the link of a chain where a container waits for its monitor (cmon).
 *
 * It stands behind pivot, as everything that may fail has been done there and no program of the
 * image has run.  In this order:
 *   1. with -t, a terminal of the container's own devpts;
 *   2. a message to the monitor: the kernel adds our process id as the monitor sees it; with it
 *      the terminal's master, and a pipe that hangs up when the command has been executed;
 *   3. wait until the monitor has set up the network and says go;
 *   4. the terminal becomes the controlling one and stdin, stdout, stderr;
 *   5. /proc/PID/environ shows the container's environment, no longer the host's. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "applet.h"
#include "cleanup.h"
#include "err.h"
#include "parse.h"
#include "procstat.h"

struct ready_args {
	bool tty;
};

static const struct opt ready_opts[] = { OPT('t', "tty", struct ready_args, tty, NULL,
						 "give the command a terminal of its own"),
	OPT_END };

/* The peer comes from the master itself: a path in /dev may name anything. */
static int open_terminal(int *master)
{
	int zero = 0, peer;

	*master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master < 0)
		die(-errno, "/dev/ptmx");
	if (ioctl(*master, TIOCSPTLCK, &zero) < 0)
		die(-errno, "unlock the terminal");
	peer = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (peer < 0)
		die(-errno, "open the terminal");
	return peer;
}

static void report(int fd, const int *given, size_t count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	char byte = 'r';
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof(int)) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), given, count * sizeof(int));
	if (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
		die(-errno, "report to the monitor");
}

static void wait_for_go(int fd)
{
	char byte;
	ssize_t n;

	do
		n = recv(fd, &byte, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		die(n < 0 ? -errno : 0, "the monitor has gone");
}

static void take_terminal(int peer)
{
	if (setsid() < 0)
		die(-errno, "setsid");
	if (ioctl(peer, TIOCSCTTY, 0) < 0)
		die(-errno, "make the terminal the controlling one");
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(peer, fd) < 0)
			die(-errno, "dup2");
	close(peer);
}

/* The kernel shows the environment that the first link of the chain was executed with, the host's,
 * as /proc/PID/environ.  What the command gets takes its place, as far as there is room. */
static void show_environment(void)
{
	uint64_t start, end;
	size_t room, used = 0;
	char *block, *copy;

	if (procstat_environment(&start, &end) < 0 || end <= start)
		return;
	room = (size_t)(end - start);
	block = (char *)(uintptr_t)start;
	copy = calloc(1, room);
	if (!copy)
		die(-ENOMEM, "environment");
	for (char **variable = environ; *variable; variable++) {
		size_t size = strlen(*variable) + 1;
		char *own = strdup(*variable);

		if (!own)
			die(-ENOMEM, "environment");
		*variable = own;
		if (size > room - used)
			continue;
		memcpy(copy + used, own, size);
		used += size;
	}
	memcpy(block, copy, room);
	free(copy);
}

static int ready_run(const struct applet *self, char **argv, struct chain *chain)
{
	struct ready_args args = { 0 };
	char **words = applet_args(self, &args, argv, 2);
	int fd, peer = -1, given[2] = { -1, -1 }, started[2];

	if (parse_int(words[0], 3, 1 << 20, &fd) < 0)
		usage_die("%s: not a descriptor", words[0]);
	if (args.tty)
		peer = open_terminal(&given[1]);
	if (pipe2(started, O_CLOEXEC) < 0)
		die(-errno, "pipe");
	given[0] = started[0];
	report(fd, given, args.tty ? 2 : 1);
	close(given[0]);
	if (args.tty)
		close(given[1]);
	wait_for_go(fd);
	close(fd);
	if (args.tty)
		take_terminal(peer);
	show_environment();
	/* It stays open: the execution of the command closes it. */
	chain->started_fd = started[1];
	chain->next = words + 1;
	return 0;
}

const struct applet ready_applet = {
	.name = "ready",
	.operands = "FD COMMAND [ARG...]",
	.summary = "wait for the monitor on a socket, then run a command",
	.opts = ready_opts,
	.own_error = 125,
	.usage_error = 125,
	.unlinked = true,
	.run = ready_run,
};
