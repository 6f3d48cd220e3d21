#!/bin/sh
# SPDX-License-Identifier: MIT
# CVE-2016-9962: what a container can take from a process that is about to join it, 3 of the table
# of holes, check 46, and defect 12 of util-linux (unshare.md 1.4).  A spy in the container looks at
# one that stands still half way.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"
if ! strace -qq -o /dev/null true 2>/dev/null; then
	skip 'spies' 'strace cannot trace here'
	finish
fi

attack=$HUSK_OUT/probes/attack
cp "$attack" "$R/bin/attack"
touch "$tmp/marker"
marker=${tmp#/}/marker
export HOST_SECRET=x

# container NAME OPTION...: starts one; $target is its first process, which runs cinit.
container() {
	"$HUSK" unshare -pmu $users pivot "$@" "$R" cinit sleep 1000 &
	waiter=$!
	started() { target=$(pgrep -P $waiter -x cinit); }
	within 20 started || fail 'a container to spy in'
}

# Runs the spy in it, with the privileges that the container has.
spy() {
	"$HUSK" nsenter -t "$target" -a attack spy "$1" "$marker"
}

# naive HOW...: joins and stays.
naive() {
	: >"$tmp/joined" # not what the last one said
	"$attack" join "$target" "$@" >"$tmp/joined" &
	joiner=$!
	within 20 grep -q joined "$tmp/joined"
	run spy joiner
	kill -9 $joiner
	wait $joiner
} 2>/dev/null

# stopped CALL NSENTER...: nsenter stands still at this call of its inner process, its first.
stopped() {
	call=$1
	shift
	: >"$tmp/trace"
	strace -f -o "$tmp/trace" -e trace="$call" -e inject="$call:signal=STOP:when=1" \
		timeout 60 "$@" -t "$target" -a -S 0 -G 0 true &
	tracer=$!
	within 20 grep -q 'stopped by SIGSTOP' "$tmp/trace"
	run spy nsenter
	pgrep -x nsenter | xargs -r kill -CONT # of this PID namespace, the test has its own
	wait $tracer
} 2>/dev/null

for users in '' '-U --map-root-user'; do
	# shellcheck disable=SC2086 # options
	container --caps=all
	naive ${users:+dumpable}
	is "3 a naive tool is read by the container ${users:-of root}" "$out" PWNED
	if [ -n "$users" ]; then
		naive undumpable
		is '3 not when it cannot be traced, from a user namespace' "$out" 'Permission denied'
	fi
	for call in setresgid setresuid capset; do
		stopped $call "$HUSK" nsenter
		like "3 46 nsenter is not, at $call, ${users:-of root}" "$out" '[NP][oe]*[dy]'
	done
	stopped setgid /usr/bin/nsenter
	is "12 util-linux's is, at setgid, ${users:-of root}" "$out" PWNED
	kill -9 $waiter
	wait $waiter 2>/dev/null
done
finish
