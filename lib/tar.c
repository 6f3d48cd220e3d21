// SPDX-License-Identifier: MIT
/* tar.c - see tar.h.  Reads headers and their extensions in the order in which they stand:
 *
 *   [global PAX] [PAX | GNU long name | GNU long link]... header [GNU sparse map] data
 *
 * POSIX.1-2017, pax, "pax Interchange Format"; GNU tar manual, "Basic Tar Format", "Storing Sparse
 * Files". */
#include "tar.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"
#include "tarpax.h"

/* Fields of the header block: where and how long. */
enum {
	NAME = 0,
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	MTIME = 136,
	CHECKSUM = 148,
	TYPE = 156,
	LINK = 157,
	MAGIC = 257,
	MAJOR = 329,
	MINOR = 337,
	PREFIX = 345,
};

void tar_init(struct tar_reader *reader, int fd, bool hashed)
{
	reader->fd = fd;
	reader->hashed = hashed;
	reader->total = reader->stored = reader->padding = 0;
	reader->chunks = reader->pax_size = 0;
	sha256_init(&reader->hash);
}

/* Reads up to size bytes, less only at the end of the stream. */
static ssize_t fill(struct tar_reader *reader, void *buf, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(reader->fd, (char *)buf + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
	}
	if (reader->hashed)
		sha256_add(&reader->hash, buf, used);
	reader->total += used;
	return (ssize_t)used;
}

int tar_fill(struct tar_reader *reader, void *buf, size_t size)
{
	ssize_t n = fill(reader, buf, size);

	return n < 0 ? (int)n : (size_t)n == size ? 0 : -EPIPE;
}

ssize_t tar_data(struct tar_reader *reader, void *buf, size_t size)
{
	int r;

	if (size > reader->stored)
		size = (size_t)reader->stored;
	r = tar_fill(reader, buf, size);
	if (r < 0)
		return r;
	reader->stored -= size;
	return (ssize_t)size;
}

static int skip_rest(struct tar_reader *reader)
{
	char waste[8192];
	ssize_t n;

	reader->stored += reader->padding;
	reader->padding = 0;
	while (reader->stored) {
		n = tar_data(reader, waste, sizeof(waste));
		if (n < 0)
			return (int)n;
	}
	return 0;
}

int tar_drain(struct tar_reader *reader)
{
	char waste[8192];
	ssize_t n;

	do
		n = fill(reader, waste, sizeof(waste));
	while (n > 0);
	return (int)n;
}

void tar_set_stored(struct tar_reader *reader, uint64_t size)
{
	reader->stored = size;
	reader->padding = -size % TAR_BLOCK;
}

/* Octal with blanks or NULs around it, or GNU's base 256 when the top bit is set. */
int tar_number(const unsigned char *field, size_t length, uint64_t max, uint64_t *value)
{
	uint64_t n = 0;
	size_t i = 0;

	if (field[0] & 0x80) {
		n = field[0] & 0x3f;
		/* Bit 6 is the sign: nothing here may be negative. */
		if (field[0] & 0x40)
			return -EINVAL;
		for (i = 1; i < length; i++) {
			if (n >> 55)
				return -EINVAL;
			n = n << 8 | field[i];
		}
	} else {
		while (i < length && field[i] == ' ')
			i++;
		for (; i < length && field[i] >= '0' && field[i] <= '7'; i++)
			n = n << 3 | (uint64_t)(field[i] - '0');
		if (i < length && field[i] != ' ' && field[i] != '\0')
			return -EINVAL;
	}
	if (n > max)
		return -EINVAL;
	*value = n;
	return 0;
}

static int number32(const unsigned char *field, uint32_t max, uint32_t *value)
{
	uint64_t wide;
	int r = tar_number(field, 8, max, &wide);

	*value = (uint32_t)wide;
	return r;
}

static bool checksum_matches(const unsigned char *block)
{
	uint64_t want, sum = 0;

	if (tar_number(block + CHECKSUM, 8, 1 << 20, &want) < 0)
		return false;
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += i >= CHECKSUM && i < TYPE ? ' ' : block[i];
	return sum == want;
}

static void join_name(char *name, const unsigned char *block)
{
	bool ustar = !memcmp(block + MAGIC, "ustar\0", 6);

	if (ustar && block[PREFIX])
		fmt_buf(name, PATH_MAX, "%.155s/%.100s", block + PREFIX, block + NAME);
	else
		fmt_buf(name, PATH_MAX, "%.100s", block + NAME);
}

