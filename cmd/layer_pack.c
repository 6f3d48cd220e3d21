// SPDX-License-Identifier: MIT
/* layer_pack.c - a directory becomes an archive: the reverse of unpacking.
 *
 * Two runs over the same tree give the same bytes: names are sorted, and nothing is written but
 * what unpacking restores.  An opaque mark comes before the rest of its directory, so that a
 * reader may act on it at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "layer.h"
#include "tar.h"

struct inode {
	dev_t dev;
	ino_t ino;
	char *name;
};

static struct {
	const char *source;
	struct sha256 hash;
	uint64_t bytes, entries;
	int fd;
	size_t used;
	struct inode *inodes;
	size_t inode_count;
	char pax[TAR_PAX_MAX];
	size_t pax_size;
	char buf[128 * 1024];
} pk;

__attribute__((noreturn)) static void fail(int r, const char *what, const char *path)
{
	die(r, "%s: %s %s", pk.source, what, path);
}

static void flush(void)
{
	int r = fs_write_all(pk.fd, pk.buf, pk.used);

	if (r < 0)
		die_hint(r, r == -ENOSPC ? "the disk is full" : NULL, "write the archive");
	pk.used = 0;
}

static void emit(const void *data, size_t size)
{
	sha256_add(&pk.hash, data, size);
	pk.bytes += size;
	while (size) {
		size_t room = sizeof(pk.buf) - pk.used, part = size < room ? size : room;

		memcpy(pk.buf + pk.used, data, part);
		pk.used += part;
		data = (const char *)data + part;
		size -= part;
		if (pk.used == sizeof(pk.buf))
			flush();
	}
}

static void emit_padding(void)
{
	static const char zeros[TAR_BLOCK];

	emit(zeros, -pk.bytes % TAR_BLOCK);
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts its own digits. */
static void add_record(const char *key, const void *value, size_t size, const char *path)
{
	size_t body = strlen(key) + size + 3, length = body + 1,
	       room = sizeof(pk.pax) - pk.pax_size;
	char digits[24];

	while (length != body + (size_t)fmt_buf(digits, sizeof(digits), "%zu", length))
		length = body + strlen(digits);
	if (length > room)
		fail(-E2BIG, "attributes of", path);
	pk.pax_size += (size_t)fmt_buf(pk.pax + pk.pax_size, room, "%zu %s=", length, key);
	memcpy(pk.pax + pk.pax_size, value, size);
	pk.pax_size += size;
	pk.pax[pk.pax_size++] = '\n';
}

static void add_number(const char *key, uint64_t value, const char *path)
{
	char text[24];

	fmt_buf(text, sizeof(text), "%llu", (unsigned long long)value);
	add_record(key, text, strlen(text), path);
}

static void add_misfits(const struct tar_entry *entry)
{
	char time[48];

	if (strlen(entry->name) > 100)
		add_record("path", entry->name, strlen(entry->name), entry->name);
	if (strlen(entry->link) > 100)
		add_record("linkpath", entry->link, strlen(entry->link), entry->name);
	if (entry->uid > 07777777)
		add_number("uid", entry->uid, entry->name);
	if (entry->gid > 07777777)
		add_number("gid", entry->gid, entry->name);
	if (entry->size > 077777777777)
		add_number("size", entry->size, entry->name);
	if (entry->mtime_ns || entry->mtime < 0) {
		fmt_buf(time, sizeof(time), "%lld.%09u", (long long)entry->mtime, entry->mtime_ns);
		add_record("mtime", time, strlen(time), entry->name);
	}
}

static void write_entry(const struct tar_entry *entry)
{
	static struct tar_entry extension = { .type = 'x', .mode = 0644, .name = "PaxHeader" };
	unsigned char block[TAR_BLOCK];
	bool fits = tar_header(entry, block);

	if (!fits)
		add_misfits(entry);
	if (pk.pax_size) {
		unsigned char header[TAR_BLOCK];

		extension.size = pk.pax_size;
		tar_header(&extension, header);
		emit(header, sizeof(header));
		emit(pk.pax, pk.pax_size);
		emit_padding();
		pk.pax_size = 0;
	}
	emit(block, sizeof(block));
	pk.entries++;
}

