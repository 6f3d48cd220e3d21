/* SPDX-License-Identifier: MIT */
/* caps.h - capability sets of this process, capabilities(7).
 *
 * A set is a 64-bit mask, bit n for capability n.  By the system calls: libcap's constructor would
 * cost every applet its system calls and a heap. */
#ifndef CAPS_H
#define CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CAP_BIT(cap) (UINT64_C(1) << (cap))
#define CAPS_ALL     UINT64_MAX

/* What container engines leave to a container: CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID
 * SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP. */
#define CAPS_DEFAULT UINT64_C(0xa80425fb)

struct caps {
	uint64_t effective, permitted, inheritable;
};

/* Reads or sets the sets of this process.  errors as capset(2) */
int caps_get(struct caps *caps);
int caps_set(const struct caps *caps);

/* The bounding set, as far as this kernel knows capabilities. */
uint64_t caps_bounding(void);

/* Drops from the bounding set all that is not in keep.
 *   errors  -EPERM  something is to be dropped and SETPCAP is not effective */
int caps_bounding_keep(uint64_t keep);

uint64_t caps_ambient(void);

/* Makes the ambient set exactly this one; each bit must be permitted and inheritable.
 *   errors  -EPERM  one is not, or a securebit forbids it */
int caps_ambient_set(uint64_t ambient);

/* The number of a capability: NAME or CAP_NAME in any case, or a number 0..63; else -EINVAL. */
int caps_number(const char *name);

/* Its name in lower case without "cap_", NULL for one newer than this program. */
const char *caps_name(int cap);

/* "[+|-]NAME,...": a first word all, none, default or a NAME without a sign starts a new set,
 * signed words change what is there; "+all" and "-all" too.
 *   set     in: what signed words start from; out: the result.  Unchanged on error
 *   bad     the word that was refused, inside list, and its length
 *   errors  -EINVAL  no such capability */
int caps_parse(const char *list, uint64_t *set, const char **bad, size_t *bad_length);

#endif
