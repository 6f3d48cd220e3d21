/* SPDX-License-Identifier: MIT */
/* tarpax.h - inside of the tar reader: what tar.c and tarpax.c give each other. */
#ifndef TARPAX_H
#define TARPAX_H

#include "tar.h"

#define TAR_FILE_MAX ((uint64_t)1 << 62)

/* Reads exactly size bytes of the stream: 0 or -errno (-EPIPE: it ended before). */
int tar_fill(struct tar_reader *reader, void *buf, size_t size);

/* Sets how much data follows, and its padding to whole blocks. */
void tar_set_stored(struct tar_reader *reader, uint64_t size);

/* A number of a header, octal or GNU's base 256: 0 or -EINVAL. */
int tar_number(const unsigned char *field, size_t length, uint64_t max, uint64_t *value);

/* Applies the PAX records in reader->pax to an entry, its sparse map included. */
int tarpax_apply(struct tar_reader *reader, struct tar_entry *entry);

/* Reads the map of GNU's type S, which begins in the header block. */
int tarpax_gnu_sparse(
	struct tar_reader *reader, const unsigned char *header, struct tar_entry *entry);

/* Whether the chunks lie inside of the file and their sum is what the stream holds. */
int tarpax_check_map(const struct tar_reader *reader, const struct tar_entry *entry);

#endif
