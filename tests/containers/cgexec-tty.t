#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec-tty.t - cgexec on a real terminal, with and without --wait: keys, job control, and no group
# that stays.
# shellcheck disable=SC1003,SC2086 # $tool is several words, ^\ is a key
. "$(dirname "$0")/../lib.sh"
isolate "$@"

pty=$HUSK_OUT/probes/pty
mount -t devpts -o ptmxmode=666 devpts /dev/pts 2>/dev/null
gone() {
	for dir in /sys/fs/cgroup/*"$HUSK_CGROUP_PARENT"/*/ /sys/fs/cgroup"$HUSK_CGROUP_PARENT"/*/; do
		[ ! -d "$dir" ] || return 1
	done
}
# See unshare_tty.t.
echo here-it-is >"$tmp/file"
idle="tail -n 1 -f $tmp/file"
shell='env TERM=dumb PS1=P># bash --norc --noprofile -i'
for tool in 'cgexec --pids 9 -m 64M' 'cgexec --wait --pids 9 -m 64M' 'cgexec --wait --kill -m 64M'; do
	run $pty +here-it-is '-^C' -- $tool $idle
	is "39 ^C ends it: $tool" "$rc" 130
	ok '39 and nothing is left' within 20 gone
	run $pty +here-it-is '-^\' -- $tool $idle
	is "50 ^\\ too: $tool" "$rc" 131
	run $pty '+P>#' "-$tool $idle^M" +here-it-is '-^Z' +Stopped '+P>#' '-fg^M' @job '-^C' @shell \
		'-echo rc=$?^M' +rc=130 '-exit^M' -- $shell
	is "50 ^Z stops the job, fg continues it: $tool" "$rc" 0
	run $pty '+P>#' "-$tool $idle &^M" +here-it-is '-kill %1; wait %1; echo rc=$?^M' +rc=143 '-exit^M' -- $shell
	is "50 a background job leaves the terminal to the shell: $tool" "$rc" 0
	ok '39 nothing is left of these' within 20 gone
done
run $pty +UP '-^C' -- cgexec --wait -m 64M sh -c 'trap "echo INT; exit 3" INT; echo U""P; while :; do sleep 0.05; done'
is '50 a handler sees ^C once' "$rc $(echo "$out" | grep -c INT)" '3 1'
run $pty '+P>#' '-cgexec --wait -m 64M sh -c "kill -STOP \$\$; exit 4"^M' +Stopped '+P>#' '-fg^M' '+P>#' '-echo rc=$?^M' +rc=4 '-exit^M' -- \
	$shell
is '50 a command that stops itself stops the job' "$rc" 0
ok '39 nothing is left' within 20 gone
umount /dev/pts 2>/dev/null

finish
