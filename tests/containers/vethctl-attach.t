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
like '22 outside' "$(vethctl link show a22host)" '*mtu 1400*group 7 *qlen 77*alias husk:a22b*'
is '22 routes' "$(vethctl -n a22b route show | grep -v kernel)" \
	"10.77.0.0/16 via 10.9.0.1 dev net0 protocol boot scope global
10.78.0.0/16 dev net0 protocol boot scope link"
is '22 port flags' "$(cat /sys/class/net/a22host/brport/hairpin_mode 2>/dev/null || ip -d link show a22host |
	grep -o 'hairpin on.*isolated on' | sed 's/hairpin on.*isolated on/1/')" 1

new a23
strace -qq -e trace=all -o "$tmp/trace" vethctl attach --netns a23 --bridge br0 --ip 10.9.0.23/24 --gw 10.9.0.1 >/dev/null 2>&1
calls=$(grep -c '(' "$tmp/trace")
# Without execve and exit_group.
if [ $((calls - 2)) -gt 0 ] && [ $((calls - 2)) -le 24 ]; then
	pass '23 at most 24 system calls'
else
	fail '23 at most 24 system calls' "$((calls - 2)): $(cut -d '(' -f 1 "$tmp/trace" | sort | uniq -c | tr '\n' ' ')"
fi

# ---- faults: the step that fails, and that nothing is left

new a24
before
for fault in setns:error=EPERM:when=1 sendto:error=EIO:when=2 sendto:error=ENOBUFS:when=3 \
	sendto:error=ENOBUFS:when=4 sendto:error=ENOBUFS:when=5 socket:error=EMFILE:when=2 \
	recvmmsg:error=ENOBUFS:when=2 recvmmsg:error=ENOBUFS:when=3 recvmmsg:error=ENOBUFS:when=4 \
	link:error=ENOSPC:when=1 symlink:error=ENOSPC:when=1 write:error=ENOSPC:when=1; do
	run strace -qq -o /dev/null -e "inject=$fault" vethctl attach --netns a24 --bridge br0 --ip auto --id a24 --gw 10.9.0.1
	is "24 $fault: status" "$rc" 1
	like "24 $fault: one message" "$err" 'husk vethctl: attach: *'
	nothing_left "24 $fault"
done
run strace -qq -o /dev/null -e inject=setsockopt:error=ENOPROTOOPT \
	vethctl attach --netns a24 --bridge br0 --ip 10.9.0.24/24 --id a24
is '25 a kernel without extended ACKs' "$rc" 0
vethctl detach --id a24
ok '25 detached' within 10 sh -c '! vethctl -n a24 link show eth0'
run strace -qq -o /dev/null -e inject=recvmmsg:error=EINTR:when=1+2 \
	vethctl attach --netns a24 --bridge br0 --ip 10.9.0.24/24 --id a24
is '26 interrupted system calls' "$rc" 0

# ---- killed

