// SPDX-License-Identifier: MIT
/* tarpax.c - what tar streams say beyond the fields of a header: PAX records ("LENGTH
 * KEY=VALUE\n") and the maps of sparse files, which come in four forms: GNU's type S, and PAX
 * 0.0, 0.1 and 1.0 (GNU tar manual, "Storing Sparse Files"). */
#include "tarpax.h"

#include <errno.h>
#include <string.h>

#include "parse.h"

/* Fields of a header of GNU's type S. */
enum {
	GNU_SPARSE = 386,
	GNU_EXTENDED = 482,
	GNU_REALSIZE = 483,
};

/* A record of reader->pax; its '=' and its line end become NULs. */
struct record {
	char *key, *value;
	size_t size;
};

static int next_record(struct tar_reader *reader, size_t *at, struct record *record)
{
	char *line = reader->pax + *at;
	size_t length = 0, left = reader->pax_size - *at;
	char *equals;

	if (!left)
		return 0;
	for (; *line >= '0' && *line <= '9' && length <= left; line++)
		length = length * 10 + (size_t)(*line - '0');
	if (*line++ != ' ' || length > left || reader->pax + *at + length <= line)
		return -EINVAL;
	*at += length;
	if (reader->pax[*at - 1] != '\n' && reader->pax[*at - 1] != '\0')
		return -EINVAL;
	reader->pax[*at - 1] = '\0';
	/* The record is read more than once: then its '=' is a NUL already. */
	equals = line + strcspn(line, "=");
	*equals = '\0';
	record->key = line;
	record->value = equals + 1;
	record->size = (size_t)(reader->pax + *at - 1 - record->value);
	return equals + 1 >= reader->pax + *at ? -EINVAL : 1;
}

static int parse_time(char *value, struct tar_entry *entry)
{
	char *rest = value, *seconds = parse_field(&rest, ".");
	uint64_t n = 0;
	uint32_t ns = 0;

	if (*seconds != '-' && parse_u64(seconds, 0, TAR_FILE_MAX, &n) < 0)
		return -EINVAL;
	for (uint32_t unit = 100000000; rest && *rest >= '0' && *rest <= '9' && unit; unit /= 10)
		ns += (uint32_t)(*rest++ - '0') * unit;
	entry->mtime = (int64_t)n;
	entry->mtime_ns = ns;
	return 0;
}

static int copy_path(char *to, const struct record *record)
{
	/* A NUL inside would make two readers see two names. */
	if (record->size >= PATH_MAX || strlen(record->value) != record->size)
		return -EINVAL;
	memcpy(to, record->value, record->size + 1);
	return 0;
}

static int add_chunk(struct tar_reader *reader, uint64_t offset, uint64_t size)
{
	uint64_t end = 0;

	if (reader->chunks) {
		const struct tar_chunk *last = &reader->chunk[reader->chunks - 1];

		end = last->offset + last->size;
	}
	if (reader->chunks == TAR_CHUNKS_MAX || offset > TAR_FILE_MAX || size > TAR_FILE_MAX ||
		offset < end)
		return -EINVAL;
	reader->chunk[reader->chunks++] = (struct tar_chunk){ offset, size };
	return 0;
}

static int parse_map(struct tar_reader *reader, char *text)
{
	while (text && *text) {
		uint64_t offset, size;
		char *first = parse_field(&text, ","),
		     *second = text ? parse_field(&text, ",") : NULL;

		if (!second || parse_u64(first, 0, TAR_FILE_MAX, &offset) < 0 ||
			parse_u64(second, 0, TAR_FILE_MAX, &size) < 0 ||
			add_chunk(reader, offset, size) < 0)
			return -EINVAL;
	}
	return 0;
}

struct sparse_keys {
	uint64_t major, offset;
	uint64_t real_size;
	bool is_sparse;
};

static int apply_sparse(struct tar_reader *reader, const char *key, const struct record *record,
	struct tar_entry *entry, struct sparse_keys *sparse)
{
	uint64_t n = 0;

	sparse->is_sparse = true;
	if (!strcmp(key, "name"))
		return copy_path(entry->name, record);
	if (!strcmp(key, "map"))
		return parse_map(reader, record->value);
	if (parse_u64(record->value, 0, TAR_FILE_MAX, &n) < 0)
		return -EINVAL;
	if (!strcmp(key, "major"))
		sparse->major = n;
	else if (!strcmp(key, "realsize") || !strcmp(key, "size"))
		sparse->real_size = n;
	else if (!strcmp(key, "offset"))
		sparse->offset = n;
	else if (!strcmp(key, "numbytes"))
		return add_chunk(reader, sparse->offset, n);
	return 0;
}

static int apply_record(struct tar_reader *reader, const struct record *record,
	struct tar_entry *entry, struct sparse_keys *sparse)
{
	static const char sparse_prefix[] = "GNU.sparse.";
	uint64_t n;

