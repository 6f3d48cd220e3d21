#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1003 # the shells on the terminal expand
# cinit on a terminal: who is in the foreground, who gets what the terminal sends, who stops whom.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
PATH=$HUSK_OUT/probes:$PATH
# A bash that waits for each thing in turn and shows a prompt that nothing else prints.
shell="env PS1=ask> bash --norc --noprofile --noediting -i"
if ! command -v bash >/dev/null; then
	skip 'cinit on a terminal' 'no bash'
	finish
fi
leader='cinit'
pid1='unshare -p cinit'

on() {
	timeout 400 pty "$@" >"$tmp/screen" 2>"$tmp/why"
	rc=$?
	screen=$(tr -d '\r' <"$tmp/screen")
}

for who in "$leader" "$pid1"; do
	# shellcheck disable=SC2086
	on '+ask>' '-echo flags:$-^M' '+flags:' '+ask>' '-exit 5^M' -- $who $shell
	is "43 $who bash: its status" "$rc" 5
	like "43 $who bash: job control" "$screen" '*
flags:*m*'
	unlike "43 $who bash: no warning" "$screen" '*job control*'
done

for who in "$leader" "$pid1" 'cinit -c' 'cinit -S'; do
	rm -f "$tmp/ready"
	# shellcheck disable=SC2086
	on "=$tmp/ready" '-^C' +2 '-^\' +3 -- $who actor recv 2 "$tmp/ready"
	is "44 $who: ^C and ^\\ reach the child, once each" "$rc $(printf '%s\n' "$screen" | grep -cE '(^|[^0-9])[23] (128|0) 0$')" '0 2'
done
rm -f "$tmp/ready"
on "=$tmp/ready" '-^C' +2 '-^\' +3 -- sh -c 'exec cinit actor recv 2 "$0" <&-' "$tmp/ready"
is '44 cinit with stdin closed: the child has the foreground all the same' "$rc" 0
# shellcheck disable=SC2086
on +up '-^Z' '-^C' -- $leader sh -c 'echo up; exec sleep 100'
is '45 ^Z where nobody could continue it: it runs on, ^C ends it' "$rc" 130

for who in 'cinit' 'cinit -g'; do
	# shellcheck disable=SC2086
	# Waits for the command: bash itself may lose what comes before that.
	on '+ask>' "-$who sh -c 'echo r\"\"un; exec sleep 100'^M" +run '-^Z' '+Stopped' '+ask>' '-fg^M' @job '-^C' '+ask>' '-echo code:$?^M' '+code:130' \
		'-exit 3^M' -- $shell
	is "46 $who under a shell: ^Z, fg, ^C" "$rc" 3
done

printf 'cinit true; read x; echo read:$x\n' >"$tmp/script"
printf 'unshare -p cinit true; read x; echo read:$x\n' >"$tmp/script2"
for script in script script2; do
	# shellcheck disable=SC2086
	on '+ask>' "-bash $tmp/$script^M" -word^M +read:word '+ask>' '-exit 4^M' -- $shell
	is "47 a script can read after it: $(head -c 20 "$tmp/$script")" "$rc" 4
done
for job in 'cinit sleep 1' 'unshare -p cinit sleep 1' 'cinit -g sleep 1'; do
	# shellcheck disable=SC2086
	on '+ask>' "-$job &^M" '+ask>' '-echo mi""ne^M' '+mine' '+ask>' '-wait^M' '+ask>' '-exit 6^M' -- $shell
	is "48 a background job leaves the foreground to the shell: $job" "$rc" 6
done
# shellcheck disable=SC2086
on +up -x^M '+got x' -- sh -c 'stty tostop; exec cinit -v -w sh -c "(true &); echo up; read x; echo got \$x"'
is '50 messages to a terminal with TOSTOP stop nobody' "$rc" 0

on "=$tmp/left" "=$tmp/init" ! -- sh -c 'cinit sh -c "sleep 107 & echo \$! >$0/l; mv $0/l $0/left; sleep 108" &
	echo $! >$0/i; mv $0/i $0/init; wait' "$tmp"
is '49 the terminal hangs up: its session ends' "$rc" 129
left() {
	for pid in $(cat "$tmp/left" "$tmp/init"); do
		[ ! -e "/proc/$pid" ] || grep -q '^State:.Z' "/proc/$pid/status" || return
	done
}
ok '49 the terminal hangs up: nobody is left' within 20 left
finish
