/* SPDX-License-Identifier: MIT */
/* cgdev.h - which device nodes a group may use: a list of what is allowed, or of what is denied,
 * never both, since v1 can hold no mixture (cgroup-v1/devices.rst, cgroup-v2.rst "Device
 * controller"). */
#ifndef CGDEV_H
#define CGDEV_H

#include "cgroup.h"

#define CG_DEVICE_RULES 64
#define CG_ANY          -1

struct cg_device_rule {
	char type;        /* 'b' 'c', or 'a' both */
	int major, minor; /* CG_ANY */
	unsigned access;  /* BPF_DEVCG_ACC_* bits: mknod 1, read 2, write 4 */
};

struct cg_devices {
	bool set, deny; /* deny: a list of what is denied */
	unsigned count;
	struct cg_device_rule rule[CG_DEVICE_RULES];
};

/* Begins with a policy: none, closed (null zero full random urandom) or default (closed, terminals
 * and mknod of anything, as OCI).
 *   errors  -EINVAL */
int cg_devices_policy(struct cg_devices *devices, const char *name);

/* Adds a rule "c 10:229 rwm" or "/dev/fuse[:rw]".
 *   deny    to the list of what is denied
 *   errors  -EINVAL  no rule, or lists are mixed: *why      -ENOENT ...  of stat(2) */
int cg_devices_add(struct cg_devices *devices, const char *text, bool deny, const char **why);

/* Puts the list in force.
 *   errors  -EPERM  v2: not root in the initial user namespace; v1: the level above denies it */
int cg_devices_apply(struct cgroup *cg, const struct cg_devices *devices);

#endif
