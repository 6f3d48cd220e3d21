/* SPDX-License-Identifier: MIT */
/* layer.h - the verbs of the applet `layer`.  Each ends the process when it cannot go on. */
#ifndef LAYER_H
#define LAYER_H

#include <stdbool.h>

struct layer_args {
	bool apply;
	bool no_owner;
	bool plain;
	bool one_file_system;
	const char *digest;
	const char *name;
};

/* What the names of an archive mean to a layer (OCI image-spec, layer.md, "Whiteouts"). */
#define WHITEOUT        ".wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"

/* Unpacks the archive `source` ("-": stdin) into a directory. */
int layer_unpack(const struct layer_args *args, const char *source, const char *directory);

/* Packs a directory into an archive `target` ("-": stdout). */
int layer_pack(const struct layer_args *args, const char *directory, const char *target);

/* Prints the SHA-256 of a file. */
int layer_digest(const char *file);

/* A stream with its compression undone, by a child that runs gzip or zstd.
 *   fd      read the plain stream from here
 *   Call compressed_end() behind its last byte: the digest of what was read from the source.
 */
struct compressed {
	int fd;
	int digest_fd; /* -1: the source is not compressed */
	const char *source;
};

void compressed_open(struct compressed *in, const char *source);
void compressed_end(struct compressed *in, char *digest);

#endif
