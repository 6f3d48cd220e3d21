// SPDX-License-Identifier: MIT
/* idmap.c - see idmap.h. */
#include "idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "fmt.h"
#include "fs.h"
#include "parse.h"

#define ID_END ((uint64_t)UINT32_MAX) /* the first number that is no ID */

static int check(struct id_range range)
{
	if (!range.count)
		return -EINVAL;
	return (uint64_t)range.inner + range.count > ID_END ||
			(uint64_t)range.outer + range.count > ID_END
		? -ERANGE
		: 0;
}

/* Three numbers, separated by one of the bytes in separators. */
static int parse_three(char *s, const char *separators, uint32_t numbers[3])
{
	for (int i = 0; i < 3; i++) {
		const char *field = s ? parse_field(&s, separators) : "";
		int r = parse_u32(field, 0, UINT32_MAX, &numbers[i]);

		if (r < 0)
			return r;
	}
	return s ? -EINVAL : 0;
}

int idmap_parse(const char *s, struct id_range *range)
{
	bool old_order = strchr(s, ',');
	uint32_t numbers[3];
	char buf[40];
	int r;

	if (fmt_path(buf, sizeof(buf), "%s", s) < 0)
		return -EINVAL;
	r = parse_three(buf, old_order ? "," : ":", numbers);
	if (r < 0)
		return r;

	const struct id_range given = { numbers[old_order], numbers[!old_order], numbers[2] };

	r = check(given);
	if (!r)
		*range = given;
	return r;
}

int idmap_add(struct idmap *map, struct id_range range)
{
	if (map->count == IDMAP_RANGES)
		return -E2BIG;
	map->ranges[map->count++] = range;
	return 0;
}

/* Calls with each line of a file, its end cut off; stops at the first result that is not 0. */
static int each_line(const char *path, int (*take)(struct idmap *, char *, const void *),
	struct idmap *map, const void *data)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[2048];
	size_t used = 0;
	ssize_t n;
	int r = 0;

	if (fd < 0)
		return -errno;
	while (!r && (n = read(fd, buf + used, sizeof(buf) - 1 - used)) > 0) {
		char *line = buf, *end;

		used += (size_t)n;
		buf[used] = '\0';
		for (; !r && (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			r = take(map, line, data);
		}
		used -= (size_t)(line - buf);
		memmove(buf, line, used);
		if (used == sizeof(buf) - 1)
			return -EFBIG;
	}
	if (r || !used)
		return r < 0 ? r : 0;
	buf[used] = '\0'; /* a last line without an end */
	r = take(map, buf, data);
	return r < 0 ? r : 0;
}

struct owner {
	const char *name;
	uid_t uid;
	bool identity;
};

/* "OWNER:START:COUNT"; what is not well formed grants nothing.  A name is never taken for the
 * number 0, as a loose conversion would. */
static int take_subids(struct idmap *map, char *line, const void *data)
{
	const struct owner *owner = data;
	const char *who = parse_field(&line, ":");
	uint32_t start, count, id;

	if (!line ||
		(strcmp(who, owner->name) != 0 && (parse_id(who, &id) < 0 || id != owner->uid)))
		return 0;
	if (parse_u32(parse_field(&line, ":"), 0, UINT32_MAX, &start) < 0 || !line ||
		parse_u32(line, 1, UINT32_MAX, &count) < 0)
		return 0;

	const struct id_range range = { owner->identity ? start : 0, start, count };

	if (check(range) < 0)
		return 0;
	return idmap_add(map, range) < 0 ? -E2BIG : 1;
}

int idmap_add_subids(
	struct idmap *map, const char *path, const char *name, uid_t uid, bool identity)
{
	const struct owner owner = { name, uid, identity };
	size_t before = map->count;
	int r = each_line(path, take_subids, map, &owner);

	return !r && map->count == before ? -ENOENT : r;
}

static int take_map(struct idmap *map, char *line, const void *data)
{
	uint32_t numbers[3] = { 0 };
	char *rest = line;

	(void)data;
	for (int i = 0; rest && i < 3;) {
		const char *field = parse_field(&rest, " ");

		if (*field && parse_u32(field, 0, UINT32_MAX, &numbers[i++]) < 0)
			return -EINVAL;
	}
	return idmap_add(map, (struct id_range){ numbers[0], numbers[0], numbers[2] });
}

int idmap_add_all(struct idmap *map, const char *path)
{
	return each_line(path, take_map, map, NULL);
}

/* The numbers first..first+count-1 without one of them, as two runs of which either may be empty.
 */
static void without(
	uint32_t first, uint32_t count, uint32_t id, uint32_t start[2], uint32_t size[2])
{
	bool inside = id >= first && id - first < count;

	start[0] = first;
	size[0] = inside ? id - first : count;
	start[1] = inside ? id + 1 : first;
	size[1] = inside ? count - size[0] - 1 : 0;
}

/* Pairs what is left of a range on either side, in order. */
static int add_remainder(
	struct idmap *map, struct id_range range, uint32_t inner_id, uint32_t outer_id)
{
	uint32_t inner[2], inner_size[2], outer[2], outer_size[2], kept = 0;

	without(range.inner, range.count, inner_id, inner, inner_size);
	without(range.outer, range.count, outer_id, outer, outer_size);
	for (int i = 0, o = 0; i < 2 && o < 2;) {
		uint32_t n = inner_size[i] < outer_size[o] ? inner_size[i] : outer_size[o];

		if (n && idmap_add(map, (struct id_range){ inner[i], outer[o], n }) < 0)
			return -E2BIG;
		kept += n;
		inner[i] += n;
		outer[o] += n;
		inner_size[i] -= n;
		outer_size[o] -= n;
		i += !inner_size[i];
		o += !outer_size[o];
	}
	return (int)(range.count - kept);
}

int idmap_single(struct idmap *map, uint32_t inner, uint32_t outer)
{
	struct idmap result = { .count = 1, .ranges = { { inner, outer, 1 } } };
	int lost = 0;

	for (size_t i = 0; i < map->count; i++) {
		int r = add_remainder(&result, map->ranges[i], inner, outer);

		if (r < 0)
			return r;
		lost += r;
	}
	*map = result;
	return lost;
}

static bool meet(uint32_t a, uint32_t a_count, uint32_t b, uint32_t b_count)
{
	return a < (uint64_t)b + b_count && b < (uint64_t)a + a_count;
}

bool idmap_overlap(const struct idmap *map, size_t *a, size_t *b)
{
	for (*a = 0; *a < map->count; ++*a)
		for (*b = *a + 1; *b < map->count; ++*b) {
			const struct id_range *x = &map->ranges[*a], *y = &map->ranges[*b];

			if (meet(x->inner, x->count, y->inner, y->count) ||
				meet(x->outer, x->count, y->outer, y->count))
				return true;
		}
	return false;
}

int idmap_format(const struct idmap *map, char text[IDMAP_TEXT])
{
	size_t used = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct id_range *range = &map->ranges[i];

		used += (size_t)fmt_buf(text + used, IDMAP_TEXT - used, "%u %u %u\n", range->inner,
			range->outer, range->count);
		if (used >= IDMAP_TEXT)
			return -EFBIG;
	}
	return (int)used;
}
