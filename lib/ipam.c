// SPDX-License-Identifier: MIT
/* ipam.c - see ipam.h. */
#include "ipam.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "procstat.h"

bool ipam_is_id(const char *id)
{
	size_t length = strspn(
		id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

	return length && length < IPAM_ID && !id[length] && *id != '.';
}

int ipam_path(char *path, const char *dir, const char *name)
{
	const char *run = getenv("HUSK_RUN");
	int r = fmt_path(path, IPAM_PATH, "%s/%s", run && *run ? run : "/run/husk", dir);

	if (r < 0)
		return r;
	if (access(path, F_OK) < 0) {
		r = fs_mkdir_path(path, 0755);
		if (r < 0)
			return r;
	}
	r = (int)strlen(path);
	return fmt_path(path + r, IPAM_PATH - (size_t)r, "/%s", name);
}

/* The path of a lease's file (kind "ip") or of the link to it ("id"). */
static int lease_path(char *path, const char *net, const char *kind, const char *name)
{
	char dir[IPAM_PATH];
	int r = fmt_path(dir, sizeof(dir), "net/%s/%s", net, kind);

	return r < 0 ? r : ipam_path(path, dir, name);
}

static int address_path(char *path, const struct lease *lease)
{
	char text[INET_TEXT];

	return lease_path(path, lease->net, "ip", inet_format(&lease->ip, text));
}

bool ipam_alive(const struct lease *lease)
{
	uint64_t start;
	bool zombie;

	return !lease->pid ||
		(!procstat_start(lease->pid, &start, &zombie) && !zombie && start == lease->start);
}

static int boot_id(char *text, size_t size)
{
	ssize_t n = fs_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", text, size);

	if (n <= 0)
		return n < 0 ? (int)n : -EIO;
	text[n - 1] = '\0';
	return 0;
}

/* Makes the complete file that the address will be a name of, locked. */
static int make_file(const struct lease *lease, char *temp)
{
	char line[256], name[64], boot[64];
	int fd, r;

	fmt_buf(name, sizeof(name), ".new-%d", getpid());
	r = lease_path(temp, lease->net, "ip", name);
	if (r == 0)
		r = boot_id(boot, sizeof(boot));
	if (r < 0)
		return r;
	unlink(temp); /* of a killed process that had this number */
	fd = openat(AT_FDCWD, temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	fmt_buf(line, sizeof(line), "v1 %s %d %llu %s %s\n", lease->id, lease->pid,
		(unsigned long long)lease->start, boot, lease->ifname);
	r = flock(fd, LOCK_EX) < 0 ? -errno : fs_write_all(fd, line, strlen(line));
	if (r == 0)
		return fd;
	close(fd);
	unlink(temp);
	return r;
}

static int link_address(const char *temp, const struct lease *lease)
{
	char path[IPAM_PATH];
	int r = address_path(path, lease);

	if (r < 0)
		return r;
	if (!temp)
		return access(path, F_OK) < 0 ? 0 : -EEXIST;
	return link(temp, path) < 0 ? -errno : 0;
}

/* Looks behind the address handed out last, so that none is used again at once.  Without a file to
 * link it only looks. */
static int link_free(const char *temp, struct lease *lease, const struct inet *subnet)
{
	struct inet net = inet_first(subnet);
	uint32_t size = subnet->prefix <= 32 ? (uint32_t)(UINT64_C(1) << (32 - subnet->prefix)) : 0;
	uint32_t gateway = inet_number(subnet) - inet_number(&net), last = 0;
	char path[IPAM_PATH], text[16];
	int r;

	if (subnet->family != AF_INET || subnet->prefix < 16 || subnet->prefix > 30)
		return -ERANGE;
	r = lease_path(path, lease->net, "id", "../last");
	if (r < 0)
		return r;
	if (fs_read(AT_FDCWD, path, text, sizeof(text)) > 0)
		parse_u32(text, 0, size - 1, &last);
	for (uint32_t i = 1; i <= size; i++) {
		uint32_t host = (last + i) % size;

		if (!host || host == size - 1 || host == (gateway ? gateway : 1))
			continue;
		lease->ip = inet_at(subnet, inet_number(&net) + host);
		r = link_address(temp, lease);
		if (r == -EEXIST)
			continue;
		if (!r && temp) {
			CLEANUP_FD int fd = open(
				path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

			fmt_buf(text, sizeof(text), "%u", host);
			if (fd >= 0)
				fs_write_all(fd, text, strlen(text));
		}
		return r;
	}
	return -EADDRNOTAVAIL;
}

static int claim(struct lease *lease, const struct inet *subnet)
{
	char temp[IPAM_PATH], path[IPAM_PATH], target[INET_TEXT + 8], text[INET_TEXT];
	struct lease other;
	int r;

	if (!ipam_find(lease->net, lease->id, &other))
		return -EEXIST;
	r = make_file(lease, temp);
	if (r < 0)
		return r;
	lease->fd = r;
	if (lease->ip.family)
		r = link_address(temp, lease);
	else
		r = link_free(temp, lease, subnet);
	unlink(temp);
	if (r == -EEXIST)
		r = -EADDRINUSE;
	if (r == 0) {
		fmt_buf(target, sizeof(target), "../ip/%s", inet_format(&lease->ip, text));
		r = lease_path(path, lease->net, "id", lease->id);
		if (!r)
			r = symlink(target, path) < 0 ? -errno : 0;
		if (r == 0)
			return 0;
		if (!address_path(path, lease))
			unlink(path);
	}
	close(lease->fd);
	lease->fd = -1;
	return r;
}

int ipam_claim(struct lease *lease, const struct inet *subnet)
{
	bool any = !lease->ip.family;
	int r = -ENOENT;

	/* Between its making and its lock ipam_sweep may take the file for an abandoned one. */
	for (int try = 0; try < 8 && r == -ENOENT; try++) {
		if (any)
			lease->ip.family = 0;
		r = claim(lease, subnet);
	}
	return r;
}

int ipam_next(struct lease *lease, const struct inet *subnet)
{
	int r = lease->ip.family ? link_address(NULL, lease) : link_free(NULL, lease, subnet);

	return r == -EEXIST ? -EADDRINUSE : r;
}

int ipam_note(const struct lease *lease, const char *note)
{
	return fs_write_all(lease->fd, note, strlen(note));
}

/* Reads the file of an address. */
static int read_lease(const char *net, const char *address, struct lease *lease)
{
	char path[IPAM_PATH], buf[1400], boot[64], *rest = buf, *line, *word[6];
	int r = lease_path(path, net, "ip", address);
	uint32_t pid;

	if (r == 0)
		r = (int)fs_read(AT_FDCWD, path, buf, sizeof(buf));
	if (r < 0)
		return r;
	*lease = (struct lease){ .fd = -1 };
	line = parse_field(&rest, "\n");
	for (int i = 0; i < 6; i++) {
		word[i] = parse_field(&line, " ");
		if (!word[i])
			return -EBADMSG;
	}
	if (strcmp(word[0], "v1") != 0 || inet_parse(address, AF_UNSPEC, &lease->ip) < 0 ||
		parse_u32(word[2], 0, INT32_MAX, &pid) < 0 ||
		parse_u64(word[3], 0, UINT64_MAX, &lease->start) < 0)
		return -EBADMSG;
	lease->pid = (pid_t)pid;
	/* Where that is not to be known, it is not somebody else's. */
	lease->same_boot = boot_id(boot, sizeof(boot)) < 0 || !strcmp(boot, word[4]);
	fmt_buf(lease->net, sizeof(lease->net), "%s", net);
	fmt_buf(lease->id, sizeof(lease->id), "%s", word[1]);
	fmt_buf(lease->ifname, sizeof(lease->ifname), "%s", word[5]);
	line = parse_field(&rest, "\n");
	fmt_buf(lease->note, sizeof(lease->note), "%s", line ? line : "");
	return 0;
}

int ipam_find(const char *net, const char *id, struct lease *lease)
{
	char path[IPAM_PATH], target[INET_TEXT + 8];
	int r = lease_path(path, net, "id", id);
	ssize_t n;

	if (r < 0)
		return r;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	r = strncmp(target, "../ip/", 6) ? -EBADMSG : read_lease(net, target + 6, lease);
	return r || !strcmp(lease->id, id) ? r : -ENOENT;
}

/* The name by ID goes first: an address without one is found by whoever sweeps. */
int ipam_release(const struct lease *lease)
{
	char path[IPAM_PATH], text[INET_TEXT];
	struct lease now;
	int r = read_lease(lease->net, inet_format(&lease->ip, text), &now);

	if (r == -ENOENT || (!r && strcmp(now.id, lease->id) != 0))
		return 0;
	if (!ipam_find(lease->net, lease->id, &now) && inet_equal(&now.ip, &lease->ip)) {
		r = lease_path(path, lease->net, "id", lease->id);
		if (r == 0 && unlink(path) < 0)
			r = -errno;
	}
	if (!r)
		r = address_path(path, lease);
	return r == 0 && unlink(path) < 0 ? -errno : r;
}

static int each_of(const char *net, int (*each)(struct lease *lease, void *data), void *data)
{
	CLEANUP_DIR DIR *dir = NULL;
	const struct dirent *entry;
	char path[IPAM_PATH];
	struct lease lease;
	int r = lease_path(path, net, "ip", ".");

	dir = r < 0 ? NULL : opendir(path);
	while (r == 0 && dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && !read_lease(net, entry->d_name, &lease))
			r = each(&lease, data);
	return r;
}

int ipam_each(const char *net, int (*each)(struct lease *lease, void *data), void *data)
{
	CLEANUP_DIR DIR *dir = NULL;
	const struct dirent *entry;
	char path[IPAM_PATH];
	int r;

	if (net)
		return each_of(net, each, data);
	r = ipam_path(path, "net", ".");
	dir = r < 0 ? NULL : opendir(path);
	while (r == 0 && dir && (entry = readdir(dir)))
		if (ipam_is_id(entry->d_name))
			r = each_of(entry->d_name, each, data);
	return r;
}

int ipam_lock(const struct lease *lease, bool wait)
{
	char path[IPAM_PATH];
	int r = address_path(path, lease);
	int fd = r < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return r < 0 ? r : -errno;
	if (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return -EAGAIN;
}

static void sweep_files(const char *net)
{
	CLEANUP_DIR DIR *dir = NULL;
	const struct dirent *entry;
	char path[IPAM_PATH];

	if (lease_path(path, net, "ip", ".") == 0)
		dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		CLEANUP_FD int fd = -1;

		if (strncmp(entry->d_name, ".new-", 5) != 0)
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
}

void ipam_sweep(void)
{
	CLEANUP_DIR DIR *dir = NULL;
	const struct dirent *entry;
	char path[IPAM_PATH];

	if (ipam_path(path, "net", ".") == 0)
		dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (ipam_is_id(entry->d_name))
			sweep_files(entry->d_name);
}
