/* SPDX-License-Identifier: MIT */
/* child.h - what the child becomes between the spawn and its execution. */
#ifndef CHILD_H
#define CHILD_H

#include "init.h"
#include "priv.h"

#define CHILD_GROUPS 64

/* LISTEN_PID and WATCHDOG_PID say for which process the variables beside them are.  The caller
 * could only name us; it meant the command. */
struct pid_variable {
	char **place; /* in environ; NULL: it is for somebody else */
	char text[32];
};

struct child {
	bool has_priv;
	struct priv priv;
	gid_t groups[CHILD_GROUPS];
	const char *directory;
	struct pid_variable listen, watchdog;
};

/* Sets the environment, and looks up all that the child will need.  Ends with a message. */
void child_plan(const struct init *in, struct child *child);

/* In the child.  Returns NULL, or the step that failed with -errno in *error. */
const char *child_become(const struct init *in, struct child *child, int *error);

#endif
