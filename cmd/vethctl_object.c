// SPDX-License-Identifier: MIT
/* vethctl_object.c - the verbs of links, addresses, routes and neighbours: sends the parsed message
 * and deals with the answers that are not the end: it is there already (--if-missing), it is gone
 * already (--if-exists), and what --atomic will have to undo. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "err.h"
#include "rtnl.h"
#include "vethctl.h"

enum { LINK = 1, ADDR = 2, ROUTE = 4, NEIGH = 8 };

static const struct verb {
	const char *name;
	unsigned objects, on, flags;
} verbs[] = {
	{ "add", LINK | ADDR | ROUTE | NEIGH, ON_ADD, NLM_F_CREATE | NLM_F_EXCL },
	{ "replace", ADDR | ROUTE | NEIGH, ON_ADD, NLM_F_CREATE | NLM_F_REPLACE },
	{ "append", ROUTE, ON_ADD, NLM_F_CREATE | NLM_F_APPEND },
	{ "set", LINK, ON_SET, 0 },
	{ "del", LINK | ADDR | ROUTE | NEIGH, ON_DEL, 0 },
	{ "flush", ADDR | NEIGH, ON_SHOW, 0 },
	{ "get", ROUTE, ON_GET, 0 },
	{ "show", LINK | ADDR | ROUTE | NEIGH, ON_SHOW, 0 },
};

static unsigned bit_of(const struct object *object)
{
	unsigned bit = LINK;

	for (const struct object *const *o = veth_objects; *o != object; o++)
		bit <<= 1;
	return bit;
}

static const struct verb *find_verb(const struct object *object, const char *name)
{
	static const char *const same[][2] = { { "delete", "del" }, { "list", "show" },
		{ "ls", "show" }, { "change", "replace" } };

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		if (!strcmp(same[i][0], name))
			name = same[i][1];
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (verbs[i].objects & bit_of(object) && !strcmp(verbs[i].name, name))
			return &verbs[i];
	usage_die("%s: no verb %s", object->name, name);
}

/* ---- --atomic */

/* The message that sets back what a `link set` changes: each attribute as it is now. */
static int keep_old_link(struct veth *v, struct request *request)
{
	const struct ifinfomsg *asked = request_head(request), *old;
	const struct nlattr *table[IFLA_MAX + 1], *attr = NULL, *now[IFLA_MAX + 1];
	_Alignas(8) unsigned char buf[8192];
	const struct nlmsghdr *link;
	struct nl_batch inverse;
	struct ifinfomsg info = { 0 };
	int r = rtnl_get_link(&v->nl, asked->ifi_index, NULL, buf, sizeof(buf), &link);

	if (r < 0)
		return r;
	old = NLMSG_DATA(link);
	nl_parse_message(now, IFLA_MAX, link, sizeof(*old));
	nl_parse_message(table, IFLA_MAX, request->batch.head, sizeof(*asked));
	info.ifi_index = asked->ifi_index;
	info.ifi_change = asked->ifi_change;
	info.ifi_flags = old->ifi_flags & asked->ifi_change;
	nl_init(&inverse);
	nl_begin(&inverse, RTM_NEWLINK, NLM_F_ACK, &info, sizeof(info));
	for (unsigned i = 1; i <= IFLA_MAX; i++) {
		attr = now[i];
		if (!table[i])
			continue;
		if (attr)
			nl_put(&inverse, i, attr + 1, nl_size(attr));
		else if (i == IFLA_MASTER)
			nl_put_u32(&inverse, i, 0);
		else
			nl_put(&inverse, i, NULL, 0);
	}
	undo_keep(v, &inverse);
	return 0;
}

static void keep_inverse(struct veth *v, const struct request *request)
{
	struct ifinfomsg info = { 0 };
	struct nl_batch inverse;

	nl_copy(&inverse, &request->batch);
	if (request->object == &link_object) {
		nl_init(&inverse);
		nl_begin(&inverse, RTM_DELLINK, NLM_F_ACK, &info, sizeof(info));
		nl_put_text(&inverse, IFLA_IFNAME, request->self);
	} else {
		inverse.head->nlmsg_type = request->object->del;
		inverse.head->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	}
	undo_keep(v, &inverse);
}

