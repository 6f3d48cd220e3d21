// SPDX-License-Identifier: MIT
/* nl.c - see nl.h. */
#include "nl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACKS      8     /* answers fetched by one recvmmsg(2) */
#define ACK_ROOM  4096  /* a link with its statistics is about 2 KiB */
#define DUMP_ROOM 65536 /* the kernel fills at most 32 KiB of it */
#define DUMP_TRY  10

int nl_open(struct nl *nl, int protocol)
{
	const int on = 1;

	*nl = (struct nl){ .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), .seq = 1 };
	if (nl->fd < 0)
		return -errno;
	/* Before 4.12 there is none: errors then come without words. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	return 0;
}

void nl_close(struct nl *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	nl->fd = -1;
}

/* ---- building */

void nl_init(struct nl_batch *batch)
{
	batch->head = NULL;
	batch->used = 0;
	batch->count = 0;
	batch->full = false;
}

static void *append(struct nl_batch *batch, const void *data, size_t size)
{
	size_t padded = NLMSG_ALIGN(size);
	unsigned char *at = batch->buf + batch->used;

	if (padded > sizeof(batch->buf) - batch->used) {
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

	if (NLMSG_ALIGN(sizeof(attr) + size) > sizeof(batch->buf) - batch->used) {
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

/* ---- sending and receiving */

/* Numbers the messages; *acks is how many answers are due. */
static int send_batch(struct nl *nl, struct nl_batch *batch, unsigned *acks)
{
	unsigned char *p = batch->buf;

	if (batch->full)
		return -EMSGSIZE;
	*acks = 0;
	for (unsigned i = 0; i < batch->count; i++) {
		struct nlmsghdr *head = (struct nlmsghdr *)(void *)p;

		head->nlmsg_seq = nl->seq + i;
		*acks += (head->nlmsg_flags & NLM_F_ACK) != 0;
		p += NLMSG_ALIGN(head->nlmsg_len);
	}
	while (send(nl->fd, batch->buf, batch->used, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* The text of the extended ACK lies behind the error and, unless it was cut off, the message
 * that it answers. */
static void keep_why(struct nl *nl, const struct nlmsghdr *head)
{
	const struct nlmsgerr *error = NLMSG_DATA(head);
	const struct nlattr *table[NLMSGERR_ATTR_MSG + 1];
	size_t skip = NLMSG_HDRLEN + sizeof(*error), size;

	nl->why[0] = '\0';
	if (!(head->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(head->nlmsg_flags & NLM_F_CAPPED) && error->msg.nlmsg_len > NLMSG_HDRLEN)
		skip += NLMSG_ALIGN(error->msg.nlmsg_len - NLMSG_HDRLEN);
	if (skip >= head->nlmsg_len)
		return;
	nl_parse(table, NLMSGERR_ATTR_MSG, (const unsigned char *)head + skip,
		head->nlmsg_len - skip);
	size = strnlen(nl_text(table[NLMSGERR_ATTR_MSG]), sizeof(nl->why) - 1);
	memcpy(nl->why, nl_text(table[NLMSGERR_ATTR_MSG]), size);
	nl->why[size] = '\0';
}

struct talk {
	unsigned due, count;
	int error;
	struct nl_answer *answer;
	const struct nl_batch *batch;
};

/* An error about a message that asked for no ACK (the frame of an nfnetlink batch) is about the
 * whole batch: nothing else will come. */
static void take_error(struct nl *nl, struct talk *talk, const struct nlmsghdr *head)
{
	const struct nlmsgerr *error = NLMSG_DATA(head);
	unsigned which = head->nlmsg_seq - nl->seq;
	const unsigned char *p = talk->batch->buf;

	if (head->nlmsg_len < NLMSG_LENGTH(sizeof(*error)))
		return;
	for (unsigned i = 0; i < which; i++)
		p += NLMSG_ALIGN(((const struct nlmsghdr *)(const void *)p)->nlmsg_len);
	if (((const struct nlmsghdr *)(const void *)p)->nlmsg_flags & NLM_F_ACK)
		talk->due -= talk->due > 0;
	else
		talk->due = 0;
	if (error->error && !talk->error) {
		talk->error = error->error;
		nl->failed = which;
		keep_why(nl, head);
	}
}

static void take(struct nl *nl, struct talk *talk, const struct nl_answer *datagram)
{
	const struct nlmsghdr *head = NULL;

	while ((head = nl_next(datagram, head))) {
		struct nl_answer *answer = talk->answer;

		/* What a former, broken off talk left in the socket is not ours. */
		if (head->nlmsg_seq - nl->seq >= talk->count)
			continue;
		if (head->nlmsg_type == NLMSG_ERROR)
			take_error(nl, talk, head);
		else if (answer && NLMSG_ALIGN(head->nlmsg_len) <= answer->room - answer->used) {
			memcpy(answer->data + answer->used, head, head->nlmsg_len);
			answer->used += NLMSG_ALIGN(head->nlmsg_len);
		}
	}
}

int nl_talk(struct nl *nl, struct nl_batch *batch, struct nl_answer *answer)
{
	_Alignas(8) unsigned char buf[ACKS][ACK_ROOM];
	struct talk talk = { .count = batch->count, .answer = answer, .batch = batch };
	struct sockaddr_nl from[ACKS];
	struct mmsghdr messages[ACKS];
	struct iovec iov[ACKS];
	int r;

	nl->why[0] = '\0';
	r = send_batch(nl, batch, &talk.due);
	while (!r && talk.due) {
		for (unsigned i = 0; i < ACKS; i++) {
			iov[i] = (struct iovec){ buf[i], ACK_ROOM };
			messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &from[i],
								.msg_namelen = sizeof(from[i]),
								.msg_iov = &iov[i],
								.msg_iovlen = 1 } };
		}
		r = recvmmsg(nl->fd, messages, ACKS, MSG_WAITFORONE, NULL);
		if (r < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < r; i++)
			if (!from[i].nl_pid)
				take(nl, &talk,
					&(struct nl_answer){
						.data = buf[i], .used = messages[i].msg_len });
		r = 0;
	}
	nl->seq += batch->count;
	return r < 0 ? r : talk.error;
}

/* Reads the datagrams of one dump to its end.  1: it was interrupted. */
static int gather(struct nl *nl, struct nl_answer *answer)
{
	int interrupted = 0;

	answer->used = 0;
	for (;;) {
		struct sockaddr_nl from = { 0 };
		struct iovec iov;
		struct msghdr message = { .msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1 };
		struct nl_answer part;
		ssize_t n;

		if (answer->room - answer->used < DUMP_ROOM) {
			void *more = realloc(answer->data, 2 * answer->room + DUMP_ROOM);

			if (!more)
				return -ENOMEM;
			answer->data = more;
			answer->room = 2 * answer->room + DUMP_ROOM;
		}
		iov = (struct iovec){ answer->data + answer->used, DUMP_ROOM };
		n = recvmsg(nl->fd, &message, 0);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0 || from.nl_pid)
			continue;
		if (message.msg_flags & MSG_TRUNC)
			return -EMSGSIZE;
		part = (struct nl_answer){ .data = iov.iov_base, .used = (size_t)n };
		for (const struct nlmsghdr *head = NULL; (head = nl_next(&part, head));) {
			if (head->nlmsg_seq != nl->seq)
				break;
			interrupted |= (head->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
			if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR) {
				int error = head->nlmsg_len >= NLMSG_LENGTH(sizeof(int))
					? *(const int *)NLMSG_DATA(head)
					: 0;

				if (error < 0 && head->nlmsg_type == NLMSG_ERROR)
					keep_why(nl, head);
				return error < 0 ? error : interrupted;
			}
			memmove(answer->data + answer->used, head, head->nlmsg_len);
			answer->used += NLMSG_ALIGN(head->nlmsg_len);
		}
	}
}

int nl_dump(struct nl *nl, struct nl_batch *request, struct nl_answer *answer)
{
	const int on = 1;
	unsigned acks;
	int r = 0;

	/* The kernel filters by what the request holds; before 4.20 the caller does so alone. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	*answer = (struct nl_answer){ 0 };
	request->head->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nl->why[0] = '\0';
	for (int try = 0; try < DUMP_TRY; try++) {
		nl->seq++;
		r = send_batch(nl, request, &acks);
		if (!r)
			r = gather(nl, answer);
		if (r <= 0 && r != -ENOBUFS)
			break;
	}
	nl->seq++;
	answer->interrupted = r == 1;
	return r < 0 ? r : 0;
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
