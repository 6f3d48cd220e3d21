// SPDX-License-Identifier: MIT
/* vethctl_proxy.c - carries TCP connections from one address to another, for what DNAT cannot do:
 * ::1, rootless containers, kernels without nf_tables.  It costs the client's address, and half of
 * the throughput.
 *
 * One process a connection.  The bytes go through a pipe by splice(2) and never come up here. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "rtnl.h"
#include "vethctl.h"

#define CHUNK (1 << 16) /* what a pipe holds */

struct proxy {
	struct inet from, to;
	uint16_t from_port, to_port;
};

static socklen_t make_address(
	struct sockaddr_storage *address, const struct inet *ip, uint16_t port)
{
	struct sockaddr_in *four = (void *)address;
	struct sockaddr_in6 *six = (void *)address;

	*address = (struct sockaddr_storage){ .ss_family = ip->family };
	four->sin_port = htons(port); /* at the same place in both */
	memcpy(ip->family == AF_INET ? (void *)&four->sin_addr : (void *)&six->sin6_addr, ip->bytes,
		inet_size(ip));
	return ip->family == AF_INET ? sizeof(*four) : sizeof(*six);
}

/* One direction.  ended: the reader's end of file was passed on. */
struct flow {
	int in, out, pipe[2];
	size_t held; /* bytes in the pipe */
	bool ended;
};

static int move(struct flow *flow)
{
	ssize_t n = 0;

	if (!flow->held)
		n = splice(flow->in, NULL, flow->pipe[1], NULL, CHUNK,
			SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	flow->held += (size_t)n;
	if (!flow->held) {
		flow->ended = true;
		shutdown(flow->out, SHUT_WR);
		return 0;
	}
	n = splice(flow->pipe[0], NULL, flow->out, NULL, flow->held,
		SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	flow->held -= (size_t)n;
	return 0;
}

/* Each direction ends by itself: a client that has sent all may still read the answer. */
static int carry(int a, int b)
{
	struct flow flow[2] = { { .in = a, .out = b }, { .in = b, .out = a } };

	for (int i = 0; i < 2; i++)
		if (pipe2(flow[i].pipe, O_CLOEXEC | O_NONBLOCK) < 0 ||
			fcntl(flow[i].in, F_SETFL, O_NONBLOCK) < 0)
			return -errno;
	while (!flow[0].ended || !flow[1].ended) {
		struct pollfd polls[2] = { { .fd = -1 }, { .fd = -1 } };

		for (int i = 0; i < 2; i++)
			if (!flow[i].ended)
				polls[i] = (struct pollfd){ flow[i].held ? flow[i].out : flow[i].in,
					flow[i].held ? POLLOUT : POLLIN, 0 };
		if (poll(polls, 2, -1) < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < 2; i++) {
			int r = polls[i].revents ? move(&flow[i]) : 0;

			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int serve(const struct proxy *proxy, int client)
{
	CLEANUP_FD int server = socket(proxy->to.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage address;
	socklen_t size = make_address(&address, &proxy->to, proxy->to_port);

	if (server < 0 || connect(server, (struct sockaddr *)&address, size) < 0)
		return -errno;
	return carry(client, server);
}

static int accept_all(struct veth *v, const struct proxy *proxy, int listener)
{
	char text[INET_TEXT];

	for (;;) {
		int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC), r;
		pid_t pid;

		if (client < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (client < 0)
			return failed(v, -errno, "proxy: accept");
		pid = fork();
		if (pid < 0)
			warn(-errno, "proxy: fork");
		if (pid == 0) {
			close(listener);
			r = serve(proxy, client);
			/* An end that is gone is how connections end. */
			if (r < 0 && r != -EPIPE && r != -ECONNRESET)
				failed(v, r, "proxy: %s port %u", inet_format(&proxy->to, text),
					proxy->to_port);
			_exit(r < 0);
		}
		close(client);
	}
}

static int proxy(struct veth *v, const struct proxy *proxy, const char *ns)
{
	CLEANUP_FD int listener = socket(proxy->from.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLEANUP_FD int nsfd = -1;
	struct sockaddr_storage address;
	socklen_t size = make_address(&address, &proxy->from, proxy->from_port);
	char text[INET_TEXT];
	const int on = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 ||
		listen(listener, 128) < 0)
		return failed(v, -errno, "proxy: listen on %s port %u",
			inet_format(&proxy->from, text), proxy->from_port);
	if (ns) {
		char path[128];

		nsfd = netns_open(ns, path, sizeof(path));
		if (nsfd < 0 || setns(nsfd, CLONE_NEWNET) < 0)
			return failed(v, nsfd < 0 ? nsfd : -errno, "proxy: %s", path);
	}
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return accept_all(v, proxy, listener);
}

int proxy_run(struct veth *v, char **words)
{
	struct proxy p;

	if (!words[1] || !words[2] ||
		(words[3] && (strcmp(words[3], "netns") != 0 || !words[4] || words[5])))
		usage_die("proxy ADDRESS:PORT ADDRESS:PORT [netns NS]");
	if (inet_parse_endpoint(words[1], &p.from, &p.from_port) < 0 ||
		inet_parse_endpoint(words[2], &p.to, &p.to_port) < 0)
		usage_die("proxy: not ADDRESS:PORT or [ADDRESS]:PORT");
	if (v->checking || v->dry_run)
		return v->checking ? 0 : would_words(v, (const char *const *)words);
	return proxy(v, &p, words[3] ? words[4] : NULL);
}
