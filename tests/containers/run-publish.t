#!/bin/sh
# SPDX-License-Identifier: MIT
# Published ports, with real traffic: tcp and udp, on all addresses, on one, on localhost and ::1.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
mkdir -p fs/bin
cp "$HUSK_OUT/probes/net" fs/bin/net
make_image
net=$HUSK_OUT/probes/net
make_far
vethctl addr add 192.0.2.11/24 dev cable

husk run -d --name udp -p 18053:53/udp bb:1 net udpd 0.0.0.0 53 it >/dev/null
husk run -d --name tcp -p 18080:80 -p 192.0.2.11:18081:80 -p 127.0.0.1:18082:80 -p '[::1]:18083:80' \
	bb:1 net tcpd 0.0.0.0 80 it >/dev/null
husk run -d --name several -p 18090-18092:90-92 bb:1 sleep 1000 >/dev/null
hears() { # PROTOCOL ADDRESS PORT, from here
	case $("$net" "$1" "$2" "$3" 2>/dev/null) in
	'it '*) return 0 ;;
	esac
	return 1
}
far_hears() {
	case $(in_far "$net" "$1" "$2" "$3" 2>/dev/null) in
	'it '*) return 0 ;;
	esac
	return 1
}
gives 'port: all' 0 '80/tcp -> 0.0.0.0:18080
80/tcp -> 192.0.2.11:18081
80/tcp -> 127.0.0.1:18082
80/tcp -> [::1]:18083' husk port tcp
gives 'port: one' 0 0.0.0.0:18053 husk port udp 53/udp
fails 'port: one that is not published' 1 'port: udp: port 53/tcp is not published' husk port udp 53
gives 'port: of a range' 0 '90/tcp -> 0.0.0.0:18090
91/tcp -> 0.0.0.0:18091
92/tcp -> 0.0.0.0:18092' husk port several
gives 'port: one of a range' 0 0.0.0.0:18091 husk port several 91
husk stop -t 0 several >/dev/null
gives 'port: none when it does not run' 0 '' husk port several
like 'ps: where they are published' "$(husk ps --format '{{.Ports}}' -f name=udp)" '0.0.0.0:18053->53/udp'
ok 'udp, from another machine' within 20 far_hears udp 192.0.2.1 18053
ok 'udp, from here' within 20 hears udp 192.0.2.1 18053
ok 'udp, at localhost' within 20 hears udp 127.0.0.1 18053
ok 'tcp, on all addresses: the first' within 20 far_hears tcp 192.0.2.1 18080
ok 'tcp, on all addresses: the second' within 20 far_hears tcp 192.0.2.11 18080
ok 'tcp, on all addresses: localhost' within 20 hears tcp 127.0.0.1 18080
ok 'on one address: there' within 20 far_hears tcp 192.0.2.11 18081
ok 'on one address: not at the other' sh -c '! "$@" 2>/dev/null' sh vethctl netns exec "$far" "$net" tcp 192.0.2.1 18081
ok 'on localhost: from here' within 20 hears tcp 127.0.0.1 18082
ok 'on localhost: not from outside' sh -c '! "$@" 2>/dev/null' sh vethctl netns exec "$far" "$net" tcp 192.0.2.1 18082
if [ -e /proc/net/if_inet6 ] && grep -q '^0*1 ' /proc/net/if_inet6; then
	ok 'on ::1' within 20 hears tcp ::1 18083
	run husk run --rm -p '[::1]:18083:80' bb:1 true
	like 'on ::1: is taken' "$rc|$out|$err" '125||husk *: -p \[::1\]:18083:80: the port is taken'
	husk stop -t 0 tcp >/dev/null
	ok 'on ::1: ends with its container' sh -c '! "$@" 2>/dev/null' sh "$net" tcp ::1 18083
	ok 'on ::1: and is free again' husk run --rm -p '[::1]:18083:80' bb:1 true
	run husk run --rm -p '[::1]:18053:53/udp' bb:1 true
	like 'on ::1: no udp' "$rc|$err" '125|*: -p \[::1\]:18053:53/udp: udp at ::1 cannot be published'
else
	skip 'on ::1' 'no IPv6 here'
fi
remove_far
network_down
finish
