#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl's objects against the kernel, and against ip where that is there.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
mount -t tmpfs husk-test /run || exit 1
# Links are named after the check: what one leaves to the kernel to remove cannot be in another's way.

ping_in() { # NS ADDRESS
	vethctl netns exec "$1" busybox ping -c 1 -W 1 "$2"
}

# ---- 21: the listings that people learn from

ok '21 netns add' vethctl netns add ns1
vethctl netns add ns2
ok '21 a pair' vethctl link add veth0 type veth peer name veth1
ok '21 one end' vethctl link set veth0 netns ns1
ok '21 the other' vethctl link set veth1 netns ns2
for n in 1 2; do
	ok "21 ifconfig in ns$n" vethctl netns exec "ns$n" vethctl ifconfig "veth$((n - 1))" "172.18.0.$((n + 1))/24" up
	ok "21 route in ns$n" vethctl netns exec "ns$n" vethctl route add default dev "veth$((n - 1))"
done
ok '21 the first listing ends in a ping' within 10 ping_in ns1 172.18.0.3
vethctl netns del ns1
vethctl netns del ns2

vethctl netns add ls1
ok '21 second: a pair' vethctl link add ls0 type veth peer name ls1
ok '21 one end inside' vethctl link set ls1 netns ls1
ok '21 addbr' vethctl addbr lsbr
ip link add lseth type veth peer name lsother
ok '21 addif of an interface' vethctl addif lsbr lseth
ok '21 addif' vethctl addif lsbr ls0
ok '21 third: link set up' vethctl link set ls0 up
ok '21 the bridge up' vethctl link set lsbr up
ok '21 ifconfig inside' vethctl netns exec ls1 vethctl ifconfig ls1 172.19.0.2/24 up
ok '21 route inside' vethctl netns exec ls1 vethctl route add default dev ls1
ok '21 route -net outside' vethctl route add -net 172.19.0.0/24 dev lsbr
vethctl addr add 172.19.0.1/32 dev lsbr
ok '21 ping in' within 10 busybox ping -c 1 -W 1 172.19.0.2
ok '21 ping out' within 10 ping_in ls1 172.19.0.1
ok 'delif' vethctl delif lsbr ls0
unlike 'which is no port then' "$(vethctl link show ls0)" '*master*'
ok '11 delbr with a port' vethctl delbr lsbr
ok 'and the port is still there' vethctl link del lseth
vethctl netns del ls1
ok 'a pair goes with its namespace' within 20 sh -c '! vethctl link show ls0 2>/dev/null'
umount -l -R /run
finish
