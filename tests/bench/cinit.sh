#!/bin/sh
# SPDX-License-Identifier: MIT
# cinit.sh - PID 1 of a namespace: cinit, with both ways to reap, against other inits.  Read rows
# from one run only; memory is what smaps_rollup says, CPU what schedstat says of PID 1.
. "$(dirname "$0")/lib.sh"
PATH=$HUSK_OUT/probes:$PATH
orphans=${ORPHANS:-50000}
signals=${SIGNALS:-50000}
lone=${LONE:-2000}
zombies=${ZOMBIES:-20000}
new='/usr/bin/unshare -mpf --kill-child --mount-proc'

# What PID 1 is, when the start is over.
cat >"$tmp/idle" <<'END'
field() {
	sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "$2"
}
sleep 1
wakes=$(field voluntary_ctxt_switches /proc/1/status)
sleep 10
wakes=$(($(field voluntary_ctxt_switches /proc/1/status) - wakes))
echo "$(field Rss /proc/1/smaps_rollup) $(field Anonymous /proc/1/smaps_rollup) $wakes"
END
# CPU time of PID 1 in ns for one orphan: $1 of them, $2 at a time.
cat >"$tmp/storm" <<'END'
cpu() {
	cut -d ' ' -f 1 /proc/1/schedstat
}
before=$(cpu)
actor orphans "$1" "$2"
while cat /proc/[0-9]*/stat 2>/dev/null | grep -q ') Z'; do :; done
echo $((($(cpu) - before) / $1))
END

# CPU time of the init in ns for one of $signals queued signals.
flood() {
	rm -f "$tmp/ready"
	$new "$@" actor recv "$signals" "$tmp/ready" >/dev/null &
	job=$!
	while [ ! -e "$tmp/ready" ]; do sleep 0.02; done
	init=$(tr -d ' ' <"/proc/$job/task/$job/children")
	before=$(cut -d ' ' -f 1 "/proc/$init/schedstat")
	actor queue "$init" 50 0 $((signals - 1))
	sleep 0.5
	echo $((($(cut -d ' ' -f 1 "/proc/$init/schedstat") - before) / signals))
	actor queue "$init" 50 $((signals - 1)) 1
	wait "$job"
}

# Zombies a second: they come to be while the init is stopped, and are reaped after that.
drain_once() {
	rm -f "$tmp/ready" "$tmp/begin"
	# shellcheck disable=SC2016
	$new "$@" sh -c 'while [ ! -e $0/begin ]; do sleep 0.02; done
		actor orphans $1 500; : >$0/ready; while [ -e $0/ready ]; do sleep 0.02; done' "$tmp" "$zombies" &
	job=$!
	while ! grep -qs '[0-9]' "/proc/$job/task/$job/children"; do sleep 0.02; done
	init=$(tr -d ' ' <"/proc/$job/task/$job/children")
	while ! grep -qs '[0-9]' "/proc/$init/task/$init/children"; do sleep 0.02; done
	kill -STOP "$init"
	: >"$tmp/begin"
	while [ ! -e "$tmp/ready" ]; do sleep 0.02; done
	pid1 drain "$init"
	rm "$tmp/ready"
	wait "$job"
}

# The best of five: other processes that want the processor make the others.
drain() {
	for try in 1 2 3 4 5; do drain_once "$@"; done | sort -n | tail -n 1
}

# Traced from outside, so that it is PID 1 all the same.
calls() {
	strace -qq -f -o "$tmp/calls" $new "$@" true 2>/dev/null
	awk -v init="/$(basename "$1")\"," '/ execve\(/ && index($0, init) && / = 0$/ { pid = $1 }
		$1 == pid && !/ resumed>| (\+\+\+|---) / { n++ } END { print n }' "$tmp/calls"
}

show() {
	printf '%-20s %5s %5s %5s %9s %9s %9s %9s %9s %5s %8s\n' "$@"
}

measure() {
	name=$1
	shift
	# shellcheck disable=SC2046 # three numbers
	show "$name" $($new "$@" sh "$tmp/idle") "$($new "$@" sh "$tmp/storm" "$orphans" 500)" \
		"$(drain "$@")" "$($new "$@" sh "$tmp/storm" "$lone" 1)" "$(flood "$@")" \
		"$($new "$@" pid1 echo 10000)" "$(calls "$@")" "$(stat -L -c %s "$(command -v "$1")")"
}

# The CPU time of PID 1 for one of many zombies, for a lone orphan, for one of many signals; and
# the wall time of one signal to PID 1 and on to the child, which sent it.
show PID1 RSS anon wakes ns/zombie zombies/s ns/orphan ns/signal ns/echo calls bytes
measure cinit cinit
measure 'cinit --reap=kernel' cinit --reap=kernel
for init in tini tini-static catatonit; do
	! have "$init" || measure "$init" "$init" --
done
! have dumb-init || measure dumb-init dumb-init

mkdir "$tmp/starts"
{
	echo 'bare: true'
	echo 'cinit: cinit true'
	for init in tini-static tini catatonit dumb-init; do
		! command -v "$init" >/dev/null || echo "$init: $init true"
	done
} >"$tmp/list"
turns -n "$rounds" -t 'start to end of true' -r "$results" <"$tmp/list"
