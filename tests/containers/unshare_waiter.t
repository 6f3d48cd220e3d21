#!/bin/sh
# SPDX-License-Identifier: MIT
# The waiter of unshare: it stays outside, passes signals on, takes over the status, and nothing
# outlives it.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

# No command of the test runs, whose command line starts with these words.
gone() {
	! pgrep -f "^$1" >/dev/null
}

runs() {
	pgrep -f "^$1" >/dev/null
}

# A background job of sh ignores INT and QUIT: not here.
start() {
	/usr/bin/env --default-signal=INT,QUIT "$@" &
	waiter=$!
}

# It has executed unshare: a signal before that could be lost in the shell that was forked.
started() {
	[ "$(cat "/proc/$waiter/comm")" = unshare ]
}

# Waits for the waiter: its status is $rc.
await() {
	wait "$waiter" 2>/dev/null
	rc=$?
}

gives 'A01 -p makes the command PID 1' 0 1 unshare -p sh -c 'echo $$'
gives 'A02 --mount-proc shows it so' 0 1 unshare -p --mount-proc readlink /proc/self
gives 'A19 its parent is outside' 0 0 unshare -p sh -c 'echo $PPID'
gives 'A03 it may fork again and again' 0 ok unshare -p sh -c 'true; true; echo ok'
before=$(hostname)
gives 'A04 a host name of its own' 0 '1 ctl' unshare -pnmu sh -c 'hostname ctl; echo "$$ $(hostname)"'
is 'A04 and that of the host is untouched' "$(hostname)" "$before"
gives 'A04 --hostname and --domainname set them' 0 'one two' \
	unshare --hostname one --domainname two sh -c 'echo $(cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname)'

run timeout -k 20 1 unshare -p sleep 300.05
is 'A05 timeout ends a PID 1 without handlers' "$rc" 124
ok 'A05 and nothing of it is left' within 10 gone 'sleep 300.05'

for options in '' '-S 65534 -G 65534' '-m --mount-proc'; do
	# shellcheck disable=SC2086
	start unshare -p $options sleep 300.06
	within 10 runs 'sleep 300.06'
	kill -KILL "$waiter"
	await
	ok "A06 A07 nothing outlives a killed waiter ($options)" within 10 gone 'sleep 300.06'
done

start unshare -p sleep 300.08
within 10 runs 'sleep 300.08'
kill -HUP "$waiter"
await
is 'A08 HUP ends a PID 1 without handlers, and the status says HUP' "$rc" 129
ok 'A08 and nothing of it is left' within 10 gone 'sleep 300.08'

start unshare -p sh -c 'trap "exit 5" TERM; : >"$1"; while :; do sleep 0.05; done' sh "$tmp/ready9"
within 10 test -e "$tmp/ready9"
kill -TERM "$waiter"
await
is 'A09 a PID 1 with a handler gets the plain signal' "$rc" 5

for signal in INT:130 QUIT:131 USR1:138 RTMIN+3:165; do
	start unshare -p sleep 300.34
	within 10 runs 'sleep 300.34'
	/usr/bin/env kill -s "${signal%:*}" "$waiter"
	await
	is "A34 ${signal%:*} to a PID 1 without a handler" "$rc" "${signal#*:}"
done

start unshare -p sh -c 'trap "" TERM; : >"$1"; sleep 300.35 & wait' sh "$tmp/ready35"
within 10 test -e "$tmp/ready35"
within 10 runs 'sleep 300.35'
kill -TERM "$waiter"
kill -WINCH "$waiter"
kill -CONT "$waiter"
kill -HUP "$waiter"
await
is 'a signal that PID 1 ignores does not end it, nor one that ends nobody' "$rc" 129

# As cinit does.
start unshare -p "$HUSK_OUT/probes/sigwait" "$tmp/ready36"
within 10 test -e "$tmp/ready36"
kill -TERM "$waiter"
await
is 'a signal that PID 1 takes from sigwait reaches it' "$rc" 15

# Dropped while it slept, blocked when the waiter looks: it is not taken for one that has taken it.
for i in 1 2 3 4 5; do
	rm -f "$tmp/ready40"
	start unshare -p "$HUSK_OUT/probes/sigwait" "$tmp/ready40" 110 20
	within 10 test -e "$tmp/ready40"
	kill -TERM "$waiter"
	await
	echo "$rc"
done >"$tmp/busy"
is 'a signal that PID 1 drops before it blocks it ends it' "$(sort -u "$tmp/busy")" 143

# Sent before the command is executed: the kernel would drop it then.
for options in -p -pm -pmn -pmnu -pmnui -p -pm -pmn -pmnu -pmnui; do
	start unshare $options sleep 300.37
	within 10 started
	kill -TERM "$waiter"
	await
	echo "$rc"
done >"$tmp/early"
is 'a signal that comes before the command runs is not lost' "$(sort -u "$tmp/early")" 143

nohup sh -c 'unshare -p sh -c ": >\"\$1\"; while [ ! -e \"\$2\" ]; do sleep 0.05; done; exit 6" sh "$1" "$2"' sh "$tmp/ready38" "$tmp/go38" >/dev/null 2>&1 &
waiter=$!
within 10 test -e "$tmp/ready38"
kill -HUP "$(pgrep -f '^unshare -p sh -c : >')"
: >"$tmp/go38"
await
is 'a signal that is ignored here stays ignored' "$rc" 6

gives 'A10 killed: 137' 137 '' unshare -uf sh -c 'kill -KILL $$'
gives 'A11 a waiter that is PID 1 itself says 128 and the signal' 143 '' \
	unshare -p unshare -uf sh -c 'kill -TERM $$'
mkdir "$tmp/cores"
(
	cd "$tmp/cores" || exit 1
	# shellcheck disable=SC3045 # dash and ash have it
	ulimit -c unlimited 2>/dev/null
	# shellcheck disable=SC3045
	unshare -uf sh -c 'ulimit -c 0; kill -SEGV $$'
	echo $?
) >"$tmp/segv" 2>/dev/null
is 'A13 SEGV: 139' "$(cat "$tmp/segv")" 139
is 'A13 and the waiter leaves no core of its own' "$(ls "$tmp/cores")" ''

gives 'A32 --no-fork: the first child is PID 1' 0 1 unshare -pF sh -c 'sh -c "echo \$\$"; :'
start unshare -p --no-kill-child sh -c 'exec sleep 300.33'
within 10 runs 'sleep 300.33'
kill -KILL "$waiter"
await
ok 'A33 --no-kill-child: the command lives on' runs 'sleep 300.33'
kill -KILL "$(pgrep -f '^sleep 300.33')"

start unshare -f --kill-child=TERM sh -c 'trap ": >\"$1\"; exit" TERM; : >"$2"; while :; do sleep 0.05; done' sh "$tmp/killed" "$tmp/ready39"
within 10 test -e "$tmp/ready39"
kill -KILL "$waiter"
await
ok '--kill-child=SIGNAL without a PID namespace' within 10 test -e "$tmp/killed"

start unshare -pmuinC sleep 300.36
within 10 runs 'sleep 300.36'
is 'A36 the waiter stays in all the namespaces of its caller' \
	"$(readlink /proc/"$waiter"/ns/*)" "$(readlink /proc/self/ns/*)"
kill -TERM "$waiter"
await

gives 'PID 1 that restarts the machine ends its container with 129' 129 '' unshare -p "$HUSK_OUT/probes/reboot" restart
gives 'PID 1 that halts the machine ends its container with 130' 130 '' unshare -p "$HUSK_OUT/probes/reboot" halt

finish
