// SPDX-License-Identifier: MIT
/* vethctl_words.c - the tables: what iproute2's words mean in a message, and which of its keys the
 * parts of an answer print as.  vethctl_parse.c and vethctl_show.c read them. */
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "vethctl.h"

#define IFI(f) offsetof(struct ifinfomsg, f)
#define IFA(f) offsetof(struct ifaddrmsg, f)
#define RTM(f) offsetof(struct rtmsg, f)
#define NDM(f) offsetof(struct ndmsg, f)

static const struct choice scope_choices[] = { { "global", RT_SCOPE_UNIVERSE },
	{ "site", RT_SCOPE_SITE }, { "link", RT_SCOPE_LINK }, { "host", RT_SCOPE_HOST },
	{ "nowhere", RT_SCOPE_NOWHERE }, { NULL, 0 } };
static const struct choice table_choices[] = { { "default", RT_TABLE_DEFAULT },
	{ "main", RT_TABLE_MAIN }, { "local", RT_TABLE_LOCAL }, { "all", RT_TABLE_UNSPEC },
	{ NULL, 0 } };
static const struct choice route_types[] = { { "unicast", RTN_UNICAST }, { "local", RTN_LOCAL },
	{ "broadcast", RTN_BROADCAST }, { "anycast", RTN_ANYCAST }, { "multicast", RTN_MULTICAST },
	{ "blackhole", RTN_BLACKHOLE }, { "unreachable", RTN_UNREACHABLE },
	{ "prohibit", RTN_PROHIBIT }, { "throw", RTN_THROW }, { NULL, 0 } };
static const struct choice route_protocols[] = { { "unspec", 0 }, { "redirect", RTPROT_REDIRECT },
	{ "kernel", RTPROT_KERNEL }, { "boot", RTPROT_BOOT }, { "static", RTPROT_STATIC },
	{ "ra", RTPROT_RA }, { "dhcp", RTPROT_DHCP }, { NULL, 0 } };
static const struct choice nud_states[] = { { "PERMANENT", NUD_PERMANENT }, { "NOARP", NUD_NOARP },
	{ "REACHABLE", NUD_REACHABLE }, { "STALE", NUD_STALE }, { "DELAY", NUD_DELAY },
	{ "PROBE", NUD_PROBE }, { "FAILED", NUD_FAILED }, { "INCOMPLETE", NUD_INCOMPLETE },
	{ NULL, 0 } };
static const struct choice nud_words[] = { { "permanent", NUD_PERMANENT }, { "noarp", NUD_NOARP },
	{ "reachable", NUD_REACHABLE }, { "stale", NUD_STALE }, { NULL, 0 } };
static const struct choice genmodes[] = { { "eui64", IN6_ADDR_GEN_MODE_EUI64 },
	{ "none", IN6_ADDR_GEN_MODE_NONE }, { NULL, 0 } };
static const struct choice macvlan_modes[] = { { "private", MACVLAN_MODE_PRIVATE },
	{ "vepa", MACVLAN_MODE_VEPA }, { "bridge", MACVLAN_MODE_BRIDGE },
	{ "passthru", MACVLAN_MODE_PASSTHRU }, { NULL, 0 } };

#define NOT_SHOWN (ON_ADD | ON_SET | ON_PEER)

static const struct word link_words[] = {
	{ "dev", W_SELF, ON_SET | ON_DEL | ON_SHOW, 0, 0, NULL },
	{ "dev", W_NAME, ON_ADD | ON_PEER, IFLA_IFNAME, 0, NULL },
	{ "name", W_NAME, NOT_SHOWN, IFLA_IFNAME, 0, NULL },
	{ "address", W_MAC, NOT_SHOWN, IFLA_ADDRESS, 0, NULL },
	{ "mtu", W_U32, NOT_SHOWN, IFLA_MTU, UINT32_MAX, NULL },
	{ "txqueuelen", W_U32, NOT_SHOWN, IFLA_TXQLEN, UINT32_MAX, NULL },
	{ "group", W_U32, NOT_SHOWN | ON_DEL, IFLA_GROUP, UINT32_MAX, NULL },
	{ "index", W_HEAD32, ON_ADD | ON_PEER, IFI(ifi_index), INT32_MAX, NULL },
	{ "netns", W_NS, NOT_SHOWN, IFLA_NET_NS_FD, 0, NULL },
	{ "up", W_UP, NOT_SHOWN | ON_SHOW, 0, IFF_UP, NULL },
	{ "down", W_DOWN, ON_SET, 0, IFF_UP, NULL },
	{ "promisc", W_ONOFF, ON_SET, 0, IFF_PROMISC, NULL },
	{ "arp", W_OFFON, ON_SET, 0, IFF_NOARP, NULL },
	{ "master", W_DEV, ON_ADD | ON_SET | ON_SHOW, IFLA_MASTER, 0, NULL },
	{ "nomaster", W_CONST, ON_SET, IFLA_MASTER, 0, NULL },
	{ "alias", W_TEXT, ON_SET, IFLA_IFALIAS, 0, NULL },
	{ "addrgenmode", W_GENMODE, ON_SET, IFLA_INET6_ADDR_GEN_MODE, 0, genmodes },
	{ "hairpin", W_PORT, ON_SET, IFLA_BRPORT_MODE, 1, NULL },
	{ "isolated", W_PORT, ON_SET, IFLA_BRPORT_ISOLATED, 1, NULL },
	{ "link", W_DEV, ON_ADD, IFLA_LINK, 0, NULL },
	{ "type", W_TYPE, ON_ADD | ON_SHOW, 0, 0, NULL },
	{ .name = NULL },
};

