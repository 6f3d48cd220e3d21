#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl --dry-run: changes nothing, and what it prints does, pasted, what the command does.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
mount -t tmpfs husk-test /run || exit 1

# All that a command could change; not what is random or counted, and no routes of the kernel's own:
# they follow the addresses when it finds the time.
seen() {
	for ns in '' $(vethctl netns list); do
		for what in link addr 'route show table all'; do
			echo "${ns:+-n $ns} $what"
		done
		echo "${ns:+-n $ns} -6 route show table all"
	done | vethctl -b - | grep -v 'fe80\|ff00::\|multicast\|protocol kernel' |
		sed 's/index [0-9]*//g; s/NO-CARRIER,//; s/,LOWER_UP//; s/state [A-Z]*//; s/ linkdown//; s/netnsid [0-9]*//; s/v[0-9a-f]\{10\}/vHOST/g; s/link [0-9]*//; s/address [0-9a-f:]*//' | sort
	vethctl publish list 2>/dev/null | sort
	cat /proc/sys/net/ipv4/ip_forward
	vethctl ipam list | sort
	find /run/husk -type f ! -name last ! -path '*/ip/*' | sort
}
dry() { # NAME PATTERN WORDS...
	name=$1 pattern=$2
	shift 2
	seen >"$tmp/before"
	run vethctl --dry-run "$@"
	is "$name: status" "$rc $err" '0 '
	like "$name: what it says" "$out" "$pattern"
	seen >"$tmp/after"
	is "$name: changes nothing" "$(diff "$tmp/before" "$tmp/after")" ''
}

vethctl netns add c
vethctl netns add d
dry 'netns add' 'vethctl netns add x' netns add x
dry 'netns del' 'vethctl netns del c' netns del c
dry 'netns exec' "vethctl netns exec c sh -c 'exit 7'" netns exec c sh -c 'exit 7'
dry 'up' 'vethctl -n c link set lo up' -n c up
dry 'bridge create' 'vethctl link add br0 address 02:00:00:00:00:01 mtu 1400 up type bridge stp_state 0 forward_delay 0
vethctl addr add 10.9.0.1/24 dev br0 nodad' bridge create br0 --ip 10.9.0.1/24 --mac 02:00:00:00:00:01 --mtu 1400
echo "$out" | sh
like 'bridge create: pasted' "$(vethctl addr show dev br0)" '*10.9.0.1/24*'
vethctl addr add fd00:9::1/64 dev br0 nodad
dry 'addif' 'vethctl link set lo master br0' addif br0 lo
dry 'ifconfig' 'vethctl addr replace 10.8.0.1/24 dev br0 broadcast +
vethctl link set dev br0 up' ifconfig br0 10.8.0.1/24
dry 'addr flush' 'addr del \[{"family":"inet","local":"10.9.0.1","prefixlen":24,*' -4 addr flush dev br0
echo 0 >/proc/sys/net/ipv4/ip_forward
dry 'nat up' 'vethctl nat up --subnet 10.9.0.0/24 --bridge br0
# net/ipv4/ip_forward = 1
# net/ipv4/conf/br0/route_localnet = 1
vethctl nat up --subnet fd00:9::/64 --bridge br0
# net/ipv6/conf/all/forwarding = 1' nat up --subnet 10.9.0.0/24 --subnet fd00:9::/64 --bridge br0
echo "$out" | sh >/dev/null
is 'nat up: pasted' "$(cat /proc/sys/net/ipv4/ip_forward)" 1

# Attached once as a whole, and once by the lines: the same.
set -- attach --netns c --bridge br0 --ip auto --ip fd00:9::/64 --id c --pid $$ --mtu 1400 --qlen 77 \
	--ifname net0 --route 10.77.0.0/16,10.9.0.1 --route 10.78.0.0/16 --publish 8080-8081:80-81 --publish '10.9.0.1:53:53/udp'
