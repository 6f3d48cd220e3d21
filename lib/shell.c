// SPDX-License-Identifier: MIT
/* shell.c - see shell.h. */
#include "shell.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fmt.h"
#include "passwd.h"

const char *shell_find(void)
{
	static struct passwd_user user;
	const char *shell = getenv("SHELL");
	char number[16];

	if (shell && *shell)
		return shell;
	fmt_buf(number, sizeof(number), "%u", getuid());
	if (!passwd_user(AT_FDCWD, number, &user) && !access(user.shell, X_OK))
		return user.shell;
	return "/bin/sh";
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
