// SPDX-License-Identifier: MIT
/* vethctl_bridge.c - bridges, and the words of brctl(8) and ifconfig(8): each is one or more
 * commands of the other objects. */
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

#include "err.h"
#include "parse.h"
#include "rtnl.h"
#include "vethctl.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A bridge without a MAC of its own takes its ports' and changes it when they come and go, and the
 * others' ARP entries go stale. */
static const char *own_mac(char *text)
{
	uint8_t mac[MAC_SIZE] = { 0 };

	getrandom(mac, sizeof(mac), 0);
	mac[0] = (uint8_t)((mac[0] & 0xfc) | 2); /* locally administered, unicast */
	return mac_format(mac, sizeof(mac), text);
}

struct create_args {
	struct opt_list ips;
	const char *mac, *mtu;
};

static const struct opt create_opts[] = { OPT(0, "ip", struct create_args, ips, "CIDR",
						  "an address of the bridge"),
	OPT(0, "mac", struct create_args, mac, "MAC", "its MAC, else one of its own"),
	OPT(0, "mtu", struct create_args, mtu, "N", "its MTU, 1500"), OPT_END };

static const struct applet create = { .name = "vethctl bridge create BRIDGE",
	.operands = "",
	.summary = "make a bridge",
	.opts = create_opts };

static int bridge_create(struct veth *v, char **words)
{
	struct create_args args = { .mtu = "1500" };
	const char *name = words[0], *extra = *applet_args(&create, &args, words, 0);
	char mac[3 * MAC_SIZE];
	int status;

	if (extra)
		usage_die("bridge create: unknown word %s", extra);
	if (!args.mac)
		args.mac = own_mac(mac);
	status = veth_line(v,
		WORDS("link", "add", name, "address", args.mac, "mtu", args.mtu, "up", "type",
			"bridge", "stp_state", "0", "forward_delay", "0"));
	for (size_t i = 0; !status && i < args.ips.count; i++) {
		status = veth_line(
			v, WORDS("addr", "add", args.ips.items[i].value, "dev", name, "nodad"));
		if (status && !v->checking && !v->atomic)
			veth_line(v, WORDS("link", "del", name));
	}
	return status;
}

int bridge_run(struct veth *v, char **words)
{
	const char *verb = words[1] ? words[1] : "show", *bridge = words[1] ? words[2] : NULL;
	const char *port = bridge ? words[3] : NULL;

	if (parse_word_in(verb, "show list ls"))
		return veth_line(v, WORDS("link", "show", "type", "bridge"));
	if (!bridge)
		usage_die("bridge %s: which bridge?", verb);
	if (parse_word_in(verb, "create addbr"))
		return bridge_create(v, words + 2);
	if (parse_word_in(verb, "delete del delbr") && !port)
		return veth_line(v, WORDS("link", "del", bridge));
	if (!parse_word_in(verb, "add addif remove delif"))
		usage_die("bridge: no verb %s", verb);
	if (!port || words[4])
		usage_die("bridge %s BRIDGE PORT", verb);
	if (!parse_word_in(verb, "add addif"))
		return veth_line(v, WORDS("link", "set", port, "nomaster"));
	return veth_line(v, WORDS("link", "set", port, "master", bridge));
}

int bridge_alias(struct veth *v, char **words)
{
	char *line[16] = { (char *)"bridge" };

	for (int i = 0; i < 14 && words[i]; i++)
		line[i + 1] = words[i];
	return bridge_run(v, line);
}

/* ifconfig LINK [CIDR] [up|down]: an address brings the link up, as net-tools do it. */
int ifconfig_run(struct veth *v, char **words)
{
	const char *link = words[1], *state = "up";
	int status = 0;

	if (!link || !words[2])
		usage_die("ifconfig LINK [ADDRESS/PREFIX] [up|down]");
	for (words += 2; *words && !status; words++) {
		if (parse_word_in(*words, "up down"))
			state = *words;
		else
			status = veth_line(
				v, WORDS("addr", "replace", *words, "dev", link, "broadcast", "+"));
	}
	return status ? status : veth_line(v, WORDS("link", "set", "dev", link, state));
}

int up_run(struct veth *v, char **words)
{
	int status;

	if (v->batch && words[1])
		usage_die("up takes no words in a batch");
	status = veth_line(v, WORDS("link", "set", "lo", "up"));
	if (!status && !v->checking && words[1])
		v->chain->next = words + 1;
	return status;
}
