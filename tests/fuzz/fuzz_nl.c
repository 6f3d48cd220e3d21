// SPDX-License-Identifier: MIT
/* What netlink may answer: any bytes as messages, attributes and nests; and as addresses. */
#include <stdint.h>
#include <string.h>

#include "inet.h"
#include "nl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned long sum;

static void read_nest(const struct nlattr *nest, int depth)
{
	for (const struct nlattr *attr = NULL; (attr = nl_next_attr(nest, attr));) {
		sum += nl_u8(attr) + nl_u16(attr) + nl_u32(attr) + strlen(nl_text(attr));
		if (depth < 4)
			read_nest(attr, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_Alignas(8) unsigned char copy[4096];
	struct nl_answer answer = { .data = copy, .used = size };
	const struct nlattr *table[64];
	struct inet a;
	char text[512];
	uint16_t port;

	if (size >= sizeof(text))
		return 0;
	memcpy(copy, data, size);
	for (const struct nlmsghdr *m = NULL; (m = nl_next(&answer, m));) {
		nl_parse_message(table, 63, m, 16);
		for (int i = 0; i < 64; i++)
			read_nest(table[i], 0);
	}
	memcpy(text, data, size);
	text[size] = '\0';
	if (!inet_parse_cidr(text, &a) || !inet_parse(text, 0, &a) ||
		!inet_parse_endpoint(text, &a, &port))
		inet_format_cidr(&a, text);
	return 0;
}
