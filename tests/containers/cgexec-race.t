#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec-race.t - those who make groups beside those who remove them: the protocol of lib/cgroup.c,
# with one of them held up at the wrong moment.  Late or not, each start must succeed.
# shellcheck disable=SC2317
. "$(dirname "$0")/../lib.sh"
isolate "$@"

if [ ! -e /sys/fs/cgroup/memory/tasks ]; then
	skip 'cgexec: races' 'this machine has no cgroup v1'
	finish
fi
command -v strace >/dev/null || {
	skip 'cgexec: races' 'no strace'
	finish
}
level=/sys/fs/cgroup/memory$HUSK_CGROUP_PARENT
exists() { ls -d "$level"/*/ >/dev/null 2>&1; }
gone() { ! exists; }
held() { # SYSCALL[:when=N] COMMAND...: which enters that call a second late
	what=$1
	shift
	strace -qq -o /dev/null -e trace="${what%%:*}" -e inject="${what%%:*}:delay_enter=1000000${what#"${what%%:*}"}" "$@"
}

# In another PID namespace the first process of a group seems to be dead.
held flock:when=1 cgexec -m 64M echo ran >"$tmp/ran" 2>&1 &
main=$!
within 20 exists
unshare -p cgexec --gc
wait $main
is '42 a group that is swept before its maker has the lock' "$? $(cat "$tmp/ran")" '0 ran'
within 10 gone
(
	HUSK_CGROUP_PARENT=$HUSK_CGROUP_PARENT/level
	# Three levels, of which two exist, then the group.
	held mkdirat:when=4 cgexec -m 64M echo ran >"$tmp/ran" 2>&1 &
	within 20 exists
	rmdir "$level/level"
	wait $!
)
is '42 a level that is removed before the group is in it' "$? $(cat "$tmp/ran")" '0 ran'
ok 'nothing is left of that' within 10 gone

# A name that is used again: the sweep has opened the old group and finds the new one.
cgexec --name again -m 64M sleep 1000 &
main=$!
watched() { grep -lz '/again$' /proc/[0-9]*/cmdline >"$tmp/watcher" 2>/dev/null; }
entered() { [ -n "$(cgexec --procs again 2>/dev/null)" ]; }
within 20 watched
within 20 entered
kill -KILL "$(cut -d/ -f3 "$tmp/watcher")"
kill -KILL $main
wait $main 2>/dev/null
held flock:when=1 cgexec --gc &
sweep=$!
looks() { ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q 'again$'; }
within 20 looks
cgexec --rm again
# Held up when it is made, and not entered yet.
held clone:when=1 cgexec --name again -m 64M echo ran >"$tmp/ran" 2>&1 &
main=$!
wait $sweep
wait $main
is '42 a group that is made anew under a sweep' "$? $(cat "$tmp/ran")" '0 ran'
ok 'nothing is left' within 10 gone

# Killed between mkdir and mark: a level of husk's own holds nobody else's groups.
(
	HUSK_CGROUP_PARENT=$HUSK_CGROUP_PARENT/level
	strace -qq -o /dev/null -e trace=flock -e inject=flock:signal=KILL:when=1 cgexec --name half -m 64M true 2>/dev/null
	[ -d "$level/level/half" ] && cgexec --gc
)
is '41 a group that never got its mark' "$? $(ls -d "$level"/level 2>/dev/null)" '0 '
mkdir "$level/theirs"
cgexec --gc
ok '41 and a group of others' rmdir "$level/theirs"

finish