/* ---- sending */

/* The kernel refuses a peer that is created UP: it is brought up when the pair is there. */
static int finish_peer(struct veth *v, const struct request *request)
{
	const struct nlattr *table[IFLA_MAX + 1];
	_Alignas(8) unsigned char buf[8192];
	char name[IFNAMSIZ];
	const struct nlmsghdr *link = NULL;
	struct nl main, peer;
	int index;
	int r = netns_nl_open(request->main_ns, &main, NETLINK_ROUTE);

	if (!r)
		r = rtnl_get_link(&main, 0, request->self, buf, sizeof(buf), &link);
	nl_close(&main);
	if (r < 0)
		return r;
	nl_parse_message(table, IFLA_MAX, link, sizeof(struct ifinfomsg));
	index = (int)nl_u32(table[IFLA_LINK]);
	r = netns_nl_open(request->peer_ns >= 0 ? request->peer_ns : -1, &peer, NETLINK_ROUTE);
	if (!r && !request->has_peer_name && !v->quiet)
		fmt_fd(STDOUT_FILENO, v->json ? "{\"ifname\":\"%s\",\"link\":\"%s\"}\n" : "%s %s\n",
			request->self, rtnl_name(&peer, index, name));
	if (!r && request->peer_up)
		r = rtnl_set_up(&peer, index, true);
	nl_close(&peer);
	return r;
}

/* Before 6.2 a link that is up keeps its name. */
static int rename_up(struct veth *v, struct request *request)
{
	int index = ((struct ifinfomsg *)request_head(request))->ifi_index, r;

	rtnl_set_up(&v->nl, index, false);
	r = nl_talk(&v->nl, &request->batch, NULL);
	rtnl_set_up(&v->nl, index, true);
	return r;
}

static int refused(struct veth *v, const struct request *request, int r)
{
	const struct nlattr *table[IFLA_MAX + 1], *kind[IFLA_INFO_MAX + 1];
	_Alignas(8) unsigned char buf[8192];
	const struct nlmsghdr *link;
	char hint[160] = "", why[sizeof(v->nl.why)];
	bool is_link = request->object == &link_object;

	memcpy(why, v->nl.why, sizeof(why));
	if (r == -EOPNOTSUPP && request->kind)
		fmt_buf(hint, sizeof(hint),
			"the kernel lacks links of type %s, or such an option of theirs",
			request->kind);
	if (r == -EEXIST && is_link &&
		!rtnl_get_link(&v->nl, 0, request->self, buf, sizeof(buf), &link)) {
		nl_parse_message(table, IFLA_MAX, link, sizeof(struct ifinfomsg));
		nl_parse_nest(kind, IFLA_INFO_MAX, table[IFLA_LINKINFO]);
		fmt_buf(hint, sizeof(hint), "ifindex %d, kind %s%s%s",
			((const struct ifinfomsg *)NLMSG_DATA(link))->ifi_index,
			nl_text(kind[IFLA_INFO_KIND]), table[IFLA_IFALIAS] ? ", alias " : "",
			nl_text(table[IFLA_IFALIAS]));
	}
	memcpy(v->nl.why, why, sizeof(why));
	return failed_hint(v, r, *hint ? hint : NULL, "%s %s %s", request->object->name,
		request->verb, request->self);
}

