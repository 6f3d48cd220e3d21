#!/bin/sh
# SPDX-License-Identifier: MIT
# Whenever the waiter of unshare is killed, nothing of the container is left.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

none_left() {
	! pgrep -f '^sleep 400|^unshare -p|^husk' >/dev/null
}

# From before the clone to after the execution; the fractions differ so that all of it is hit.
many() {
	times=$1
	shift
	i=0
	while [ $i -lt "$times" ]; do
		"$@" &
		[ $((i % 4)) = 0 ] || sleep "0.00$((i % 5))"
		kill -KILL $! 2>/dev/null
		i=$((i + 1))
	done
	wait
} 2>/dev/null

many 60 unshare -pmu sleep 400.1
ok 'A35 60 waiters killed at 0-4 ms: nothing is left' within 20 none_left
many 80 unshare -p sleep 400.2
ok '80 of a plain -p' within 20 none_left
many 80 unshare -p -S 65534 sleep 400.3
ok '80 with -S, which clears the signal at the death of the parent' within 20 none_left
many 40 unshare -f --kill-child -S 65534 sleep 400.4
ok '40 without a PID namespace' within 20 none_left

finish
