/* SPDX-License-Identifier: MIT */
/* layer_tree.h - the directory that an archive is unpacked into. */
#ifndef LAYER_TREE_H
#define LAYER_TREE_H

/* Opens it; source is the archive, for messages.  Returns its descriptor, which stays open. */
int tree_open(const char *directory, const char *source);

/* Ends with the message "SOURCE: WHAT PATH: reason". */
__attribute__((noreturn)) void tree_fail(int r, const char *what, const char *path);

/* Cleans a path in place: no leading / or ./, no doubled or trailing slash.  Ends at a `..`. */
void tree_clean(char *path);

/* Opens the directory that holds a clean path, makes it if the archive has not yet named it.
 *   name     the last component, inside path
 *   returns  a descriptor that is valid until tree_settle() */
int tree_parent(char *path, const char **name);

/* Removes a name and, when it is a directory, all that is in it: 0 or -errno. */
int tree_remove(int parent, const char *name);

/* Call it behind each entry. */
void tree_settle(void);

#endif
