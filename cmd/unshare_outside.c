// SPDX-License-Identifier: MIT
/* unshare_outside.c - what the process in the new namespaces cannot do for itself.
 *
 * A map of ranges wants privilege in the old user namespace, and a file that keeps a namespace
 *wants the old mounts.  Both are done from outside, by the waiter or by a helper, in step with the
 * process inside (a byte each):
 *
 *	inside				outside
 *	its number in /proc	  -->	opens /proc/NUMBER
 *				  <--	writes the maps
 *	sets up all the rest	  -->	binds the files
 *	goes on			  <--
 *
 * So a file is bound only when nothing can fail any more, and the command runs only when all files
 * are bound.  Whoever fails says why and closes the connection. */
#include "unshare.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cleanup.h"
#include "err.h"
#include "exec.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "passwd.h"

struct outside {
	const struct unshare_plan *plan;
	int sock;
	int proc; /* the directory of the process inside */
	char number[16];
};

bool unshare_needs_outside(const struct unshare_plan *plan)
{
	return plan->users || plan->groups || plan->keeps;
}

/* ---- inside */

/* The other end has said what went wrong, or was killed. */
static void await_byte(int sock)
{
	char byte;

	if (read(sock, &byte, 1) != 1)
		_exit(1);
}

/* /proc/self is right in whatever /proc is mounted, also in that of another PID namespace. */
static void introduce(int sock)
{
	char number[16];
	ssize_t n = readlink("/proc/self", number, sizeof(number));

	if (n < 0)
		die(-errno, "/proc/self");
	if (n == sizeof(number) || send(sock, number, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(1);
}

void unshare_await_maps(int sock)
{
	introduce(sock);
	await_byte(sock);
}

void unshare_await_files(int sock)
{
	send(sock, "", 1, MSG_NOSIGNAL);
	await_byte(sock);
	close(sock);
}

/* ---- outside: the maps */

/* How far a program of PATH is from being able to write a map, or NULL. */
static const char *tool_problem(const char *tool)
{
	char file[PATH_MAX];
	struct stat st;

	if (exec_find(tool, file, sizeof(file)) < 0 || stat(file, &st) < 0)
		return "not installed: Debian and Ubuntu have it in the package uidmap";
	if (!(st.st_mode & S_ISUID) && getxattr(file, "security.capability", NULL, 0) < 0)
		return "it has neither the set-user-ID bit nor file capabilities";
	return NULL;
}

/* newuidmap PID INNER OUTER COUNT ...: its message becomes the reason of ours. */
static int run_tool(const struct outside *outside, const char *tool, char *text, const char *what)
{
	char *argv[3 + 3 * IDMAP_RANGES];
	char said[512] = "";
	int pipes[2], argc = 2, status = 0;
	pid_t pid;

	argv[0] = (char *)tool;
	argv[1] = (char *)outside->number;
	for (char *rest = text; rest && *rest;)
		argv[argc++] = parse_field(&rest, " \n");
	argv[argc] = NULL;
	if (pipe2(pipes, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		warn(-errno, "run %s", tool);
		return -1;
	}
	if (!pid) {
		dup2(pipes[1], STDERR_FILENO);
		exec_command(argv, outside->plan->mask);
	}
	close(pipes[1]);
	fs_read_fd(pipes[0], said, sizeof(said));
	close(pipes[0]);
	if (waitpid(pid, &status, 0) == pid && !status)
		return 0;
	said[strcspn(said, "\n")] = '\0';
	if (tool_problem(tool))
		warn(0, "map %s: %s: %s", what, tool, tool_problem(tool));
	else
		warn(0, "map %s: %s", what, said[0] ? said : tool);
	return -1;
}

static int write_map(
	const struct outside *outside, const struct idmap *map, const char *what, bool users)
{
	const char *file = users ? "uid_map" : "gid_map";
	char text[IDMAP_TEXT];
	int r;

	if (!map)
		return 0;
	r = idmap_format(map, text);
	if (r < 0) {
		warn(0, "the map of %s: %zu ranges are more than 4095 bytes", what, map->count);
		return -1;
	}
	if (geteuid() != 0)
		return run_tool(outside, users ? "newuidmap" : "newgidmap", text, what);
	r = fs_write(outside->proc, file, text);
	if (r < 0) {
		text[strcspn(text, "\n")] = '\0';
		warn_hint(r, r == -EPERM ? "are all of them mapped here?" : NULL,
			"map %s: write \"%s%s\" to %s", what, text, map->count > 1 ? " ..." : "",
			file);
		return -1;
	}
	return 0;
}

/* ---- outside: the files */

static const char *bind_hint(int r, enum ns_index type)
{
	if (r == -EINVAL && type == NS_MOUNT)
		return "the file must be on a private mount";
	return r == -ENOENT ? "the file must exist" : NULL;
}

static void unbind_files(const struct unshare_plan *plan, int end)
{
	while (end-- > 0)
		if (plan->args->ns[end].value)
			umount2(plan->args->ns[end].value, MNT_DETACH);
}

static int bind_files(const struct outside *outside)
{
	const struct unshare_plan *plan = outside->plan;
	char source[64];

	for (int i = 0; i < NS_COUNT; i++) {
		const char *file = plan->args->ns[i].value;

		if (!file)
			continue;
		fmt_buf(source, sizeof(source), "/proc/self/fd/%d/ns/%s", outside->proc,
			ns_types[i].file);
		if (mount(source, file, NULL, MS_BIND, NULL) < 0) {
			int r = -errno;

			unbind_files(plan, i);
			warn_hint(r, bind_hint(r, (enum ns_index)i), "keep the %s namespace at %s",
				ns_types[i].name, file);
			return -1;
		}
		step("mount --bind /proc/%s/ns/%s %s", outside->number, ns_types[i].file, file);
	}
	return 0;
}

/* ---- outside: the order */

/* Still there?  Its number cannot be another's while it holds its end. */
static bool hung_up(int sock)
{
	struct pollfd end = { .fd = sock };

	return poll(&end, 1, 0) != 0;
}

static int serve(struct outside *outside)
{
	const struct unshare_plan *plan = outside->plan;
	ssize_t n = read(outside->sock, outside->number, sizeof(outside->number) - 1);
	char path[32], byte;

	if (n <= 0)
		return 0;
	outside->number[n] = '\0';
	fmt_buf(path, sizeof(path), "/proc/%s", outside->number);
	outside->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (hung_up(outside->sock))
		return 0;
	if (outside->proc < 0) {
		warn(-errno, "%s", path);
		return -1;
	}
	if (write_map(outside, plan->users, "users", true) < 0 ||
		write_map(outside, plan->groups, "groups", false) < 0)
		return -1;
	send(outside->sock, "", 1, MSG_NOSIGNAL);
	if (read(outside->sock, &byte, 1) != 1)
		return 0;
	if (bind_files(outside) < 0)
		return -1;
	if (send(outside->sock, "", 1, MSG_NOSIGNAL) != 1)
		unbind_files(plan, NS_COUNT);
	return 0;
}

int unshare_outside(const struct unshare_plan *plan, int sock)
{
	struct outside outside = { .plan = plan, .sock = sock, .proc = -1 };
	int r = serve(&outside);

	if (outside.proc >= 0)
		close(outside.proc);
	close(sock);
	return r;
}
