#!/bin/sh
# SPDX-License-Identifier: MIT
# cmon and ready: what stays with a container.  No container is needed for it: a command will do.
# shellcheck disable=SC2016 # scripts for another shell are meant
. "$(dirname "$0")/../lib.sh"

cd "$tmp" || exit 1
mkdir s e
fresh() {
	rm -rf s e
	mkdir s e
}
monitor_gone() {
	husk lock -w 0 s/lock true
}

# ---- foreground
gives 'stdout and status pass' 7 out husk cmon ready 3 sh -c 'echo out; exit 7'
gives 'no stdin without -i' 0 '' sh -c 'echo in | husk cmon ready 3 cat'
gives '-i passes stdin on' 0 in sh -c 'echo in | husk cmon --interactive ready 3 cat'
run husk cmon -l log ready 3 sh -c 'echo out; echo err >&2'
is 'with a log both streams still pass' "$rc $out $err" '0 out err'
like 'the log has the CRI form' "$(head -n 1 log)" '20[0-9][0-9]-*T*:*:*.?????????Z stdout F out'
like 'and the other stream' "$(tail -n 1 log)" '*Z stderr F err'
husk cmon -l log.p ready 3 printf 'no end' >/dev/null
like 'a line without an end is a part' "$(cat log.p)" '*Z stdout P no end'
run husk cmon ready 3 sh -c 'kill -KILL $$'
is 'a signal is 128+N' "$rc" 137
gives 'not found is 127' 127 '' husk cmon ready 3 no-such-command
gives 'not executable is 126' 126 '' husk cmon ready 3 /etc/passwd
gives 'a pipeline that fails before it is ready is an error of ours' 125 '' husk cmon sh -c 'exit 3'
gives "unshare's own status 1 is, too" 125 '' husk cmon unshare --mount=/nonexistent/file ready 3 true
gives "the command's 1 stays" 1 '' husk cmon unshare -U ready 3 sh -c 'exit 1'
gives 'as does a signal' 143 '' husk cmon sh -c 'kill $$'
gives 'the command has no descriptor of ours' 0 '0 1 2' husk cmon -l log -s s ready 3 \
	sh -c 'for fd in 0 1 2 3 4 5 6 7 8 9; do [ -e /dev/fd/$fd ] && echo $fd; done | xargs echo'

# ---- the record
fresh
run husk cmon --state s --exit-dir e ready 3 sh -c 'echo $$; exit 4'
is 'pid is the number of the command' "$(cat s/pid)" "$out"
is 'exit is the status' "$(cat e/exit)" 4
ok 'finished is a time' [ "$(cat e/finished)" -gt 1700000000 ]
ok 'the lock is free afterwards' monitor_gone
fails 'one monitor at a time' 125 "cmon: lock s: * (it has a monitor already)" \
	husk lock s/lock husk cmon -s s ready 3 true
fails 'no state directory' 125 'cmon: nowhere/s: No such file or directory' \
	husk cmon -s nowhere/s ready 3 true

# ---- detached
fresh
mkfifo go
ok '-d returns when the command runs' husk cmon --detach -s s -e e -l log.d ready 3 \
	sh -c 'echo started; read -r x; echo never; exit' sh
ok '-d: it ends' within 20 test -e e/exit
fresh
# shellcheck disable=SC2016
ok '-d: starts' husk cmon -d -s s -e e -l log.d ready 3 sh -c 'read -r x <"$1"; exit 5' sh "$tmp/go"
ok '-d: the monitor holds the lock' sh -c '! husk lock -w 0 s/lock true 2>/dev/null'
ok '-d: the monitor is alive' husk sig "$(cat s/mon)" "$(cat s/monstart)"
ok '-d: so is the command' husk sig "$(cat s/pid)" "$(cat s/start)"
echo >go
ok '-d: its end is written' within 20 test -e e/exit
is '-d: the status' "$(cat e/exit)" 5
ok '-d: the monitor goes' within 20 monitor_gone
fails '-d: a command that is not there' 127 'ready: no-such-command: *' \
	husk cmon -d -s s -e e -l log.d ready 3 no-such-command
