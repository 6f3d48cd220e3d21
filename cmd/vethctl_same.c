// SPDX-License-Identifier: MIT
/* vethctl_same.c - --if-missing: is what is there already what was asked for?  A request and an
 * answer have the same attributes: they are compared one by one. */
#include <errno.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "vethctl.h"

static bool same_attr(const struct nlattr *a, const struct nlattr *b)
{
	return nl_size(a) == nl_size(b) && !memcmp(a + 1, b + 1, nl_size(a));
}

/* The kind, and what its words set, of a link; the peer of a veth is a link of its own. */
static bool same_linkinfo(const struct nlattr *asked, const struct nlattr *have)
{
	const struct nlattr *a[IFLA_INFO_MAX + 1], *h[IFLA_INFO_MAX + 1], *data[64], *attr = NULL;

	nl_parse_nest(a, IFLA_INFO_MAX, asked);
	nl_parse_nest(h, IFLA_INFO_MAX, have);
	if (strcmp(nl_text(a[IFLA_INFO_KIND]), nl_text(h[IFLA_INFO_KIND])) != 0)
		return false;
	if (!strcmp(nl_text(a[IFLA_INFO_KIND]), "veth"))
		return true;
	nl_parse_nest(data, 63, h[IFLA_INFO_DATA]);
	while ((attr = nl_next_attr(a[IFLA_INFO_DATA], attr)))
		if (attr->nla_type > 63 || !data[attr->nla_type] ||
			!same_attr(attr, data[attr->nla_type]))
			return false;
	return true;
}

static void describe(struct print *p, const struct request *request, const struct nlmsghdr *message,
	const struct field *field)
{
	p->items = 0;
	p->out.used = 0;
	print_object(p, request->object, message, field);
	p->out.buf[p->out.used] = '\0';
}

/* returns  the first field in which the object that is there differs, or NULL */
static const struct field *difference(const struct request *request, const struct nlmsghdr *have)
{
	const struct nlattr *asked[128], *there[128];
	const struct ifinfomsg *want = NLMSG_DATA(request->batch.head), *link = NLMSG_DATA(have);

	nl_parse_message(asked, 127, request->batch.head, request->object->size);
	nl_parse_message(there, 127, have, request->object->size);
	for (const struct field *field = request->object->fields; field->key; field++) {
		const struct nlattr *a = field->head ? NULL : asked[field->attr];

		if (request->object == &link_object && field->kind == F_BITS &&
			(link->ifi_flags & want->ifi_change) != want->ifi_flags)
			return field;
		if (a && field->kind == F_LINKINFO
				? !same_linkinfo(a, there[field->attr])
				: a && (!there[field->attr] || !same_attr(a, there[field->attr])))
			return field;
	}
	return NULL;
}

/* Is `have` the object that the request is about, whatever else may differ? */
static bool same_key(const struct request *request, const struct nlmsghdr *have)
{
	static const uint16_t keys[][2] = { { IFLA_IFNAME, IFLA_IFNAME }, { IFA_LOCAL, IFA_LOCAL },
		{ RTA_DST, RTA_PRIORITY }, { NDA_DST, NDA_DST } };
	const struct nlattr *asked[128], *there[128];
	const unsigned char *a = NLMSG_DATA(request->batch.head), *b = NLMSG_DATA(have);
	unsigned which = 0;

	while (veth_objects[which] != request->object)
		which++;
	if (have->nlmsg_type != request->object->add || *a != *b)
		return false;
	nl_parse_message(asked, 127, request->batch.head, request->object->size);
	nl_parse_message(there, 127, have, request->object->size);
	for (unsigned i = 0; i < 2; i++) {
		const struct nlattr *x = asked[keys[which][i]], *y = there[keys[which][i]];

		if (request->object == &addr_object && !y)
			y = there[IFA_ADDRESS];
		if (x ? !y || !same_attr(x, y) : y && keys[which][i] == RTA_DST)
			return false;
	}
	/* The link of an address or neighbour; the table of a route. */
	if (request->object == &route_object)
		return ((const struct rtmsg *)(const void *)a)->rtm_table ==
			((const struct rtmsg *)(const void *)b)->rtm_table;
	return request->object == &link_object || !memcmp(a + 4, b + 4, 4);
}

int request_compare(struct veth *v, struct request *request)
{
	static const unsigned char zero[32];
	const struct nlmsghdr *have = NULL;
	const struct field *field;
	struct print is = { .v = v }, want = { .v = v };
	CLEANUP_ANSWER struct nl_answer answer = { 0 };
	struct nl_batch get;
	bool json = v->json;
	int r;

	nl_init(&get);
	memcpy(nl_begin(&get, request->object->get, 0, zero, request->object->size),
		request_head(request), 1);
	r = nl_dump(&v->nl, &get, &answer);
	do
		have = r ? NULL : nl_next(&answer, have);
	while (have && !same_key(request, have));
	if (!have)
		return failed(v, r ? r : -EEXIST, "%s %s %s", request->object->name, request->verb,
			request->self);
	field = difference(request, have);
	if (!field)
		return 0;
	v->json = false;
	describe(&is, request, have, field);
	describe(&want, request, request->batch.head, field);
	v->json = json;
	return failed(v, 0, "%s %s %s: exists but differs: %s, wanted %s", request->object->name,
		request->verb, request->self, is.out.buf, want.out.buf);
}
