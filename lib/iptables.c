// SPDX-License-Identifier: MIT
/* iptables.c - see iptables.h.  The kernel's headers for this do not go with the C library's. */
#include "iptables.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleanup.h"
#include "fs.h"

enum { GET_INFO = 64, GET_ENTRIES = 65, FORWARD = 2, DROP = -1 };

struct table_info {
	char name[32];
	unsigned hooks, entry[5], policy[5]; /* offsets of the rules of a hook, and of its policy */
	unsigned count, size;
};

struct table_rules {
	char name[32];
	unsigned size;
	_Alignas(8) unsigned char rules[];
};

bool iptables_forward_drops(int family)
{
	bool six = family == AF_INET6;
	/* In a rule: where its target is, behind the addresses; in a target: the verdict. */
	const size_t where = six ? 140 : 88, verdict_at = 32;
	struct table_info info = { .name = "filter" };
	socklen_t size = sizeof(info);
	int level = six ? IPPROTO_IPV6 : IPPROTO_IP, verdict = 0;
	CLEANUP_FREE struct table_rules *table = NULL;
	CLEANUP_FD int fd = -1;
	char names[256];
	uint16_t target;
	size_t at;

	/* Asking for a table that is not there would make it. */
	if (fs_read(AT_FDCWD, six ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names",
		    names, sizeof(names)) < 0 ||
		!strstr(names, "filter\n"))
		return false;
	fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0 || getsockopt(fd, level, GET_INFO, &info, &size) < 0)
		return false;
	table = calloc(1, sizeof(*table) + info.size);
	if (!table)
		return false;
	memcpy(table->name, info.name, sizeof(table->name));
	table->size = info.size;
	size = (socklen_t)(sizeof(*table) + info.size);
	if (getsockopt(fd, level, GET_ENTRIES, table, &size) < 0 ||
		info.policy[FORWARD] + where + sizeof(target) > info.size)
		return false;
	memcpy(&target, table->rules + info.policy[FORWARD] + where, sizeof(target));
	at = info.policy[FORWARD] + target + verdict_at;
	if (at + sizeof(verdict) <= info.size)
		memcpy(&verdict, table->rules + at, sizeof(verdict));
	return verdict == DROP;
}
