#!/bin/sh
# SPDX-License-Identifier: MIT
# What enters the root of a target gets no more privileges than the target has.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

unshare -m /usr/bin/setpriv --bounding-set -sys_boot,-syslog --no-new-privs sleep 910 &
target=$!
sleeps() {
	[ "$(cat /proc/$target/comm)" = sleep ]
}
within 10 sleeps
field() {
	sed -n "s/^$1:.//p" "/proc/$2/status"
}
bound=$(field CapBnd $target)
own=$(field CapBnd self)
is 'the target has less than we' "$([ "$bound" != "$own" ] && echo less)" less
inside() {
	nsenter -t $target "$@" awk '/^CapBnd|^CapEff|^NoNew/ { print $2 }' /proc/self/status
}
gives 'the bounding set and no_new_privs are those of the target' 0 "$bound
$bound
1" inside -m
gives 'with -a too' 0 "$bound
$bound
1" inside -a
gives 'with -r too' 0 "$bound
$bound
1" inside -u -r
gives 'its other namespaces bound nothing' 0 "$(field CapEff self)
$own
0" inside -u
gives '--allow-setuid: no_new_privs stays off' 0 "$bound
$bound
0" inside -m --allow-setuid
gives '--privileged copies nothing' 0 "$(field CapEff self)
$own
0" inside -m --privileged
gives '--no-new-privs sets it anyway' 0 "$(field CapEff self)
$own
1" inside -u --no-new-privs
gives '--caps=none' 0 "0000000000000000
0000000000000000
1" inside -m --caps none
gives '--caps=+NAME and -NAME change the set of the target' 0 "$(printf '%016x' $((0x$bound & ~1)))" \
	sh -c 'nsenter -t "$1" -m --caps=-chown sed -n "s/^CapBnd:.//p" /proc/self/status' sh $target
kill $target
wait $target 2>/dev/null

finish
