#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2086,SC2016 # $inside is words
# cinit under load: a hundred thousand orphans, a hundred thousand queued signals, both at once,
# few processes allowed, cinit stopped for a while.  Each part has a limit, far above its time.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
PATH=$HUSK_OUT/probes:$PATH
inside='/usr/bin/unshare -pf --kill-child --mount-proc'
bounded='timeout -k 1 100'

exists() {
	[ -e "$1" ]
}

for reap in init kernel; do
	gives "orphans, reaped by $reap" 3 '' $bounded $inside cinit --reap=$reap sh -c 'actor orphans 100000 && exit 3'
done
# No orphan may be left while init runs.
cat >"$tmp/none" <<'END'
actor orphans 20000
zombies() {
	cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z'
}
for try in $(seq 100); do
	[ "$(zombies)" != 0 ] || exit 5
	sleep 0.1
done
END
gives 'all of them are reaped while main lives' 5 '' $bounded $inside cinit sh "$tmp/none"

# queued COUNT [COMMAND...]: starts a cinit that collects so many; $init is its pid out here.
queued() {
	number=$1
	shift
	rm -f "$tmp/ready"
	$bounded $inside cinit "$@" actor collect "$number" "$tmp/ready" >"$tmp/collected" &
	job=$!
	within 30 exists "$tmp/ready"
	outer=$(tr -d ' ' <"/proc/$job/task/$job/children")
	init=$(tr -d ' ' <"/proc/$outer/task/$outer/children")
}

queued 100000
$bounded actor queue "$init" 50 0 100000
wait "$job"
is 'signals: all arrive, in order' "$? $(cat "$tmp/collected")" '0 100000'

queued 20000
kill -STOP "$init"
actor queue "$init" 50 0 20000
kill -CONT "$init"
wait "$job"
is 'signals while it is stopped: all arrive, in order' "$? $(cat "$tmp/collected")" '0 20000'

queued 50000 sh -c 'actor orphans 50000 & exec "$@"' sh
actor queue "$init" 50 0 50000
wait "$job"
is 'orphans and signals at once' "$? $(cat "$tmp/collected")" '0 50000'

if [ -e /sys/fs/cgroup/pids/cgroup.procs ] || grep -qw pids /sys/fs/cgroup/cgroup.controllers 2>/dev/null; then
	gives 'orphans where 64 processes are allowed' 6 '' $bounded cgexec -p 64 unshare -p cinit \
		sh -c 'actor orphans 20000 40 && exit 6'
else
	skip 'orphans where 64 processes are allowed' 'no pids controller'
fi
finish
