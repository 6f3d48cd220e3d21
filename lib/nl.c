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
		if (r < 0)
			r = errno == EINTR ? 0 : -errno;
		for (int i = 0; i < r; i++)
			if (!from[i].nl_pid)
				take(nl, &talk,
					&(struct nl_answer){
						.data = buf[i], .used = messages[i].msg_len });
		r = r < 0 ? r : 0;
	}
	/* Also after a failure: what comes late must not pass for an answer to the next. */
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

void nl_answer_free(struct nl_answer *answer)
{
	free(answer->data);
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
