#!/bin/sh
# SPDX-License-Identifier: MIT
# many.sh - containers that stay, COUNT of them at once: what an idle one costs in private memory, and
# whether the last ones start as fast as the first.  bwrap's, which set no limit, beside them.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit
ln -s "$rootfs" rootfs
count=${COUNT:-1000}
part=$((count / 10))
level=/sys/fs/cgroup/memory$HUSK_CGROUP_PARENT
[ -d /sys/fs/cgroup/memory ] || level=/sys/fs/cgroup$HUSK_CGROUP_PARENT
mkdir -p "${level%/*}"
mkfifo up
pids=''
trap 'set +e; kill -KILL $pids 2>/dev/null; sleep 1; cgexec --gc; rmdir "$level" 2>/dev/null; rm -rf "$tmp"' EXIT

one_of_husk() { exec cgexec -m 64M unshare -pnmu pivot ./rootfs cinit sh -c 'echo up; exec sleep 1000'; }
one_of_bwrap() {
	exec bwrap --die-with-parent --unshare-pid --unshare-net --unshare-uts --bind ./rootfs / --proc /proc --dev /dev \
		sh -c 'echo up; exec sleep 1000'
}
now() { date +%s%N; }
start() { # COMMAND TIMES: one after the other, each is waited for; each: microseconds
	began=$(now)
	left=$2
	while [ "$left" -gt 0 ]; do
		"$1" >up 2>/dev/null </dev/null &
		pids="$pids $!"
		read -r word <up
		[ "$word" = up ]
		left=$((left - 1))
	done
	echo "$((($(now) - began) / 1000 / $2))" >each
}
children() {
	for parent; do cat "/proc/$parent/task/$parent/children" 2>/dev/null; done
}
# Of all processes that were started, those three deep: the sum of what is theirs alone.
private() { # COUNT
	# shellcheck disable=SC2046,SC2086 # lists of numbers
	for pid in $pids $(children $pids) $(children $(children $pids)); do
		# The command is not ours, and the watcher sleeps in the memory of the waiter.
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		sleep | cgwatch) ;;
		*) cat "/proc/$pid/smaps_rollup" "/proc/$pid/status" 2>/dev/null ;;
		esac
	done | awk -v n="$1" '/^Private_(Clean|Dirty):/ { own += $2 } /^VmPTE:/ { tables += $2 }
		END { printf "%.0f kB of its own and %.0f kB of page tables", own / n, tables / n }'
}
measure() { # NAME COMMAND
	pids=''
	start "$2" "$part"
	first=$(cat each)
	start "$2" $((count - 2 * part))
	start "$2" "$part"
	last=$(cat each)
	printf '  %-17s the first %d: %d us each, the last: %d us (%s); each has %s\n' "$1" "$part" "$first" "$last" \
		"$(awk -v a="$last" -v b="$first" 'BEGIN { printf "%.2f", a / b }')" "$(private "$count")"
	# shellcheck disable=SC2086 # a list
	kill -KILL $pids
	wait 2>/dev/null || true
}
echo "$count containers at once:"
measure husk one_of_husk
have bwrap || exit 0
measure 'bwrap (no limit)' one_of_bwrap
