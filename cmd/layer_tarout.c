// SPDX-License-Identifier: MIT
/* layer_tarout.c - see layer_tarout.h. */
#include "layer_tarout.h"

#include <errno.h>
#include <string.h>

#include "err.h"
#include "fmt.h"
#include "fs.h"
#include "layer.h"

static struct {
	bool hashed;
	struct sha256 hash;
	uint64_t bytes, entries;
	int fd;
	size_t used;
	char pax[TAR_PAX_MAX];
	size_t pax_size;
	char buf[128 * 1024];
} out;

void tarout_init(int fd, bool hashed)
{
	out.fd = fd;
	out.hashed = hashed;
	sha256_init(&out.hash);
}

void tarout_flush(void)
{
	int r = fs_write_all(out.fd, out.buf, out.used);

	if (r < 0)
		die_hint(r, r == -ENOSPC ? "the disk is full" : NULL, "write the archive");
	out.used = 0;
	progress_at(out.bytes);
}

void tarout_add(const void *data, size_t size)
{
	if (out.hashed)
		sha256_add(&out.hash, data, size);
	out.bytes += size;
	while (size) {
		size_t room = sizeof(out.buf) - out.used, part = size < room ? size : room;

		memcpy(out.buf + out.used, data, part);
		out.used += part;
		data = (const char *)data + part;
		size -= part;
		if (out.used == sizeof(out.buf))
			tarout_flush();
	}
}

void tarout_pad(void)
{
	static char zeros[TAR_BLOCK];

	tarout_add(zeros, -out.bytes % TAR_BLOCK);
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts its own digits. */
void tarout_record(const char *key, const void *value, size_t size, const char *path)
{
	size_t body = strlen(key) + size + 3, length = body + 1,
	       room = sizeof(out.pax) - out.pax_size;
	char digits[24];

	while (length != body + (size_t)fmt_buf(digits, sizeof(digits), "%zu", length))
		length = body + strlen(digits);
	if (length > room)
		die(-E2BIG, "attributes of %s", path);
	out.pax_size += (size_t)fmt_buf(out.pax + out.pax_size, room, "%zu %s=", length, key);
	memcpy(out.pax + out.pax_size, value, size);
	out.pax_size += size;
	out.pax[out.pax_size++] = '\n';
}

static void add_number(const char *key, uint64_t value, const char *path)
{
	char text[24];

	fmt_buf(text, sizeof(text), "%llu", (unsigned long long)value);
	tarout_record(key, text, strlen(text), path);
}

static void add_misfits(const struct tar_entry *entry)
{
	char time[48];

	if (strlen(entry->name) > 100)
		tarout_record("path", entry->name, strlen(entry->name), entry->name);
	if (strlen(entry->link) > 100)
		tarout_record("linkpath", entry->link, strlen(entry->link), entry->name);
	if (entry->uid > 07777777)
		add_number("uid", entry->uid, entry->name);
	if (entry->gid > 07777777)
		add_number("gid", entry->gid, entry->name);
	if (entry->size > 077777777777)
		add_number("size", entry->size, entry->name);
	if (entry->mtime_ns || entry->mtime < 0) {
		fmt_buf(time, sizeof(time), "%lld.%09u", (long long)entry->mtime, entry->mtime_ns);
		tarout_record("mtime", time, strlen(time), entry->name);
	}
}

void tarout_entry(const struct tar_entry *entry)
{
	static struct tar_entry extension;
	unsigned char block[TAR_BLOCK];
	bool fits = tar_header(entry, block);

	if (!fits)
		add_misfits(entry);
	if (out.pax_size) {
		unsigned char header[TAR_BLOCK];

		extension.type = 'x';
		extension.mode = 0644;
		fmt_buf(extension.name, sizeof(extension.name), "PaxHeader");
		extension.size = out.pax_size;
		tar_header(&extension, header);
		tarout_add(header, sizeof(header));
		tarout_add(out.pax, out.pax_size);
		tarout_pad();
		out.pax_size = 0;
	}
	tarout_add(block, sizeof(block));
	out.entries++;
}

void tarout_result(char digest[SHA256_HEX], uint64_t *bytes, uint64_t *entries)
{
	sha256_hex(&out.hash, digest);
	*bytes = out.bytes;
	*entries = out.entries;
}