static int send_request(struct veth *v, struct request *request)
{
	const struct nlattr *table[IFLA_MAX + 1];
	bool is_link = request->object == &link_object;
	int r = 0;

	if (v->atomic && request->on == ON_SET)
		r = keep_old_link(v, request);
	if (!r)
		r = nl_talk(&v->nl, &request->batch, NULL);
	nl_parse_message(table, IFLA_MAX, request->batch.head, request->object->size);
	if (r == -EBUSY && is_link && table[IFLA_IFNAME])
		r = rename_up(v, request);
	if (r == -EEXIST && v->replace && is_link && request->main_ns < 0 &&
		delete_host_end(v, request->self, NULL) == 0)
		r = nl_talk(&v->nl, &request->batch, NULL);
	if (r == -EEXIST && v->if_missing && request->on == ON_ADD)
		return request_compare(v, request);
	if (v->if_exists && request->on == ON_DEL &&
		(r == -ENODEV || r == -ENOENT || r == -ESRCH || r == -EADDRNOTAVAIL))
		r = 0;
	if (r < 0)
		return refused(v, request, r);
	if (v->atomic && request->on == ON_ADD)
		keep_inverse(v, request);
	if (request->kind && !strcmp(request->kind, "veth") &&
		(request->peer_up || !request->has_peer_name))
		r = finish_peer(v, request);
	return r < 0 ? failed(v, r, "link add %s: its peer", request->self) : 0;
}

static int flush(struct veth *v, const struct object *object, char **words)
{
	const struct nlmsghdr *message = NULL;
	CLEANUP_ANSWER struct nl_answer answer = { 0 };
	struct request filter;
	int r;

	request_parse(&filter, v, object, "flush", ON_SHOW, object->get, 0, words);
	if (!filter.has_dev)
		usage_die("%s flush: which dev?", object->name);
	if (filter.error || v->checking)
		return filter.error != 0;
	r = show_dump(v, &filter, &answer);
	while (!r && (message = nl_next(&answer, message))) {
		struct nl_batch batch;

		if (!show_wanted(&filter, message))
			continue;
		nl_init(&batch);
		nl_begin(&batch, object->del, NLM_F_ACK, NLMSG_DATA(message),
			NLMSG_PAYLOAD(message, 0));
		if (v->dry_run) {
			r = show_message(v, object, "del", batch.head);
			continue;
		}
		r = nl_talk(&v->nl, &batch, NULL);
		/* Removing an address may take others, its secondaries, with it. */
		r = r < 0 && r != -EADDRNOTAVAIL ? failed(v, r, "%s flush", object->name) : 0;
	}
	return r;
}

static int route_get(struct veth *v, struct request *request)
{
	_Alignas(8) unsigned char buf[4096];
	struct nl_answer answer = { .data = buf, .room = sizeof(buf) };
	int r = nl_talk(&v->nl, &request->batch, &answer);

	return r < 0 ? failed(v, r, "route get %s", request->self)
		     : show_answer(v, request->object, &answer);
}

int object_run(struct veth *v, const struct object *object, char **words)
{
	const struct verb *verb = find_verb(object, *words ? *words : "show");
	unsigned type = verb->on == ON_DEL ? object->del
		: verb->on == ON_GET       ? object->get
					   : object->add;
	struct request request;
	int status = 0;

	words += *words != NULL;
	if (v->replace && verb->on == ON_ADD && object != &link_object)
		verb = find_verb(object, "replace");
	if (!strcmp(verb->name, "flush") && !v->atomic)
		return flush(v, object, words);
	if (verb->on == ON_SHOW && !v->atomic)
		return show_run(v, object, words);
	if (v->atomic && verb->flags != (NLM_F_CREATE | NLM_F_EXCL) && verb->on != ON_SET)
		usage_die(
			"%s %s: cannot be undone, so not with --atomic", object->name, verb->name);
	request_parse(
		&request, v, object, verb->name, verb->on, type, verb->flags | NLM_F_ACK, words);
	if (v->atomic && verb->on == ON_SET && request.has_ns)
		usage_die("link set netns: cannot be undone, so not with --atomic");
	if (request.error) {
		bool gone = request.error == -ENODEV && v->if_exists && verb->on == ON_DEL;

		status = gone ? 0 : 1;
	} else if (v->dry_run && !v->checking) {
		status = show_message(v, object, verb->name, request.batch.head);
	} else if (!v->checking) {
		status = verb->on == ON_GET ? route_get(v, &request) : send_request(v, &request);
	}
	request_close(&request);
	return status;
}
