/* SPDX-License-Identifier: MIT */
/* layer.h - the verbs of the applet `layer`.  Each ends the process when it cannot go on. */
#ifndef LAYER_H
#define LAYER_H

#include <stdbool.h>
#include <stdint.h>

struct layer_args {
	bool apply;
	bool no_owner;
	bool plain;
	bool one_file_system;
	const char *digest;
	const char *name;
	const char *progress;
	const char *total;
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

/* layer_progress.c: --progress LABEL, where there is a terminal for it (NULL: not asked for).
 *   total    bytes, 0: not known */
void progress_start(const char *label, uint64_t total);
/* Takes the total from the file, unless it is known. */
void progress_source(int fd);
/* Another process shows it. */
void progress_off(void);
/* So many bytes are done; the line is drawn at most ten times a second. */
void progress_at(uint64_t done);
/* Wipes the line. */
void progress_end(void);

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