/* The attributes that unpacking restores; overlay's own become whiteouts. */
static bool wanted_xattr(const char *name)
{
	if (!strncmp(name, "user.overlay.", 13))
		return false;
	return !strncmp(name, "user.", 5) || !strcmp(name, "security.capability") ||
		!strncmp(name, "system.posix_acl_", 17);
}

static void add_xattrs(int fd, const char *path)
{
	static char names[65536], value[65536];
	char key[300];
	ssize_t size = flistxattr(fd, names, sizeof(names));

	if (size < 0 && errno != ENOTSUP)
		fail(-errno, "attributes of", path);
	for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1) {
		ssize_t n;

		if (!wanted_xattr(names + at))
			continue;
		n = fgetxattr(fd, names + at, value, sizeof(value));
		if (n < 0 || fmt_path(key, sizeof(key), "SCHILY.xattr.%s", names + at) < 0)
			fail(n < 0 ? -errno : -ENAMETOOLONG, "attributes of", path);
		add_record(key, value, (size_t)n, path);
	}
}

static void *grow(void *memory, size_t count, size_t size)
{
	/* By powers of two: the capacity follows from the count. */
	if (count & (count - 1))
		return memory;
	memory = realloc(memory, (count ? 2 * count : 1) * size);
	if (!memory)
		die(-ENOMEM, "%s", pk.source);
	return memory;
}

static char *copy(const char *s)
{
	char *text = strdup(s);

	if (!text)
		die(-ENOMEM, "%s", pk.source);
	return text;
}

/* The name under which an inode was written already, or NULL; it is remembered then. */
static const char *seen_as(const struct stat *st, const char *name)
{
	for (size_t i = 0; i < pk.inode_count; i++)
		if (pk.inodes[i].ino == st->st_ino && pk.inodes[i].dev == st->st_dev)
			return pk.inodes[i].name;
	pk.inodes = grow(pk.inodes, pk.inode_count, sizeof(*pk.inodes));
	pk.inodes[pk.inode_count++] = (struct inode){ st->st_dev, st->st_ino, copy(name) };
	return NULL;
}

static void pack_data(int fd, const struct tar_entry *entry)
{
	static char buf[128 * 1024];
	uint64_t left = entry->size;

	while (left) {
		ssize_t n = read(fd, buf, left < sizeof(buf) ? (size_t)left : sizeof(buf));

		if (n < 0)
			fail(-errno, "read", entry->name);
		/* It shrank since it was looked at: its size is written, so zeros fill it up. */
		if (!n) {
			n = left < sizeof(buf) ? (ssize_t)left : (ssize_t)sizeof(buf);
			memset(buf, 0, (size_t)n);
		}
		emit(buf, (size_t)n);
		left -= (uint64_t)n;
	}
	emit_padding();
}

static void write_marker(const char *directory, const char *name)
{
	static struct tar_entry marker = { .type = '0' };
	int r = fmt_path(
		marker.name, sizeof(marker.name), "%s%s%s", directory, *directory ? "/" : "", name);

	if (r < 0)
		fail(r, "name of", directory);
	write_entry(&marker);
}

static char type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return '0';
	case S_IFLNK:
		return '2';
	case S_IFCHR:
		return '3';
	case S_IFBLK:
		return '4';
	case S_IFDIR:
		return '5';
	case S_IFIFO:
		return '6';
	default:
		return 0;
	}
}

static void pack_directory(int fd, const char *path);

static void fill_entry(struct tar_entry *entry, const struct stat *st, const char *path)
{
	int r = fmt_path(entry->name, sizeof(entry->name), "%s", path);

	if (r < 0)
		fail(r, "name of", path);
	entry->type = type_of(st->st_mode);
	entry->mode = st->st_mode & 07777;
	entry->uid = st->st_uid;
	entry->gid = st->st_gid;
	entry->size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0;
	entry->mtime = st->st_mtim.tv_sec;
	entry->mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
	entry->major = entry->minor = 0;
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
		entry->major = major(st->st_rdev);
		entry->minor = minor(st->st_rdev);
	}
	entry->link[0] = '\0';
}

