// SPDX-License-Identifier: MIT
/* cmon_attach.c - those who attach to a container that runs detached: DIR/attach, a socket.
 *
 * A packet begins with a byte that says what it is.  From the monitor: 1 and 2, output; x, the
 * status at the end.  To it: d, input; w, a struct winsize; k, the number of a signal.  Who
 * attaches and does not read holds the output up, as a terminal that is stopped does, but not the
 * end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmon.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "sys.h"

int cmon_socket(int dirfd, struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	/* Any path may be longer than an address. */
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	fmt_buf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/attach", dirfd);
	return fd < 0 ? -errno : fd;
}

void cmon_listen(struct monitor *m)
{
	struct sockaddr_un address;

	m->listener = -1;
	for (size_t i = 0; i < CMON_CLIENTS; i++)
		m->client[i] = -1;
	if (!m->detach || m->run_fd < 0)
		return;
	unlinkat(m->run_fd, "attach", 0);
	m->listener = cmon_socket(m->run_fd, &address);
	if (m->listener < 0 ||
		bind(m->listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(m->listener, CMON_CLIENTS) < 0)
		die(m->listener < 0 ? m->listener : -errno, "%s/attach", m->run_dir);
}

static void drop(int *client)
{
	close(*client);
	*client = -1;
}

void cmon_show(struct monitor *m, char what, const void *data, size_t size)
{
	struct iovec parts[2] = { { &what, 1 }, { (void *)data, size } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	for (size_t i = 0; i < CMON_CLIENTS; i++)
		if (m->client[i] >= 0 &&
			sendmsg(m->client[i], &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			drop(&m->client[i]);
}

bool cmon_is_behind(const struct monitor *m)
{
	for (size_t i = 0; i < CMON_CLIENTS; i++) {
		struct pollfd fd = { .fd = m->client[i], .events = POLLOUT };

		if (fd.fd >= 0 && poll(&fd, 1, 0) == 0)
			return true;
	}
	return false;
}

void cmon_poll_clients(const struct monitor *m, struct pollfd *fds, bool behind, bool full)
{
	bool room = false;

	for (size_t i = 0; i < CMON_CLIENTS; i++) {
		fds[i] = (struct pollfd){ .fd = m->client[i],
			.events = (short)((behind ? POLLOUT : 0) | (full ? 0 : POLLIN)) };
		room = room || m->client[i] < 0;
	}
	fds[CMON_CLIENTS] = (struct pollfd){ .fd = room ? m->listener : -1, .events = POLLIN };
}

static void obey(struct monitor *m, int *client)
{
	char packet[1 + CMON_INPUT];
	struct winsize size;
	ssize_t n = recv(*client, packet, sizeof(packet), MSG_DONTWAIT);

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			drop(client);
		return;
	}
	if (*packet == 'd' && m->interactive) {
		cmon_type(packet + 1, (size_t)n - 1);
	} else if (*packet == 'w' && n == 1 + sizeof(size) && m->master >= 0) {
		memcpy(&size, packet + 1, sizeof(size));
		ioctl(m->master, TIOCSWINSZ, &size);
	} else if (*packet == 'k' && n == 2 && m->pidfd >= 0) {
		sys_pidfd_send_signal(m->pidfd, packet[1], NULL, 0);
	}
}

/* One packet of input at a time: the next waits until the container has taken it. */
void cmon_serve(struct monitor *m, const struct pollfd *fds)
{
	for (size_t i = 0; i < CMON_CLIENTS; i++) {
		if (!(fds[i].revents & (POLLIN | POLLHUP)))
			continue;
		if (!cmon_typed())
			obey(m, &m->client[i]);
		else if (fds[i].revents & POLLHUP)
			drop(&m->client[i]);
	}
	if (!fds[CMON_CLIENTS].revents)
		return;
	for (size_t i = 0; i < CMON_CLIENTS; i++)
		if (m->client[i] < 0) {
			m->client[i] = accept4(m->listener, NULL, NULL, SOCK_CLOEXEC);
			return;
		}
}

void cmon_end_clients(struct monitor *m, int status)
{
	char code = (char)status;

	cmon_show(m, 'x', &code, 1);
	for (size_t i = 0; i < CMON_CLIENTS; i++)
		if (m->client[i] >= 0)
			drop(&m->client[i]);
}