static int read_header(const unsigned char *block, struct tar_entry *entry, const char **why)
{
	uint64_t size, mtime = 0;

	if (!checksum_matches(block)) {
		*why = "not a tar archive, or damaged: a header's checksum is wrong";
		return -EINVAL;
	}
	entry->type = block[TYPE] == '\0' || block[TYPE] == '7' ? '0' : (char)block[TYPE];
	join_name(entry->name, block);
	fmt_buf(entry->link, PATH_MAX, "%.100s", block + LINK);
	if (number32(block + MODE, 0777777, &entry->mode) < 0 ||
		number32(block + UID, UINT32_MAX - 1, &entry->uid) < 0 ||
		number32(block + GID, UINT32_MAX - 1, &entry->gid) < 0 ||
		number32(block + MAJOR, 0xfff, &entry->major) < 0 ||
		number32(block + MINOR, 0xfffff, &entry->minor) < 0 ||
		tar_number(block + SIZE, 12, TAR_FILE_MAX, &size) < 0) {
		*why = "a number in a header is out of range";
		return -EINVAL;
	}
	/* A time before 1970 is not worth an error: some archivers write nonsense here. */
	if (tar_number(block + MTIME, 12, TAR_FILE_MAX, &mtime) < 0)
		mtime = 0;
	entry->mode &= 07777;
	entry->mtime = (int64_t)mtime;
	entry->mtime_ns = 0;
	entry->size = size;
	entry->sparse = false;
	return 0;
}

static int long_text(struct tar_reader *reader, char *to)
{
	ssize_t n;

	if (reader->stored >= PATH_MAX)
		return -EINVAL;
	n = tar_data(reader, to, (size_t)reader->stored);
	if (n < 0)
		return (int)n;
	to[n] = '\0';
	return skip_rest(reader);
}

static int read_pax(struct tar_reader *reader)
{
	ssize_t n;

	if (reader->stored > TAR_PAX_MAX)
		return -EINVAL;
	n = tar_data(reader, reader->pax, (size_t)reader->stored);
	if (n < 0)
		return (int)n;
	reader->pax_size = (size_t)n;
	reader->pax[n] = '\0';
	return skip_rest(reader);
}

/* The header behind all extensions: 1, 0 at the end (a block of zeros, or no more at all). */
static int next_header(struct tar_reader *reader, unsigned char *block)
{
	static unsigned char zeros[TAR_BLOCK];
	ssize_t n = fill(reader, block, TAR_BLOCK);

	if (n < 0)
		return (int)n;
	if (n && n < TAR_BLOCK)
		return -EPIPE;
	return n && memcmp(block, zeros, TAR_BLOCK) != 0;
}

int tar_next(struct tar_reader *reader, struct tar_entry *entry, const char **why)
{
	char long_name[PATH_MAX] = "", long_link[PATH_MAX] = "";
	unsigned char block[TAR_BLOCK];
	int r = skip_rest(reader);

	reader->pax_size = reader->chunks = 0;
	while (!r) {
		r = next_header(reader, block);
		if (r <= 0)
			return r;
		r = read_header(block, entry, why);
		if (r < 0)
			return r;
		tar_set_stored(reader, entry->size);
		*why = "an extended header is damaged or too long";
		if (entry->type == 'x')
			r = read_pax(reader);
		else if (entry->type == 'g')
			r = skip_rest(reader);
		else if (entry->type == 'L')
			r = long_text(reader, long_name);
		else if (entry->type == 'K')
			r = long_text(reader, long_link);
		else
			break;
	}
	if (r < 0)
		return r;
	if (*long_name)
		memcpy(entry->name, long_name, sizeof(long_name));
	if (*long_link)
		memcpy(entry->link, long_link, sizeof(long_link));
	*why = "a PAX record or a map of a sparse file is damaged";
	if (entry->type == 'S')
		r = tarpax_gnu_sparse(reader, block, entry);
	else if (reader->pax_size)
		r = tarpax_apply(reader, entry);
	if (!r && entry->sparse)
		r = tarpax_check_map(reader, entry);
	/* Old archivers give a link the size of its target, without data. */
	if (!r && entry->type != '0')
		tar_set_stored(reader, 0);
	return r < 0 ? r : 1;
}

static bool octal(unsigned char *field, size_t length, uint64_t value)
{
	bool fits = value >> (3 * (length - 1)) == 0;

	fmt_buf((char *)field, length, "%0*llo", (int)length - 1,
		(unsigned long long)(fits ? value : 0));
	return fits;
}

bool tar_header(const struct tar_entry *entry, unsigned char block[TAR_BLOCK])
{
	size_t name = strlen(entry->name), link = strlen(entry->link);
	bool fits = name <= 100 && link <= 100 && entry->mtime >= 0 && !entry->mtime_ns;
	unsigned sum = 0;

	memset(block, 0, TAR_BLOCK);
	memcpy(block + NAME, entry->name, name < 100 ? name : 100);
	memcpy(block + LINK, entry->link, link < 100 ? link : 100);
	octal(block + MODE, 8, entry->mode);
	fits &= octal(block + UID, 8, entry->uid);
	fits &= octal(block + GID, 8, entry->gid);
	fits &= octal(block + SIZE, 12, entry->size);
	fits &= octal(block + MTIME, 12, entry->mtime < 0 ? 0 : (uint64_t)entry->mtime);
	octal(block + MAJOR, 8, entry->major);
	octal(block + MINOR, 8, entry->minor);
	block[TYPE] = (unsigned char)entry->type;
	memcpy(block + MAGIC, "ustar\00000", 8);
	memset(block + CHECKSUM, ' ', 8);
	for (int i = 0; i < TAR_BLOCK; i++)
		sum += block[i];
	fmt_buf((char *)block + CHECKSUM, 7, "%06o", sum);
	return fits;
}
