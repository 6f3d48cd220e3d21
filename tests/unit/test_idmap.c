// SPDX-License-Identifier: MIT
/* idmap.c: what a user types, and that one ID among ranges loses no other one without need. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idmap.h"

static void ranges(void **state)
{
	static const struct {
		const char *text;
		int r;
		struct id_range range;
	} cases[] = {
		{ "1:2:3", 0, { 1, 2, 3 } },
		{ "2,1,3", 0, { 1, 2, 3 } },
		{ "0:0:4294967295", 0, { 0, 0, 4294967295u } },
		{ "4294967294:0:1", 0, { 4294967294u, 0, 1 } },
		{ "4294967295:0:1", -ERANGE, { 0, 0, 0 } },
		{ "1:0:4294967295", -ERANGE, { 0, 0, 0 } },
		{ "1:2:0", -EINVAL, { 0, 0, 0 } },
		{ "1:2", -EINVAL, { 0, 0, 0 } },
		{ "1:2:3:", -EINVAL, { 0, 0, 0 } },
		{ "1:2,3", -EINVAL, { 0, 0, 0 } },
		{ "", -EINVAL, { 0, 0, 0 } },
		{ "00000000000000000000000000000000000001:2:3", -EINVAL, { 0, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct id_range range = { 0, 0, 0 };

		assert_int_equal(idmap_parse(cases[i].text, &range), cases[i].r);
		assert_memory_equal(&range, &cases[i].range, sizeof(range));
	}
}

static void file_of(char *path, const char *text)
{
	int fd;

	strcpy(path, "/tmp/husk-idmap.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void subids(void **state)
{
	struct idmap map = { .count = 0 };
	char path[32], long_line[3000];

	(void)state;
	file_of(path, "bob:1:1\nalice:x:1\nalice:5\n:9:9\nalice:100:10\nalice:900:10\n1000:7:7");
	assert_int_equal(idmap_add_subids(&map, path, "alice", 1000, false), 0);
	assert_int_equal(idmap_add_subids(&map, path, "eve", 1000, true), 0);
	assert_int_equal(map.count, 2);
	assert_memory_equal(&map.ranges[0], (&(struct id_range){ 0, 100, 10 }), 12);
	assert_memory_equal(&map.ranges[1], (&(struct id_range){ 7, 7, 7 }), 12);
	/* "bob" is not user 0. */
	assert_int_equal(idmap_add_subids(&map, path, "root", 0, false), -ENOENT);
	unlink(path);
	assert_int_equal(idmap_add_subids(&map, path, "alice", 1000, false), -ENOENT);
	memset(long_line, 'a', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 1] = '\0';
	file_of(path, long_line);
	assert_int_equal(idmap_add_subids(&map, path, "alice", 1000, false), -EFBIG);
	unlink(path);
}

/* How often an ID is mapped, on one side. */
static int mapped(const struct idmap *map, uint32_t id, int outer)
{
	int n = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct id_range *r = &map->ranges[i];
		uint32_t first = outer ? r->outer : r->inner;

		n += id >= first && id - first < r->count;
	}
	return n;
}

/* Every small range with every single ID: each inner ID is mapped once, but for the highest ones
 * that idmap_single says are lost; no outer ID is mapped twice. */
static void single(void **state)
{
	(void)state;
	for (uint32_t inner = 0; inner < 6; inner++)
		for (uint32_t outer = 0; outer < 6; outer++)
			for (uint32_t count = 1; count < 6; count++)
				for (uint32_t si = 0; si < 12; si++)
					for (uint32_t so = 0; so < 12; so++) {
						struct idmap map = { 1,
							{ { inner, outer, count } } };
						int lost = idmap_single(&map, si, so), missing = 0;
						size_t a, b;

						assert_in_range(lost, 0, 2);
						assert_false(idmap_overlap(&map, &a, &b));
						assert_int_equal(mapped(&map, si, 0), 1);
						assert_int_equal(mapped(&map, so, 1), 1);
						for (uint32_t id = inner; id < inner + count;
							id++) {
							int n = mapped(&map, id, 0);

							assert_in_range(n, 0, 1);
							/* Only the highest are. */
							assert_true(
								n == 0 || missing == 0 || id == si);
							missing += n == 0;
						}
						assert_true(missing <= lost);
						for (uint32_t id = 0; id < 12; id++)
							assert_in_range(mapped(&map, id, 1), 0, 1);
					}
}

static void text(void **state)
{
	static struct idmap map;
	char buf[IDMAP_TEXT];

	(void)state;
	map.count = 0;
	assert_int_equal(idmap_format(&map, buf), 0);
	for (uint32_t i = 0; i < IDMAP_RANGES; i++)
		assert_int_equal(idmap_add(&map, (struct id_range){ 2 * i, 2 * i, 1 }), 0);
	assert_int_equal(idmap_add(&map, (struct id_range){ 1, 1, 1 }), -E2BIG);
	assert_int_equal(idmap_single(&map, 1, 1), 0 - E2BIG);
	assert_true(idmap_format(&map, buf) > 0);
	for (size_t i = 0; i < map.count; i++)
		map.ranges[i].inner += 1000000000;
	assert_int_equal(idmap_format(&map, buf), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(subids),
		cmocka_unit_test(single),
		cmocka_unit_test(text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