static const struct word veth_words[] = { { "peer", W_PEER, ON_ADD, VETH_INFO_PEER, 0, NULL },
	{ .name = NULL } };
static const struct word bridge_words[] = { { "stp_state", W_U32, ON_ADD, IFLA_BR_STP_STATE, 1,
						    NULL },
	{ "forward_delay", W_U32, ON_ADD, IFLA_BR_FORWARD_DELAY, UINT32_MAX, NULL },
	{ "vlan_filtering", W_U8, ON_ADD, IFLA_BR_VLAN_FILTERING, 1, NULL },
	{ "mcast_snooping", W_U8, ON_ADD, IFLA_BR_MCAST_SNOOPING, 1, NULL }, { .name = NULL } };
static const struct word macvlan_words[] = {
	{ "mode", W_U32, ON_ADD, IFLA_MACVLAN_MODE, 0, macvlan_modes }, { .name = NULL }
};
static const struct word vlan_words[] = { { "id", W_U16, ON_ADD, IFLA_VLAN_ID, 4094, NULL },
	{ .name = NULL } };
static const struct word no_words[] = { { .name = NULL } };

const struct link_kind link_kinds[] = { { "veth", veth_words }, { "bridge", bridge_words },
	{ "macvlan", macvlan_words }, { "dummy", no_words }, { "vlan", vlan_words },
	{ NULL, NULL } };

static const struct word addr_words[] = {
	{ "dev", W_HEADDEV, ON_ALL | ON_SHOW, IFA(ifa_index), 0, NULL },
	{ "broadcast", W_BRD, ON_ADD, IFA_BROADCAST, 0, NULL },
	{ "brd", W_BRD, ON_ADD, IFA_BROADCAST, 0, NULL },
	{ "peer", W_PEERNET, ON_ALL, IFA_ADDRESS, 0, NULL },
	{ "label", W_TEXT, ON_ALL, IFA_LABEL, 0, NULL },
	{ "scope", W_HEAD8, ON_ADD, IFA(ifa_scope), 255, scope_choices },
	{ "nodad", W_BITS8, ON_ADD, IFA(ifa_flags), IFA_F_NODAD, NULL },
	{ .name = NULL },
};

static const struct word route_words[] = {
	{ "unicast", W_BITS8, ON_ALL, RTM(rtm_type), RTN_UNICAST, NULL },
	{ "blackhole", W_BITS8, ON_ALL, RTM(rtm_type), RTN_BLACKHOLE, NULL },
	{ "unreachable", W_BITS8, ON_ALL, RTM(rtm_type), RTN_UNREACHABLE, NULL },
	{ "-net", W_DST, ON_ALL, RTA_DST, 0, NULL },
	{ "via", W_ADDR, ON_ALL, RTA_GATEWAY, 0, NULL },
	{ "gw", W_ADDR, ON_ALL, RTA_GATEWAY, 0, NULL },
	{ "dev", W_DEV, ON_ALL | ON_SHOW, RTA_OIF, 0, NULL },
	{ "metric", W_U32, ON_ALL, RTA_PRIORITY, UINT32_MAX, NULL },
	{ "src", W_ADDR, ON_ALL, RTA_PREFSRC, 0, NULL },
	{ "onlink", W_BITS32, ON_ALL, RTM(rtm_flags), RTNH_F_ONLINK, NULL },
	{ "scope", W_HEAD8, ON_ALL, RTM(rtm_scope), 255, scope_choices },
	{ "table", W_TABLE, ON_ALL | ON_SHOW, RTA_TABLE, UINT32_MAX, table_choices },
	{ "mtu", W_METRIC, ON_ADD, RTAX_MTU, UINT32_MAX, NULL },
	{ .name = NULL },
};

