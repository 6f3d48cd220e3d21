// SPDX-License-Identifier: MIT
/* mnt_idmap.c - the user namespace that says how a mount's ids are shown.
 *
 * It takes a process to make one.  The process opens its own directory in /proc and shares its
 * descriptors with us: whatever PID namespace that /proc belongs to, we need no number to find it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "mnt.h"
#include "sys.h"

__attribute__((noreturn)) static void hold_namespace(int report)
{
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	/* Stopped, not paused: whoever waits for it learns of its end as well. */
	if (self >= 0 && write(report, &self, sizeof(self)) == sizeof(self))
		kill(getpid(), SIGSTOP);
	for (;;)
		kill(getpid(), SIGKILL);
}

/* The map of a mount is read the other way round: what the disk holds is "inside". */
static int write_maps(int process, uint32_t inside, uint32_t outside, uint32_t count)
{
	char map[48];
	int r;

	fmt_buf(map, sizeof(map), "%u %u %u", inside, outside, count);
	r = fs_write(process, "uid_map", map);
	return r < 0 ? r : fs_write(process, "gid_map", map);
}

int mnt_idmap(uint32_t inside, uint32_t outside, uint32_t count)
{
	int report[2], process = -1, status, r;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return -errno;
	pid = sys_clone(CLONE_NEWUSER | CLONE_FILES | SIGCHLD);
	if (!pid)
		hold_namespace(report[1]);
	r = pid < 0 ? pid : 0;
	if (!r &&
		(waitpid(pid, &status, WUNTRACED) < 0 || !WIFSTOPPED(status) ||
			read(report[0], &process, sizeof(process)) != sizeof(process)))
		r = -ENOENT;
	if (!r)
		r = write_maps(process, inside, outside, count);
	if (!r) {
		r = openat(process, "ns/user", O_RDONLY | O_CLOEXEC);
		r = r < 0 ? -errno : r;
	}
	if (pid > 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(report[0]);
	close(report[1]);
	if (process >= 0)
		close(process);
	return r;
}
