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
ok 'the port leads to it' within 15 ask tcp 10.9.0.1 8080
ok 'on 127.0.0.1, too' within 15 ask tcp 127.0.0.1 8080
kill "$server"
wait "$server" 2>/dev/null
ok 'detach' vethctl detach --id c
is 'no port is left' "$(vethctl publish list)" ''
gives 'gc finds nothing' 0 '' vethctl gc
ok 'nat down' vethctl nat down
finish
