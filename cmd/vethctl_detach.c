// SPDX-License-Identifier: MIT
/* vethctl_detach.c - takes an attachment back, and removes what the dead and the killed left. */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include <linux/rtnetlink.h>

#include "cleanup.h"
#include "err.h"
#include "ipam.h"
#include "rtnl.h"
#include "vethctl.h"

/* The host end of an id by its name.
 *   returns  its index; -ENODEV: there is none; *ours: it has the id's alias, or (id NULL) that of
 *            any; *group: it is of our group */
static int find_host_end(struct veth *v, const char *name, const char *id, bool *ours, bool *group)
{
	const struct nlattr *table[IFLA_MAX + 1];
	_Alignas(8) unsigned char buf[8192];
	const struct nlmsghdr *link;
	char alias[IPAM_ID + 8];
	int r = rtnl_get_link(&v->nl, 0, name, buf, sizeof(buf), &link);

	if (r < 0)
		return r;
	nl_parse_message(table, IFLA_MAX, link, sizeof(struct ifinfomsg));
	fmt_buf(alias, sizeof(alias), "husk:%s", id ? id : "");
	*ours = !strncmp(nl_text(table[IFLA_IFALIAS]), alias, id ? sizeof(alias) : strlen(alias));
	*group = nl_u32(table[IFLA_GROUP]) == VETH_GROUP;
	return ((const struct ifinfomsg *)NLMSG_DATA(link))->ifi_index;
}

int delete_host_end(struct veth *v, const char *name, const char *id)
{
	bool ours, group;
	int r = find_host_end(v, name, id, &ours, &group);

	if (r > 0 && !ours && !group)
		return 0;
	if (r > 0 && v->dry_run)
		would(v, "link del %s", name);
	else if (r > 0)
		r = rtnl_delete(&v->nl, r);
	return r > 0 || r == -ENODEV ? 0 : r;
}

/* The lease goes last: as long as it is there, the rest can be found again. */
static int detach_lease(struct veth *v, const struct lease *lease)
{
	int r = unpublish(v, lease->id);

	if (r)
		return r;
	r = strcmp(lease->ifname, "-") ? delete_host_end(v, lease->ifname, lease->id) : 0;
	if (r < 0)
		return failed(v, r, "detach %s: link %s", lease->id, lease->ifname);
	if (v->dry_run)
		would(v, "ipam release --net %s --id %s", lease->net, lease->id);
	else
		r = ipam_release(lease);
	return r < 0 ? failed(v, r, "detach %s: its lease", lease->id) : 0;
}

struct search {
	const char *id, *ifname;
	struct lease found;
};

static int is_wanted(struct lease *lease, void *data)
{
	struct search *search = data;

	if (strcmp(search->id ? search->id : search->ifname,
		    search->id ? lease->id : lease->ifname) != 0)
		return 0;
	search->found = *lease;
	return 1;
}

int detach_id(struct veth *v, const char *net, const char *id)
{
	struct search search = { .id = id };

	return ipam_each(net, is_wanted, &search) > 0 ? detach_lease(v, &search.found) : -ENOENT;
}

struct detach_args {
	const char *id, *net, *ifname;
};

static const struct opt detach_opts[] = { OPT(0, "id", struct detach_args, id, "ID",
						  "what was attached with this ID"),
	OPT(0, "net", struct detach_args, net, "NAME", "in this network only"),
	OPT(0, "host-ifname", struct detach_args, ifname, "NAME", "what has this end outside"),
	OPT_END };

static const struct applet detach_applet = { .name = "vethctl detach",
	.operands = "",
	.summary = "take an attachment back: its ports, links and lease",
	.opts = detach_opts };

int detach_run(struct veth *v, char **words)
{
	struct detach_args args = { 0 };
	struct search search = { 0 };
	CLEANUP_FD int lock = -1;
	int r;

	if (applet_args(&detach_applet, &args, words, 0)[0] || !args.id == !args.ifname)
		usage_die("detach --id ID or --host-ifname NAME");
	if ((args.id && !ipam_is_id(args.id)) || (args.net && !ipam_is_id(args.net)))
		usage_die("detach: not an ID");
	if (v->checking)
		return 0;
	search.id = args.id;
	search.ifname = args.ifname;
	/* An attach that is at work on it ends first: what it goes on to make nobody would find. */
	if (ipam_each(args.net, is_wanted, &search) > 0)
		lock = ipam_lock(&search.found, true);
	if (ipam_each(args.net, is_wanted, &search) > 0)
		return detach_lease(v, &search.found);
	/* Attached without an ID: there is a link only. */
	r = args.ifname ? rtnl_index(&v->nl, args.ifname) : -ENOENT;
	if (r > 0)
		r = delete_host_end(v, args.ifname, "");
	if (r < 0 && !v->if_exists)
		return failed(v, args.id ? 0 : r, "detach: %s is not attached",
			args.id ? args.id : args.ifname);
	return 0;
}

/* ---- gc */

struct sweep {
	struct veth *v;
	int status;
};

/* Is the link of the lease there, and was its set-up finished? */
static bool is_complete(struct veth *v, const struct lease *lease)
{
	bool ours, group;

	return !strcmp(lease->ifname, "-") ||
		(find_host_end(v, lease->ifname, lease->id, &ours, &group) > 0 && ours);
}

static int sweep_lease(struct lease *lease, void *data)
{
	struct sweep *sweep = data;
	struct veth *v = sweep->v;
	CLEANUP_FD int lock = ipam_lock(lease, false);

	/* Somebody is at it right now. */
	if (lock < 0)
		return 0;
	if (lease->same_boot && ipam_alive(lease) && is_complete(v, lease))
		return 0;
	if (!v->quiet && !v->dry_run)
		fmt_fd(STDOUT_FILENO, "%s %s %s\n", lease->net, lease->id, lease->ifname);
	sweep->status |= detach_lease(v, lease);
	return 0;
}

int gc_run(struct veth *v, char **words)
{
	struct sweep sweep = { v, 0 };
	int r;

	if (words[1] && !strcmp(words[1], "--dry-run"))
		v->dry_run = true;
	else if (words[1])
		usage_die("gc: unknown word %s", words[1]);
	if (v->checking)
		return 0;
	r = ipam_each(NULL, sweep_lease, &sweep);
	if (!v->dry_run)
		ipam_sweep();
	return r < 0 ? failed(v, r, "gc") : sweep.status;
}
