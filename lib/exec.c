// SPDX-License-Identifier: MIT
/* exec.c - see exec.h. */
#include "exec.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "fmt.h"
#include "sig.h"

#define NOT_EXECUTABLE 126
#define NOT_FOUND      127

/* ENOENT for a file that is there means that its interpreter is not: a script's #! line, or the
 * dynamic loader of an image that does not hold it. */
const char *exec_hint(int r, const char *command)
{
	struct stat st;
	bool is_path = strchr(command, '/');

	if (r == -ENOEXEC)
		return "not a program of this machine, and no #! line";
	if (!is_path || stat(command, &st) < 0)
		return NULL;
	if (r == -ENOENT)
		return "the file is there, the interpreter that it names is not";
	return S_ISDIR(st.st_mode) ? "a directory" : NULL;
}

void exec_file(const char *file, char **argv, const sigset_t *mask)
{
	int r;

	if (mask)
		sig_restore(mask);
	execvp(file, argv);
	r = -errno;
	warn_hint(r, exec_hint(r, file), "%s", *file ? file : "''");
	_exit(r == -ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

void exec_command(char **argv, const sigset_t *mask)
{
	exec_file(argv[0], argv, mask);
}

int exec_find(const char *name, char *file, size_t size)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return fmt_path(file, size, "%s", name);
	for (path = path ? path : "/usr/local/bin:/bin:/usr/bin"; *path; path += *path == ':') {
		size_t length = strcspn(path, ":");

		if (!fmt_path(file, size, "%.*s/%s", (int)length, path, name) &&
			!access(file, X_OK))
			return 0;
		path += length;
	}
	return -ENOENT;
}
