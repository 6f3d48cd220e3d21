// SPDX-License-Identifier: MIT
/* vethctl_nat.c - lets containers out (masquerading) and what is published in: the tables, and the
 * few sysctls that forwarding needs. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "fs.h"
#include "iptables.h"
#include "nft.h"
#include "parse.h"
#include "rtnl.h"
#include "vethctl.h"

struct nat_args {
	struct opt_list subnets;
	const char *bridge;
};

static const struct opt nat_opts[] = { OPT(0, "subnet", struct nat_args, subnets, "CIDR",
					       "a network of containers"),
	OPT(0, "bridge", struct nat_args, bridge, "BRIDGE", "the bridge that it is on"), OPT_END };

static const struct applet nat_applet = { .name = "vethctl nat up|down",
	.operands = "",
	.summary = "masquerade networks of containers, or end that and all publishing",
	.opts = nat_opts };

/* Turned on where it is off, and said; never turned off: others may count on it by then. */
static int turn_on(struct veth *v, const char *path)
{
	char value[16];
	int r = (int)fs_read(AT_FDCWD, path, value, sizeof(value));

	if (r > 0 && value[0] == '1')
		return 0;
	if (r > 0 && v->dry_run)
		return fmt_fd(STDOUT_FILENO, "# %s = 1\n", path + sizeof("/proc/sys/") - 1) < 0;
	if (r >= 0)
		r = fs_write(AT_FDCWD, path, "1");
	if (r < 0)
		return failed(v, r, "nat up: %s", path);
	if (!v->quiet)
		fmt_fd(STDOUT_FILENO, "%s = 1\n", path + sizeof("/proc/sys/") - 1);
	return 0;
}

static int turn_on_forwarding(struct veth *v, int family, const char *bridge)
{
	char path[128];

	if (family == AF_INET6)
		return turn_on(v, "/proc/sys/net/ipv6/conf/all/forwarding");
	fmt_buf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/route_localnet", bridge);
	return turn_on(v, "/proc/sys/net/ipv4/ip_forward") || turn_on(v, path);
}

/* No accept of ours gets over a drop of somebody else's: both tables are asked. */
static void warn_of_drop(struct nl *nl, int family, const char *bridge)
{
	const char *six = family == AF_INET6 ? "6" : "", *legacy = "";
	char chain[128], hint[192];

	if (!nft_foreign_drop(nl, family, chain, sizeof(chain))) {
		if (!iptables_forward_drops(family))
			return;
		legacy = "-legacy";
		fmt_buf(chain, sizeof(chain), "filter FORWARD of ip%stables-legacy", six);
	}
	fmt_buf(hint, sizeof(hint),
		"ip%stables%s -I FORWARD -i %s -j ACCEPT; ip%stables%s -I FORWARD -o %s -j ACCEPT",
		six, legacy, bridge, six, legacy, bridge);
	warn_hint(0, hint, "nat up: the chain %s drops what is forwarded", chain);
}

static int nat_up(struct veth *v, const struct nat_args *args)
{
	struct nl nl;
	int r = nft_open(&nl), status = 0;

	if (r == 0 && rtnl_index(&v->nl, args->bridge) < 0)
		r = -ENODEV;
	if (r < 0)
		status = failed(v, r, "nat up: %s", args->bridge);
	for (size_t i = 0; i < args->subnets.count && !status; i++) {
		struct inet subnet;

		inet_parse_cidr(args->subnets.items[i].value, &subnet);
		if (v->dry_run)
			would(v, "nat up --subnet %s --bridge %s", args->subnets.items[i].value,
				args->bridge);
		else
			r = nft_up(&nl, &subnet, args->bridge);
		memcpy(v->nl.why, nl.why, sizeof(v->nl.why));
		if (r < 0)
			status = failed_hint(v, r,
				r == -EPERM || r == -ENOTEMPTY
					? NULL
					: "does the kernel have nf_tables and NAT?",
				"nat up: %s", args->subnets.items[i].value);
		if (!status)
			status = turn_on_forwarding(v, subnet.family, args->bridge);
		if (!status && !v->quiet)
			warn_of_drop(&nl, subnet.family, args->bridge);
	}
	if (!status && !v->dry_run) {
		r = publish_restore(&nl);
		status = r < 0 ? failed(v, r, "nat up: restore published ports") : 0;
	}
	nl_close(&nl);
	return status;
}

static int nat_down(struct veth *v)
{
	struct nl nl;
	int r = nft_open(&nl);

	if (r == 0 && v->dry_run && (nft_is_up(&nl, AF_INET) || nft_is_up(&nl, AF_INET6)))
		would(v, "nat down");
	for (int i = 0; i < 2 && r == 0 && !v->dry_run; i++) {
		r = nft_down(&nl, i ? AF_INET6 : AF_INET);
		r = r == -ENOENT ? 0 : r;
	}
	memcpy(v->nl.why, nl.why, sizeof(v->nl.why));
	nl_close(&nl);
	return r < 0 ? failed(v, r, "nat down") : 0;
}

int nat_run(struct veth *v, char **words)
{
	const char *verb = words[1] ? words[1] : "";
	struct nat_args args = { 0 };
	struct inet subnet;

	if (!parse_word_in(verb, "up down") || applet_args(&nat_applet, &args, words + 1, 0)[0])
		usage_die("nat up --subnet CIDR --bridge BRIDGE, or nat down");
	for (size_t i = 0; i < args.subnets.count; i++)
		if (inet_parse_cidr(args.subnets.items[i].value, &subnet) < 0)
			usage_die("nat up: --subnet %s is not NETWORK/PREFIX",
				args.subnets.items[i].value);
	if (!strcmp(verb, "up") &&
		(!args.subnets.count || !args.bridge || !rtnl_is_name(args.bridge)))
		usage_die("nat up: which --subnet and --bridge?");
	if (v->checking)
		return 0;
	return strcmp(verb, "up") ? nat_down(v) : nat_up(v, &args);
}
