#!/bin/sh
# SPDX-License-Identifier: MIT
# unshare and nsenter on a real terminal: keys, job control, and who has the terminal afterwards.
# shellcheck disable=SC2086,SC1003 # $tool is several words, ^\ is a key
. "$(dirname "$0")/../lib.sh"
isolate "$@"

pty=$HUSK_OUT/probes/pty
mount -t devpts -o ptmxmode=666 devpts /dev/pts 2>/dev/null
unshare -p --mount-proc sleep 600 &
waiter=$!
child_of() {
	pgrep -P "$1" -f '^sleep' >"$tmp/child" && read -r target <"$tmp/child"
}
within 10 child_of "$waiter"
enter="nsenter -t $target -p"

# Says when it runs, and does nothing about signals: a shell would catch INT until it executes sleep.
echo here-it-is >"$tmp/file"
idle="tail -n 1 -f $tmp/file"
shell='env TERM=dumb PS1=P># bash --norc --noprofile -i'
for tool in 'unshare -p' 'unshare -pm' "$enter"; do
	run $pty +here-it-is '-^C' -- $tool $idle
	is "^C ends it at once: $tool" "$rc" 130
	run $pty +here-it-is '-^\' -- $tool $idle
	is "^\\ too: $tool" "$rc" 131
	run $pty '+P>#' "-$tool $idle^M" +here-it-is '-^Z' +Stopped '+P>#' '-fg^M' @job '-^C' @shell \
		'-echo rc=$?^M' +rc=130 '-exit^M' -- $shell
	is "^Z stops the job, fg continues it: $tool" "$rc" 0
	run $pty '+P> ' '-exit^M' @shell '-hello^M' +got=hello -- \
		env PS1='P> ' sh -c "$tool"' sh -i; read x </dev/tty && echo got=$x'
	is "/dev/tty can be read after an interactive shell: $tool" "$rc" 0
	run $pty '+P>#' "-$tool $idle &^M" +here-it-is '-kill %1; wait %1; echo rc=$?^M' +rc=143 '-exit^M' -- $shell
	is "a background job leaves the terminal to the shell: $tool" "$rc" 0
done
run $pty +UP '-^C' -- unshare -f sh -c 'trap "echo INT; exit 3" INT; echo U""P; while :; do sleep 0.05; done'
is 'a handler sees ^C once' "$rc $(echo "$out" | grep -c INT)" '3 1'
run $pty '+P>#' '-unshare -f sh -c "kill -STOP \$\$; exit 4"^M' +Stopped '+P>#' '-fg^M' '+P>#' '-echo rc=$?^M' +rc=4 '-exit^M' -- \
	$shell
is 'a child that stops itself stops the job' "$rc" 0

kill "$waiter"
wait "$waiter" 2>/dev/null
umount /dev/pts 2>/dev/null

finish