	if (!strcmp(record->key, "path"))
		return sparse->is_sparse ? 0 : copy_path(entry->name, record);
	if (!strcmp(record->key, "linkpath"))
		return copy_path(entry->link, record);
	if (!strcmp(record->key, "mtime"))
		return parse_time(record->value, entry);
	if (!strcmp(record->key, "uid"))
		return parse_id(record->value, &entry->uid);
	if (!strcmp(record->key, "gid"))
		return parse_id(record->value, &entry->gid);
	if (!strcmp(record->key, "size")) {
		if (parse_u64(record->value, 0, TAR_FILE_MAX, &n) < 0)
			return -EINVAL;
		entry->size = n;
	}
	if (!strncmp(record->key, sparse_prefix, sizeof(sparse_prefix) - 1))
		return apply_sparse(
			reader, record->key + sizeof(sparse_prefix) - 1, record, entry, sparse);
	return 0;
}

/* A decimal line of a map that stands before the data (PAX sparse format 1.0). */
static int map_line(struct tar_reader *reader, char *block, size_t *at, uint64_t *value)
{
	char line[24];
	size_t used = 0;

	for (;;) {
		if (*at == TAR_BLOCK) {
			if (tar_data(reader, block, TAR_BLOCK) != TAR_BLOCK)
				return -EINVAL;
			*at = 0;
		}
		if (block[*at] == '\n')
			break;
		if (used == sizeof(line) - 1)
			return -EINVAL;
		line[used++] = block[(*at)++];
	}
	++*at;
	line[used] = '\0';
	return parse_u64(line, 0, TAR_FILE_MAX, value);
}

static int read_map_before_data(struct tar_reader *reader)
{
	char block[TAR_BLOCK];
	size_t at = TAR_BLOCK;
	uint64_t count, offset, size;

	if (map_line(reader, block, &at, &count) < 0 || count > TAR_CHUNKS_MAX)
		return -EINVAL;
	while (count--)
		if (map_line(reader, block, &at, &offset) < 0 ||
			map_line(reader, block, &at, &size) < 0 ||
			add_chunk(reader, offset, size) < 0)
			return -EINVAL;
	return 0;
}

static int gnu_map(struct tar_reader *reader, const unsigned char *fields, int count)
{
	for (; count--; fields += 24) {
		uint64_t offset, size;

		if (!fields[0])
			break;
		if (tar_number(fields, 12, TAR_FILE_MAX, &offset) < 0 ||
			tar_number(fields + 12, 12, TAR_FILE_MAX, &size) < 0 ||
			add_chunk(reader, offset, size) < 0)
			return -EINVAL;
	}
	return 0;
}

/* GNU type S: four pieces in the header, 21 in each block that follows it. */
int tarpax_gnu_sparse(
	struct tar_reader *reader, const unsigned char *header, struct tar_entry *entry)
{
	unsigned char more = header[GNU_EXTENDED], block[TAR_BLOCK];

	if (tar_number(header + GNU_REALSIZE, 12, TAR_FILE_MAX, &entry->size) < 0 ||
		gnu_map(reader, header + GNU_SPARSE, 4) < 0)
		return -EINVAL;
	while (more) {
		int r = tar_fill(reader, block, sizeof(block));

		if (r < 0)
			return r;
		if (gnu_map(reader, block, 21) < 0)
			return -EINVAL;
		more = block[504];
	}
	entry->type = '0';
	entry->sparse = true;
	return 0;
}

int tarpax_check_map(const struct tar_reader *reader, const struct tar_entry *entry)
{
	uint64_t sum = 0, end = 0;

	for (size_t i = 0; i < reader->chunks; i++) {
		sum += reader->chunk[i].size;
		end = reader->chunk[i].offset + reader->chunk[i].size;
		if (sum > reader->stored)
			return -EINVAL;
	}
	return end > entry->size || sum != reader->stored ? -EINVAL : 0;
}

int tarpax_apply(struct tar_reader *reader, struct tar_entry *entry)
{
	struct sparse_keys sparse = { 0 };
	struct record record;
	size_t at = 0;
	int r;

	while ((r = next_record(reader, &at, &record)) > 0)
		if (apply_record(reader, &record, entry, &sparse) < 0)
			return -EINVAL;
	if (r < 0)
		return r;
	tar_set_stored(reader, entry->size);
	if (!sparse.is_sparse)
		return 0;
	entry->sparse = true;
	r = sparse.major ? read_map_before_data(reader) : 0;
	entry->size = sparse.real_size;
	return r;
}

bool tar_xattr(
	struct tar_reader *reader, size_t *at, const char **name, const void **value, size_t *size)
{
	static const char prefix[] = "SCHILY.xattr.";
	struct record record;

	while (next_record(reader, at, &record) > 0) {
		if (strncmp(record.key, prefix, sizeof(prefix) - 1) != 0)
			continue;
		*name = record.key + sizeof(prefix) - 1;
		*value = record.value;
		*size = record.size;
		return true;
	}
	return false;
}
