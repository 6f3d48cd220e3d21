// SPDX-License-Identifier: MIT
/* layer_unpack.c - an archive becomes a directory in overlay form.
 *
 * No path of the archive is ever followed out of the directory: each parent is opened by
 * openat2(RESOLVE_IN_ROOT), each last component is made with O_EXCL or its *at() call, which
 * follow no link.  `..` is refused.  The order for an entry: remove what is in its place, make it,
 * owner, mode, attributes (chown clears them), time.  The modes and times of directories come
 * last, as making files in one changes both. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "layer.h"
#include "layer_tree.h"
#include "parse.h"
#include "sys.h"
#include "tar.h"

#define HOLE 4096

struct directory {
	char *path;
	mode_t mode;
	struct timespec time;
};

static struct {
	const struct layer_args *args;
	const char *source;
	struct directory *directories;
	size_t directory_count;
	uint64_t entries;
	struct tar_reader *reader;
} un;

static int root;

static void *allocate(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory)
		die(-ENOMEM, "%s", un.source);
	return memory;
}

/* ---- whiteouts */

static void make_opaque(int dir, const char *path)
{
	char fd_path[32];

	fmt_buf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", dir);
	if (setxattr(fd_path, "trusted.overlay.opaque", "y", 1, 0) < 0 &&
		setxattr(fd_path, "user.overlay.opaque", "y", 1, 0) < 0)
		tree_fail(-errno, "mark as opaque the folder of", path);
}

/* --apply: a directory that is opaque loses what lower layers put there.  It must come before its
 * siblings, as `layer pack` writes it. */
static void empty_directory(int parent, const char *path)
{
	CLEANUP_FD int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir)
		tree_fail(-errno, "read the folder of", path);
	take_fd(&fd);
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			tree_remove(parent, entry->d_name) < 0)
			tree_fail(-errno, "empty the folder of", path);
}

/* The name of a whiteout says that something of a lower layer is gone. */
static bool is_whiteout(const char *name)
{
	return !un.args->plain && !strncmp(name, WHITEOUT, sizeof(WHITEOUT) - 1);
}

static void unpack_whiteout(int parent, const char *name, const char *path)
{
	const char *victim = name + sizeof(WHITEOUT) - 1;
	int r;

	if (!strcmp(name, WHITEOUT_OPAQUE)) {
		if (un.args->apply)
			empty_directory(parent, path);
		else
			make_opaque(parent, path);
		return;
	}
	/* .wh..wh.plnk and the like are aufs's own. */
	if (!strncmp(victim, WHITEOUT, sizeof(WHITEOUT) - 1))
		return;
	if (parse_word_in(victim, ". .."))
		die(0, "%s: refused: a whiteout of %s", un.source, path);
	r = tree_remove(parent, victim);
	if (!r && !un.args->apply && mknodat(parent, victim, S_IFCHR | 0600, makedev(0, 0)) < 0)
		r = -errno;
	if (r < 0)
		tree_fail(r, "white out", path);
}

/* ---- entries */

