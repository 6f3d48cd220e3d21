// SPDX-License-Identifier: MIT
/* vethctl_uplink.c - the way out of a network namespace for who is not root: no link can be made
 * from a user namespace into the host's.  A helper that speaks TCP itself is executed where one is
 * installed; without, there is loopback only. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <linux/rtnetlink.h>
#include <net/if.h>

#include "cleanup.h"
#include "err.h"
#include "exec.h"
#include "parse.h"
#include "rtnl.h"
#include "vethctl.h"

static int loopback_only(struct veth *v, const char *pid, const char *why)
{
	CLEANUP_FD int nsfd = -1, userfd = -1;
	struct nl inside;
	char path[128], user[64];
	int r;

	nsfd = netns_open(pid, path, sizeof(path));
	/* A network namespace obeys who has power in its user namespace; EINVAL: it is ours. */
	fmt_buf(user, sizeof(user), "/proc/%s/ns/user", pid);
	userfd = open(user, O_RDONLY | O_CLOEXEC);
	if (nsfd >= 0 && userfd >= 0)
		setns(userfd, CLONE_NEWUSER);
	r = nsfd < 0                            ? nsfd
		: setns(nsfd, CLONE_NEWNET) < 0 ? -errno
						: nl_open(&inside, NETLINK_ROUTE);
	if (r == 0 && v->dry_run) {
		fmt_fd(STDOUT_FILENO, "vethctl -n %s link set lo up\n", pid);
		nl_close(&inside);
	} else if (r == 0) {
		r = rtnl_set_up(&inside, 1, true);
		nl_close(&inside);
	}
	if (r < 0)
		return failed(v, r, "uplink: lo in %s", path);
	if (!v->quiet)
		warn(0, "uplink: loopback only: %s", why);
	return 0;
}

/* pasta will not be root: it becomes nobody, who may not enter a namespace of root's. */
static bool is_host_root(void)
{
	static const char first[] = "user:[4026531837]"; /* PROC_USER_INIT_INO of the kernel */
	char name[sizeof(first)];

	return !geteuid() &&
		readlink("/proc/self/ns/user", name, sizeof(name)) == sizeof(first) - 1 &&
		!memcmp(name, first, sizeof(first) - 1);
}

int uplink_run(struct veth *v, char **words)
{
	/* Neither gets at what listens on the host's loopback; pasta would offer it by itself. */
	static char *pasta[] = { (char *)"pasta", (char *)"-f", (char *)"-q",
		(char *)"--config-net", (char *)"--no-map-gw", (char *)"-t", (char *)"none",
		(char *)"-u", (char *)"none", (char *)"-T", (char *)"none", (char *)"-U",
		(char *)"none", NULL, NULL };
	static char *slirp[] = { (char *)"slirp4netns", (char *)"--configure",
		(char *)"--disable-host-loopback", (char *)"--mtu=65520", NULL, (char *)"tap0",
		NULL };
	CLEANUP_FD int tun = -1;
	bool root = is_host_root();
	char file[PATH_MAX];
	pid_t pid;

	if (!words[1] || words[2] || parse_pid(words[1], &pid) < 0)
		usage_die("uplink PID");
	if (v->checking)
		return 0;
	tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (tun < 0)
		return loopback_only(v, words[1], "/dev/net/tun cannot be opened");
	pasta[sizeof(pasta) / sizeof(*pasta) - 2] = words[1];
	slirp[4] = words[1];
	if (!root && exec_find(pasta[0], file, sizeof(file)) == 0)
		v->chain->next = pasta;
	else if (exec_find(slirp[0], file, sizeof(file)) == 0)
		v->chain->next = slirp;
	else
		return loopback_only(v, words[1],
			root ? "slirp4netns is not installed, and pasta does not serve root"
			     : "neither pasta nor slirp4netns is installed");
	if (v->dry_run) {
		fmt_fd(STDOUT_FILENO, "%s\n",
			veth_join(file, sizeof(file), (const char *const *)v->chain->next));
		v->chain->next = NULL;
	}
	return 0;
}
