// SPDX-License-Identifier: MIT
/* vethctl_plan.c - attach --dry-run: the commands that would do the same, one by one. */
#include <string.h>
#include <sys/socket.h>

#include "vethctl_attach.h"

static void plan_pair(const struct veth *v, const struct attach *a)
{
	char both[64], mac[3 * MAC_SIZE] = "";

	fmt_buf(both, sizeof(both), " mtu %u%s%s", a->mtu, a->qlen ? " txqueuelen " : "",
		a->qlen ? a->qlen : "");
	would(v, "link add %s%s group %u master %s%s type veth peer name %s%s%s%s netns %s",
		a->host_name, both, a->group_number, a->bridge, attach_has_outside(a) ? "" : " up",
		a->ifname, both, a->mac_text ? " address " : "",
		a->mac_text ? mac_format(a->mac, MAC_SIZE, mac) : "", a->netns);
}

static void plan_inside(const struct attach *a)
{
	const struct veth inside = { .ns = a->netns };
	char text[INET_TEXT];

	would(&inside, "link set lo up");
	would(&inside, "link set %s up", a->ifname);
	for (unsigned i = 0; i < a->ip_count; i++)
		would(&inside, "addr add %s dev %s %s", inet_format_cidr(&a->ip[i], text),
			a->ifname, a->ip[i].family == AF_INET ? "broadcast +" : "nodad");
	for (int i = 0; i < 2; i++)
		if (a->gateway[i].family)
			would(&inside, "route add default via %s dev %s",
				inet_format(&a->gateway[i], text), a->ifname);
	for (size_t i = 0; i < a->routes.count; i++) {
		const char *route = a->routes.items[i].value, *comma = strchr(route, ',');

		would(&inside, "route add %.*s%s%s dev %s", (int)strcspn(route, ","), route,
			comma ? " via " : "", comma ? comma + 1 : "", a->ifname);
	}
}

int attach_plan(struct veth *v, const struct attach *a)
{
	char text[INET_TEXT];
	int status = 0;

	if (a->id)
		would(v, "ipam alloc --net %s --ip %s --id %s%s%s", a->lease.net,
			inet_format(&a->lease.ip, text), a->id, a->pid ? " --pid " : "",
			a->pid ? a->pid : "");
	plan_pair(v, a);
	if (a->ports.count)
		status = publish_ports(v, a->id, &a->ports, a->ip, a->ip_count);
	plan_inside(a);
	if (a->hairpin || a->isolated)
		would(v, "link set %s hairpin %s isolated %s", a->host_name,
			a->hairpin ? "on" : "off", a->isolated ? "on" : "off");
	if (attach_has_outside(a)) {
		would(v, "link set %s addrgenmode none", a->host_name);
		would(v, "link set %s up%s%s", a->host_name, a->id ? " alias husk:" : "",
			a->id ? a->id : "");
	}
	return status;
}
