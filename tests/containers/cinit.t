#!/bin/sh
# SPDX-License-Identifier: MIT
# cinit in PID namespaces and outside of them: signals, what the child inherits, what init keeps.
# The numbers are those of the checks in its design.
# shellcheck disable=SC2086 # $inside is words
. "$(dirname "$0")/../lib.sh"
isolate "$@"
PATH=$HUSK_OUT/probes:$PATH
inside='unshare -p --mount-proc'

exists() {
	[ -e "$1" ]
}

# start COMMAND...: in the background, until $tmp/ready exists.  $init: the process of cinit.
start() {
	rm -f "$tmp/ready"
	"$@" >"$tmp/started" 2>"$tmp/messages" &
	pid=$!
	within 20 exists "$tmp/ready" || fail "$*: ready" "$(cat "$tmp/messages")"
	init=$pid
	case $1 in
	*unshare) init=$(tr -d ' ' <"/proc/$pid/task/$pid/children") ;;
	esac
}

ended() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

# Waits for the end of what was started, but not for ever.
finish_started() {
	within 30 ended "$pid" || {
		fail 'it ends'
		kill -9 "$init" "$pid"
	}
	wait "$pid"
}

# collect NAME STATUS TEXT: the end of what was started, and the numbers that it printed
collect() {
	finish_started
	is "$1: status" "$?" "$2"
	is "$1" "$(cut -d ' ' -f 1 <"$tmp/started" | sort -n | tr '\n' ' ')" "$3"
}

all_signals() {
	seq 1 64 | grep -vx -e 9 -e 17 -e 19
}

taken() {
	[ "$(wc -l <"$tmp/started")" -ge "$1" ]
}

# A stop signal takes a CONT back that nobody has taken yet: the kernel does that.
send_all() {
	all_signals | grep -vx 18 | while read -r sig; do kill "-$sig" "$init"; done
	within 20 taken 60
	kill -CONT "$init"
}

want=$(all_signals | tr '\n' ' ')
start $inside cinit actor recv 61 "$tmp/ready"
send_all
collect '09 PID 1 passes on each of the 61 signals, once' 0 "$want"
start cinit actor recv 61 "$tmp/ready"
send_all
collect '10 so it does elsewhere, and survives them' 0 "$want"

start $inside cinit actor recv 1 "$tmp/ready"
actor queue "$init" 39 4242 1
finish_started
is '11 a queued signal keeps its code and value' "$(cat "$tmp/started")" '39 -1 4242'
# Our own unshare would stop with it.
start /usr/bin/unshare -pf cinit actor collect 100 "$tmp/ready"
kill -STOP "$init"
actor queue "$init" 40 0 100
kill -CONT "$init"
finish_started
is '12 a hundred queued while init was stopped arrive in order' "$(cat "$tmp/started")" 100

for mode in '' -g -S -c; do
	got=''
	for try in 1 2 3 4 5 6 7 8 9 10; do
		got=$got$(timeout 20 actor pend 10 cinit $mode -- actor recv 1 "$tmp/ready")
	done
	is "14 a signal that was pending before reaches the child: cinit $mode" "$got" \
		'10 0 010 0 010 0 010 0 010 0 010 0 010 0 010 0 010 0 010 0 0'
done
got=''
for ms in 1 2 3 4 5 6 7 8 9 10 11 12; do
	timeout --preserve-status -k 20 "0.0$((ms + 9))" $inside cinit sleep 100
	got="$got $?"
done
is '15 TERM at any moment of the start ends it' "$got" ' 143 143 143 143 143 143 143 143 143 143 143 143'

gives '16 SIGCHLD ignored by the caller: the status is there' 7 '' actor ignore 17 cinit actor exit 7
# Whoever runs the tests may have signals ignored already: compared with no cinit between.
is '16 and the child has it ignored' "$(actor ignore 17 cinit grep SigIgn /proc/self/status)" \
	"$(actor ignore 17 grep SigIgn /proc/self/status)"
is '17 the mask of the caller is the child'\''s' "$(actor block 17 cinit grep SigBlk /proc/self/status)" \
	"$(actor block 17 grep SigBlk /proc/self/status)"
like '18 an ignored HUP stays ignored (nohup)' "$(actor ignore 1 cinit grep SigIgn /proc/self/status)" '*[13579bdf]'
bare=$(grep -E '^(Sig[BIC]|ShdPnd|SigPnd)' /proc/self/status)
for mode in '' -g -S -c '-s -w' '--reap=kernel'; do
	is "19 signals of the child as without us: cinit $mode" \
		"$(cinit $mode grep -E '^(Sig[BIC]|ShdPnd|SigPnd)' /proc/self/status)" "$bare"
