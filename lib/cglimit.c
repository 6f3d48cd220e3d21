// SPDX-License-Identifier: MIT
/* cglimit.c - from the word of a user to a limit, before anything is made.
 *
 * The kernel is no parser: v1 takes "254:0 1M" as 1 byte a second and 010K as octal, and wraps
 * what does not fit.  So every value is read here and written as a plain decimal. */
#include "cglimit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fmt.h"
#include "fs.h"
#include "parse.h"

const struct cg_row cg_rows[CG_LIMIT_COUNT] = {
#define X(id, kind, field, letter, option, argument, controller, v1, v2, min, max, help)           \
	[CGL_##id] = { option, CGK_##kind, controller, v1, v2, min, max },
	CG_LIMITS(X)
#undef X
};

static bool is_unlimited(const char *text)
{
	return parse_word_in(text, "max -1 unlimited inf");
}

/* ---- the kinds: each reads a text into a setting */

static int read_size(struct cg_setting *s, const char *text, const char **why)
{
	struct sysinfo info;
	size_t length = strlen(text);
	char digits[32];
	uint64_t percent, page = (uint64_t)sysconf(_SC_PAGESIZE);
	int r;

	(void)why;
	s->value = CG_UNLIMITED;
	if (is_unlimited(text))
		return 0;
	if (length && length < sizeof(digits) && text[length - 1] == '%') {
		fmt_buf(digits, length, "%s", text);
		r = parse_u64(digits, 1, 100, &percent);
		if (r < 0 || sysinfo(&info) < 0)
			return r < 0 ? r : -errno;
		s->value = (uint64_t)info.totalram * info.mem_unit / 100 * percent;
	} else {
		r = parse_size(text, &s->value);
		if (r < 0)
			return r;
	}
	s->value -= s->value % page;
	return s->value > (uint64_t)INT64_MAX - page ? -ERANGE : 0;
}

static int read_number(struct cg_setting *s, const char *text, const char **why)
{
	const struct cg_row *row = &cg_rows[s->limit];

	(void)why;
	return parse_u64(text, row->min, row->max, &s->value);
}

static int read_count(struct cg_setting *s, const char *text, const char **why)
{
	s->value = CG_UNLIMITED;
	/* As docker: 0 is no limit. */
	return is_unlimited(text) || !strcmp(text, "0") ? 0 : read_number(s, text, why);
}

static int read_quota(struct cg_setting *s, const char *text, const char **why)
{
	s->value = CG_UNLIMITED;
	return is_unlimited(text) ? 0 : read_number(s, text, why);
}

static int read_flag(struct cg_setting *s, const char *text, const char **why)
{
	(void)text;
	(void)why;
	s->value = 1;
	return 0;
}

/* Millionths of a CPU: "0.5", ".5" (docker's own example), "50%", "500m". */
static int read_cpus(struct cg_setting *s, const char *text, const char **why)
{
	uint64_t unit = 1000000, whole = 0, part = 0, scale = 1;
	size_t length = strlen(text);
	const char *p = text;

	(void)why;
	s->value = CG_UNLIMITED;
	if (!strcmp(text, "max"))
		return 0;
	if (length && text[length - 1] == '%')
		unit = 10000;
	else if (length && text[length - 1] == 'm')
		unit = 1000;
	if (unit != 1000000)
		length--;
	for (; *p >= '0' && *p <= '9' && p < text + 8; p++)
		whole = whole * 10 + (uint64_t)(*p - '0');
	if (p == text && *p != '.')
		return -EINVAL;
	if (*p == '.' && p[1] >= '0' && p[1] <= '9')
		for (p++; *p >= '0' && *p <= '9'; p++)
			if (scale < 1000000) {
				part = part * 10 + (uint64_t)(*p - '0');
				scale *= 10;
			}
	if (p != text + length)
		return -EINVAL;
	s->value = whole * unit + part * unit / scale;
	return s->value ? 0 : -ERANGE;
}

static int read_list(struct cg_setting *s, const char *text, const char **why)
{
	const char *p = text;
	uint32_t last = 0, n = 0;
	bool range = false;

	(void)why;
	s->text = text;
	/* N, N-M, separated by commas, M not below N. */
	for (;;) {
		char digits[8];
		size_t length = strspn(p, "0123456789");

		if (!length || length >= sizeof(digits))
			return -EINVAL;
		fmt_buf(digits, length + 1, "%s", p);
		if (parse_u32(digits, 0, 65535, &n) < 0 || (range && n < last))
			return -EINVAL;
		p += length;
		if (!*p)
			return 0;
		if (*p != ',' && (*p != '-' || range))
			return -EINVAL;
		range = *p++ == '-';
		last = n;
	}
}

/* DEV is a device node, M:m, or any path, which stands for the disk it is on. */
static int read_device(struct cg_setting *s, char *name, const char **why)
{
	char *rest = name, path[64], text[32];
	struct stat st;
	const char *major = parse_field(&rest, ":");

	if (rest && parse_u32(major, 0, 4095, &s->major) >= 0 &&
		parse_u32(rest, 0, 1048575, &s->minor) >= 0) {
		st.st_mode = S_IFBLK;
	} else {
		if (rest)
			rest[-1] = ':';
		if (stat(name, &st) < 0)
			return -errno;
		dev_t dev = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;

		s->major = major(dev);
		s->minor = minor(dev);
	}
	/* Only whole disks can be throttled. */
	fmt_buf(path, sizeof(path), "/sys/dev/block/%u:%u/partition", s->major, s->minor);
	ssize_t n = fs_read(AT_FDCWD, path, text, sizeof(text));

	if (n > 0) {
		s->partition = makedev(s->major, s->minor);
		fmt_buf(path, sizeof(path), "/sys/dev/block/%u:%u/../dev", s->major, s->minor);
		n = fs_read(AT_FDCWD, path, text, sizeof(text));
		text[n > 0 ? n - 1 : 0] = '\0';
		rest = text;
		major = parse_field(&rest, ":");
		if (!rest || parse_u32(major, 0, 4095, &s->major) < 0 ||
			parse_u32(rest, 0, 1048575, &s->minor) < 0)
			return -ENODEV;
		return 0;
	}
	fmt_buf(path, sizeof(path), "/sys/dev/block/%u:%u", s->major, s->minor);
	if (!fs_exists("/sys/dev/block") || fs_exists(path))
		return 0;
	*why = "not on a disk: block devices are listed in /sys/dev/block";
	return -ENODEV;
}

static int read_rate(struct cg_setting *s, const char *text, const char **why)
{
	const char *colon = strrchr(text, ':');
	bool bytes = s->limit == CGL_READ_BPS || s->limit == CGL_WRITE_BPS;
	char name[CG_PATH];
	int r;

	if (!colon || colon == text || (size_t)(colon - text) >= sizeof(name))
		return -EINVAL;
	s->value = CG_UNLIMITED;
	if (!is_unlimited(colon + 1)) {
		r = bytes ? parse_size(colon + 1, &s->value)
			  : parse_u64(colon + 1, 1, UINT32_MAX, &s->value);
		if (r < 0 || !s->value)
			return r < 0 ? r : -ERANGE;
	}
	fmt_buf(name, sizeof(name), "%.*s", (int)(colon - text), text);
	return read_device(s, name, why);
}

static int read_hugetlb(struct cg_setting *s, const char *text, const char **why)
{
	static const char units[] = "KMGT";
	const char *equals = strchr(text, '=');
	char path[96], size[16];
	uint64_t bytes;
	int r;

	if (!equals || equals == text || (size_t)(equals - text) >= sizeof(size))
		return -EINVAL;
	fmt_buf(size, sizeof(size), "%.*s", (int)(equals - text), text);
	r = parse_size(size, &bytes);
	if (r < 0)
		return r;
	fmt_buf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%llukB",
		(unsigned long long)bytes >> 10);
	if (!fs_exists(path)) {
		*why = "no such page size here: see /sys/kernel/mm/hugepages";
		return -ENOENT;
	}
	r = read_size(s, equals + 1, why);
	if (r < 0)
		return r;
	s->text = text;
	s->value -= s->value == CG_UNLIMITED ? 0 : s->value % bytes;
	/* As the files are named: 2MB, 1GB, 64KB. */
	size_t unit = 0;

	for (bytes >>= 10; bytes >= 1024 && unit < 3; bytes >>= 10)
		unit++;
	s->major = (unsigned)bytes;
	s->minor = (unsigned char)units[unit];
	return 0;
}

