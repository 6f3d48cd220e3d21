#!/bin/sh
# SPDX-License-Identifier: MIT
# How cinit ends: what main leaves, timeouts, the report, and what fails on the way.
# shellcheck disable=SC2086 # $inside is words
. "$(dirname "$0")/../lib.sh"
isolate "$@"
PATH=$HUSK_OUT/probes:$PATH
inside='unshare -p --mount-proc'
# No test here waits for a time: a grace that is too long would end in the limit.
bounded='timeout -k 1 200'

exists() {
	[ -e "$1" ]
}

gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

for how in "$inside" ''; do
	where=${how:+PID 1}
	where=${where:-subreaper}
	rm -f "$tmp/end"*
	# shellcheck disable=SC2016
	gives "31 $where: a handler of TERM finishes" 0 '' $bounded $how cinit -t 500s sh -c \
		'actor linger "$0" 300 & while [ ! -e "$0.ready" ]; do sleep 0.02; done' "$tmp/end"
	ok "31 $where: it did" exists "$tmp/end"
	# shellcheck disable=SC2016
	gives "32 $where: who ignores TERM gets KILL after the grace" 4 '' $bounded $how cinit -t 100ms sh -c \
		'(trap "" TERM; exec sleep 100) & sleep 0.1; exit 4'
	gives "32 $where: -t 0: at once" 5 '' $bounded $how cinit -t 0 sh -c '(trap "" TERM; exec sleep 100) & exit 5'
	# shellcheck disable=SC2016
	gives "33 $where: one that is stopped ends too" 6 '' $bounded $how cinit -t 500s sh -c \
		'sleep 100 & kill -STOP $!; exit 6'
	# shellcheck disable=SC2016
	gives "35 $where: one that is always another one ends" 7 '' $bounded $how cinit -t 0 sh -c \
		'hop() { sleep 0.01; hop & }; trap "" TERM; hop & sleep 0.1; exit 7'
	# shellcheck disable=SC2016
	gives "34 $where: what its children leave is ended too" 8 '' $bounded $how cinit -t 500s sh -c \
		'sh -c "sleep 101 & sleep 102 & wait" & sleep 0.1; exit 8'
	gives "36 $where: -T: main that ignores TERM gets KILL" 137 '' $bounded $how cinit -T 100ms -j "$tmp/report" \
		sh -c 'trap "" TERM; kill -TERM $PPID; sleep 100; sleep 100'
	like "36 $where: and the report says so" "$(cat "$tmp/report")" '*"reason":"stop-timeout"*'
done

sleep 103 &
bystander=$!
# shellcheck disable=SC2016
cinit sh -c 'sleep 104 & echo $! >"$0"' "$tmp/left"
ok '34 a subreaper ends what main left' gone "$(cat "$tmp/left")"
ok '34 and nobody else' kill -0 "$bystander"
kill "$bystander"

# shellcheck disable=SC2016
cinit -t 500s sh -c '(trap "" TERM; : >"$0.ready"; while :; do sleep 0.1; done) & while [ ! -e "$0.ready" ]; do sleep 0.02; done
	: >"$0"' "$tmp/drain" &
pid=$!
within 20 exists "$tmp/drain"
drains() {
	kill -TERM "$pid"
	gone "$pid"
}
ok '32 the second TERM ends the grace' within 20 drains
wait "$pid"

cinit -P &
pid=$!
blocks() {
	grep -q '^SigBlk:.ffff' "/proc/$pid/status" && [ "$(readlink "/proc/$pid/cwd")" = / ]
}
within 20 blocks
kill -TERM "$pid"
wait "$pid"
is '59 -P waits for TERM and ends with 0' "$?" 0

report() {
	husk json "$1" <"$tmp/report"
}
keys='pid code signal core reason oom_kills run_ms utime_us stime_us maxrss_kib reaped left killed exec_errno'
$inside cinit -j "$tmp/report" sh -c '(true &); sleep 105 & exit 3'
is '55 the report is one line' "$(wc -l <"$tmp/report")" 1
for key in $keys; do
	ok "55 the report has $key" grep -q "\"$key\":" "$tmp/report"