static const struct word neigh_words[] = {
	{ "dev", W_HEADDEV, ON_ALL | ON_SHOW, NDM(ndm_ifindex), 0, NULL },
	{ "lladdr", W_MAC, ON_ADD, NDA_LLADDR, 0, NULL },
	{ "nud", W_HEAD16, ON_ADD, NDM(ndm_state), 0, nud_words },
	{ "proxy", W_BITS8, ON_ALL | ON_SHOW, NDM(ndm_flags), NTF_PROXY, NULL },
	{ .name = NULL },
};

/* ---- what is printed */

static const struct choice families[] = { { "inet", AF_INET }, { "inet6", AF_INET6 }, { NULL, 0 } };
static const struct choice link_types[] = { { "ether", 1 }, { "loopback", 772 }, { "none", 65534 },
	{ "sit", 776 }, { "ipip", 768 }, { "tunnel6", 769 }, { "gre", 778 }, { NULL, 0 } };
static const struct choice link_flags[] = { { "NO-CARRIER", 0 }, { "LOOPBACK", IFF_LOOPBACK },
	{ "BROADCAST", IFF_BROADCAST }, { "POINTOPOINT", IFF_POINTOPOINT },
	{ "MULTICAST", IFF_MULTICAST }, { "NOARP", IFF_NOARP }, { "ALLMULTI", IFF_ALLMULTI },
	{ "PROMISC", IFF_PROMISC }, { "MASTER", IFF_MASTER }, { "SLAVE", IFF_SLAVE },
	{ "DEBUG", IFF_DEBUG }, { "DYNAMIC", IFF_DYNAMIC }, { "AUTOMEDIA", IFF_AUTOMEDIA },
	{ "PORTSEL", IFF_PORTSEL }, { "NOTRAILERS", IFF_NOTRAILERS }, { "UP", IFF_UP },
	{ "LOWER_UP", 0x10000 }, { "DORMANT", 0x20000 }, { "ECHO", 0x40000 }, { NULL, 0 } };
static const struct choice operstates[] = { { "UNKNOWN", 0 }, { "NOTPRESENT", 1 }, { "DOWN", 2 },
	{ "LOWERLAYERDOWN", 3 }, { "TESTING", 4 }, { "DORMANT", 5 }, { "UP", 6 }, { NULL, 0 } };
static const struct choice groups[] = { { "default", 0 }, { NULL, 0 } };
static const struct choice addr_flags[] = { { "temporary", IFA_F_TEMPORARY },
	{ "nodad", IFA_F_NODAD }, { "optimistic", IFA_F_OPTIMISTIC },
	{ "dadfailed", IFA_F_DADFAILED }, { "home", IFA_F_HOMEADDRESS },
	{ "deprecated", IFA_F_DEPRECATED }, { "tentative", IFA_F_TENTATIVE },
	{ "mngtmpaddr", IFA_F_MANAGETEMPADDR }, { "noprefixroute", IFA_F_NOPREFIXROUTE },
	{ NULL, 0 } };
static const struct choice route_flags[] = { { "onlink", RTNH_F_ONLINK }, { "dead", RTNH_F_DEAD },
	{ "pervasive", RTNH_F_PERVASIVE }, { "linkdown", RTNH_F_LINKDOWN }, { NULL, 0 } };
static const struct choice neigh_flags[] = { { "proxy", NTF_PROXY }, { "router", NTF_ROUTER },
	{ NULL, 0 } };

