#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl attach, detach and gc: all or nothing, whatever fails and whoever is killed.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
mount -t tmpfs husk-test /run || exit 1

# A namespace of its own for every check: what the kernel removes late is in nobody's way.
new() { # NAME
	vethctl netns add "$1"
	ns=$1
}
ends() { # how many ends of pairs the host has
	vethctl link show type veth | wc -l
}
leases() {
	find /run/husk/net/br0/ip -type f 2>/dev/null | wc -l
}
nothing_left() { # NAME: neither link nor lease more than before
	is "$1: no link outside" "$(ends)" "$links_before"
	is "$1: no lease" "$(leases)" "$leases_before"
	is "$1: no link inside" "$(vethctl -n "$ns" link show | wc -l)" 1
}
before() {
	links_before=$(ends)
	leases_before=$(leases)
}
ping_in() { # NS ADDRESS
	vethctl netns exec "$1" busybox ping -c 1 -W 1 "$2"
}

vethctl bridge create br0 --ip 10.9.0.1/24 --ip fd00:9::1/64
new a22
ok '22 attach' vethctl attach --netns a22 --bridge br0 --ip 10.9.0.2/24 --ip fd00:9::/64
like '22 says what it made' "$out" \
	'{"ifname":"eth0","ifindex":*,"host_ifname":"v??????????","host_ifindex":*,"mac":"02:63:74:09:00:02","ips":\["10.9.0.2/24","fd00:9::a09:2/64"\],"gateways":\["10.9.0.1","fd00:9::1"\],"published":\[\]}'
ok '22 ping the gateway' within 10 ping_in a22 10.9.0.1
ok '22 over IPv6' within 10 ping_in a22 fd00:9::1
like '22 the default route' "$(vethctl -n a22 route show)" '*default via 10.9.0.1 dev eth0*'
like '22 lo is up' "$(vethctl -n a22 link show lo)" '*LOOPBACK,UP*'
new a22b
ok '22 every option' vethctl attach --netns a22b --bridge br0 --ip 10.9.0.20/24 --gw none --ifname net0 \
	--host-ifname a22host --mac 02:00:00:00:22:22 --mtu 1400 --qlen 77 --group 7 --hairpin --isolated \
	--route 10.77.0.0/16,10.9.0.1 --route 10.78.0.0/16 --id a22b --pid $$ --net other
like '22 inside' "$(vethctl -n a22b link show net0)" '*mtu 1400*qlen 77*address 02:00:00:00:22:22*'
# Without that, each port would have one, with MLD and DAD for it.
is '22 no link-local address on the port' "$(vethctl -6 addr show dev a22host)" ''
like '22 outside' "$(vethctl link show a22host)" '*mtu 1400*group 7 *qlen 77*alias husk:a22b*'
is '22 routes' "$(vethctl -n a22b route show | grep -v kernel)" \
	"10.77.0.0/16 via 10.9.0.1 dev net0 protocol boot scope global
10.78.0.0/16 dev net0 protocol boot scope link"
is '22 port flags' "$(cat /sys/class/net/a22host/brport/hairpin_mode 2>/dev/null || ip -d link show a22host |
	grep -o 'hairpin on.*isolated on' | sed 's/hairpin on.*isolated on/1/')" 1

new a23
strace -qq -e trace=all -o "$tmp/trace" vethctl attach --netns a23 --bridge br0 --ip 10.9.0.23/24 --gw 10.9.0.1 >/dev/null 2>&1
calls=$(grep -c '(' "$tmp/trace")
# Before Linux 6.2 the kernel does not say what it made, and has to be asked.
case $(uname -r) in
[1-5].* | 6.[01].*) most=27 ;;
*) most=24 ;;
esac
# Without execve and exit_group.
if [ $((calls - 2)) -gt 0 ] && [ $((calls - 2)) -le $most ]; then
	pass "23 at most $most system calls"
else
	fail "23 at most $most system calls" "$((calls - 2)): $(cut -d '(' -f 1 "$tmp/trace" | sort | uniq -c | tr '\n' ' ')"
fi

# ---- refused

new a28
before
fails '28 a gateway that is not on the link' 1 \
	'vethctl: attach: add the route inside a28: *Nexthop has invalid gateway*' \
	vethctl attach --netns a28 --bridge br0 --ip 10.9.0.28/24 --gw 10.99.0.1 --id a28
