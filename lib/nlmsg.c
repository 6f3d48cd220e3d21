// SPDX-License-Identifier: MIT
/* nlmsg.c - builds netlink messages and takes them apart, see nl.h.  What comes in is not trusted:
 * every length is checked against what is left. */
#include <string.h>

#include "nl.h"

/* ---- building */

void nl_init_in(struct nl_batch *batch, void *memory, size_t room)
{
	batch->head = NULL;
	batch->used = 0;
	batch->room = room;
	batch->count = 0;
	batch->full = false;
	batch->buf = memory;
}

void nl_init(struct nl_batch *batch)
{
	nl_init_in(batch, batch->own, sizeof(batch->own));
}

void nl_copy(struct nl_batch *to, const struct nl_batch *from)
{
	*to = *from;
	to->buf = to->own;
	to->head = (void *)(to->own + ((const unsigned char *)from->head - from->buf));
}

static void *append(struct nl_batch *batch, const void *data, size_t size)
{
	size_t padded = NLMSG_ALIGN(size);
	unsigned char *at = batch->buf + batch->used;

	if (padded > batch->room - batch->used) {
		batch->full = true;
		return NULL;
	}
	memset(at, 0, padded);
	if (data && size)
		memcpy(at, data, size);
	batch->used += padded;
	if (batch->head)
		batch->head->nlmsg_len = (uint32_t)(batch->buf + batch->used -
			(unsigned char *)batch->head);
	return at;
}

void *nl_begin(
	struct nl_batch *batch, unsigned type, unsigned flags, const void *fixed, size_t size)
{
	struct nlmsghdr *head;

	batch->head = NULL;
	head = append(batch, NULL, sizeof(*head));
	if (!head)
		return NULL;
	head->nlmsg_type = (uint16_t)type;
	head->nlmsg_flags = (uint16_t)(flags | NLM_F_REQUEST);
	batch->head = head;
	batch->count++;
	return append(batch, fixed, size);
}

void nl_put(struct nl_batch *batch, unsigned type, const void *data, size_t size)
{
	struct nlattr attr = { .nla_len = (uint16_t)(sizeof(attr) + size),
		.nla_type = (uint16_t)type };

	if (NLMSG_ALIGN(sizeof(attr) + size) > batch->room - batch->used) {
		batch->full = true;
		return;
	}
	append(batch, &attr, sizeof(attr));
	append(batch, data, size);
}

void nl_put_raw(struct nl_batch *batch, const void *data, size_t size)
{
	append(batch, data, size);
}

void nl_put_u8(struct nl_batch *batch, unsigned type, uint8_t value)
{
	nl_put(batch, type, &value, sizeof(value));
}

void nl_put_u16(struct nl_batch *batch, unsigned type, uint16_t value)
{
	nl_put(batch, type, &value, sizeof(value));
}

void nl_put_u32(struct nl_batch *batch, unsigned type, uint32_t value)
{
	nl_put(batch, type, &value, sizeof(value));
}

void nl_put_text(struct nl_batch *batch, unsigned type, const char *text)
{
	nl_put(batch, type, text, strlen(text) + 1);
}

size_t nl_nest(struct nl_batch *batch, unsigned type)
{
	size_t at = batch->used;

	nl_put(batch, type, NULL, 0);
	return at;
}

void nl_end(struct nl_batch *batch, size_t nest)
{
	struct nlattr *attr = (struct nlattr *)(void *)(batch->buf + nest);

	if (!batch->full)
		attr->nla_len = (uint16_t)(batch->used - nest);
}

/* ---- reading */

static bool whole(size_t need, size_t least, size_t left)
{
	return need >= least && need <= left;
}

const struct nlmsghdr *nl_next(const struct nl_answer *answer, const struct nlmsghdr *message)
{
	const unsigned char *p = answer->data;
	size_t left;

	if (message)
		p = (const unsigned char *)message + NLMSG_ALIGN(message->nlmsg_len);
	left = (size_t)(answer->data + answer->used - p);
	if (p >= answer->data + answer->used || left < sizeof(*message))
		return NULL;
	message = (const void *)p;
	return whole(message->nlmsg_len, sizeof(*message), left) ? message : NULL;
}

static const struct nlattr *attr_at(const unsigned char *p, const unsigned char *end)
{
	const struct nlattr *attr = (const void *)p;

	if (p >= end || (size_t)(end - p) < sizeof(*attr))
		return NULL;
	return whole(attr->nla_len, sizeof(*attr), (size_t)(end - p)) ? attr : NULL;
}

void nl_parse(const struct nlattr **table, unsigned max, const void *data, size_t size)
{
	const unsigned char *p = data, *end = p + size;
	const struct nlattr *attr;

	for (unsigned i = 0; i <= max; i++)
		table[i] = NULL;
	for (; (attr = attr_at(p, end)); p += NLA_ALIGN(attr->nla_len)) {
		unsigned type = attr->nla_type & (unsigned)NLA_TYPE_MASK;

		if (type <= max)
			table[type] = attr;
		if (NLA_ALIGN(attr->nla_len) > end - p)
			break;
	}
}

void nl_parse_message(
	const struct nlattr **table, unsigned max, const struct nlmsghdr *message, size_t fixed)
{
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(fixed);
	size_t size = message->nlmsg_len > skip ? message->nlmsg_len - skip : 0;

	nl_parse(table, max, (const unsigned char *)message + (size ? skip : 0), size);
}

void nl_parse_nest(const struct nlattr **table, unsigned max, const struct nlattr *nest)
{
	nl_parse(table, max, nl_data(nest, 0), nl_size(nest));
}

const struct nlattr *nl_next_attr(const struct nlattr *nest, const struct nlattr *attr)
{
	const unsigned char *p = nl_data(nest, 0);

	if (!p)
		return NULL;
	return attr_at(attr ? (const unsigned char *)attr + NLA_ALIGN(attr->nla_len) : p,
		p + nl_size(nest));
}

size_t nl_size(const struct nlattr *attr)
{
	return attr ? attr->nla_len - sizeof(*attr) : 0;
}

const void *nl_data(const struct nlattr *attr, size_t least)
{
	return attr && nl_size(attr) >= least ? attr + 1 : NULL;
}

uint8_t nl_u8(const struct nlattr *attr)
{
	const uint8_t *data = nl_data(attr, sizeof(*data));

	return data ? *data : 0;
}

uint16_t nl_u16(const struct nlattr *attr)
{
	const uint16_t *data = nl_data(attr, sizeof(*data));

	return data ? *data : 0;
}

uint32_t nl_u32(const struct nlattr *attr)
{
	const uint32_t *data = nl_data(attr, sizeof(*data));

	return data ? *data : 0;
}

const char *nl_text(const struct nlattr *attr)
{
	const char *text = nl_data(attr, 1);

	return text && memchr(text, '\0', nl_size(attr)) ? text : "";
}
