// SPDX-License-Identifier: MIT
/* proc.c - see proc.h. */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fmt.h"
#include "fs.h"
#include "parse.h"
#include "sys.h"

/* The value of a line "KEY:\tVALUE" of a status or fdinfo text, ended in place, or NULL. */
static char *line_value(char *text, const char *key)
{
	size_t length = strlen(key);

	for (char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, length) && line[length] == ':') {
			line += length + 1;
			line += strspn(line, " \t");
			line[strcspn(line, "\n")] = '\0';
			return line;
		}
	}
	return NULL;
}

static pid_t number_by_pidfd(int pidfd)
{
	char path[64], text[512];
	char *value;
	pid_t pid;
	ssize_t r;

	fmt_buf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	r = fs_read(AT_FDCWD, path, text, sizeof(text));
	if (r < 0)
		return (pid_t)r;
	value = line_value(text, "Pid");
	/* 0: not in this /proc.  -1: reaped. */
	return value && !parse_pid(value, &pid) ? pid : -ESRCH;
}

pid_t proc_number(int pidfd, pid_t pid)
{
	char self[32];
	pid_t shown;
	ssize_t n;

	if (pidfd >= 0)
		return number_by_pidfd(pidfd);
	n = readlink("/proc/self", self, sizeof(self) - 1);
	if (n < 0)
		return -errno;
	self[n] = '\0';
	return !parse_pid(self, &shown) && shown == getpid() ? pid : -ESRCH;
}

int proc_open(int pidfd, pid_t pid)
{
	pid_t shown = proc_number(pidfd, pid);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	char path[32];
	int fd;

	if (shown < 0)
		return shown;
	fmt_buf(path, sizeof(path), "/proc/%d", shown);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	/* Its number may have been another's between the two steps, if it has ended. */
	if (pidfd >= 0 && poll(&end, 1, 0) != 0) {
		close(fd);
		return -ESRCH;
	}
	return fd;
}

static uint64_t hex_value(const char *s)
{
	uint64_t value = 0;

	for (; s && *s; s++)
		value = value << 4 | (uint64_t)(*s <= '9' ? *s - '0' : *s - 'a' + 10);
	return value;
}

int proc_status(int dirfd, struct proc_status *status)
{
	char text[4096];
	ssize_t r = fs_read(dirfd, "status", text, sizeof(text));
	const char *value;

	if (r < 0)
		return (int)r;
	/* From the last line to the first, since each search ends its line. */
	value = line_value(text, "Seccomp");
	status->filtered = value && *value == '2';
	value = line_value(text, "NoNewPrivs");
	status->no_new_privs = value && *value == '1';
	status->bounding = hex_value(line_value(text, "CapBnd"));
	status->caught = hex_value(line_value(text, "SigCgt"));
	status->ignored = hex_value(line_value(text, "SigIgn"));
	status->blocked = hex_value(line_value(text, "SigBlk"));
	status->pending = hex_value(line_value(text, "ShdPnd"));
	value = line_value(text, "State");
	status->asleep = value && *value == 'S';
	return 0;
}

bool proc_in_sigwait(int dirfd)
{
	char text[256], *rest = text;
	uint32_t number;

	return fs_read(dirfd, "syscall", text, sizeof(text)) > 0 &&
		!parse_u32(parse_field(&rest, " \n"), 0, UINT32_MAX, &number) &&
		number == SYS_rt_sigtimedwait;
}

int proc_exit_status(int pidfd, int timeout_ms)
{
	struct pollfd reaped = { .fd = pidfd };
	int status = 0, r = sys_pidfd_exit_status(pidfd, &status);

	if (r == -ENODATA && poll(&reaped, 1, timeout_ms) > 0)
		r = sys_pidfd_exit_status(pidfd, &status);
	return r < 0 ? r : status;
}
