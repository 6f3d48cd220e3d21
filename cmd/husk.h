/* SPDX-License-Identifier: MIT */
/* husk.h - the list of applets, for the applet `husk` itself. */
#ifndef HUSK_H
#define HUSK_H

#include "applet.h"

/* Every applet of this binary, ends with NULL. */
const struct applet *const *husk_applets(void);

/* The applet of that name, or NULL. */
const struct applet *husk_find(const char *name);

/* The applet that runs in this process when a chain comes to this name, or NULL: it is executed. */
const struct applet *husk_link(const char *name);

#endif
