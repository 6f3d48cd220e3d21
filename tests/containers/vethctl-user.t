#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl for who is not root: all of it works inside a user namespace of one's own, and pasta or
# slirp4netns leads out of that.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
NET=$HUSK_OUT/probes/net
[ -x "$NET" ] || make -C "$top" probes >/dev/null 2>&1
mount -t tmpfs husk-test /run || exit 1
user='/usr/bin/setpriv --reuid 1000 --regid 1000 --clear-groups'
chmod 777 "$tmp"

# ---- 44: attach, NAT and a published port, inside

cat >"$tmp/inside" <<'EOT'
set -eu
mount -t tmpfs husk-user /run
vethctl up
vethctl netns add a
vethctl netns add b
vethctl bridge create br0 --ip 10.9.0.1/24 --ip fd00:9::1/64
vethctl -q nat up --subnet 10.9.0.0/24 --subnet fd00:9::/64 --bridge br0
for ns in a b; do
	vethctl -q attach --netns $ns --bridge br0 --ip auto --ip fd00:9::/64 --id $ns
done
vethctl publish add --id a --to 10.9.0.2 8080-8081:80-81
vethctl netns exec a "$1" tcpd 0.0.0.0 80 a &
server=$!
tries=0
until [ "$(vethctl netns exec b "$1" tcp 10.9.0.1 8080)" = 'a 10.9.0.1' ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || exit 9
	sleep 0.05
done
vethctl netns exec b "$1" tcp 10.9.0.2 80
kill $server
vethctl publish list | sort
vethctl detach --id a
vethctl detach --id b
vethctl gc
vethctl publish list
vethctl ipam list
vethctl nat down
EOT
# shellcheck disable=SC2086 # words
gives '44 all of it, as an ordinary user' 0 'a 10.9.0.3
a *:8080/tcp 10.9.0.2:80
a *:8081/tcp 10.9.0.2:81' $user /usr/bin/unshare -U -r -n -m sh "$tmp/inside" "$NET"
# shellcheck disable=SC2086
fails '44 without a user namespace' 1 'vethctl: link add x: Operation not permitted (needs CAP_NET_ADMIN in *' \
	$user vethctl link add x type bridge
sleep 1000 &
roots=$!
# shellcheck disable=SC2086
run $user /usr/bin/unshare -U -r -n sh -c 'vethctl bridge create br0 && vethctl attach --netns '$roots' --bridge br0'
is '35 a process of somebody else' "$rc" 1
like '35 is out of reach' "$err" "husk vethctl: attach: /proc/$roots/ns/net: Permission denied (needs CAP_NET_ADMIN in *"
kill "$roots"
wait "$roots" 2>/dev/null

# ---- 6: the way out.  Here 192.0.2.1, the way to 203.0.113.5 by 192.0.2.2.

mount -t tmpfs husk-test /dev/net
mknod -m 666 /dev/net/tun c 10 200
vethctl up
vethctl netns add out
vethctl link add up0 up type veth peer name up1 netns out up
vethctl addr add 192.0.2.1/24 dev up0
vethctl route add default via 192.0.2.2
vethctl -n out addr add 192.0.2.2/24 dev up1
vethctl -n out addr add 203.0.113.5/32 dev up1
nsenter --net=/run/netns/out "$NET" tcpd 0.0.0.0 80 out &
pids=$!
"$NET" tcpd 127.0.0.1 7000 host &
pids="$pids $!"
listens() { "$NET" tcp 203.0.113.5 80 && "$NET" tcp 127.0.0.1 7000; }
within 20 listens

inside() { $user /usr/bin/nsenter -t "$sleeper" -U -n --preserve-credentials "$@"; }
reached() { [ "$(inside "$NET" tcp 203.0.113.5 80)" = 'out 192.0.2.1' ]; }
in_own_namespace() { [ "$(readlink "/proc/$sleeper/ns/net")" != "$(readlink /proc/self/ns/net)" ] && inside true; }
start() {
	# shellcheck disable=SC2086
	$user /usr/bin/unshare -U -r -n sleep 1000 &
	sleeper=$!
	within 20 in_own_namespace
}
for helper in pasta slirp4netns; do
	[ $helper = pasta ] && comm='pas*' || comm='slirp4netns'
	if ! path=$(command -v $helper); then
		skip "6 $helper" "$helper is not installed"
		continue
	fi
	mkdir "$tmp/$helper"
	ln -s "$path" "$tmp/$helper/"
	start
	# shellcheck disable=SC2086
	PATH="$tmp/$helper" $user "$HUSK" vethctl uplink "$sleeper" >"$tmp/$helper.log" 2>&1 &
	uplink=$!
	if within 20 reached; then
		pass "6 $helper: out into the world"
	else
		fail "6 $helper: out into the world" "$(cat "$tmp/$helper.log")"
	fi
	for address in 127.0.0.1 192.0.2.2 10.0.2.2; do
		run inside "$NET" tcp $address 7000
		is "6 $helper: no way to the host's loopback by $address" "$rc $out" '1 '
	done
	like "6 $helper: it has become that" "$(cat "/proc/$uplink/comm")" "$comm"
	kill "$uplink" "$sleeper"
	wait "$uplink" "$sleeper" 2>/dev/null
done
start
mkdir "$tmp/none"
# shellcheck disable=SC2086
run env PATH="$tmp/none" $user "$HUSK" vethctl uplink "$sleeper"
is '6 neither: loopback, and why' "$rc $err" \
	'0 husk vethctl: uplink: loopback only: neither pasta nor slirp4netns is installed'
chmod 600 /dev/net/tun
# shellcheck disable=SC2086
run $user vethctl uplink "$sleeper"
is '6 no tun: loopback, and why' "$rc $err" '0 husk vethctl: uplink: loopback only: /dev/net/tun cannot be opened'
like '6 it is up' "$(inside vethctl link show lo)" '*LOOPBACK,UP*'
# Root's own namespace, in which pasta does not serve.
chmod 666 /dev/net/tun
kill "$sleeper"
wait "$sleeper" 2>/dev/null
/usr/bin/unshare -n sleep 1000 &
sleeper=$!
inside() { /usr/bin/nsenter -t "$sleeper" -n "$@"; }
within 20 in_own_namespace
if [ -d "$tmp/pasta" ]; then
	run env PATH="$tmp/pasta" "$HUSK" vethctl uplink "$sleeper"
	is '6 root, with pasta alone: loopback, and why' "$rc $err" \
		'0 husk vethctl: uplink: loopback only: slirp4netns is not installed, and pasta does not serve root'
fi
if [ -d "$tmp/slirp4netns" ]; then
	PATH="$tmp/slirp4netns:$PATH" "$HUSK" vethctl uplink "$sleeper" >"$tmp/root.log" 2>&1 &
	uplink=$!
	if within 20 reached; then
		pass '6 root: by slirp4netns, with both'
	else
		fail '6 root: by slirp4netns, with both' "$(cat "$tmp/root.log")"
	fi
	kill "$uplink"
	wait "$uplink" 2>/dev/null
fi
kill "$sleeper"
wait "$sleeper" 2>/dev/null
start
inside() { $user /usr/bin/nsenter -t "$sleeper" -U -n --preserve-credentials "$@"; }
# What it cannot do: into the namespace of the host.
run inside vethctl link add n0 type veth peer name n1 netns $$
is '6 no link into the namespace of the host' "$rc" 1
kill "$sleeper"
# shellcheck disable=SC2086 # a list
kill $pids
wait
umount /dev/net
vethctl link del up0
vethctl netns del out
umount -l -R /run
finish