static int read_classid(struct cg_setting *s, const char *text, const char **why)
{
	char *end;

	if (strncmp(text, "0x", 2) != 0)
		return read_number(s, text, why);
	if (strlen(text) > 10 || text[2 + strspn(text + 2, "0123456789abcdefABCDEF")])
		return -EINVAL;
	s->value = strtoull(text, &end, 16);
	return 0;
}

static int read_ifprio(struct cg_setting *s, const char *text, const char **why)
{
	const char *equals = strchr(text, '=');
	uint64_t value;

	(void)why;
	s->text = text;
	if (!equals || equals == text || equals - text > 15)
		return -EINVAL;
	return parse_u64(equals + 1, 0, UINT32_MAX, &value);
}

static int read_raw(struct cg_setting *s, const char *text, const char **why)
{
	const char *equals = strchr(text, '=');
	size_t length = strcspn(text, ".=");

	s->text = text;
	if (!equals || equals == text || (size_t)(equals - text) >= CG_FILE)
		return -EINVAL;
	if (memchr(text, '/', (size_t)(equals - text)) || text[0] == '.') {
		*why = "FILE is a name in the group's own directory";
		return -EINVAL;
	}
	if (text[length] != '.') {
		*why = "FILE begins with a controller: pids.max";
		return -EINVAL;
	}
	s->controller = cg_controller_find(text, length);
	if (length == 6 && !strncmp(text, "cgroup", length))
		s->controller = CG_UNIFIED;
	if (s->controller == CG_NONE) {
		*why = "no such controller";
		return -EINVAL;
	}
	return 0;
}

static int (*const readers[])(struct cg_setting *s, const char *text, const char **why) = {
	[CGK_SIZE] = read_size,
	[CGK_SWAP] = read_size,
	[CGK_TOTAL] = read_size,
	[CGK_NUMBER] = read_number,
	[CGK_WEIGHT] = read_number,
	[CGK_SHARES] = read_number,
	[CGK_IO_WEIGHT] = read_number,
	[CGK_COUNT] = read_count,
	[CGK_QUOTA] = read_quota,
	[CGK_FLAG] = read_flag,
	[CGK_CPUS] = read_cpus,
	[CGK_LIST] = read_list,
	[CGK_RATE] = read_rate,
	[CGK_HUGETLB] = read_hugetlb,
	[CGK_CLASSID] = read_classid,
	[CGK_IFPRIO] = read_ifprio,
	[CGK_RAW] = read_raw,
};

int cg_limit_add(struct cg_limits *limits, enum cg_limit limit, const char *text, const char **why)
{
	struct cg_setting *s = &limits->setting[limits->count];

	*why = NULL;
	if (limits->count == CG_SETTINGS)
		return -ENOSPC;
	*s = (struct cg_setting){ .limit = limit, .controller = cg_rows[limit].controller };
	limits->count++;
	return readers[cg_rows[limit].kind](s, text, why);
}
