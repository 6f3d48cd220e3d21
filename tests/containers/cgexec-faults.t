#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec-faults.t - each system call of a start fails once, and the process is killed at each: it
# ends with 125 and one line, or goes on as if nothing had been; and nothing is left.
# HUSK_CGEXEC_FAULTS=all takes them all, else the first of each name.
# shellcheck disable=SC2317
. "$(dirname "$0")/../lib.sh"
isolate "$@"

if [ ! -e /sys/fs/cgroup/memory/tasks ] || ! command -v strace >/dev/null; then
	skip 'cgexec: faults' 'no cgroup v1, or no strace'
	finish
fi
printf '#!/bin/sh\n: >%s/ran\n' "$tmp" >"$tmp/command"
chmod +x "$tmp/command"
gone() {
	for dir in /sys/fs/cgroup/*"$HUSK_CGROUP_PARENT"/*/; do
		[ ! -d "$dir" ] || return 1
	done
}
swept() { cgexec --gc && gone; }
traced() { # INJECTION OPTION...
	what=$1
	shift
	rm -f "$tmp/ran"
	strace -qq -o /dev/null -e trace="${what%%:*}" -e inject="$what" cgexec "$@" "$tmp/command" </dev/null >"$tmp/out" 2>"$tmp/err"
	rc=$?
}

# CALL:N of a start with these options, in their order, up to the execution.
calls() { # OPTION...
	strace -o "$tmp/trace" cgexec "$@" "$tmp/command"
	# The first are the C library's.
	awk -v all="${HUSK_CGEXEC_FAULTS-}" 'NR > 1 && /^execve/ { exit }
		{ sub(/\(.*/, "") } NR <= 3 || /[^a-z0-9_]/ { count[$0]++; next }
		{ n = ++count[$0] } n == 1 || all { print $0 ":" n }' "$tmp/trace"
}

all_fail() { # NAME OPTION...
	title=$1
	shift
	calls "$@" >"$tmp/calls"
	ok "$title: there are calls" grep -q '^mkdirat:1$' "$tmp/calls"
	while read -r call; do
		traced "${call%:*}:error=EIO:when=${call#*:}" "$@"
		case "$rc $(wc -l <"$tmp/err") $(cat "$tmp/err")" in
		'125 1 husk cgexec: '*) [ ! -e "$tmp/ran" ] || echo "$call: the command ran" ;;
		# The library gives up on its own thread.
		'0 0 ') [ -e "$tmp/ran" ] || echo "$call: the command did not run" ;;
		*) echo "$call: status $rc: $(cat "$tmp/err")" ;;
		esac
		within 20 gone || within 20 swept || echo "$call: a group is left"
	done <"$tmp/calls" >"$tmp/report"
	is "$title: each call fails" "$(cat "$tmp/report")" ''
	while read -r call; do
		traced "${call%:*}:signal=KILL:when=${call#*:}" "$@"
		[ "$rc" = 137 ] || echo "$call: status $rc"
		[ ! -e "$tmp/ran" ] || echo "$call: the command ran"
		within 20 swept || echo "$call: a group is left"
	done <"$tmp/calls" >"$tmp/report"
	is "$title: killed at each call" "$(cat "$tmp/report")" ''
}
all_fail 'two limits' -m 64M --pids 9
all_fail 'devices, cpus, kill' --devices default --cpus 1 --kill

# The watcher, held at its first look.
watcher() { grep -slz '/watched$' /proc/[0-9]*/cmdline | cut -d/ -f3 | head -n 1; }
watches() { pid=$(watcher) && [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = / ]; }
attached() { ! grep -q '^TracerPid:.0$' "/proc/$pid/status"; }
ended() { ! kill -0 "$pid" 2>/dev/null; }
for fault in openat:error=EIO read:error=EIO unlinkat:error=EBUSY flock:error=ENOLCK getdents64:error=EIO \
	openat:signal=KILL unlinkat:signal=KILL; do
	cgexec -m 64M --pids 9 --name watched sleep 1000 &
	main=$!
	within 20 watches || echo "$fault: no watcher"
	strace -qq -o /dev/null -e trace="${fault%%:*}" -e inject="$fault:when=1" -p "$pid" &
	within 20 attached || echo "$fault: not attached"
	kill -KILL $main
	wait 2>/dev/null
	within 20 ended || echo "$fault: it does not end"
	within 20 swept || echo "$fault: a group is left"
done >"$tmp/report"
is 'the watcher fails, or is killed, at its calls' "$(cat "$tmp/report")" ''

finish
