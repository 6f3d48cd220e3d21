#!/bin/sh
# SPDX-License-Identifier: MIT
# The network of an ordinary user's container: by pasta or slirp4netns, else lo alone.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_users
make_rootfs fs
who=one
ok 'import' as $who husk import fs bb:1
box() {
	as $who husk run --rm "$@"
}
finally() {
	remove_users
	[ ! -e "$tmp/tun" ] || umount /dev/net/tun
}

# ---- without a helper
gives 'no helper: lo, and it is up' 0 'lo: UP' as $who env HUSK_NETWORK_HELPER= husk run --rm bb:1 \
	sh -c 'ip -o link | sed "s/^[0-9]*: \([a-z]*: \).*[<,]\(UP\)[,>].*/\1\2/"'
fails 'no helper: nothing is published' 125 'run: --publish: needs root, or pasta (*' \
	as $who env HUSK_NETWORK_HELPER= husk run -p 18080:80 bb:1 true
fails 'the network of root' 125 'run: --network bridge: needs root (*' box --network bridge bb:1 true
fails '--ip' 125 'run: --ip: *' box --ip 10.0.2.7 bb:1 true
fails 'root has no network user' 125 'run: network user: *' husk run --network user --rootfs fs true
if [ ! -c /dev/net/tun ]; then
	skip 'pasta and slirp4netns' 'no /dev/net/tun'
	finally
	finish
fi
# Ours is for everybody.
mknod -m 666 "$tmp/tun" c 10 200
mount --bind "$tmp/tun" /dev/net/tun
make_far
vethctl route add default via 192.0.2.3
mkdir www
echo 'from outside' >www/index.html
vethctl netns exec "$far" busybox httpd -f -h "$tmp/www" &
server=$!
helpers() {
	ps -e -o args | grep -c "^$1 "
}
none_left() {
	[ "$(helpers "$1")" = 0 ]
}

for helper in pasta slirp4netns; do
	if ! command -v $helper >/dev/null; then
		skip $helper 'is not installed'
		continue
	fi
	export HUSK_NETWORK_HELPER=$helper
	gives "$helper: the outside answers" 0 'from outside' box bb:1 \
		sh -c "$try" sh wget -q -O - http://192.0.2.2/
	like "$helper: eth0" "$(box bb:1 ip -o addr show eth0)" '*inet *'
	ok "$helper: ends with its container" within 20 none_left $helper
	as $who husk run -d --name dies bb:1 sleep 1000 >/dev/null
	id=$(as $who husk inspect -f .Id dies)
	husk sig "$(cat $who/run/husk/c/"$id"/mon)" "$(cat $who/run/husk/c/"$id"/monstart)" KILL
	ok "$helper: also when the monitor was killed" within 20 none_left $helper
	as $who husk rm -f dies >/dev/null
done
export HUSK_NETWORK_HELPER=slirp4netns
fails 'slirp4netns: nothing is published' 125 'run: --publish: needs root, or pasta (*' box -p 18080:80 bb:1 true
if command -v pasta >/dev/null; then
	export HUSK_NETWORK_HELPER=pasta
	as $who husk run -d --name web -p 18080:80 -p 127.0.0.1:18081:80 bb:1 \
		sh -c 'echo published >/www/index.html; exec httpd -f -h /www' >/dev/null
	answers() {
		[ "$("$@" timeout 10 busybox wget -q -O - "http://$address/" 2>/dev/null)" = published ]
	}
	for address in 127.0.0.1:18080 192.0.2.1:18080 127.0.0.1:18081; do
		ok "pasta: -p answers at $address" within 20 answers
	done
	address=192.0.2.1:18080
	ok 'pasta: -p, from another machine' within 20 answers in_far
	run as $who husk run -d -p 18080:80 bb:1 true
	like 'a port is taken' "$rc|$out|$err" '125||*18080*'
	as $who husk rm -f web >/dev/null
	ok 'a port is free again' box -p 18080:80 bb:1 true
fi
kill $server
remove_far
finally
finish