done
gives '20 closed 0, 1 and 2' 4 '' actor close cinit actor exit 4
run actor close cinit -j "$tmp/closed" /nope
is '20 closed 0, 1 and 2: no message gets into the report' "$rc $(wc -l <"$tmp/closed") $(cut -c 1-7 "$tmp/closed")" '127 1 {"pid":'
gives '21 a child from before is not main' 5 '' actor child cinit actor exit 5

cp "$HUSK_OUT/probes/actor" "$tmp/suid"
chmod 4755 "$tmp/suid"
mkdir -m 777 "$tmp/all"
/usr/bin/setpriv --reuid=65534 --clear-groups "$HUSK_OUT/bin/cinit" \
	"$tmp/suid" root actor linger "$tmp/all/done" 0 2>"$tmp/messages" &
pid=$!
within 20 exists "$tmp/all/done.ready"
main=$(cat "$tmp/all/done.ready")
kill -USR1 "$pid"
within 20 grep -q 'signal 10' "$tmp/messages"
kill -USR1 "$pid"
kill -TERM "$main"
finish_started
ok '22 a child of another user that cannot be signalled lives on' exists "$tmp/all/done"
is '22 which is told once' "$(cat "$tmp/messages")" \
	"husk cinit: pass signal 10 on to process $main: Operation not permitted"

# shellcheck disable=SC2016
reaped='(true &); until [ "$(cat /proc/$PPID/task/$PPID/children)" = "$$ " ]; do sleep 0.02; done'
gives '23 messages that nobody reads hurt nobody' 0 '' actor deaf cinit -w -v sh -c "$reaped"
start cinit actor recv 1 "$tmp/ready"
kill -PIPE "$init"
collect '23 a SIGPIPE from somebody is passed on' 0 '13 '

# The child runs before init has let go of all that it does not need: the signalfd is the last step.
# shellcheck disable=SC2016
settled='until [ "$(readlink /proc/1/fd/0)" = "anon_inode:[signalfd]" ]; do sleep 0.02; done'
gives '24 the child has descriptor 7, init keeps signalfd and stderr' 0 "0
2" $inside cinit sh -c "$settled; test -e /proc/self/fd/7 && ls /proc/1/fd" 7</dev/null
cd "$tmp" || exit
gives '25 init is in /, the child where the caller was' 0 "/
$tmp" $inside cinit sh -c "$settled; readlink /proc/1/cwd; pwd"
cd "$top" || exit
# shellcheck disable=SC2016
gives '26 it does not wake when idle' 0 0 $inside cinit sh -c 'switches() { sed -n "s/^vol.*://p" /proc/1/status; }
	'"$settled"'; until grep -q "^State:.S" /proc/1/status; do sleep 0.02; done
	a=$(switches); sleep 2; echo $(($(switches) - a))'
# The command may run before init has given back what its start used.
cat >"$tmp/memory" <<'END'
fits() {
	awk '/^Anonymous/ { a = $2 } /^Rss/ { r = $2 } END { print r, a; exit !(r <= 160 && a <= 20) }' /proc/1/smaps_rollup
}
for try in 1 2 3 4 5; do
	got=$(fits) && got='' && break
	sleep 0.2
done
echo "$got $(sed -n 's/^Threads:.//p' /proc/1/status)"
END
# Where the kernel lays the stack decides about a page or two: the least of ten starts counts.
fitting_start() {
	env -i PATH="$PATH" $inside cinit sh "$tmp/memory" >"$tmp/start"
	[ "$(cat "$tmp/start")" = ' 1' ]
}
for start in 1 2 3 4 5 6 7 8 9 10; do
	fitting_start && break
done
is '27 at most 160 KiB resident, 20 anonymous, one thread' "$(cat "$tmp/start")" ' 1'
gives '27 the rights of init' 0 'CapEff:	0000000000000020
NoNewPrivs:	1' $inside cinit sh -c "$settled; grep -E '^(CapEff|NoNewPrivs)' /proc/1/status"

for reap in init kernel; do
	got=''
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		$inside cinit --reap=$reap actor together 5 3
		got=$got$?
	done
	is "28 five deaths at once, reaped by $reap: main's status" "$got" 33333333333333333333
done
for reap in kernel auto; do
	gives "30 --reap=$reap: exit" 7 '' $inside cinit --reap=$reap actor exit 7
	gives "30 --reap=$reap: signal" 143 '' $inside cinit --reap=$reap actor raise 15
	fails "30 --reap=$reap: not found" 127 'cinit: /nope: *' $inside cinit --reap=$reap /nope
	gives "30 --reap=$reap: as a subreaper" 6 '' cinit --reap=$reap sh -c '(true &) ; exit 6'
