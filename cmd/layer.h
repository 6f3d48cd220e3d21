/* SPDX-License-Identifier: MIT */
/* layer.h - the verbs of the applet `layer`.  Each ends the process when it cannot go on. */
#ifndef LAYER_H
#define LAYER_H

#include <dirent.h>
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

/* Prints what the first directory, a layer, changes in the others, the highest first: a line each,
 * A, C or D and the path. */
int layer_diff(char **directories);

/* layer_names.c: the names in a directory, sorted. */
char **layer_names(DIR *dir, size_t *count);
bool layer_has_name(char **names, size_t count, const char *name);
void layer_free_names(char **names, size_t count);
/* Does it hide what lower layers have in it? */
bool layer_is_opaque(int fd);
/* Room for one element more than count; a copy of a string. */
void *layer_grow(void *memory, size_t count, size_t size);
char *layer_copy(const char *s);

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
