// SPDX-License-Identifier: MIT
/* test_nl.c - netlink messages as they are built and taken apart, and addresses as text. */
#include "nl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "inet.h"
#include "rtnl.h"
#include "unit.h"

static void build(struct nl_batch *batch)
{
	size_t outer, inner;

	nl_init(batch);
	nl_begin(batch, 16, NLM_F_ACK, "fixed part, 16 B", 16);
	nl_put_text(batch, 3, "eth0");
	nl_put_u32(batch, 4, 1500);
	outer = nl_nest(batch, 18);
	nl_put_u8(batch, 1, 7);
	inner = nl_nest(batch, 2 | NLA_F_NESTED);
	nl_put_u16(batch, 1, 0x1234);
	nl_end(batch, inner);
	nl_end(batch, outer);
	nl_begin(batch, 17, 0, NULL, 0);
}

static void messages_read_as_they_were_built(void **state)
{
	const struct nlattr *table[19], *nest[3];
	const struct nlmsghdr *first, *second;
	struct nl_answer answer;
	struct nl_batch batch;

	(void)state;
	build(&batch);
	assert_false(batch.full);
	assert_int_equal(batch.count, 2);
	answer = (struct nl_answer){ .data = batch.buf, .used = batch.used };
	first = nl_next(&answer, NULL);
	assert_non_null(first);
	second = nl_next(&answer, first);
	assert_non_null(second);
	assert_null(nl_next(&answer, second));
	assert_int_equal(first->nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	nl_parse_message(table, 18, first, 16);
	assert_string_equal(nl_text(table[3]), "eth0");
	assert_int_equal(nl_u32(table[4]), 1500);
	assert_null(table[5]);
	nl_parse_nest(nest, 2, table[18]);
	assert_int_equal(nl_u8(nest[1]), 7);
	assert_int_equal(nl_u16(nl_next_attr(nest[2], NULL)), 0x1234);
	assert_null(nl_next_attr(nest[2], nl_next_attr(nest[2], NULL)));
	/* Too short for what is asked, or not there at all. */
	assert_int_equal(nl_u32(nest[1]), 0);
	assert_string_equal(nl_text(nest[1]), "");
	assert_string_equal(nl_text(NULL), "");
	assert_int_equal(nl_size(NULL), 0);
}

static void what_does_not_fit_is_refused(void **state)
{
	static const char large[NL_ROOM];
	struct nl nl = { .fd = -1 };
	struct nl_batch batch;

	(void)state;
	nl_init(&batch);
	nl_begin(&batch, 16, 0, NULL, 0);
	nl_put(&batch, 1, large, sizeof(large) - 64);
	assert_false(batch.full);
	nl_put(&batch, 1, large, 64);
	assert_true(batch.full);
	assert_int_equal(nl_talk(&nl, &batch, NULL), -EMSGSIZE);
}

static unsigned read_all(const struct nl_answer *answer)
{
	const struct nlmsghdr *message = NULL;
	const struct nlattr *table[19], *attr, *inner;
	unsigned sum = 0;

	while ((message = nl_next(answer, message))) {
		nl_parse_message(table, 18, message, 16);
		for (unsigned i = 0; i < 19; i++) {
			sum += nl_u8(table[i]) + nl_u16(table[i]) + nl_u32(table[i]);
			sum += (unsigned)strlen(nl_text(table[i]));
			for (attr = NULL; (attr = nl_next_attr(table[i], attr));)
				for (inner = NULL; (inner = nl_next_attr(attr, inner));)
					sum += nl_u32(inner);
		}
	}
	return sum;
}

/* The sanitizers watch: each cut and each changed byte of a valid message is read to its end. */
static void broken_messages_are_read_within_their_bounds(void **state)
{
	struct nl_batch batch;
	unsigned seed = 1;

	(void)state;
	build(&batch);
	for (size_t size = 0; size <= batch.used; size++) {
		unsigned char *copy = malloc(size + 1);

		memcpy(copy, batch.buf, size);
		read_all(&(struct nl_answer){ .data = copy, .used = size });
		for (int change = 0; change < 300 && size; change++) {
			seed = seed * 1103515245 + 12345;
			copy[(seed >> 8) % size] = (unsigned char)(seed >> 16);
			read_all(&(struct nl_answer){ .data = copy, .used = size });
		}
		free(copy);
	}
}

static void addresses_are_read_and_written(void **state)
{
	static const char *const same[] = { "0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "::1",
		"fd00::1", "2001:db8:0:1::1", "1:2:3:4:5:6:7:8", "fe80::1:0:0:1", "1::" };
	static const char *const wrong[] = { "", "10.0.0", "10.0.0.256", "1.2.3.4.5", "::g",
		":::", "10.0.0.1 ", "1:2:3:4:5:6:7:8:9" };
	char text[INET_TEXT];
	struct inet a;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		assert_int_equal(inet_parse(same[i], 0, &a), 0);
		assert_string_equal(inet_format(&a, text), same[i]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(inet_parse(wrong[i], 0, &a), -EINVAL);
	assert_int_equal(inet_parse("10.0.0.1", AF_INET6, &a), -EINVAL);
}

static void networks_know_their_bounds(void **state)
{
	struct inet a, b;
	uint16_t port;
	char text[INET_TEXT];

	(void)state;
	assert_int_equal(inet_parse_cidr("10.1.2.3/20", &a), 0);
	b = inet_first(&a);
	assert_string_equal(inet_format_cidr(&b, text), "10.1.0.0/20");
	b = inet_last(&a);
	assert_string_equal(inet_format(&b, text), "10.1.15.255");
	assert_int_equal(inet_parse("10.1.15.9", 0, &b), 0);
	assert_true(inet_contains(&a, &b));
	assert_int_equal(inet_parse("10.1.16.0", 0, &b), 0);
	assert_false(inet_contains(&a, &b));
	assert_int_equal(inet_parse_cidr("10.0.0.0/31", &a), 0);
	assert_true(inet_is_host(&a));
	assert_int_equal(inet_parse_endpoint("[::1]:80", &a, &port), 0);
	assert_int_equal(port, 80);
	assert_int_equal(inet_parse_endpoint("::1:80", &a, &port), -EINVAL);
	assert_int_equal(inet_parse_endpoint("[::1:80", &a, &port), -EINVAL);
	assert_int_equal(inet_parse_endpoint("1.2.3.4:0", &a, &port), -EINVAL);
}

static void names_of_links(void **state)
{
	(void)state;
	assert_true(rtnl_is_name("eth0"));
	assert_true(rtnl_is_name("fifteen-letters"));
	assert_false(rtnl_is_name("sixteen-letters!"));
	assert_false(rtnl_is_name(""));
	assert_false(rtnl_is_name("a%d"));
	assert_false(rtnl_is_name("all"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_read_as_they_were_built),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(broken_messages_are_read_within_their_bounds),
		cmocka_unit_test(addresses_are_read_and_written),
		cmocka_unit_test(networks_know_their_bounds),
		cmocka_unit_test(names_of_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
