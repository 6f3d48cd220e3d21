// SPDX-License-Identifier: MIT
/* shell.c - see shell.h. */
#include "shell.h"

#include <stdlib.h>
#include <string.h>

#include "fmt.h"

const char *shell_find(void)
{
	const char *shell = getenv("SHELL");

	return shell && *shell ? shell : "/bin/sh";
}

char **shell_login(const char **file)
{
	static char name[64];
	static char *argv[] = { name, NULL };
	const char *slash;

	*file = shell_find();
	slash = strrchr(*file, '/');
	fmt_buf(name, sizeof(name), "-%s", slash ? slash + 1 : *file);
	return argv;
}