nothing_left 28
links=$(ip -j link 2>/dev/null || vethctl -j link show)
fails '29 my own namespace' 1 'vethctl: attach: /proc/*/ns/net is my own network namespace' \
	vethctl attach --netns $$ --bridge br0 --ip 10.9.0.29/24 --id a29
is '29 nothing happened' "$(ip -j link 2>/dev/null || vethctl -j link show)" "$links"
new a30
ok '30 attach' vethctl attach --netns a30 --bridge br0 --ip auto --id a30
first=$out
gives '30 the same again with --if-missing' 0 "$first" vethctl --if-missing attach --netns a30 --bridge br0 --ip auto --id a30
fails '30 without' 1 'vethctl: attach: id a30 is attached already' vethctl attach --netns a30 --bridge br0 --ip auto --id a30
fails '30 with another address' 1 'vethctl: attach: id a30: exists but differs: has 10.9.0.*' \
	vethctl --if-missing attach --netns a30 --bridge br0 --ip 10.9.0.130/24 --id a30
new a31
before
fails '31 no such bridge' 1 'vethctl: attach: nosuch: No such device' vethctl attach --netns a31 --bridge nosuch --ip 10.9.0.31/24 --id a31
fails '31 no bridge' 1 'vethctl: attach: lo is not a bridge' vethctl attach --netns a31 --bridge lo --ip 10.9.0.31/24 --id a31
fails 'an address that is taken' 1 'vethctl: attach: 10.9.0.20: *' vethctl attach --netns a31 --bridge br0 --ip 10.9.0.20/24 --id a31 --net other
fails '35 a dead process' 1 'vethctl: attach: /proc/4194303/ns/net: No such process' vethctl attach --netns 4194303 --bridge br0
nothing_left 31

# ---- many at once

i=0
while [ "$i" -lt 100 ]; do
	vethctl netns add "a32.$i"
	i=$((i + 1))
done
i=0
while [ "$i" -lt 100 ]; do
	vethctl attach --netns "a32.$i" --bridge br0 --ip auto --id "a32.$i" >"$tmp/a32.$i" 2>&1 &
	i=$((i + 1))
done
wait
is '32 in parallel: each has an address of its own' "$(sed -n 's/.*"ips":\["\([^"]*\)".*/\1/p' "$tmp"/a32.* | sort -u | wc -l)" 100
is '32 and a link' "$(sed -n 's/.*"host_ifname":"\([^"]*\)".*/\1/p' "$tmp"/a32.* | sort -u | wc -l)" 100
strace -qq -o "$tmp/trace" -e trace=sendto vethctl link del group 18795
is '32 one message deletes them all' "$(grep -c '^sendto' "$tmp/trace")" 1
ok '32 all gone' within 10 sh -c '! vethctl link show type veth | grep -q "group 18795"'
ok '32 gc takes the leases' vethctl gc
is '32 none is left' "$(leases)" 0

# ---- dies and comes again

i=0
worst=''
while [ "$i" -lt 50 ]; do
	unshare -n sleep 1000 &
	pid=$!
	# The kernel makes none as long as it takes many down.
	if within 60 sh -c "[ \"\$(readlink /proc/$pid/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"; then
		run vethctl attach --netns "$pid" --bridge br0 --ip auto --id a33 --replace
		[ "$rc" = 0 ] || worst="$i: $err"
	else
		worst="$i: no namespace"
	fi
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	i=$((i + 1))
done
is '33 killed and attached again at once' "$worst" ''
like '33 gc finds the last one dead' "$(vethctl gc)" 'br0 a33 v*'
is '33 and its lease gone' "$(leases)" 0

# Its lease has its address, and not its ID yet.
new late
before
strace -qq -o /dev/null -e trace=symlink -e inject=symlink:delay_enter=1000000 \
	vethctl attach --netns late --bridge br0 --ip auto --id late >/dev/null &
more_leases() {
	[ "$(leases)" -gt "$leases_before" ]
}
within 20 more_leases
ok 'detach waits for an attach that is at work' vethctl detach --id late
wait $!
nothing_left 'detach waits'
is 'detach waits: no ID' "$(find /run/husk/net/br0/id -name late)" ''

fails 'detach what is not there' 1 'vethctl: detach: nobody is not attached' vethctl detach --id nobody
ok 'detach what is not there, with --if-exists' vethctl --if-exists detach --id nobody

vethctl link del br0
for ns in $(vethctl netns list); do vethctl netns del "$ns"; done
umount -l -R /run
finish
