#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl.t - the network of a container on another kernel, with veth, bridge and nftables as modules.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest

net=/husk/out/probes/net
ask() { [ "$("$net" "$@")" = 'web 192.0.2.1' ] || [ "$("$net" "$@")" = 'web 10.9.0.1' ]; }

vethctl up
mkdir -p /run
ok 'a namespace' vethctl netns add c
run vethctl bridge create br0 --ip 10.9.0.1/24
if [ "$rc" != 0 ]; then
	skip 'a bridge' "this machine has none: $err"
	finish
fi
pass 'a bridge'
ok 'attach' vethctl attach --netns c --bridge br0 --ip auto --id c
like 'it says what it made' "$out" '{"ifname":"eth0",*"ips":\["10.9.0.2/24"\]*'
ok 'ping' within 10 vethctl netns exec c ping -c 1 -W 1 10.9.0.1
ok 'nat up' vethctl nat up --subnet 10.9.0.0/24 --bridge br0
ok 'publish' vethctl publish add --id c --to 10.9.0.2 8080:80
is 'is listed' "$(vethctl publish list)" 'c *:8080/tcp 10.9.0.2:80'
vethctl -n c route show >/dev/null
(vethctl netns exec c "$net" tcpd 0.0.0.0 80 web) &
server=$!
ok 'a range' vethctl publish add --id c --to 10.9.0.2 9000-9099:80-179
ok 'a port of it leads there, too' within 15 ask tcp 10.9.0.1 9000
ok 'the port leads to it' within 15 ask tcp 10.9.0.1 8080
ok 'on 127.0.0.1, too' within 15 ask tcp 127.0.0.1 8080
kill "$server"
wait "$server" 2>/dev/null
is 'are listed' "$(vethctl publish list | wc -l)" 101
fails 'a taken port' 1 'vethctl: publish: port 9050/tcp is taken by c' vethctl publish add --id d --to 10.9.0.3 9050:1
ok 'detach' vethctl detach --id c
is 'no port is left' "$(vethctl publish list)" ''
gives 'gc finds nothing' 0 '' vethctl gc
ok 'nat down' vethctl nat down
ok 'nat down leaves nothing' sh -c '! vethctl publish add --id c --to 10.9.0.2 1:1 2>/dev/null'

# What older kernels do otherwise: no name is changed while up, none says what it made.
ok 'the peer comes up with the pair' vethctl link add p0 up type veth peer name p1 netns c up
like 'it is up' "$(vethctl -n c link show p1)" '*,UP*'
ok 'renamed while up' vethctl link set p0 name p9
like 'and is up again' "$(vethctl link show p9)" '*,UP*'
gives 'a peer that the kernel names' 0 'q0 veth0' vethctl link add q0 type veth
printf 'link add x0 type veth peer name x1\naddr add 10.8.0.1/24 dev x0\nlink set x0 mtu 1300\nroute add 10.7.0.0/16 via 10.99.0.1\n' >"$tmp/batch"
fails '--atomic' 1 'vethctl: line 4: route add 10.7.0.0/16: *' vethctl -b "$tmp/batch" --atomic
gone() { ! vethctl link show x0 2>/dev/null; }
ok '--atomic leaves nothing' within 10 gone
for n in 1 2 3 4 5; do vethctl link add "g$n" group 77 type veth peer name "h$n"; done
ok 'a group of links goes by one message' vethctl link del group 77
is 'all of them' "$(vethctl link show | grep -c ' g[1-5] ')" 0
like 'the modules of it were loaded by the kernel itself' "$(cut -d ' ' -f 1 /proc/modules | tr '\n' ' ')" '*nf_tables*'
finish
