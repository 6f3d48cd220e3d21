/* SPDX-License-Identifier: MIT */
/* shell.h - the user's shell, for an applet that was given no command. */
#ifndef SHELL_H
#define SHELL_H

/* $SHELL, else the one of passwd(5) when it exists, else /bin/sh.  An empty $SHELL counts as none.
 *   returns  its path, valid until the environment changes or the next call */
const char *shell_find(void);

/* The argv of a login shell: its base name behind a dash.  *file is set to the path to execute.
 *   returns  static memory */
char **shell_login(const char **file);

#endif