/* Writes a piece of a file; whole blocks of zeros become holes. */
static int write_piece(int fd, const char *data, size_t size, uint64_t offset)
{
	static char zeros[HOLE]; /* not const: it would take its size in the binary */

	while (size) {
		size_t part = size < HOLE ? size : HOLE;
		ssize_t n;

		if (part == HOLE && !memcmp(data, zeros, HOLE)) {
			n = (ssize_t)part;
		} else {
			/* As far as no block of zeros comes. */
			while (part < size &&
				(size - part < HOLE || memcmp(data + part, zeros, HOLE) != 0))
				part += size - part < HOLE ? size - part : HOLE;
			n = pwrite(fd, data, part, (off_t)offset);
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

static void write_chunk(int fd, uint64_t offset, uint64_t size, const char *path)
{
	static char buf[128 * 1024];

	while (size) {
		ssize_t n = tar_data(
			un.reader, buf, size < sizeof(buf) ? (size_t)size : sizeof(buf));
		int r = n < 0 ? (int)n : write_piece(fd, buf, (size_t)n, offset);

		if (n == -EPIPE)
			die(0, "%s: cut short in %s", un.source, path);
		if (r < 0)
			tree_fail(r, "write", path);
		size -= (uint64_t)n;
		offset += (uint64_t)n;
		progress_at(un.reader->total);
	}
}

static void write_file(int fd, const struct tar_entry *entry)
{
	if (!entry->sparse)
		write_chunk(fd, 0, entry->size, entry->name);
	for (size_t i = 0; entry->sparse && i < un.reader->chunks; i++)
		write_chunk(fd, un.reader->chunk[i].offset, un.reader->chunk[i].size, entry->name);
	if (ftruncate(fd, (off_t)entry->size) < 0)
		tree_fail(-errno, "write", entry->name);
}

static void set_xattrs(int fd, const char *path)
{
	const char *name;
	const void *value;
	size_t at = 0, size;

	while (tar_xattr(un.reader, &at, &name, &value, &size)) {
		/* overlay's own attributes would let an archive redirect a directory elsewhere. */
		if (strncmp(name, "user.", 5) != 0 && strcmp(name, "security.capability") != 0 &&
			strncmp(name, "system.posix_acl_", 17) != 0)
			continue;
		if (!strncmp(name, "user.overlay.", 13))
			continue;
		if (fsetxattr(fd, name, value, size, 0) < 0 && errno != ENOTSUP &&
			!(errno == EPERM && un.args->no_owner))
			tree_fail(-errno, "set an attribute of", path);
	}
}

static void finish_entry(int parent, const char *name, int fd, const struct tar_entry *entry)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = entry->mtime, .tv_nsec = entry->mtime_ns } };

	if (!un.args->no_owner &&
		fchownat(parent, name, entry->uid, entry->gid, AT_SYMLINK_NOFOLLOW) < 0)
		die_hint(-errno, "--no-owner makes everything yours", "%s: give %s to %u:%u",
			un.source, entry->name, entry->uid, entry->gid);
	/* Not a link's: chown(2) of a file clears its set-id bits, so the mode follows. */
	if (entry->type != '2' && fchmodat(parent, name, entry->mode, 0) < 0)
		tree_fail(-errno, "set the mode of", entry->name);
	if (fd >= 0)
		set_xattrs(fd, entry->name);
	if (utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		tree_fail(-errno, "set the time of", entry->name);
}

static void remember_directory(const struct tar_entry *entry)
{
	struct directory *directory;

	if (!(un.directory_count & (un.directory_count - 1)))
		un.directories = allocate(un.directories,
			(un.directory_count ? 2 * un.directory_count : 1) * sizeof(*directory));
	directory = &un.directories[un.directory_count++];
	directory->path = strdup(entry->name);
	if (!directory->path)
		die(-ENOMEM, "%s", un.source);
	directory->mode = entry->mode;
	directory->time = (struct timespec){ entry->mtime, entry->mtime_ns };
}

static void make_directory(int parent, const char *name, const struct tar_entry *entry)
{
	CLEANUP_FD int fd = -1;

	if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
		tree_fail(-errno, "make", entry->name);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		if (unlinkat(parent, name, 0) < 0 || mkdirat(parent, name, 0700) < 0)
			tree_fail(-errno, "make", entry->name);
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0)
		tree_fail(-errno, "open", entry->name);
	if (!un.args->no_owner && fchown(fd, entry->uid, entry->gid) < 0)
		tree_fail(-errno, "set the owner of", entry->name);
	set_xattrs(fd, entry->name);
	remember_directory(entry);
}

static void make_link(int parent, const char *name, struct tar_entry *entry)
{
	const char *target;
	CLEANUP_FD int dir = -1;
	char *slash;

	tree_clean(entry->link);
	slash = strrchr(entry->link, '/');
	target = slash ? slash + 1 : entry->link;
	if (slash)
		*slash = '\0';
	dir = fs_open_in(root, slash ? entry->link : ".", O_PATH | O_DIRECTORY);
	if (slash)
		*slash = '/';
	if (dir < 0 || linkat(dir, target, parent, name, 0) < 0)
		die(dir < 0 ? dir : -errno, "%s: link %s to %s", un.source, entry->name,
			entry->link);
}

