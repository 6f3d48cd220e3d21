#!/bin/sh
# SPDX-License-Identifier: MIT
# Networks of containers: names, published ports, isolation; nothing is left of any.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image
fetch() { # ADDRESS
	timeout 10 busybox wget -q -O - "http://$1/"
}

# ---- none, host, container:X
gives '--network none: lo, and it is up' 0 'lo: UP' husk run --rm --network none bb:1 \
	sh -c 'ip -o link | sed "s/^[0-9]*: \([a-z]*: \).*[<,]\(UP\)[,>].*/\1\2/"'
vethctl link add marker type bridge
ok '--network host: ours' husk run --rm --network host bb:1 sh -c 'ip link show marker >/dev/null'
husk run -d --name web --network none bb:1 sh -c 'echo inside >/www/index.html; exec httpd -f -h /www -p 8000' >/dev/null
gives '--network container:X: its' 0 inside husk run --rm --network container:web bb:1 \
	sh -c "$try" sh wget -q -O - http://127.0.0.1:8000/
fails '--network container: one that does not run' 125 'run: none: no such container *' \
	husk run --rm --network container:none bb:1 true
husk rm -f web >/dev/null

# ---- the default bridge
husk run -d --name web --publish 18080:80 -p 18081:81/udp bb:1 \
	sh -c 'echo "it works" >/www/index.html; exec httpd -f -h /www' >/dev/null
address=$(husk inspect -f .Network.IPAddress web)
like 'a container has an address' "$address" '10.83.0.*'
like 'and one eth0 with it' "$(husk exec web ip -o addr show eth0)" "*inet $address/24 *"
gives 'a published port answers from another container' 0 'it works' husk run --rm bb:1 \
	sh -c "$try" sh wget -q -O - http://10.83.0.1:18080/
answers() {
	[ "$(fetch "$1")" = 'it works' ]
}
ok 'from the host, by its address' within 20 answers 10.83.0.1:18080
ok 'from the host, by localhost' within 20 answers 127.0.0.1:18080
like 'ps: the ports' "$(husk ps)" '*0.0.0.0:18080->80/tcp, 0.0.0.0:18081->81/udp*web'
make_far
gives 'from another machine' 0 'it works' vethctl netns exec "$far" timeout 10 busybox wget -q -O - http://192.0.2.1:18080/
gives 'a container reaches the outside, by NAT' 0 ok husk run --rm bb:1 sh -c 'nc -w 1 192.0.2.1 1 2>/dev/null; ip route | grep -q "default via 10.83.0.1" && echo ok'
like 'udp too' "$(vethctl publish list)" '*18081*udp*'
fails 'a port is taken' 125 'vethctl: *18080*' husk run --rm -p 18080:80 bb:1 true
run husk run -d -p 18080:80 bb:1 true
is 'also with -d; no id is printed' "$rc $out" '125 '
fails 'a port that is none' 125 'vethctl: *' husk run --rm -p 99999:80 bb:1 true
husk rm -f web >/dev/null
ok 'a port is free again when its container is removed' husk run --rm --port 18080:80 bb:1 true
vethctl -q link del marker
remove_far
is 'no link is left but the bridge' "$(links)" 'husk0 lo'
network_down
finish
