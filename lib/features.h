/* SPDX-License-Identifier: MIT */
/* features.h - what this kernel offers of what husk can use, found by trying, never by version. */
#ifndef FEATURES_H
#define FEATURES_H

#include "fmt.h"

/* Prints "libc: ..." and "kernel: RELEASE ..." followed by a line "features: NAME ..." and, when
 * something is missing, "missing: NAME ...".  Leaves nothing behind. */
void features_print(struct out *out);

#endif
