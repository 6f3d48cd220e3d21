// SPDX-License-Identifier: MIT
/* vethctl_parse.c - turns the words of a command into one message.
 *
 * A line is encoded from left to right: what stands behind `type` and `peer` belongs to an
 * attribute that is opened there and closed at the end of the line.  A wrong word ends the program
 * (status 2); a link or a namespace that is not there is a request->error (status 1). */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "err.h"
#include "parse.h"
#include "rtnl.h"
#include "vethctl.h"

void *request_head(struct request *request)
{
	return NLMSG_DATA(request->batch.head);
}

/* Every fixed part begins with the address family. */
static uint8_t *family_of(struct request *request)
{
	return request_head(request);
}

__attribute__((noreturn)) static void wrong(
	const struct request *request, const struct word *word, const char *value, const char *want)
{
	usage_die("%s %s: %s %s is not %s", request->object->name, request->verb, word->name, value,
		want);
}

static uint32_t read_number(
	const struct request *request, const struct word *word, const char *text)
{
	static const struct choice switches[] = { { "on", 1 }, { "off", 0 }, { NULL, 0 } };
	char want[96] = "";
	uint32_t value;

	if (choice_value(word->choices         ? word->choices
			    : word->value == 1 ? switches
					       : NULL,
		    text, &value) ||
		(word->value && !parse_u32(text, 0, word->value, &value)))
		return value;
	for (const struct choice *c = word->choices; c && c->name; c++)
		fmt_buf(want + strlen(want), sizeof(want) - strlen(want), "%s%s",
			*want ? " or " : "", c->name);
	if (!*want)
		fmt_buf(want, sizeof(want), word->value == 1 ? "on or off" : "a number up to %u",
			word->value);
	wrong(request, word, text, want);
}

static void set_head(struct request *request, size_t offset, size_t size, uint32_t value)
{
	unsigned char *at = (unsigned char *)request_head(request) + offset;

	if (size == 1)
		*at = (uint8_t)value;
	else if (size == 2)
		memcpy(at, &(uint16_t){ (uint16_t)value }, size);
	else
		memcpy(at, &value, size);
}

static void set_bits(struct request *request, const struct word *word)
{
	unsigned char *at = (unsigned char *)request_head(request) + word->attr;
	uint32_t bits;

	if (word->kind == W_BITS8) {
		*at = (uint8_t)(*at | word->value);
		return;
	}
	memcpy(&bits, at, sizeof(bits));
	bits |= word->value;
	memcpy(at, &bits, sizeof(bits));
}

static void set_link_flags(struct request *request, uint32_t flags, bool on)
{
	struct ifinfomsg *info = request_head(request);

	info->ifi_change |= flags;
	info->ifi_flags = on ? info->ifi_flags | flags : info->ifi_flags & ~flags;
}

int request_link(struct request *request, const char *name)
{
	int index;

	if (!rtnl_is_name(name))
		usage_die("%s %s: %s is no name for a link", request->object->name, request->verb,
			*name ? name : "''");
	if (request->v->checking)
		return 0;
	index = rtnl_index(&request->v->nl, name);
	if (index > 0)
		return index;
	if (!request->v->dry_run)
		request->error = request->error ? request->error : index;
	request->missing = name;
	return 0;
}

static void put_ns(struct request *request, const struct word *word, const char *text)
{
	char path[128];
	int fd;

	request->has_ns = true;
	if (request->v->checking || request->error)
		return;
	fd = netns_open(text, path, sizeof(path));
	if (fd < 0) {
		failed(request->v, fd, "%s", path);
		request->error = fd;
		request->missing = NULL;
		return;
	}
	nl_put_u32(&request->batch, word->attr, (uint32_t)fd);
	request->fds[request->fd_count++ & 1] = fd;
	*(request->has_peer ? &request->peer_ns : &request->main_ns) = fd;
}

