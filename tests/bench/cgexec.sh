#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec.sh - what cgexec adds to a bare execution, what its watcher keeps, how fast it ends and
# collects: one line each.
#
#	tests/bench/cgexec.sh [RUNS]
. "$(dirname "$0")/../lib.sh"
finished=1
runs=${1:-100}
level=/sys/fs/cgroup/memory$HUSK_CGROUP_PARENT
[ -d "${level%/*/*}" ] || level=/sys/fs/cgroup$HUSK_CGROUP_PARENT
export HUSK_CGROUP_PARENT
true=$(command -v true)

ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }
# Milliseconds for RUNS of a command.
timed() {
	start=$(ms)
	for i in $(seq "$runs"); do "$@" >/dev/null 2>&1; done
	echo $(($(ms) - start))
}
bare=$(timed "$true")
ours=$(timed cgexec -m 64M "$true")
echo "start: $(((ours - bare) * 1000 / runs)) us over bare execution"
if [ -x /usr/bin/cgexec ]; then
	cgexec -m 64M -C -g "memory:$HUSK_CGROUP_PARENT/theirs" true
	theirs=$(timed /usr/bin/cgexec -g "memory:$HUSK_CGROUP_PARENT/theirs" "$true")
	echo "start: $(((theirs - bare) * 1000 / runs)) us, libcgroup's cgexec into a group that exists"
	cgexec --rm theirs
fi
cgexec --name bench -m 64M --pids 400 sh -c 'for i in $(seq 390); do sleep 1000 & done; exec sleep 1000' &
filled() { [ "$(cgexec --procs bench 2>/dev/null | wc -l)" -ge 390 ]; }
within 30 filled
pid=$(grep -lz "/bench\$" /proc/[0-9]*/cmdline | cut -d/ -f3 | head -n 1)
echo "watcher: $(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status") kB of its own"
start=$(ms)
cgexec --kill-group bench
echo "kill of 391 processes: $(($(ms) - start)) ms"
wait
for i in $(seq 2000); do mkdir -p "$level/4194$((i % 300 + 300)).$(printf %08x "$i")"; done
start=$(ms)
cgexec --gc
echo "--gc with 2000 stale groups: $(($(ms) - start)) ms"
find "$level" -depth -type d -exec rmdir {} + 2>/dev/null
exit 0
