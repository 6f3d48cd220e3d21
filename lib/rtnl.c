// SPDX-License-Identifier: MIT
/* rtnl.c - see rtnl.h. */
#include "rtnl.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "fmt.h"
#include "parse.h"
#include "sys.h"

bool rtnl_is_name(const char *name)
{
	size_t length = strlen(name);

	if (!length || length >= IFNAMSIZ || parse_word_in(name, ". .. all default"))
		return false;
	for (; *name; name++)
		if ((unsigned char)*name <= ' ' || *name == 0x7f || strchr("/:%", *name))
			return false;
	return true;
}

int rtnl_index(const struct nl *nl, const char *name)
{
	struct ifreq request = { 0 };
	size_t length = strlen(name);

	/* Any socket will do, and the netlink one is in the right namespace. */
	if (length >= IFNAMSIZ)
		return -ENODEV;
	memcpy(request.ifr_name, name, length);
	return ioctl(nl->fd, SIOCGIFINDEX, &request) < 0 ? -errno : request.ifr_ifindex;
}

const char *rtnl_name(const struct nl *nl, int index, char *name)
{
	struct ifreq request = { .ifr_ifindex = index };

	name[0] = '\0';
	if (ioctl(nl->fd, SIOCGIFNAME, &request) == 0)
		memcpy(name, request.ifr_name, IFNAMSIZ);
	return name;
}

int rtnl_get_link(struct nl *nl, int index, const char *name, void *buf, size_t room,
	const struct nlmsghdr **link)
{
	const struct ifinfomsg info = { .ifi_index = index };
	struct nl_answer answer = { .data = buf, .room = room };
	struct nl_batch batch;
	int r;

	nl_init(&batch);
	nl_begin(&batch, RTM_GETLINK, NLM_F_ACK, &info, sizeof(info));
	if (!index)
		nl_put_text(&batch, IFLA_IFNAME, name);
	r = nl_talk(nl, &batch, &answer);
	*link = nl_next(&answer, NULL);
	return r < 0 ? r : *link ? 0 : -ENODEV;
}

static int change_link(struct nl *nl, unsigned type, const struct ifinfomsg *info)
{
	struct nl_batch batch;

	nl_init(&batch);
	nl_begin(&batch, type, NLM_F_ACK, info, sizeof(*info));
	return nl_talk(nl, &batch, NULL);
}

int rtnl_set_up(struct nl *nl, int index, bool up)
{
	const struct ifinfomsg info = {
		.ifi_index = index, .ifi_flags = up ? IFF_UP : 0, .ifi_change = IFF_UP
	};

	return change_link(nl, RTM_NEWLINK, &info);
}

int rtnl_delete(struct nl *nl, int index)
{
	const struct ifinfomsg info = { .ifi_index = index };

	return change_link(nl, RTM_DELLINK, &info);
}

int netns_open(const char *ns, char *path, size_t size)
{
	bool by_pid = !strncmp(ns, "pid:", 4);
	uint32_t number;
	pid_t pid;
	int fd, r;

	if (!strncmp(ns, "fd:", 3)) {
		if (parse_u32(ns + 3, 0, 65535, &number) < 0)
			return -EINVAL;
		fmt_buf(path, size, "%s", ns);
		fd = fcntl((int)number, F_DUPFD_CLOEXEC, 3);
		return fd < 0 ? -errno : fd;
	}
	r = fmt_path(path, size, "%s%s", strchr(ns, '/') ? "" : NETNS_DIR "/", ns);
	if (r < 0)
		return r;
	fd = by_pid ? -1 : openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	r = by_pid ? -EINVAL : -errno;
	if (fd >= 0)
		return fd;
	if (parse_pid(by_pid ? ns + 4 : ns, &pid) < 0)
		return r;
	fmt_buf(path, size, "/proc/%d/ns/net", pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? fd : errno == ENOENT ? -ESRCH : -errno;
}

int netns_nl_open(int nsfd, struct nl *nl, int protocol)
{
	CLEANUP_FD int home = -1;
	int r;

	nl->fd = -1;
	if (nsfd < 0)
		return nl_open(nl, protocol);
	home = openat(AT_FDCWD, "/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0 || setns(nsfd, CLONE_NEWNET) < 0)
		return -errno;
	r = nl_open(nl, protocol);
	return setns(home, CLONE_NEWNET) < 0 ? -errno : r;
}

int netns_is_own(int nsfd)
{
	struct stat theirs, own;

	if (fstat(nsfd, &theirs) < 0 || stat("/proc/self/ns/net", &own) < 0)
		return -errno;
	return theirs.st_dev == own.st_dev && theirs.st_ino == own.st_ino;
}
