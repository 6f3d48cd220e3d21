/* SPDX-License-Identifier: MIT */
/* nl.h - netlink sockets, the messages that go through them, and the answers.
 *
 * A batch holds the messages of one send(2): the kernel handles them before send returns, one
 * after the other, and does not stop at an error (nfnetlink batches are all or nothing).  Source:
 * netlink(7); Documentation/userspace-api/netlink/intro.rst. */
#ifndef NL_H
#define NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

struct nl {
	int fd;
	uint32_t seq;
	unsigned failed; /* which message of the last nl_talk failed, from 0 */
	char why[160];   /* what the kernel said about it (extended ACK), or "" */
};

#define NL_ROOM 8192

struct nl_batch {
	struct nlmsghdr *head; /* the message that attributes are added to */
	size_t used, room;
	unsigned count;
	bool full; /* something did not fit: nl_talk refuses the batch with -EMSGSIZE */
	unsigned char *buf;
	_Alignas(8) unsigned char own[NL_ROOM];
};

/* The messages of an answer, one behind the other.  nl_dump allocates data:
 * declare its answer as CLEANUP_ANSWER. */
struct nl_answer {
	unsigned char *data;
	size_t used, room;
	bool interrupted; /* changes raced with every try: the list may lack or repeat entries */
};

/* Opens a netlink socket of a protocol in the current network namespace.
 *   returns  0 or -errno; nl_close is allowed after both */
int nl_open(struct nl *nl, int protocol);
void nl_close(struct nl *nl);

void nl_init(struct nl_batch *batch);
/* The same for more than NL_ROOM bytes, in memory of the caller's, aligned to 8. */
void nl_init_in(struct nl_batch *batch, void *memory, size_t room);
/* Copies a batch that has no memory of the caller's. */
void nl_copy(struct nl_batch *to, const struct nl_batch *from);
/* Begins a message with its fixed part.  NLM_F_REQUEST is added.
 *   returns  the fixed part inside the batch, to be changed later, or NULL when full */
void *nl_begin(
	struct nl_batch *batch, unsigned type, unsigned flags, const void *fixed, size_t size);
/* Add an attribute to the message begun last.  nl_nest opens one that holds others (or, with
 * nl_put_raw, a fixed part), nl_end closes what nl_nest returned. */
void nl_put(struct nl_batch *batch, unsigned type, const void *data, size_t size);
void nl_put_raw(struct nl_batch *batch, const void *data, size_t size);
void nl_put_u8(struct nl_batch *batch, unsigned type, uint8_t value);
void nl_put_u16(struct nl_batch *batch, unsigned type, uint16_t value);
void nl_put_u32(struct nl_batch *batch, unsigned type, uint32_t value);
void nl_put_text(struct nl_batch *batch, unsigned type, const char *text);
size_t nl_nest(struct nl_batch *batch, unsigned type);
void nl_end(struct nl_batch *batch, size_t nest);

void nl_answer_free(struct nl_answer *answer);
#define CLEANUP_ANSWER __attribute__((cleanup(nl_answer_free)))

/* Sends a batch and waits until each message that asks for an ACK is answered.
 *   answer   NULL, or memory for messages that are no ACK (GET, ECHO); the caller sets data, room
 *   returns  0, or the first error the kernel gave; nl->failed and nl->why tell more */
int nl_talk(struct nl *nl, struct nl_batch *batch, struct nl_answer *answer);

/* Sends a GET message as a dump and gathers the answer, again when changes interrupted it, up to
 * ten times.
 *   errors  -ENOMEM; -EMSGSIZE  a datagram larger than 64 KiB; what the kernel answers */
int nl_dump(struct nl *nl, struct nl_batch *request, struct nl_answer *answer);

/* The message after `message` (NULL: the first), NULL at the end and where the bytes make no
 * whole message. */
const struct nlmsghdr *nl_next(const struct nl_answer *answer, const struct nlmsghdr *message);

/* The attributes of a region: table[type] for types up to max, NULL where there is none.  Bytes
 * that make no whole attribute end the list. */
void nl_parse(const struct nlattr **table, unsigned max, const void *data, size_t size);
/* The same behind the fixed part of a message (size bytes), and inside an attribute. */
void nl_parse_message(
	const struct nlattr **table, unsigned max, const struct nlmsghdr *message, size_t fixed);
void nl_parse_nest(const struct nlattr **table, unsigned max, const struct nlattr *nest);

/* The next attribute inside nest after `attr` (NULL: the first), or NULL. */
const struct nlattr *nl_next_attr(const struct nlattr *nest, const struct nlattr *attr);

/* Values, checked against the attribute's length: 0, "" or NULL where it is missing or short. */
size_t nl_size(const struct nlattr *attr);
const void *nl_data(const struct nlattr *attr, size_t least);
uint8_t nl_u8(const struct nlattr *attr);
uint16_t nl_u16(const struct nlattr *attr);
uint32_t nl_u32(const struct nlattr *attr);
const char *nl_text(const struct nlattr *attr);

#endif
