// SPDX-License-Identifier: MIT
/* caps.c - see caps.h. */
#include "caps.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>

#include "parse.h"
#include "sys.h"

#define CAPS_KNOWN 64 /* the width of the kernel's sets */

/* In the order of their numbers, linux/capability.h. */
static const char *const names[] = { "chown", "dac_override", "dac_read_search", "fowner", "fsetid",
	"kill", "setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service",
	"net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
	"sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
	"sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write",
	"audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm",
	"block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore" };

#define NAMES (sizeof(names) / sizeof(names[0]))

int caps_get(struct caps *caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2];
	int r = sys_capget(&header, d);

	if (r < 0)
		return r;
	caps->effective = d[0].effective | (uint64_t)d[1].effective << 32;
	caps->permitted = d[0].permitted | (uint64_t)d[1].permitted << 32;
	caps->inheritable = d[0].inheritable | (uint64_t)d[1].inheritable << 32;
	return 0;
}

int caps_set(const struct caps *caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2];

	for (int i = 0; i < 2; i++) {
		d[i].effective = (uint32_t)(caps->effective >> (32 * i));
		d[i].permitted = (uint32_t)(caps->permitted >> (32 * i));
		d[i].inheritable = (uint32_t)(caps->inheritable >> (32 * i));
	}
	return sys_capset(&header, d);
}

uint64_t caps_bounding(void)
{
	uint64_t set = 0;

	for (int cap = 0, r; cap < CAPS_KNOWN && (r = prctl(PR_CAPBSET_READ, cap)) >= 0; cap++)
		if (r)
			set |= CAP_BIT(cap);
	return set;
}

int caps_bounding_keep(uint64_t keep)
{
	for (int cap = 0; cap < CAPS_KNOWN; cap++) {
		if (keep & CAP_BIT(cap) || !prctl(PR_CAPBSET_DROP, cap))
			continue;
		/* EINVAL: the first number that this kernel does not know. */
		if (errno == EINVAL)
			return 0;
		if (prctl(PR_CAPBSET_READ, cap) > 0)
			return -EPERM;
	}
	return 0;
}

uint64_t caps_ambient(void)
{
	uint64_t set = 0;

	for (int cap = 0, r; cap < CAPS_KNOWN; cap++) {
		r = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0);
		if (r < 0)
			break;
		if (r)
			set |= CAP_BIT(cap);
	}
	return set;
}

int caps_ambient_set(uint64_t ambient)
{
	/* EINVAL: a kernel before 4.3 has none to clear. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 &&
		(ambient || errno != EINVAL))
		return -errno;
	for (int cap = 0; cap < CAPS_KNOWN; cap++)
		if (ambient & CAP_BIT(cap) &&
			prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return -errno;
	return 0;
}

int caps_number(const char *name)
{
	uint32_t cap;

	if (!parse_u32(name, 0, CAPS_KNOWN - 1, &cap))
		return (int)cap;
	if (!strncasecmp(name, "cap_", 4))
		name += 4;
	for (size_t i = 0; i < NAMES; i++)
		if (!strcasecmp(name, names[i]))
			return (int)i;
	return -EINVAL;
}

const char *caps_name(int cap)
{
	return cap >= 0 && (size_t)cap < NAMES ? names[cap] : NULL;
}

/* The set that a word without its sign stands for; false when there is none. */
static bool word_set(const char *word, bool is_signed, uint64_t *set)
{
	int cap;

	if (!strcasecmp(word, "all"))
		*set = CAPS_ALL;
	else if (!is_signed && !strcasecmp(word, "none"))
		*set = 0;
	else if (!is_signed && !strcasecmp(word, "default"))
		*set = CAPS_DEFAULT;
	else if ((cap = caps_number(word)) >= 0)
		*set = CAP_BIT(cap);
	else
		return false;
	return true;
}

int caps_parse(const char *list, uint64_t *set, const char **bad, size_t *bad_length)
{
	uint64_t result = *set, bits;

	for (const char *p = list;; p++) {
		size_t length = strcspn(p, ",");
		char sign = *p == '+' || *p == '-' ? *p : 0;
		size_t skip = sign ? 1 : 0;
		char word[32] = "";

		*bad = p;
		*bad_length = length;
		if (length - skip < sizeof(word))
			memcpy(word, p + skip, length - skip);
		if (!word_set(word, sign, &bits))
			return -EINVAL;
		if (!sign && p == list)
			result = 0;
		result = sign == '-' ? result & ~bits : result | bits;
		p += length;
		if (!*p)
			break;
	}
	*set = result;
	return 0;
}