static void make_entry(int parent, const char *name, struct tar_entry *entry)
{
	static const mode_t kinds[] = { ['3'] = S_IFCHR, ['4'] = S_IFBLK, ['6'] = S_IFIFO };
	CLEANUP_FD int fd = -1;
	int r = tree_remove(parent, name);

	if (r < 0)
		tree_fail(r, "replace", entry->name);
	switch (entry->type) {
	case '0':
		fd = openat(
			parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd < 0)
			tree_fail(-errno, "make", entry->name);
		write_file(fd, entry);
		break;
	case '1':
		make_link(parent, name, entry);
		return;
	case '2':
		if (symlinkat(entry->link, parent, name) < 0)
			tree_fail(-errno, "make", entry->name);
		break;
	case '3':
	case '4':
	case '6':
		r = mknodat(parent, name, kinds[(int)entry->type] | 0600,
			makedev(entry->major, entry->minor));
		if (r < 0 && errno == EPERM && un.args->no_owner) {
			warn(0, "%s: left out: the device %s", un.source, entry->name);
			return;
		}
		if (r < 0)
			tree_fail(-errno, "make", entry->name);
		break;
	default:
		die(0, "%s: %s: unknown type '%c'", un.source, entry->name, entry->type);
	}
	finish_entry(parent, name, fd, entry);
}

static void unpack_entry(struct tar_entry *entry)
{
	const char *name;
	int parent;

	tree_clean(entry->name);
	un.entries++;
	/* The directory itself: its mode and owner only. */
	if (!*entry->name) {
		if (entry->type == '5') {
			memcpy(entry->name, ".", 2);
			make_directory(root, ".", entry);
		}
		return;
	}
	parent = tree_parent(entry->name, &name);
	if (is_whiteout(name))
		unpack_whiteout(parent, name, entry->name);
	else if (entry->type == '5')
		make_directory(parent, name, entry);
	else
		make_entry(parent, name, entry);
	tree_settle();
}

/* Deepest first is the reverse of the order in which they came, or close to it: a time that a
 * later chmod does not change. */
static void finish_directories(void)
{
	while (un.directory_count--) {
		const struct directory *directory = &un.directories[un.directory_count];
		const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, directory->time };
		CLEANUP_FD int fd = fs_open_in(root, directory->path, O_RDONLY | O_DIRECTORY);

		/* A later entry of the archive took its place. */
		if (fd == -ENOENT || fd == -ENOTDIR)
			continue;
		if (fd < 0 || fchmod(fd, directory->mode) < 0 || futimens(fd, times) < 0)
			tree_fail(fd < 0 ? fd : -errno, "finish", directory->path);
	}
}

static void print_result(struct compressed *in, uint64_t bytes)
{
	char digest[SHA256_HEX + 1] = "-", diffid[SHA256_HEX] = "-";
	const char *want = un.args->digest;

	if (un.reader->hashed) {
		sha256_hex(&un.reader->hash, diffid);
		memcpy(digest, diffid, SHA256_HEX);
	}
	compressed_end(in, digest);
	if (want && !strncmp(want, "sha256:", 7))
		want += 7;
	if (want && strcmp(want, digest) != 0 && strcmp(want, diffid) != 0)
		die(0, "%s: damaged, or not what was asked for: its digest is sha256:%s", un.source,
			digest);
	fmt_fd(STDOUT_FILENO, "%s %s %llu %llu\n", digest, diffid, (unsigned long long)bytes,
		(unsigned long long)un.entries);
}

int layer_unpack(const struct layer_args *args, const char *source, const char *directory)
{
	static struct tar_entry entry;
	struct compressed in;
	const char *why = NULL;
	int r;

	umask(0);
	un.args = args;
	un.source = source;
	root = tree_open(directory, source);
	un.reader = allocate(NULL, sizeof(*un.reader));
	compressed_open(&in, source);
	tar_init(un.reader, in.fd, !args->plain || args->digest);
	while ((r = tar_next(un.reader, &entry, &why)) > 0) {
		unpack_entry(&entry);
		progress_at(un.reader->total);
	}
	if (!r)
		r = tar_drain(un.reader);
	if (r == -EPIPE)
		die(0, "%s: cut short", source);
	if (r == -EINVAL && why)
		die(0, "%s: %s", source, why);
	if (r < 0)
		die(r, "%s", source);
	if (!un.entries && !un.reader->total)
		die(0, "%s: empty", source);
	finish_directories();
	progress_end();
	print_result(&in, un.reader->total);
	return 0;
}
