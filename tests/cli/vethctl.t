#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl: the grammar.  What is wrong is refused before anything is sent; what is right is shown by
# --dry-run as the message that would be.
. "$(dirname "$0")/../lib.sh"

usage() { # NAME PATTERN WORDS...: status 2, and one line on stderr
	name=$1 pattern=$2
	shift 2
	fails "$name" 2 "vethctl: $pattern (see husk vethctl --help)" vethctl "$@"
}

for name in abcdefghijklmnop '' . a/b 'a b' 'a%d' all .. a:b default; do
	usage "36 no link is named '$name'" "link add: * is no name for a link" link add "$name" type bridge
done
usage '36 nor renamed to that' 'link set: name a%d is not a name for a link' link set x name a%d
for cidr in 10.0.0.1/33 10.0.0.300/24 10.0.0.1 fd00::1/129 10.0.0.1/ /24 10.0.0.1/-1; do
	usage "37 $cidr is no address with a prefix" "addr add: $cidr is not ADDRESS/PREFIX" \
		addr add "$cidr" dev x
done
for cidr in 0.0.0.0/0 255.255.255.255/32 224.0.0.1/24 10.0.0.0/24 10.0.0.255/24 ff02::1/64 ::/64; do
	usage "38 no host has $cidr" "addr add: no host can have $cidr (*)" addr add "$cidr" dev x
done
usage '46 keywords are not abbreviated' 'link add: unknown word ty' link add x ty veth
usage '46 nor verbs' 'link: no verb ad' link ad x type veth
usage 'no command' 'no command given'
usage 'an object that is not there' 'frob: no such object or command' frob
usage 'a kind of link that is not known' 'link add: unknown type frob' link add x type frob
usage 'a link without a type' 'link add x: no type given' link add x
usage 'a link without a name' 'link add: no name given' link add type dummy
usage 'a word that belongs to another kind' 'link add: unknown word mode' link add x type veth mode bridge
usage 'a value that is missing' 'link add: mtu needs a value' link add x mtu
usage 'a number that is none' 'link add: mtu 1k is not a number up to 4294967295' link add x mtu 1k type dummy
usage 'a MAC that is none' 'link set: address 1:2 is not a MAC address' link set x address 1:2
usage 'neither on nor off' 'link set: promisc maybe is not on or off' link set x promisc maybe
usage 'a mode that is none' 'link add: mode x is not private or vepa or bridge or passthru' \
	link add x link y type macvlan mode x
usage 'an address without a link' 'addr add 10.0.0.1/24: no dev given' addr add 10.0.0.1/24
usage 'a route without destination' 'route add: no destination given' route add dev x
usage 'two families in one route' 'route add: fd00::1 is of another address family' \
	route add 10.0.0.0/8 via fd00::1
usage 'a neighbour without a link' 'neigh add 10.0.0.1: no dev given' neigh add 10.0.0.1
usage 'link set without a link' 'link set: which link?' link set up
usage 'link del without a link' 'link del: which link?' link del
usage 'addr flush without a link' 'addr flush: which dev?' addr flush
usage 'a namespace name with a slash' 'netns: a/b is no name' netns add a/b
usage 'a verb of netns that is not there' 'netns: no verb mv' netns mv a
usage 'a bridge without a name' 'bridge create: which bridge?' bridge create
usage 'a bridge without a port' 'bridge addif BRIDGE PORT' addif br0
usage 'attach without a bridge' 'attach needs --netns and --bridge' attach --netns x
usage 'attach to a network address' 'attach: no host can have 10.0.0.0/24' \
	attach --netns x --bridge y --ip 10.0.0.0/24
usage 'attach: a port that is none' 'publish 80: not \[ADDRESS:\]PORT\[-LAST\]:PORT\[-LAST\]\[/udp\]' \
	attach --netns x --bridge y --id z --publish 80
usage 'publish to ::1' 'publish \[::1\]:80:80: nothing can rewrite ::1: use vethctl proxy' \
	publish add --id x --to fd00::2 '[::1]:80:80'
usage 'an ID with a slash' 'attach: --id ../x: only letters, digits, _ . and -' \
	attach --netns x --bridge y --id ../x