new a27
before
kept=$(vethctl link show | grep -c husk:a24)
# strace counts each system call by its name: a trace says how often there is something to kill.
strace -qq -o "$tmp/trace" vethctl attach --netns a27 --bridge br0 --ip auto --id a27 --gw 10.9.0.1 >/dev/null 2>&1
vethctl detach --id a27
within 10 sh -c '! vethctl -n a27 link show eth0' || fail '27 detached'
died=0
for at in $(sed -n 's/^\([a-z0-9]*\)(.*/\1/p' "$tmp/trace" | awk '
	/^(sendto|recvmmsg|setns|socket|openat|open|link|symlink|unlink|write|flock|close)$/ {
		print $1 ":signal=KILL:when=" ++n[$1] }'); do
	strace -qq -o /dev/null -e "inject=$at" \
		vethctl attach --netns a27 --bridge br0 --ip auto --id a27 --gw 10.9.0.1 >/dev/null 2>&1 ||
		died=$((died + 1))
	run vethctl gc
	# Or it had come to its end: then it is whole.
	if vethctl link show | grep -q 'husk:a27$' && [ -s /run/husk/net/br0/id/a27 ]; then
		within 10 ping_in a27 10.9.0.1 || fail "27 $at: whole, but it does not work"
		vethctl detach --id a27
	fi
	within 10 sh -c '! vethctl -n a27 link show eth0 2>/dev/null' || rc='a link inside'
	if [ "$rc" != 0 ] || [ "$(ends)" != "$links_before" ] || [ "$(leases)" != "$leases_before" ] ||
		[ -h /run/husk/net/br0/id/a27 ] || find /run/husk -name '.new*' | grep -q .; then
		fail "27 $at" "gc: $rc $out $err" "$(vethctl link show)" "$(find /run/husk)"
		break
	fi
done
if [ "$died" -ge 25 ]; then
	pass '27 killed at any system call: gc removes it all'
else
	fail '27 killed at any system call: gc removes it all' "died $died times only"
fi
vethctl --if-exists detach --id a27
gives '27 gc once more finds nothing' 0 '' vethctl gc
is '27 what lives is untouched' "$(vethctl link show | grep -c husk:a24)" "$kept"

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
fails 'an address that is taken' 1 'vethctl: attach: 10.9.0.24: *' vethctl attach --netns a31 --bridge br0 --ip 10.9.0.24/24 --id a31
fails '35 a dead process' 1 'vethctl: attach: /proc/4194303/ns/net: No such process' vethctl attach --netns 4194303 --bridge br0
nothing_left 31

# ---- many at once

i=0
while [ "$i" -lt 40 ]; do
	vethctl netns add "a32.$i"
	i=$((i + 1))
done
i=0
while [ "$i" -lt 40 ]; do
	vethctl attach --netns "a32.$i" --bridge br0 --ip auto --id "a32.$i" >"$tmp/a32.$i" 2>&1 &
	i=$((i + 1))
done
wait
is '32 in parallel: each has an address of its own' "$(sed -n 's/.*"ips":\["\([^"]*\)".*/\1/p' "$tmp"/a32.* | sort -u | wc -l)" 40
is '32 and a link' "$(sed -n 's/.*"host_ifname":"\([^"]*\)".*/\1/p' "$tmp"/a32.* | sort -u | wc -l)" 40
strace -qq -o "$tmp/trace" -e trace=sendto vethctl link del group 18795
is '32 one message deletes them all' "$(grep -c '^sendto' "$tmp/trace")" 1
ok '32 all gone' within 10 sh -c '! vethctl link show type veth | grep -q "group 18795"'
ok '32 gc takes the leases' vethctl gc
is '32 none is left' "$(leases)" 0

# ---- dies and comes again

i=0
worst=''
while [ "$i" -lt 20 ]; do
	unshare -n sleep 1000 &
	pid=$!
	within 10 sh -c "[ \"\$(readlink /proc/$pid/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]" || worst="no namespace"
	run vethctl attach --netns "$pid" --bridge br0 --ip auto --id a33 --replace
	[ "$rc" = 0 ] || worst="$i: $err"
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	i=$((i + 1))
done
is '33 killed and attached again at once' "$worst" ''
like '33 gc finds the last one dead' "$(vethctl gc)" 'br0 a33 v*'
is '33 and its lease gone' "$(leases)" 0

new a34
before
i=0
while [ "$i" -lt 10 ]; do
	vethctl attach --netns a34 --bridge br0 --ip auto --id a34 >"$tmp/a34" 2>&1 &
	kill $! 2>/dev/null
	wait $! 2>/dev/null
	vethctl gc >/dev/null
	if vethctl link show | grep -q husk:a34; then
		ping_in a34 10.9.0.1 >/dev/null || fail '34 half of it'
		vethctl detach --id a34
		within 10 sh -c '! vethctl -n a34 link show eth0'
	fi
	i=$((i + 1))
done
nothing_left '34 SIGTERM: all or nothing'
fails 'detach what is not there' 1 'vethctl: detach: nobody is not attached' vethctl detach --id nobody
ok 'detach what is not there, with --if-exists' vethctl --if-exists detach --id nobody

vethctl link del br0
for ns in $(vethctl netns list); do vethctl netns del "$ns"; done
umount -l -R /run
finish
