#!/bin/sh
# SPDX-License-Identifier: MIT
# nsenter -c joins the control groups of the target in every hierarchy of this machine.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

cgexec --pids 20 unshare -p sh -c ': >"$1"; while [ ! -e "$2" ]; do sleep 0.05; done' sh "$tmp/ready" "$tmp/go" &
waiter=$!
within 10 test -e "$tmp/ready"
target=$(pgrep -P "$waiter" -f '^sh -c : >')

before=$(cat /proc/self/cgroup)
is 'the target is in a group of its own' "$(test "$(cat /proc/"$target"/cgroup)" != "$before" && echo yes)" yes
gives 'A23 -c: in the groups of the target' 0 "$(cat /proc/"$target"/cgroup)" nsenter -t "$target" -u -c cat /proc/self/cgroup
gives 'A23 -c with -p: the child, too' 0 "$(cat /proc/"$target"/cgroup)" nsenter -t "$target" -p -c cat /proc/self/cgroup
nsenter -t "$target" -p -c sh -c ': >"$1"; while [ ! -e "$2" ]; do sleep 0.05; done' sh "$tmp/inside" "$tmp/go" &
outer=$!
within 10 test -e "$tmp/inside"
is 'A23 the waiter stays out' "$(cat /proc/"$outer"/cgroup)" "$before"
gives 'without -c: in ours' 0 "$before" nsenter -t "$target" -u cat /proc/self/cgroup
# shellcheck disable=SC2016
fails 'a group that cannot be entered' 1 'nsenter: *control group*' \
	unshare -m sh -c 'for d in /sys/fs/cgroup/*/; do umount "$d" 2>/dev/null; done; umount /sys/fs/cgroup 2>/dev/null; exec nsenter -t "$1" -u -c true' sh "$target"
: >"$tmp/go"
wait "$outer" "$waiter" 2>/dev/null

finish