/* key, label as text ("": the value alone, NULL: JSON only), kind, size in the fixed part, attr */
static const struct field link_fields[] = {
	{ "ifindex", "index", F_NUMBER, 4, IFI(ifi_index), NULL },
	{ "ifname", "", F_TEXT, 0, IFLA_IFNAME, NULL },
	{ "link", "link", F_PEERLINK, 0, IFLA_LINK, NULL },
	{ "flags", "flags", F_BITS, 4, IFI(ifi_flags), link_flags },
	{ "mtu", "mtu", F_NUMBER, 0, IFLA_MTU, NULL },
	{ "qdisc", NULL, F_TEXT, 0, IFLA_QDISC, NULL },
	{ "master", "master", F_DEV, 0, IFLA_MASTER, NULL },
	{ "operstate", "state", F_CHOICE, 0, IFLA_OPERSTATE, operstates },
	{ "group", "group", F_CHOICE, 0, IFLA_GROUP, groups },
	{ "txqlen", "qlen", F_NUMBER, 0, IFLA_TXQLEN, NULL },
	{ "link_type", NULL, F_CHOICE, 2, IFI(ifi_type), link_types },
	{ "address", "address", F_MAC, 0, IFLA_ADDRESS, NULL },
	{ "broadcast", NULL, F_MAC, 0, IFLA_BROADCAST, NULL },
	{ "promiscuity", NULL, F_NUMBER, 0, IFLA_PROMISCUITY, NULL },
	{ "linkinfo", "type", F_LINKINFO, 0, IFLA_LINKINFO, NULL },
	{ "ifalias", "alias", F_TEXT, 0, IFLA_IFALIAS, NULL },
	{ .key = NULL },
};
static const struct field addr_fields[] = {
	{ "family", "", F_CHOICE, 1, IFA(ifa_family), families },
	{ "local", "", F_OWN, 0, IFA_LOCAL, NULL },
	{ "prefixlen", "/", F_NUMBER, 1, IFA(ifa_prefixlen), NULL },
	{ "address", "peer", F_OTHER, 0, IFA_ADDRESS, NULL },
	{ "broadcast", "broadcast", F_IP, 0, IFA_BROADCAST, NULL },
	{ "scope", "scope", F_CHOICE, 1, IFA(ifa_scope), scope_choices },
	{ "flags", "", F_TRUE, 0, IFA_FLAGS, addr_flags },
	{ "label", "", F_TEXT, 0, IFA_LABEL, NULL },
	{ .key = NULL },
};
static const struct field route_fields[] = {
	{ "type", "", F_CHOICE, 1, RTM(rtm_type), route_types },
	{ "dst", "", F_DST, 0, RTA_DST, NULL },
	{ "gateway", "via", F_IP, 0, RTA_GATEWAY, NULL },
	{ "dev", "dev", F_DEV, 0, RTA_OIF, NULL },
	{ "table", "table", F_CHOICE, 0, RTA_TABLE, table_choices },
	{ "protocol", "protocol", F_CHOICE, 1, RTM(rtm_protocol), route_protocols },
	{ "scope", "scope", F_CHOICE, 1, RTM(rtm_scope), scope_choices },
	{ "prefsrc", "src", F_IP, 0, RTA_PREFSRC, NULL },
	{ "metric", "metric", F_NUMBER, 0, RTA_PRIORITY, NULL },
	{ "flags", "", F_BITS, 4, RTM(rtm_flags), route_flags },
	{ .key = NULL },
};
static const struct field neigh_fields[] = {
	{ "dst", "", F_IP, 0, NDA_DST, NULL },
	{ "dev", "dev", F_DEV, 4, NDM(ndm_ifindex), NULL },
	{ "lladdr", "lladdr", F_MAC, 0, NDA_LLADDR, NULL },
	{ "flags", "", F_TRUE, 1, NDM(ndm_flags), neigh_flags },
	{ "state", "", F_BITS, 2, NDM(ndm_state), nud_states },
	{ .key = NULL },
};

#define KIND(n, s, T, head)                                                                        \
	const struct object n##_object = { #n, s, RTM_NEW##T, RTM_DEL##T, RTM_GET##T,              \
		sizeof(struct head), n##_words, n##_fields, n##_first, n##_finish }
KIND(link, "l", LINK, ifinfomsg);
KIND(addr, "a", ADDR, ifaddrmsg);
KIND(route, "r", ROUTE, rtmsg);
KIND(neigh, "n", NEIGH, ndmsg);
const struct object *const veth_objects[] = { &link_object, &addr_object, &route_object,
	&neigh_object, NULL };

bool choice_value(const struct choice *choices, const char *text, uint32_t *value)
{
	for (; choices && choices->name; choices++) {
		if (strcmp(choices->name, text) != 0)
			continue;
		*value = choices->value;
		return true;
	}
	return false;
}

const char *choice_name(const struct choice *choices, uint32_t value)
{
	static char number[12];

	for (; choices->name; choices++)
		if (choices->value == value)
			return choices->name;
	fmt_buf(number, sizeof(number), "%u", value);
	return number;
}