usage 'nat without a subnet' 'nat up: which --subnet and --bridge?' nat up
usage 'a bridge of two names' 'bridge create: unknown word b2' bridge create b1 b2
usage 'attach takes options only' 'attach: unknown word x' attach x
usage 'ipam too' 'ipam list: unknown word x' ipam list x
usage 'gc too' 'gc: unknown word x' gc x
usage 'addr show wants no address' 'addr show: 10.0.0.1/24 is no name for a link' addr show 10.0.0.1/24
usage 'nor does flush' 'addr flush: unknown word 10.0.0.1/24' addr flush dev x 10.0.0.1/24
usage '--atomic alone' '--atomic goes with -b' --atomic link show
usage 'commands in two places' '-b takes its commands from the file' -b x link show

# ---- the messages, as --dry-run shows them

dry() { # NAME WANT WORDS...
	name=$1 want=$2
	shift 2
	gives "$name" 0 "$want" vethctl --dry-run "$@"
}
dry '1 a pair' 'link add [{"ifname":"veth0","flags":[],"linkinfo":{"info_kind":"veth"}}]' \
	link add veth0 type veth peer name veth1
dry '1 and with the word dev' 'link add [{"ifname":"veth0","flags":[],"linkinfo":{"info_kind":"veth"}}]' \
	link add dev veth0 type veth peer dev veth1
dry '47 a link with the name of a keyword' 'link add [{"ifname":"type","flags":[],"linkinfo":{"info_kind":"dummy"}}]' \
	link add name type type dummy
dry 'a bridge' 'link add [{"ifname":"b","flags":["UP"],"mtu":1400,"address":"02:00:00:00:00:01","linkinfo":{"info_kind":"bridge","info_data":{"stp_state":0,"vlan_filtering":1}}}]' \
	link add b mtu 1400 address 02:00:00:00:00:01 up type bridge stp_state 0 vlan_filtering 1
dry 'an address' 'addr add [{"family":"inet","local":"10.0.0.5","prefixlen":24,"broadcast":"10.0.0.255","scope":"link","label":"lo:1"}]' \
	addr add 10.0.0.5/24 dev lo broadcast + scope link label lo:1
dry '14 a route by gateway' 'route add [{"type":"unicast","dst":"default","gateway":"10.0.0.1","protocol":"boot","scope":"global","metric":5,"flags":["onlink"]}]' \
	route add default via 10.0.0.1 metric 5 onlink
dry '14 a route by link' 'route add [{"type":"unicast","dst":"10.0.0.0/8","dev":"lo","protocol":"boot","scope":"link","flags":[]}]' \
	route add -net 10.0.0.0/8 dev lo
dry 'IPv6 by -6' 'route add [{"type":"unicast","dst":"default","dev":"lo","protocol":"boot","scope":"global","flags":[]}]' \
	-6 route add default dev lo
dry 'a neighbour' 'neigh add [{"dst":"fd00::2","dev":"lo","lladdr":"02:00:00:00:00:01","state":["PERMANENT"]}]' \
	neigh add fd00::2 lladdr 02:00:00:00:00:01 dev lo

# ---- batches

printf 'link add a type dummy\n\n# no command\nlink ad b\n' >"$tmp/batch"
fails '51 a wrong line is named, and none is run' 2 'vethctl: line 4: link: no verb ad (*)' vethctl --batch "$tmp/batch"
printf 'link ad b\n' >"$tmp/batch"
fails '51 and who helps' 2 'vethctl: line 1: link: no verb ad (see husk vethctl --help)' vethctl --batch "$tmp/batch"
printf 'link show\naddr flush dev lo\n' >"$tmp/batch"
fails '51 --atomic refuses what cannot be undone' 2 'vethctl: line 1: link show: cannot be undone, so not with --atomic (*)' \
	vethctl --atomic -b "$tmp/batch"
fails 'a batch that is not there' 1 'vethctl: /nonexistent: No such file or directory' vethctl -b /nonexistent
fails '45 a namespace that is not there' 1 'vethctl: /run/netns/husk-none: No such file or directory' \
	vethctl -n husk-none link show
fails '35 a process that is not there' 1 'vethctl: /proc/4194303/ns/net: No such process' vethctl -n pid:4194303 link show
fails '48 a full disk' 1 'vethctl: stdout: No space left on device' sh -c 'vethctl link show >/dev/full'
ok '--help' vethctl --help
like '--help names the options' "$out" '*--atomic*--if-missing*--if-exists*'
ok 'attach --help' vethctl attach --help
like 'attach --help names its options' "$out" '*--host-ifname*'
finish