ok 'is in the log too' grep -q no-such-command log.d
fails '-d: a set-up that fails, whatever its status' 125 ': no' husk cmon -d -s s -e e -l log.d \
	sh -c 'echo husk: no >&2; exit 1'
gives '-d: a set-up that is killed' 137 '' husk cmon -d -s s -e e sh -c 'kill -9 $$'
gives '-d: a start that failed is not tried again' 127 127 sh -c 'rm -f e/exit
	husk cmon -d -r always -s s -e e -l log.d ready 3 no-such-command 2>/dev/null
	rc=$?
	husk lock -w 20 s/lock cat e/exit
	exit $rc'
# What the command writes is not the caller's, however early: also when it ends at once.
for status in 0 1 126 127; do
	for init in '' 'cinit --'; do
		fresh
		[ -n "$init" ] || [ $status -lt 126 ] || continue # of ready itself, as far as one can tell
		run husk cmon -d -s s -e e -l log.e ready 3 $init sh -c "echo early >&2; exit $status"
		is "-d: stderr is the log's, status $status${init:+, under cinit}" "$rc$out$err" 0
		within 20 monitor_gone
		like 'and in it' "$(cat log.e)" '*stderr F early'
		rm log.e
	done
done

# ---- signals
fresh
# The command answers a signal with its name.
answer='for s in HUP INT QUIT TERM USR1 USR2; do trap "echo $s; exit 9" $s; done
	echo go; while :; do sleep 0.05; done'
for signal in HUP INT QUIT TERM USR1 USR2; do
	rm -f heard
	# In the foreground: a shell makes its background jobs ignore INT and QUIT.
	(within 20 grep -q go heard && kill -s $signal "$(cat monitor)") &
	sh -c 'echo $$ >monitor; exec husk cmon ready 3 sh -c "$1" >heard' sh "$answer"
	is "$signal reaches the command" "$? $(tail -n 1 heard)" "9 $signal"
	wait
done
fresh
husk cmon -d -s s -e e ready 3 sleep 1000
husk sig "$(cat s/mon)" "$(cat s/monstart)" KILL
ok 'when the monitor is killed, the command ends' \
	within 20 sh -c '! husk sig "$(cat s/pid)" "$(cat s/start)" 2>/dev/null'
is 'and no status is invented' "$(ls e)" ''

# ---- log rotation
# shellcheck disable=SC2016
husk cmon -l big --log-size 4k --log-files 3 ready 3 \
	sh -c 'i=0; while [ $i -lt 100 ]; do echo "line $i 0123456789012345678901234567890123456789"; i=$((i + 1)); done; true' >/dev/null
ok 'a log file is renamed at its size' [ -s big.1 ]
husk cmon -l big -S 4k -K 3 ready 3 head -c 9000 /dev/zero >/dev/null
husk cmon -l big -S 4k -K 3 ready 3 head -c 9000 /dev/zero >/dev/null
husk cmon -l big -S 4k -K 3 ready 3 echo last >/dev/null
is 'and no more are kept' "$(echo big*)" 'big big.1 big.2'
ok 'the newest is the one without a number' grep -q last big
ln -s /dev/full full
gives 'a full disk does not stop the command' 0 x husk cmon -l full ready 3 echo x

