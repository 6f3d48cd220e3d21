// SPDX-License-Identifier: MIT
/* cmon_client.c - cmon --attach: the other end of cmon_attach.c. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmon.h"
#include "err.h"
#include "fs.h"
#include "sig.h"

/* ^P ^Q leaves the container running. */
#define DETACH_FIRST 'P' - '@'
#define DETACH_THEN  'Q' - '@'

static struct {
	int socket;
	bool tty, held; /* a DETACH_FIRST that may be the first of two */
} client;

static void tell(char what, const void *data, size_t size)
{
	char packet[1 + CMON_INPUT];

	*packet = what;
	memcpy(packet + 1, data, size);
	/* The end of the monitor shows when reading. */
	send(client.socket, packet, size + 1, MSG_NOSIGNAL);
}

static void tell_size(void)
{
	struct winsize size;

	if (client.tty && !ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
		tell('w', &size, sizeof(size));
}

/* Returns false when the user leaves. */
static bool tell_typed(const char *typed, size_t count)
{
	char input[2 * CMON_INPUT];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (client.held && typed[i] == DETACH_THEN)
			return false;
		if (client.held)
			input[n++] = DETACH_FIRST;
		client.held = client.tty && typed[i] == DETACH_FIRST;
		if (!client.held)
			input[n++] = typed[i];
	}
	for (size_t i = 0; i < n; i += CMON_INPUT)
		tell('d', input + i, n - i < CMON_INPUT ? n - i : CMON_INPUT);
	return true;
}

/* Returns false for a signal that ends this process alone. */
static bool pass_signal(int signals)
{
	struct signalfd_siginfo info;
	char number;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return true;
	number = (char)info.ssi_signo;
	switch (info.ssi_signo) {
	case SIGWINCH:
		tell_size();
		return true;
	case SIGHUP:
		return false;
	case SIGINT:
	case SIGQUIT:
	case SIGTERM:
	case SIGUSR1:
	case SIGUSR2:
		tell('k', &number, 1);
		return true;
	default:
		return true;
	}
}

/* Returns -1, or the status at the end. */
static int take(void)
{
	char packet[32768];
	ssize_t n = recv(client.socket, packet, sizeof(packet), 0);

	if (n < 0 && errno == EINTR)
		return -1;
	if (n <= 0) {
		cmon_tty_cooked();
		die(0, "its monitor has gone");
	}
	if (*packet == 'x')
		return (unsigned char)packet[1];
	fs_write_all(*packet == '2' ? STDERR_FILENO : STDOUT_FILENO, packet + 1, (size_t)n - 1);
	return -1;
}

static int converse(int signals, bool input)
{
	int status = -1;

	while (status < 0) {
		char typed[CMON_INPUT];
		struct pollfd fds[] = { { client.socket, POLLIN, 0 }, { signals, POLLIN, 0 },
			{ input ? STDIN_FILENO : -1, POLLIN, 0 } };
		ssize_t n;

		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[0].revents)
			status = take();
		if (fds[1].revents && !pass_signal(signals))
			return 128 + SIGHUP;
		if (!fds[2].revents)
			continue;
		n = read(STDIN_FILENO, typed, sizeof(typed));
		if (n > 0 && !tell_typed(typed, (size_t)n))
			return 0;
		input = n > 0 || (n < 0 && errno == EINTR);
	}
	return status;
}

int cmon_attach(const char *directory, bool interactive, bool tty)
{
	int dir = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC), signals, status;
	struct sockaddr_un address;
	sigset_t all;

	if (dir < 0)
		die(-errno, "%s", directory);
	client.socket = cmon_socket(dir, &address);
	if (client.socket < 0 ||
		connect(client.socket, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(-errno, "%s/attach", directory);
	sig_block_all(NULL);
	sigfillset(&all);
	signals = signalfd(-1, &all, SFD_CLOEXEC);
	if (signals < 0)
		die(-errno, "signalfd");
	client.tty = tty && interactive && isatty(STDIN_FILENO);
	tell_size();
	if (client.tty)
		cmon_tty_raw();
	status = converse(signals, interactive);
	cmon_tty_cooked();
	return status;
}
