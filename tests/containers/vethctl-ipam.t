#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl ipam and hosts: leases that nobody else gets, and that outlive nothing that they should not.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
mount -t tmpfs husk-test /run || exit 1
alloc() { # ID [ARGS...]
	id=$1
	shift
	vethctl ipam alloc --net n --subnet 10.62.0.1/24 --id "$id" "$@"
}
leases() {
	vethctl ipam list --net n | wc -l
}

i=0
while [ "$i" -lt 253 ]; do
	alloc "p$i" >"$tmp/ip$i" 2>&1 &
	pids="${pids-} $!"
	i=$((i + 1))
done
# shellcheck disable=SC2086 # a list
wait $pids
is '62 in parallel: all of a /24 but the gateway' "$(cat "$tmp"/ip* | sort -u | grep -c '^10\.62\.0\.')" 253
is '62 neither network, gateway nor broadcast' "$(cat "$tmp"/ip* | grep -cE '\.(0|1|255)$')" 0
fails '62 no more' 1 'vethctl: ipam alloc: an address of network n: Address not available' alloc one-more
is '62 no trace of it' "$(find /run/husk -name '*one-more*' -o -name '.new*')" ''
first=$(cat "$tmp/ip0")
gives 'the same ID, the same address' 0 "$first" alloc p0
fails 'but no other one' 1 "vethctl: ipam alloc: p0 has $first" alloc p0 --ip 10.63.0.200
ok 'release' vethctl ipam release --net n --id p0
fails 'twice' 1 'vethctl: ipam release: p0: No such file or directory' vethctl ipam release --net n --id p0
ok 'twice, with --if-exists' vethctl --if-exists ipam release --net n --id p0
gives 'what is free is found' 0 "$first" alloc again
fails 'a wanted one that is taken' 1 'vethctl: ipam alloc: an address of network n: *' vethctl ipam alloc --net n --ip "$first" --id other
ok 'IPv6 by hand' vethctl ipam alloc --net n6 --ip fd00:62::5 --id six
for subnet in 10.0.0.0/8 10.0.0.0/31 fd00::/64; do
	fails "no leases of $subnet" 1 'vethctl: ipam alloc: an address of network x: *' \
		vethctl ipam alloc --net x --subnet "$subnet" --id x
done
fails 'an ID with a slash' 2 'vethctl: ipam alloc: not an ID, or not a PID (*' vethctl ipam alloc --net n --ip 10.0.0.1 --id ../x
like 'list -j' "$(vethctl -j ipam list --net n6 | husk json get - '.[0].address' '.[0].alive')" 'fd00:62::5*true'

# ---- 63: killed anywhere

vethctl ipam alloc --net k --subnet 10.63.0.1/29 --id k0 >/dev/null
strace -qq -o "$tmp/trace" vethctl ipam alloc --net k --subnet 10.63.0.1/29 --id k1 --pid $$ >/dev/null
vethctl ipam release --net k --id k1
died=0
for at in $(sed -n 's/^\([a-z0-9]*\)(.*/\1/p' "$tmp/trace" | awk '
	/^(openat|open|link|symlink|unlink|write|flock|close|access|readlink)$/ { print $1 ":signal=KILL:when=" ++n[$1] }'); do
	sleep 1000 &
	owner=$!
	strace -qq -o /dev/null -e "inject=$at" vethctl ipam alloc --net k --subnet 10.63.0.1/29 --id k1 --pid "$owner" >/dev/null 2>&1 ||
		died=$((died + 1))
	kill "$owner"
	wait "$owner" 2>/dev/null
	vethctl gc >/dev/null || fail "63 $at: gc"
	[ "$(find /run/husk/net/k/ip /run/husk/net/k/id -mindepth 1 | wc -l)" = 2 ] || {
		fail "63 $at" "$(find /run/husk/net/k)"
		break
	}
done
if [ "$died" -ge 8 ]; then pass '63 killed at any system call: gc takes it all'; else fail '63' "died $died times"; fi
for i in 1 2 3 4; do
	ok "63 the range is free, $i" vethctl ipam alloc --net k --subnet 10.63.0.1/29 --id "full$i"
done

# ---- 64, 65: a reboot, a number used again

old=$(find /run/husk/net/k/ip -type f | head -1)
sed -i 's/ [0-9a-f-]\{36\} / 00000000-0000-0000-0000-000000000000 /' "$old"
like '64 of another boot' "$(vethctl gc)" 'k *'
is '64 is gone' "$(test -e "$old" || echo gone)" gone
sleep 1000 &
owner=$!
vethctl ipam alloc --net k --subnet 10.63.0.1/29 --id reused --pid "$owner" >/dev/null
gives '65 a live owner' 0 '' vethctl gc
old=/run/husk/net/k/id/reused
sed -i --follow-symlinks "s/^v1 reused $owner [0-9]*/v1 reused $owner 1/" "$old"
like '65 another process of that number' "$(vethctl gc)" 'k reused -'
kill "$owner"
wait "$owner" 2>/dev/null

# ---- 66: a full disk

mkdir -p "$tmp/full"
mount -t tmpfs -o size=16k husk-full "$tmp/full"
HUSK_RUN=$tmp/full vethctl ipam alloc --net n --ip 10.66.0.1 --id gw >/dev/null
dd if=/dev/zero of="$tmp/full/fill" bs=4096 2>/dev/null
fails '66 a full disk' 1 'vethctl: ipam alloc: an address of network n: No space left on device' \
	env HUSK_RUN="$tmp/full" vethctl ipam alloc --net n --ip 10.66.0.2 --id x
is '66 no lease, and none that is empty' "$(find "$tmp/full/net" -type f -size 0; ls "$tmp/full/net/n/ip")" 10.66.0.1
umount "$tmp/full"

# ---- 67: hosts

for id in h1 h2; do
	mkdir -p "/run/husk/c/$id"
	echo "name-$id" >"/run/husk/c/$id/hostname"
done
vethctl ipam alloc --net h --ip 10.67.0.1 --id h1 >/dev/null
ok '67 hosts of one' vethctl hosts --net h
inode=$(stat -c %i /run/husk/c/h1/hosts)
exec 8</run/husk/c/h1/hosts
vethctl ipam alloc --net h --ip 10.67.0.2 --id h2 >/dev/null
ok '67 another starts' vethctl hosts --net h
is '67 the first learns of it' "$(cat <&8)" "127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
10.67.0.1	name-h1 h1
10.67.0.2	name-h2 h2"
exec 8<&-
is '67 the same inode' "$(stat -c %i /run/husk/c/h1/hosts)" "$inode"
vethctl ipam release --net h --id h2
ok '67 and ends' vethctl hosts --net h --dir /run/husk/c
is '67 it is forgotten' "$(grep -c h2 /run/husk/c/h1/hosts)" 0

# ---- uplink without a helper

unshare -n sleep 1000 &
inside=$!
within 10 sh -c "[ \"\$(readlink /proc/$inside/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
run strace -qq -o /dev/null -e inject=open:error=ENOENT:when=1 vethctl uplink "$inside"
like 'uplink: loopback at least, and why' "$err" 'husk vethctl: uplink: loopback only: *'
like 'uplink: lo is up' "$(vethctl -n "$inside" link show lo)" '*LOOPBACK,UP*'
kill "$inside"
wait "$inside" 2>/dev/null
umount -l -R /run
finish