static void put_text(struct request *request, const struct word *word, const char *text)
{
	uint8_t mac[MAC_SIZE];

	if (word->kind == W_NS) {
		put_ns(request, word, text);
	} else if (word->kind == W_MAC) {
		if (mac_parse(text, mac) < 0)
			wrong(request, word, text, "a MAC address");
		nl_put(&request->batch, word->attr, mac, sizeof(mac));
	} else {
		if (word->kind == W_NAME && !rtnl_is_name(text))
			wrong(request, word, *text ? text : "''", "a name for a link");
		if (strlen(text) > 255)
			wrong(request, word, text, "shorter than 256 bytes");
		nl_put_text(&request->batch, word->attr, text);
		if (word->attr == IFLA_IFNAME && request->has_peer)
			request->has_peer_name = true;
		if (word->attr == IFLA_IFNAME && request->on == ON_ADD && !request->has_peer)
			request->dev = request->self = text;
	}
}

static void put_number(struct request *request, const struct word *word, const char *text)
{
	struct nl_batch *batch = &request->batch;
	uint32_t n = read_number(request, word, text);
	size_t outer, inner;

	switch (word->kind) {
	case W_U8:
		nl_put_u8(batch, word->attr, (uint8_t)n);
		break;
	case W_U16:
		nl_put_u16(batch, word->attr, (uint16_t)n);
		break;
	case W_U32:
		nl_put_u32(batch, word->attr, n);
		break;
	case W_TABLE:
		request->has_table = true;
		set_head(request, offsetof(struct rtmsg, rtm_table), 1,
			n < 256 ? n : RT_TABLE_UNSPEC);
		if (n > 255)
			nl_put_u32(batch, word->attr, n);
		break;
	case W_PORT: /* one attribute for all of them: link_finish */
		request->port_set[word->attr == IFLA_BRPORT_ISOLATED] = true;
		request->port[word->attr == IFLA_BRPORT_ISOLATED] = n != 0;
		break;
	case W_GENMODE:
		outer = nl_nest(batch, IFLA_AF_SPEC);
		inner = nl_nest(batch, AF_INET6);
		nl_put_u8(batch, word->attr, (uint8_t)n);
		nl_end(batch, inner);
		nl_end(batch, outer);
		break;
	case W_METRIC:
		outer = nl_nest(batch, RTA_METRICS);
		nl_put_u32(batch, word->attr, n);
		nl_end(batch, outer);
		break;
	default:
		request->has_scope |= request->object == &route_object;
		set_head(request, word->attr,
			word->kind == W_HEAD8            ? 1
				: word->kind == W_HEAD16 ? 2
							 : 4,
			n);
	}
}

void request_family(struct request *request, const char *text, int family)
{
	uint8_t *head = family_of(request);

	if (*head && *head != family)
		usage_die("%s %s: %s is of another address family", request->object->name,
			request->verb, text);
	*head = (uint8_t)family;
}

void request_inet(struct request *request, const struct word *word, const char *text)
{
	bool cidr = word->kind == W_PEERNET || word->kind == W_DST;
	struct inet a;

	if (word->kind == W_DST)
		request->self = text;
	if (word->kind == W_DST && !strcmp(text, "default"))
		return;
	if (word->kind == W_BRD && !strcmp(text, "+")) {
		a = inet_last(&request->address);
		if (request->address.prefix > 30)
			return;
	} else if (word->kind == W_BRD && !strcmp(text, "-")) {
		return;
	} else if (cidr ? inet_parse_cidr(text, &a) : inet_parse(text, AF_UNSPEC, &a)) {
		wrong(request, word, text, cidr ? "ADDRESS/PREFIX" : "an address");
	}
	request_family(request, text, a.family);
	if (cidr)
		set_head(request, 1, 1, a.prefix); /* ifa_prefixlen, rtm_dst_len */
	request->has_gateway |= word->attr == RTA_GATEWAY && word->kind == W_ADDR;
	if (word->kind != W_DST || a.prefix)
		nl_put(&request->batch, word->attr, a.bytes, inet_size(&a));
}

/* ---- the line */

static void open_nest(struct request *request, unsigned type)
{
	request->nests[request->nest_count++] = nl_nest(&request->batch, type);
}