# ---- restarts
again='echo x >>runs; exit 3'
fresh
run husk cmon -s s -e e --restart on-failure:2 ready 3 sh -c "$again"
is 'on-failure:2 is three runs' "$(grep -c x runs) $rc $(cat e/exit) $(cat s/restarts)" '3 3 3 2'
rm runs
husk cmon -r on-failure ready 3 sh -c 'echo x >>runs'
is 'on-failure: success is the end' "$(grep -c x runs)" 1
rm runs
husk cmon -s s -r always ready 3 sh -c 'echo x >>runs; [ $(grep -c x runs) -lt 3 ] || touch s/stop'
is 'always: until the stop file' "$(grep -c x runs)" 3
rm runs
husk cmon -r no ready 3 sh -c "$again"
is 'no: once' "$(grep -c x runs)" 1
fails 'a policy that is none' 125 'cmon: --restart often: *' husk cmon -r often ready 3 true
fails 'tries that are none' 125 'cmon: --restart on-failure:0: *' \
	husk cmon -r on-failure:0 ready 3 true
fails 'a log size that is none' 125 'cmon: --log-size 1: *' husk cmon -l l -S 1 ready 3 true
fails 'log files that are none' 125 'cmon: --log-files 0: *' husk cmon -l l -K 0 ready 3 true

# ---- the hook
cat >hook <<'EOF'
#!/bin/sh
echo "$1 $2 $3" >>hooked
[ "$1" != up ] || [ ! -e refuse ]
EOF
chmod +x hook
fresh
run husk cmon -s s -e e --up ./hook --down ./hook ready 3 sh -c 'cat hooked; echo $$ >pid; exit 6'
is 'up comes before the command, with its number' "$out" "up s $(cat pid)"
is 'down comes behind it, with its status' "$(tail -n 1 hooked)" 'down s 6'
touch refuse
gives 'an up that fails ends the start' 125 '' husk cmon -s s -U ./hook -D ./hook ready 3 echo never

# ---- a terminal
fails '-t: stdin must be one' 125 'cmon: -t: stdin is not a terminal*' \
	sh -c 'husk cmon -t ready -t 3 true </dev/null'
if command -v script >/dev/null && [ -c /dev/ptmx ]; then
	# Its stdin never ends: script(1) would type that end into the terminal.
	mkfifo typed
	pty() {
		script -qec "$1" /dev/null <>typed | tr -d '\r'
	}
	is '-t: the command has a terminal' \
		"$(pty "husk cmon -t ready -t 3 sh -c 'test -t 0 && test -t 1 && test -t 2 && echo yes'")" yes
	is '-t: it is the controlling one, of a session of its own' \
		"$(pty "husk cmon -t ready -t 3 sh -c 'echo yes >/dev/tty'")" yes
	is '-t: with the size of ours' \
		"$(pty "stty rows 33 cols 77; husk cmon -t ready -t 3 stty size")" '33 77'
	is "-t: ours is as it was" \
		"$(pty "a=\$(stty -g); husk cmon -t ready -t 3 true; [ \$a = \$(stty -g) ] && echo same")" same
	is "-t: also when the command is killed" \
		"$(pty "a=\$(stty -g); husk cmon -t ready -t 3 sh -c 'kill -9 \$\$'; [ \$a = \$(stty -g) ] && echo same")" same
	is '-t: the status passes' "$(pty "husk cmon --tty ready --tty 3 sh -c 'exit 5'; echo \$?")" 5
	fresh
	ok '-dt: a terminal without ours' husk cmon -dt -s s -e e -l log.t ready -t 3 \
		sh -c 'test -t 0 && echo tty'
	ok '-dt: it ends' within 20 test -e e/exit
	ok '-dt: its output is in the log' grep -q 'stdout F tty' log.t
	fails '-dt: a command that is not there' 127 'cinit: no-such-command: *' \
		husk cmon -dt -s s -e e ready -t 3 cinit no-such-command
else
	skip 'a terminal' 'no script(1), or no /dev/ptmx'
fi

# ---- ready alone
fails 'ready: no descriptor' 125 'ready: x: not a descriptor*' husk ready x true
fails 'ready: one that is not open' 125 'ready: report to the monitor: Bad file descriptor' \
	sh -c 'exec husk ready 9 true 9<&-'

finish
