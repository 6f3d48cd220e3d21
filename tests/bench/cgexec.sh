#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec.sh - what a group costs over a bare execution, beside libcgroup's cgexec; what its watcher
# keeps; how fast a fork bomb ends and stale groups go, beside what a shell can do.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
stale=${STALE:-2000} # groups
bomb=${BOMB:-400}
root=/sys/fs/cgroup
[ ! -d $root/memory ] || root=$root/memory
level=$root$HUSK_CGROUP_PARENT
true=$(command -v true)
trap 'set +e; cgexec --kill-group bomb 2>/dev/null; find "$level" -depth -type d -exec rmdir {} + 2>/dev/null; rm -rf "$tmp"' EXIT

cgexec -C -g "memory:$HUSK_CGROUP_PARENT/theirs" true
{
	echo "bare execution: $true"
	echo "into a group that exists: cgexec -g memory:$HUSK_CGROUP_PARENT/theirs $true"
	[ ! -x /usr/bin/cgexec ] ||
		echo "the same, libcgroup's: /usr/bin/cgexec -g memory:$HUSK_CGROUP_PARENT/theirs $true"
	echo "a group of its own: cgexec -m 64M $true"
	echo "with --wait: cgexec --wait -m 64M $true"
} | turns -n "$rounds" -t 'cgexec: start' -r "$results"
have /usr/bin/cgexec || true
cgexec --rm theirs

ns() { date +%s%N; }
us() { echo $((($(ns) - $1) / 1000)); }
ratio() { awk -v a="$2" -v b="$1" 'BEGIN { printf "%.2f", a / b }'; }
running() { [ "$(cgexec --procs bomb 2>/dev/null | wc -l)" -ge $((bomb * 9 / 10)) ]; }
# A fork bomb that has reached its limit, in the background.
start() {
	cgexec --name bomb -m 1G --pids "$bomb" "$HUSK_OUT/probes/eat" bomb 300 >/dev/null 2>&1 &
	tries=300
	while [ $tries -gt 0 ] && ! running; do
		tries=$((tries - 1))
		sleep 0.1
	done
	[ $tries -gt 0 ] || echo "  (the bomb has only $(cgexec --procs bomb | wc -l) processes)"
}

start
pid=$(grep -slz '/bomb$' /proc/[0-9]*/cmdline | cut -d/ -f3 | head -n 1)
kb() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$pid/$2"; }
echo "cgexec: of its own, the watcher has $(kb Private_Dirty smaps_rollup) kB and $(kb VmPTE status) kB of page tables; it shares $(kb Private_Clean smaps_rollup) kB of code with other watchers"
began=$(ns)
cgexec --kill-group bomb
ours=$(us "$began")
wait
start
began=$(ns)
# What one does by hand: again and again, until nothing is left.
while pids=$(cat "$level/bomb/cgroup.procs" 2>/dev/null) && [ -n "$pids" ]; do
	# shellcheck disable=SC2086 # numbers
	kill -KILL $pids 2>/dev/null || true
done
theirs=$(us "$began")
wait
echo "cgexec: a fork bomb of $bomb ends in $ours us; in a loop of kill, in $theirs us ($(ratio "$ours" "$theirs") of ours)"

# Ids above the highest that there can be: of processes that are dead.
fill() {
	seq "$stale" | awk -v level="$level" '{ printf "%s/%d.%08x\n", level, 4194400 + $1 % 500, $1 }' | xargs mkdir -p
}
fill
began=$(ns)
cgexec --gc
ours=$(us "$began")
fill
began=$(ns)
find "$level" -mindepth 1 -depth -type d -exec rmdir {} +
theirs=$(us "$began")
echo "cgexec: --gc of $stale stale groups takes $ours us; find -exec rmdir, which asks nobody, $theirs us ($(ratio "$ours" "$theirs") of ours)"
