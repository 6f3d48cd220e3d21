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
#include "layer_tarout.h"

struct inode {
	dev_t dev;
	ino_t ino;
	char *name;
};

static struct {
	const char *source;
	bool one_file_system;
	dev_t device;
	struct inode *inodes;
	size_t inode_count;
} pk;

__attribute__((noreturn)) static void fail(int r, const char *what, const char *path)
{
	die(r, "%s: %s %s", pk.source, what, path);
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
		tarout_record(key, value, (size_t)n, path);
	}
}

/* The name under which an inode was written already, or NULL; it is remembered then. */
static const char *seen_as(const struct stat *st, const char *name)
{
	for (size_t i = 0; i < pk.inode_count; i++)
		if (pk.inodes[i].ino == st->st_ino && pk.inodes[i].dev == st->st_dev)
			return pk.inodes[i].name;
	pk.inodes = layer_grow(pk.inodes, pk.inode_count, sizeof(*pk.inodes));
	pk.inodes[pk.inode_count++] = (struct inode){ st->st_dev, st->st_ino, layer_copy(name) };
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
		tarout_add(buf, (size_t)n);
		left -= (uint64_t)n;
	}
	tarout_pad();
}

static void write_marker(const char *directory, const char *name)
{
	static struct tar_entry marker;
	int r = fmt_path(
		marker.name, sizeof(marker.name), "%s%s%s", directory, *directory ? "/" : "", name);

	if (r < 0)
		fail(r, "name of", directory);
	marker.type = '0';
	tarout_entry(&marker);
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

/* What a container that runs has removed meanwhile is left out, where it may be. */
static void pack_file(int parent, const char *name, struct tar_entry *entry, bool may_go)
{
	CLEANUP_FD int fd = -1;
	ssize_t n;

	if (entry->type == '0' || entry->type == '5') {
		fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT && may_go)
			return;
		if (fd < 0)
			fail(-errno, "open", entry->name);
		add_xattrs(fd, entry->name);
	}
	if (entry->type == '2') {
		n = readlinkat(parent, name, entry->link, sizeof(entry->link) - 1);
		if (n < 0 && errno == ENOENT && may_go)
			return;
		if (n < 0)
			fail(-errno, "read the link", entry->name);
		entry->link[n] = '\0';
	}
	tarout_entry(entry);
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
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			fail(-errno, "look at", path);
		free(entry);
		return;
	}
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
			tarout_entry(entry);
		} else {
			/* Others may be links to it. */
			pack_file(parent, name, entry, S_ISDIR(st.st_mode) || st.st_nlink < 2);
		}
	}
	free(entry);
}

/* Takes fd over. */
static void pack_directory(int fd, const char *path)
{
	CLEANUP_DIR DIR *dir = fdopendir(fd);
	struct stat st;
	size_t count;
	char **names;

	if (!dir)
		fail(-errno, "read", path);
	if (fstat(fd, &st) < 0)
		fail(-errno, "look at", path);
	if (!*path)
		pk.device = st.st_dev;
	if (pk.one_file_system && st.st_dev != pk.device)
		return;
	if (layer_is_opaque(fd))
		write_marker(path, WHITEOUT_OPAQUE);
	names = layer_names(dir, &count);
	for (size_t i = 0; i < count; i++)
		pack_name(fd, path, names[i]);
	layer_free_names(names, count);
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
	pack_file(AT_FDCWD, path, entry, false);
	free(entry);
}

int layer_pack(const struct layer_args *args, const char *directory, const char *target)
{
	static const char end[2 * TAR_BLOCK];
	char digest[SHA256_HEX];
	uint64_t bytes, entries;
	bool to_stdout = !strcmp(target, "-");
	int fd;

	pk.source = directory;
	pk.one_file_system = args->one_file_system;
	fd = to_stdout ? STDOUT_FILENO
		       : open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		die(-errno, "create %s", target);
	tarout_init(fd, !to_stdout);
	if (args->name) {
		pack_alone(directory, args->name);
	} else {
		fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			die(-errno, "%s", directory);
		pack_directory(fd, "");
	}
	tarout_add(end, sizeof(end));
	tarout_flush();
	progress_end();
	if (to_stdout)
		return 0;
	tarout_result(digest, &bytes, &entries);
	fmt_fd(STDOUT_FILENO, "%s %llu %llu\n", digest, (unsigned long long)bytes,
		(unsigned long long)entries);
	return 0;
}