/* returns  the words that may follow */
static const struct word *put_type(struct request *request, const char *text)
{
	const struct link_kind *kind = link_kinds;

	while (kind->name && strcmp(kind->name, text) != 0)
		kind++;
	if (!kind->name)
		usage_die("link %s: unknown type %s", request->verb, text);
	request->kind = text;
	open_nest(request, IFLA_LINKINFO);
	nl_put_text(&request->batch, IFLA_INFO_KIND, text);
	if (request->on == ON_SHOW)
		return request->object->words;
	open_nest(request, IFLA_INFO_DATA | NLA_F_NESTED);
	return kind->words;
}

static const struct word *put_peer(struct request *request, const struct word *word)
{
	const struct ifinfomsg info = { 0 };

	open_nest(request, word->attr | NLA_F_NESTED);
	nl_put_raw(&request->batch, &info, sizeof(info));
	request->has_peer = true;
	request->on = ON_PEER;
	return request->object->words;
}

/* Handles the words that take no value.  false: it takes one. */
static bool put_bare(struct request *request, const struct word *word)
{
	switch (word->kind) {
	case W_CONST:
		nl_put_u32(&request->batch, word->attr, word->value);
		return true;
	case W_BITS8:
	case W_BITS32:
		set_bits(request, word);
		return true;
	case W_UP:
		if (request->has_peer)
			request->peer_up = true;
		else
			set_link_flags(request, word->value, true);
		return true;
	case W_DOWN:
		set_link_flags(request, word->value, false);
		return true;
	default:
		return false;
	}
}

static void put_value(struct request *request, const struct word *word, const char *text)
{
	const struct word on_off = { .name = word->name, .value = 1 };
	int index;

	switch (word->kind) {
	case W_SELF:
		request->dev = request->self = text;
		break;
	case W_DEV:
		index = request_link(request, text);
		nl_put_u32(&request->batch, word->attr, (uint32_t)index);
		break;
	case W_HEADDEV:
		request->has_dev = true;
		set_head(request, word->attr, 4, (uint32_t)request_link(request, text));
		break;
	case W_ONOFF:
	case W_OFFON:
		set_link_flags(request, word->value,
			(read_number(request, &on_off, text) != 0) == (word->kind == W_ONOFF));
		break;
	case W_NAME:
	case W_TEXT:
	case W_MAC:
	case W_NS:
		put_text(request, word, text);
		break;
	case W_ADDR:
	case W_PEERNET:
	case W_BRD:
	case W_DST:
		request_inet(request, word, text);
		break;
	default:
		put_number(request, word, text);
	}
}

static const struct word *find_word(const struct word *words, unsigned on, const char *name)
{
	for (; words->name; words++)
		if (words->on & on && !strcmp(words->name, name))
			return words;
	return NULL;
}

void request_parse(struct request *request, struct veth *v, const struct object *object,
	const char *verb, unsigned on, unsigned type, unsigned flags, char **words)
{
	static const unsigned char zero[32];
	const struct word *table = object->words, *word;

	*request = (struct request){ .v = v,
		.object = object,
		.verb = verb,
		.on = on,
		.self = "",
		.main_ns = -1,
		.peer_ns = -1 };
	nl_init(&request->batch);
	nl_begin(&request->batch, type, flags, zero, object->size);
	for (; *words; words++) {
		word = find_word(table, request->on, *words);
		if (word && put_bare(request, word))
			continue;
		if (!word && (!object->first || table != object->words || request->has_peer))
			usage_die("%s %s: unknown word %s", object->name, verb, *words);
		if (!word) {
			object->first(request, *words);
			continue;
		}
		if (word->kind == W_PEER) {
			table = put_peer(request, word);
			continue;
		}
		if (!*++words)
			usage_die("%s %s: %s needs a value", object->name, verb, word->name);
		if (word->kind == W_TYPE)
			table = put_type(request, *words);
		else
			put_value(request, word, *words);
	}
	while (request->nest_count)
		nl_end(&request->batch, request->nests[--request->nest_count]);
	request->on = on;
	if (object->finish)
		object->finish(request);
	if (request->error && request->missing && !(v->if_exists && on == ON_DEL))
		failed(v, request->error, "%s %s %s%s%s", object->name, verb, request->self,
			*request->self ? ": " : "", request->missing);
}

void request_close(struct request *request)
{
	for (unsigned i = 0; i < request->fd_count; i++)
		close(request->fds[i]);
	request->fd_count = 0;
}