done

start $inside cinit -r 15:2 -r HUP:0 -r USR1:RTMIN+1 -r 30:31 -r 31:30 actor recv 4 "$tmp/ready"
for sig in HUP TERM USR1 30 31; do kill "-$sig" "$init"; done
collect '38 rewritten: names, numbers, none, a swap' 0 '2 30 31 35 '
for target in main group all; do
	start $inside cinit -r "USR1:USR2@$target" actor recv 1 "$tmp/ready"
	kill -USR1 "$init"
	collect "37 a signal to $target reaches main" 0 '12 '
done
# shellcheck disable=SC2016
start $inside cinit -r USR1:USR2@all sh -c 'setsid actor recv 1 '"$tmp"'/session >'"$tmp"'/s &
	trap : USR2; while [ ! -e '"$tmp"'/session ]; do sleep 0.02; done; >'"$tmp/ready"'; wait; wait; cat '"$tmp/s"
kill -USR1 "$init"
collect '37 to all: a session of its own too' 0 '12 '

rm -f "$tmp/ready"
# shellcheck disable=SC2016
sh -c 'cinit -p USR1 actor recv 1 "$0/ready" >"$0/started" & while [ ! -e "$0/ready" ]; do sleep 0.02; done' "$tmp" \
	2>"$tmp/messages"
within 20 grep -q . "$tmp/started"
like '40 -p: our parent died, the child gets the signal' "$(cat "$tmp/started")" '10 *'
# It dies while its child asks the kernel for that signal, or, on a busy machine, after that.  The
# signal is there before the command, which has it blocked.
rm -f "$tmp/calls" "$tmp/ready" "$tmp/started"
# shellcheck disable=SC2016
sh -c 'strace -D -qq -o "$0/calls" -e trace=getppid,prctl -e inject=prctl:delay_enter=1000000:when=1 \
	actor block 10 cinit -p USR1 actor recv 1 "$0/ready" >"$0/started" 2>&1 & until grep -q getppid "$0/calls"; do sleep 0.02; done' "$tmp" \
	2>"$tmp/messages"
within 60 grep -q . "$tmp/started"
like '40 -p: our parent dies before the kernel knows' "$(cat "$tmp/started")" '10 *'
# shellcheck disable=SC2016
gives '41 LISTEN_PID and WATCHDOG_PID mean the child' 0 same sh -c 'LISTEN_PID=$$ WATCHDOG_PID=$$ exec cinit \
	sh -c '\''[ "$LISTEN_PID $WATCHDOG_PID" = "$$ $$" ] && echo same'\'
# shellcheck disable=SC2016
gives '41 of another process they are left alone' 0 '99999 1' env LISTEN_PID=99999 WATCHDOG_PID=1 cinit \
	sh -c 'echo $LISTEN_PID $WATCHDOG_PID'
gives '51 cinit in cinit' 5 '' $inside cinit cinit sh -c 'exit 5'
start $inside cinit cinit actor recv 1 "$tmp/ready"
kill -TERM "$init"
collect '51 a signal passes through both' 0 '15 '
gives '52 nobody inside can kill it' 3 '' $inside cinit sh -c 'kill -9 1; kill -STOP 1; exit 3'
gives '57 reboot(2) inside: 129' 129 '' $inside cinit actor reboot restart
gives '57 power off inside: 130' 130 '' $inside cinit actor reboot off
# ---- switch_root, as the first process of a PID namespace that cannot switch
# shellcheck disable=SC2016
run sh -c 'echo "echo shell \$\$" | unshare -pm switch_root --on-error=shell /nonexistent /init'
is 'switch_root --on-error=shell: a shell takes its place' "$rc $out $err" \
	'0 shell 1 husk switch_root: open /nonexistent: No such file or directory'
run unshare -pm switch_root --on-error=reboot /nonexistent /init
is 'switch_root --on-error=reboot' $rc 129
fails 'switch_root --on-error=never' 1 'switch_root: --on-error never: not hang, shell or reboot (*' \
	switch_root --on-error=never /nonexistent /init


# Each process has a file of its own: no line of one is cut in two by another.
mkdir "$tmp/traced"
timeout 200 strace -qq -ff -o "$tmp/traced/of" /usr/bin/unshare -pf "$HUSK_OUT/bin/cinit" true
traced=$(grep -l '^execve("[^"]*/cinit"' "$tmp"/traced/of.*)
calls=$(awk '/^execve\(/ { started = 1 } started && !/^(\+\+\+|---)/ { n++ } END { print n }' "$traced")
ok "at most twenty system calls from start to end of true: $calls" [ "$calls" -le 20 ]
finish
