/* SPDX-License-Identifier: MIT */
/* clock.h - time that has passed, whoever sets the clock meanwhile. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds since some moment in the past, never less than before (CLOCK_MONOTONIC of
 * clock_gettime(2), which cannot fail). */
static inline uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

#endif