dry 'attach' "vethctl ipam alloc --net br0 --ip 10.9.0.2 --id c --pid $$
vethctl link add v?????????? mtu 1400 txqueuelen 77 group 18795 master br0 type veth peer name net0 mtu 1400 txqueuelen 77 address 02:63:74:09:00:02 netns c
vethctl publish add --id c --to 10.9.0.2 8080:80
vethctl publish add --id c --to 10.9.0.2 8081:81
vethctl publish add --id c --to fd00:9::a09:2 8080:80
vethctl publish add --id c --to fd00:9::a09:2 8081:81
vethctl publish add --id c --to 10.9.0.2 10.9.0.1:53:53/udp
vethctl -n c link set lo up
vethctl -n c link set net0 up
vethctl -n c addr add 10.9.0.2/24 dev net0 broadcast +
vethctl -n c addr add fd00:9::a09:2/64 dev net0 nodad
vethctl -n c route add default via 10.9.0.1 dev net0
vethctl -n c route add default via fd00:9::1 dev net0
vethctl -n c route add 10.77.0.0/16 via 10.9.0.1 dev net0
vethctl -n c route add 10.78.0.0/16 dev net0
vethctl link set v?????????? hairpin on isolated off
vethctl link set v?????????? addrgenmode none
vethctl link set v?????????? up alias husk:c" "$@"
echo "$out" >"$tmp/lines"
ping_gateway() { vethctl netns exec c busybox ping -c 1 -W 1 10.9.0.1; }
ok 'attach: pasted' sh -ec "$out"
ok 'attach: pasted, it works' within 10 ping_gateway
settled() { ! ip -6 addr show tentative | grep -q . && vethctl link show br0 | grep -q 'UP,LOWER_UP'; }
within 20 settled
seen >"$tmp/pasted"
vethctl publish del --id c
vethctl ipam release --net br0 --id c
vethctl -n c link del net0
gone() { ! vethctl link show type veth | grep -q .; }
within 20 gone
vethctl netns del c
vethctl netns add c
vethctl ipam release --net br0 --id c 2>/dev/null
rm -f /run/husk/net/br0/last
ok 'attach: the whole' vethctl "$@"
ok 'attach: it works' within 10 ping_gateway
within 20 settled
same_as_pasted() {
	seen >"$tmp/whole"
	cmp -s "$tmp/pasted" "$tmp/whole"
}
within 10 same_as_pasted
is 'attach: the lines leave what the whole does' "$(diff "$tmp/pasted" "$tmp/whole")" ''

dry 'publish add' 'vethctl publish add --id c --to 10.9.0.2 8090:80/udp
vethctl publish add --id c --to 10.9.0.2 8091:81/udp' publish add --id c --to 10.9.0.2 8090-8091:80-81/udp
dry 'publish del' 'vethctl publish del --id c 8081:81
vethctl publish del --id c 8081:81' publish del --id c 8081:81
dry 'gc finds it alive' '' gc
dry 'detach' 'vethctl publish del --id c *
vethctl link del v??????????
vethctl ipam release --net br0 --id c' detach --id c
run vethctl --dry-run attach --netns c --bridge br0 --ip auto --id c --replace
like 'attach --replace: what goes, and what comes' "$out" '*vethctl ipam release --net br0 --id c
vethctl ipam alloc --net br0 --ip 10.9.0.3 --id c
vethctl link add *'
fails 'attach: the ID is taken' 1 'vethctl: attach: id c is attached already' \
	vethctl --dry-run attach --netns c --bridge br0 --ip auto --id c
dry 'ipam alloc' 'vethctl ipam alloc --net br0 --ip 10.9.0.3 --id e' ipam alloc --net br0 --subnet 10.9.0.1/24 --id e
dry 'ipam release' 'vethctl ipam release --net br0 --id c' ipam release --net br0 --id c
mkdir -p /run/husk/c/c
echo name >/run/husk/c/c/hostname
dry 'hosts' 'vethctl hosts --net br0
# /run/husk/c/./c/hosts' hosts --net br0
dry 'proxy' "vethctl proxy '\[::1\]:80' 10.9.0.2:80" proxy '[::1]:80' 10.9.0.2:80
dry 'uplink' '*' uplink $$
dry 'nat down' 'vethctl nat down' nat down
dry '-b' 'vethctl netns add y
link set \[{*' -b - <<'EOT'
netns add y
link set br0 mtu 1300
EOT

# ---- --replace

ok 'replace an address' vethctl --replace addr add 10.9.0.1/24 dev br0
ok 'replace a route' vethctl --replace route add 10.55.0.0/16 via 10.9.0.2
ok 'by another gateway' vethctl --replace route add 10.55.0.0/16 via 10.9.0.2 metric 0
ok 'replace a link that attach left' vethctl --replace link add "$(vethctl -j link show type veth | husk json get - '.[0].ifname')" type bridge
vethctl link add mine type bridge
fails 'no link of somebody else' 1 'vethctl: link add mine: File exists (*)' vethctl --replace link add mine type bridge

vethctl nat down
vethctl --if-exists link del group 18795
vethctl link show | sed -n 's/^index [0-9]* \(v[0-9a-f]*\|mine\|br0\) .*/\1/p' >"$tmp/links"
while read -r link; do vethctl link del "$link"; done <"$tmp/links"
for ns in $(vethctl netns list); do vethctl netns del "$ns"; done
umount -l -R /run
finish
