// SPDX-License-Identifier: MIT
/* layer_source.c - the bytes of an archive, decompressed by a child.
 *
 *   source -> feeder (hashes what is compressed) -> gzip -dc | zstd -dc -> us
 *
 * The feeder is a fork of this process, so that both hashes are computed while the data passes
 * once.  It hands its digest back through a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "layer.h"
#include "sha256.h"
#include "sys.h"

struct magic {
	const char *bytes;
	size_t size;
	const char *command;
};

static const struct magic magics[] = {
	{ "\x1f\x8b", 2, "gzip" },
	{ "\x28\xb5\x2f\xfd", 4, "zstd" },
	{ "\xfd"
	  "7zXZ",
		5, "xz" },
};

static ssize_t read_some(int fd, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static const char *compression_of(const char *head, size_t size)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (size >= magics[i].size && !memcmp(head, magics[i].bytes, magics[i].size))
			return magics[i].command;
	return NULL;
}

/* Copies head and the source to the pipe; hashes it for digest_fd unless that is -1. */
__attribute__((noreturn)) static void feed(
	const char *head, size_t size, int source, int to, int digest_fd)
{
	static char buf[65536];
	char hex[SHA256_HEX];
	struct sha256 hash;
	ssize_t n = (ssize_t)size;
	uint64_t done = 0;

	if (digest_fd < 0)
		progress_off();
	signal(SIGPIPE, SIG_IGN);
	sha256_init(&hash);
	memcpy(buf, head, size);
	while (n > 0) {
		if (digest_fd >= 0)
			sha256_add(&hash, buf, (size_t)n);
		/* A decompressor that ended early says so itself; the digest wants all bytes. */
		if (to >= 0 && fs_write_all(to, buf, (size_t)n) < 0)
			to = -1;
		done += (uint64_t)n;
		if (to >= 0)
			progress_at(done);
		n = read_some(source, buf, sizeof(buf));
	}
	if (n < 0)
		_exit(1);
	sha256_hex(&hash, hex);
	progress_end();
	close(to);
	_exit(digest_fd >= 0 && fs_write_all(digest_fd, hex, SHA256_HEX) < 0);
}

static void make_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC) < 0)
		die(-errno, "pipe");
}

static pid_t fork_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die(-errno, "fork");
	return pid;
}

/* Becomes `gzip -dc`, or the same of busybox where there is no gzip. */
__attribute__((noreturn)) static void decompress(const char *command, int from, int to)
{
	if (dup2(from, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0)
		die(-errno, "%s", command);
	execlp(command, command, "-dc", (char *)NULL);
	execlp("busybox", "busybox", command, "-dc", (char *)NULL);
	die_hint(-errno, "install it, or unpack the archive yourself", "%s", command);
}

void compressed_open(struct compressed *in, const char *source)
{
	char head[8];
	ssize_t n = 0, used = 0;
	const char *command;
	int fd = 0, fed[2], plain[2], digest[2] = { -1, -1 };

	if (strcmp(source, "-") != 0)
		fd = open(source, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(-errno, "%s", source);
	while (used < (ssize_t)sizeof(head) &&
		(n = read_some(fd, head + used, sizeof(head) - (size_t)used)) > 0)
		used += n;
	if (n < 0)
		die((int)n, "%s", source);
	*in = (struct compressed){ .fd = fd, .digest_fd = -1, .source = source };
	progress_source(fd);
	command = compression_of(head, (size_t)used);
	if (!command && lseek(fd, 0, SEEK_SET) == 0)
		return;

	make_pipe(fed);
	if (command)
		make_pipe(digest);
	if (!fork_child()) {
		close(fed[0]);
		feed(head, (size_t)used, fd, fed[1], digest[1]);
	}
	close(fed[1]);
	in->fd = fed[0];
	if (!command)
		return;
	close(digest[1]);
	make_pipe(plain);
	if (!fork_child())
		decompress(command, fed[0], plain[1]);
	progress_off();
	close(fed[0]);
	close(plain[1]);
	in->fd = plain[0];
	in->digest_fd = digest[0];
}

void compressed_end(struct compressed *in, char *digest)
{
	int status, failed = 0;

	if (in->digest_fd >= 0) {
		ssize_t n = fs_read_fd(in->digest_fd, digest, SHA256_HEX + 1);

		if (n != SHA256_HEX)
			die(n < 0 ? (int)n : -EIO, "read %s", in->source);
	}
	while (wait(&status) > 0)
		failed |= status;
	if (failed)
		die(0, "%s: it could not be read or decompressed to its end", in->source);
}

int layer_digest(const char *file)
{
	static char buf[65536];
	CLEANUP_FD int fd = open(file, O_RDONLY | O_CLOEXEC);
	char hex[SHA256_HEX];
	struct sha256 hash;
	ssize_t n;

	if (fd < 0)
		die(-errno, "%s", file);
	sha256_init(&hash);
	while ((n = read_some(fd, buf, sizeof(buf))) > 0)
		sha256_add(&hash, buf, (size_t)n);
	if (n < 0)
		die((int)n, "%s", file);
	sha256_hex(&hash, hex);
	fmt_fd(STDOUT_FILENO, "%s\n", hex);
	return 0;
}