static void pack_file(int parent, const char *name, struct tar_entry *entry)
{
	CLEANUP_FD int fd = -1;
	ssize_t n;

	if (entry->type == '0' || entry->type == '5') {
		fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			fail(-errno, "open", entry->name);
		add_xattrs(fd, entry->name);
	}
	if (entry->type == '2') {
		n = readlinkat(parent, name, entry->link, sizeof(entry->link) - 1);
		if (n < 0)
			fail(-errno, "read the link", entry->name);
		entry->link[n] = '\0';
	}
	write_entry(entry);
	if (entry->type == '0')
		pack_data(fd, entry);
	else if (entry->type == '5')
		pack_directory(take_fd(&fd), entry->name);
}

static void pack_name(int parent, const char *directory, const char *name)
{
	struct tar_entry *entry = malloc(sizeof(*entry));
	char path[PATH_MAX], marker[300];
	const char *first;
	struct stat st;

	if (!entry ||
		fmt_path(path, sizeof(path), "%s%s%s", directory, *directory ? "/" : "", name) < 0)
		fail(-ENAMETOOLONG, "name of", directory);
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		fail(-errno, "look at", path);
	if (S_ISCHR(st.st_mode) && !st.st_rdev) {
		fmt_buf(marker, sizeof(marker), WHITEOUT "%s", name);
		write_marker(directory, marker);
	} else if (type_of(st.st_mode)) { /* sockets are nothing without who listens on them */
		fill_entry(entry, &st, path);
		first = S_ISDIR(st.st_mode) || st.st_nlink < 2 ? NULL : seen_as(&st, path);
		if (first) {
			entry->type = '1';
			entry->size = 0;
			fmt_buf(entry->link, sizeof(entry->link), "%s", first);
			write_entry(entry);
		} else {
			pack_file(parent, name, entry);
		}
	}
	free(entry);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_opaque(int fd)
{
	char y = 0;

	return (fgetxattr(fd, "trusted.overlay.opaque", &y, 1) == 1 && y == 'y') ||
		(fgetxattr(fd, "user.overlay.opaque", &y, 1) == 1 && y == 'y');
}

/* Takes fd over. */
static void pack_directory(int fd, const char *path)
{
	CLEANUP_DIR DIR *dir = fdopendir(fd);
	const struct dirent *entry;
	size_t count = 0;
	char **names = NULL;

	if (!dir)
		fail(-errno, "read", path);
	if (is_opaque(fd))
		write_marker(path, WHITEOUT_OPAQUE);
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		names = grow(names, count, sizeof(*names));
		names[count++] = copy(entry->d_name);
	}
	if (count)
		qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++) {
		pack_name(fd, path, names[i]);
		free(names[i]);
	}
	free(names);
}

/* One thing, under a name of its own; a directory, too, is then an entry. */
static void pack_alone(const char *path, const char *name)
{
	struct tar_entry *entry = calloc(1, sizeof(*entry));
	struct stat st;

	if (!entry || lstat(path, &st) < 0)
		die(entry ? -errno : -ENOMEM, "%s", path);
	if (!type_of(st.st_mode))
		die(0, "%s: a socket cannot be packed", path);
	fill_entry(entry, &st, name);
	pack_file(AT_FDCWD, path, entry);
	free(entry);
}

int layer_pack(const struct layer_args *args, const char *directory, const char *target)
{
	static const char end[2 * TAR_BLOCK];
	char digest[SHA256_HEX];
	bool to_stdout = !strcmp(target, "-");

	pk.source = directory;
	pk.fd = to_stdout ? STDOUT_FILENO
			  : open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (pk.fd < 0)
		die(-errno, "create %s", target);
	sha256_init(&pk.hash);
	if (args->name) {
		pack_alone(directory, args->name);
	} else {
		int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			die(-errno, "%s", directory);
		pack_directory(fd, "");
	}
	emit(end, sizeof(end));
	flush();
	if (to_stdout)
		return 0;
	sha256_hex(&pk.hash, digest);
	fmt_fd(STDOUT_FILENO, "%s %llu %llu\n", digest, (unsigned long long)pk.bytes,
		(unsigned long long)pk.entries);
	return 0;
}
