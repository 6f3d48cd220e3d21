/* SPDX-License-Identifier: MIT */
/* exec.h - handing the process over to a foreign command: the only execvp of the program. */
#ifndef EXEC_H
#define EXEC_H

#include <signal.h>
#include <stddef.h>

/* Restores the signal mask (NULL: as it is) and executes argv[0], looked up in PATH as execvp(3).
 * On failure: one message that names the command, and the end of the process with 127 where it
 * was not found (ENOENT, ENOTDIR), else with 126. */
__attribute__((noreturn)) void exec_command(char **argv, const sigset_t *mask);

/* Where execvp(3) would find a program: its path into file.
 *   errors  -ENOENT  nowhere in PATH   -ENAMETOOLONG */
int exec_find(const char *name, char *file, size_t size);

/* As exec_command for a file that argv[0] does not name. */
__attribute__((noreturn)) void exec_file(const char *file, char **argv, const sigset_t *mask);

/* What the errno of a failed execution leaves unsaid, or NULL: a hint for warn_hint(). */
const char *exec_hint(int r, const char *command);

#endif
