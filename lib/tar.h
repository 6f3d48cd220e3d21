/* SPDX-License-Identifier: MIT */
/* tar.h - reads and writes tar streams: ustar, PAX, and GNU's long names, big numbers and sparse
 * files (all four forms of them).
 *
 * Nothing of a stream is believed: every number is checked for its range, every length against
 * what holds it.  The reader is a struct of the caller (about 2 MiB: allocate it). */
#ifndef TAR_H
#define TAR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sha256.h"

#define TAR_BLOCK      512
#define TAR_PAX_MAX    (1u << 20)
#define TAR_CHUNKS_MAX 65536

struct tar_entry {
	char type; /* '0' file, '1' hard link, '2' symlink, '3' char, '4' block, '5' dir, '6' fifo
		    */
	mode_t mode;
	uint32_t uid, gid;
	uint32_t major, minor;
	uint64_t size; /* bytes of the file, holes included */
	int64_t mtime;
	uint32_t mtime_ns;
	bool sparse;
	char name[PATH_MAX];
	char link[PATH_MAX];
};

/* A piece of a sparse file that the stream holds. */
struct tar_chunk {
	uint64_t offset, size;
};

struct tar_reader {
	int fd;
	bool hashed;
	struct sha256 hash;
	uint64_t total;  /* bytes of the stream so far */
	uint64_t stored; /* bytes of this entry's data not read yet */
	uint64_t padding;
	size_t chunks;
	struct tar_chunk chunk[TAR_CHUNKS_MAX];
	size_t pax_size;
	char pax[TAR_PAX_MAX + 1];
};

/* hashed: compute the hash of the stream. */
void tar_init(struct tar_reader *reader, int fd, bool hashed);

/* The next entry; what is left of the last one is skipped.
 *   why      set with -EINVAL: what is wrong with the archive, in words
 *   returns  1, 0 at the end of the archive, or -errno (-EPIPE: it was cut short) */
int tar_next(struct tar_reader *reader, struct tar_entry *entry, const char **why);

/* Reads data of the entry as the stream holds it (of a sparse file: chunk by chunk). */
ssize_t tar_data(struct tar_reader *reader, void *buf, size_t size);

/* Reads what follows the archive, to the end of the stream: the hash covers all of it. */
int tar_drain(struct tar_reader *reader);

/* The extended attributes of the entry, one a call, as json_next(): *at is 0 first.
 *   name     ends with a NUL; valid until tar_next() */
bool tar_xattr(
	struct tar_reader *reader, size_t *at, const char **name, const void **value, size_t *size);

/* A header block for an entry; what does not fit into it goes to PAX records of the caller's.
 *   returns  whether name, link, size, owner and times all fit */
bool tar_header(const struct tar_entry *entry, unsigned char block[TAR_BLOCK]);

#endif