done
like '55 reason exit' "$(cat "$tmp/report")" '{"pid":2,"code":3,"signal":0,"core":false,"reason":"exit",*"exec_errno":0}'
cinit -j 5 sh -c '[ ! -e /proc/self/fd/5 ] && kill -9 $$' 5>"$tmp/report"
like '55 reason signal, to a descriptor that the child does not have' "$(cat "$tmp/report")" \
	'*"code":137,"signal":9,*"reason":"signal",*'
run cinit -j "$tmp/report" /nope
like '55 reason exec' "$(cat "$tmp/report")" '*"code":127,*"reason":"exec",*"exec_errno":2}'
HUSK_CINIT_REPORT=$tmp/report cinit sh -c 'exit 9'
like '55 HUSK_CINIT_REPORT' "$(cat "$tmp/report")" '*"code":9,*'
if [ -e /sys/fs/cgroup/memory/memory.oom_control ]; then
	run cgexec -m 16M "$HUSK_OUT/bin/cinit" -j "$tmp/report" tail /dev/zero
	is '55 killed by the OOM killer' "$rc" 137
	like '55 reason oom' "$(cat "$tmp/report")" '*"reason":"oom","oom_kills":[1-9]*'
else
	skip '55 killed by the OOM killer' 'no memory controller on v1'
	skip '55 reason oom' 'no memory controller on v1'
fi

mkdir -m 755 "$tmp/root"
cp "$HUSK" "$tmp/root/cinit"
cp "$HUSK_OUT/probes/actor" "$tmp/root/actor"
gives '54 a root without /proc and /dev' 3 '' /usr/sbin/chroot "$tmp/root" /cinit /actor exit 3
gives '54 as PID 1' 3 '' $inside /usr/sbin/chroot "$tmp/root" /cinit /actor exit 3
is '54 no message' "$err" ''
fails '53 no process may be made' 125 'cinit: fork: Resource temporarily unavailable' \
	/usr/bin/setpriv --reuid=65534 --clear-groups actor limit NPROC 0 "$HUSK_OUT/bin/cinit" true
gives '53 three descriptors are enough' 6 '' actor limit NOFILE 3 cinit actor exit 6

# Each system call of a start fails once.  What may be missing is done without; the rest is told.
inject() {
	syscall=$1 error=$2 when=$3
	shift 3
	timeout 200 strace -qq -o /dev/null -e "trace=$syscall" -e "inject=$syscall:error=$error:when=$when" "$@"
}
fails 'fault: fork' 125 'cinit: fork: Resource temporarily unavailable' inject clone EAGAIN 1 cinit true
fails 'fault: signalfd' 125 'cinit: signalfd: No file descriptors available' inject signalfd4 EMFILE 1 cinit sleep 106
fails 'fault: the report cannot be opened' 125 'cinit: report to *: No space left on device' \
	inject open,openat ENOSPC 1 cinit -j "$tmp/report" true
for fault in 'open EACCES 1' 'open ENOENT 1' 'capset EPERM 1' 'prctl EINVAL 1+' 'madvise EINVAL 1+' 'getsid EPERM 1' \
	'close_range ENOSYS 1+' 'rt_sigaction EINVAL 1'; do
	inject $fault cinit sh -c 'exit 3' >"$tmp/o" 2>&1
	is "fault: $fault: done without" "$?" 3
done
gives 'fault: chdir: told, and done without' 3 '' inject chdir EACCES 1 cinit sh -c 'exit 3'
is 'fault: chdir: the message' "$err" 'husk cinit: chdir /: Permission denied'
gives 'fault: a read is interrupted' 3 '' inject read EINTR 1+3 cinit sh -c 'sleep 0.2; exit 3'
gives 'fault: pidfd_open, for kernel reaping' 3 '' inject pidfd_open ENOSYS 1+ cinit --reap=kernel sh -c 'exit 3'
gives 'fault: PIDFD_GET_INFO, for kernel reaping' 3 '' inject ioctl ENOTTY 1+ cinit --reap=kernel sh -c 'exit 3'
gives 'fault: kill, of what is left' 3 '' $bounded $inside enosys kill=EPERM -- "$HUSK_OUT/bin/cinit" -t 100ms \
	sh -c 'sleep 300 & exit 3'
gives 'fault: no list of children' 3 '' inject open ENOENT 2+ cinit -t 100ms sh -c 'exit 3'
finish
