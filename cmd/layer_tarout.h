/* SPDX-License-Identifier: MIT */
/* layer_tarout.h - writes a tar stream: headers with the PAX records they need, data, a hash. */
#ifndef LAYER_TAROUT_H
#define LAYER_TAROUT_H

#include "sha256.h"
#include "tar.h"

/* hashed: tarout_result will be asked for the digest. */
void tarout_init(int fd, bool hashed);

/* A PAX record for the next entry; path is for the message when there are too many. */
void tarout_record(const char *key, const void *value, size_t size, const char *path);

/* The header of an entry, behind an extended header with its records. */
void tarout_entry(const struct tar_entry *entry);

/* Bytes of the stream as they come, and zeros to the end of a block. */
void tarout_add(const void *data, size_t size);
void tarout_pad(void);
void tarout_flush(void);

/* Behind the last byte. */
void tarout_result(char digest[SHA256_HEX], uint64_t *bytes, uint64_t *entries);

#endif
