// SPDX-License-Identifier: MIT
/* net.c - the two ends of a connection, for tests of routing and translation:
 *
 *	net tcpd|udpd ADDRESS PORT NAME    says "NAME PEER" to whoever comes
 *	net tcp|udp ADDRESS PORT [SPORT]   prints what it hears, status 1 after a second of silence
 *	net sink ADDRESS PORT              sends back, after its end, what one client sent
 *	net pump ADDRESS PORT BYTES        sends that many, ends, and counts what comes back
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static struct sockaddr_storage where;
static socklen_t length;

static int open_socket(const char *address, const char *port, int type)
{
	const struct addrinfo hints = { .ai_socktype = type,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	const struct timeval second = { .tv_sec = 1 };
	struct addrinfo *found;
	const int on = 1;
	int fd;

	if (getaddrinfo(address, port, &hints, &found))
		exit(2);
	memcpy(&where, found->ai_addr, found->ai_addrlen);
	length = found->ai_addrlen;
	fd = socket(found->ai_family, type, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof(second));
	return fd;
}

static size_t greet(char *text, size_t size, const char *name, const struct sockaddr_storage *peer)
{
	char host[64] = "?";

	getnameinfo((const struct sockaddr *)peer, sizeof(*peer), host, sizeof(host), NULL, 0,
		NI_NUMERICHOST);
	return (size_t)snprintf(text, size, "%s %s\n", name, host);
}

static int serve(int fd, int type, const char *name)
{
	if (bind(fd, (struct sockaddr *)&where, length) < 0 ||
		(type == SOCK_STREAM && listen(fd, 64) < 0))
		return 2;
	for (;;) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof(peer);
		char text[256];
		int client = fd;

		if (type == SOCK_STREAM)
			client = accept(fd, (struct sockaddr *)&peer, &size);
		else if (recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&peer, &size) < 0)
			continue;
		sendto(client, text, greet(text, sizeof(text), name, &peer), MSG_NOSIGNAL,
			type == SOCK_STREAM ? NULL : (struct sockaddr *)&peer,
			type == SOCK_STREAM ? 0 : size);
		if (type == SOCK_STREAM)
			close(client);
	}
}

static int ask(int fd, int type, const char *source_port)
{
	struct sockaddr_storage own = { .ss_family = where.ss_family };
	struct pollfd reader = { .fd = fd, .events = POLLIN };
	char text[256];
	ssize_t n;

	((struct sockaddr_in *)&own)->sin_port = htons((unsigned short)atoi(source_port));
	if (bind(fd, (struct sockaddr *)&own, length) < 0 ||
		connect(fd, (struct sockaddr *)&where, length) < 0 ||
		(type == SOCK_DGRAM && send(fd, "?", 1, 0) < 0))
		return 1;
	if (poll(&reader, 1, 1000) <= 0)
		return 1;
	n = recv(fd, text, sizeof(text), 0);
	return n <= 0 || write(1, text, (size_t)n) != n;
}

static int sink(int fd)
{
	static char bytes[4 << 20];
	size_t used = 0;
	int client;
	ssize_t n;

	if (bind(fd, (struct sockaddr *)&where, length) < 0 || listen(fd, 1) < 0)
		return 2;
	client = accept(fd, NULL, NULL);
	while ((n = recv(client, bytes + used, sizeof(bytes) - used, 0)) > 0)
		used += (size_t)n;
	for (size_t sent = 0; sent < used; sent += (size_t)n) {
		n = send(client, bytes + sent, used - sent, MSG_NOSIGNAL);
		if (n <= 0)
			return 1;
	}
	close(client);
	return 0;
}

static int pump(int fd, size_t count)
{
	static char bytes[65536];
	size_t back = 0;
	ssize_t n;

	if (connect(fd, (struct sockaddr *)&where, length) < 0)
		return 1;
	for (size_t sent = 0; sent < count; sent += (size_t)n) {
		n = send(fd, bytes, count - sent < sizeof(bytes) ? count - sent : sizeof(bytes), 0);
		if (n <= 0)
			return 1;
	}
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		back += (size_t)n;
	printf("%zu\n", back);
	return 0;
}

int main(int argc, char **argv)
{
	int type, fd;

	if (argc < 4)
		return 2;
	type = strncmp(argv[1], "udp", 3) ? SOCK_STREAM : SOCK_DGRAM;
	fd = open_socket(argv[2], argv[3], type);
	if (!strcmp(argv[1], "sink"))
		return sink(fd);
	if (!strcmp(argv[1], "pump"))
		return pump(fd, argc > 4 ? strtoul(argv[4], NULL, 10) : 0);
	if (strlen(argv[1]) == 4)
		return serve(fd, type, argc > 4 ? argv[4] : "");
	return ask(fd, type, argc > 4 ? argv[4] : "0");
}
