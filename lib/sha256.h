/* SPDX-License-Identifier: MIT */
/* sha256.h - SHA-256 (FIPS 180-4), fed piece by piece. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX 65 /* 64 digits and a NUL */

struct sha256 {
	uint32_t state[8];
	uint64_t size;
	unsigned char block[64];
};

void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t size);

/* Ends the hash and writes it as lower-case hex. */
void sha256_hex(struct sha256 *hash, char hex[SHA256_HEX]);

#endif
