#!/bin/sh
# SPDX-License-Identifier: MIT
# What cinit promises without privileges: as a subreaper, statuses, messages, the command line.
. "$(dirname "$0")/../lib.sh"

for code in 0 1 7 255; do
	gives "01 the command's status: $code" "$code" '' cinit sh -c "exit $code"
done
for sig in 15 9 11 34 64; do
	gives "02 ended by signal $sig: 128 more" "$((128 + sig))" '' cinit sh -c "kill -$sig \$\$"
done

printf 'exit 11\n' >"$tmp/script"
printf '#!/nope\n' >"$tmp/noint"
: >"$tmp/plain"
ln -s loop "$tmp/loop"
chmod 755 "$tmp/script" "$tmp/noint"
fails '03 a command that is not there: 127' 127 'cinit: /nope: No such file or directory' cinit /nope
fails '03 one that PATH does not have: 127' 127 'cinit: nope-nope: No such file or directory' \
	cinit nope-nope
fails '03 a directory: 126' 126 'cinit: /etc: Permission denied*' cinit /etc
fails '03 a file that is not executable: 126' 126 "cinit: $tmp/plain: Permission denied" \
	cinit "$tmp/plain"
fails '03 an empty name: 127' 127 "cinit: '': No such file or directory" cinit ''
fails '03 below a file: 126' 126 "cinit: $tmp/plain/x: Not a directory" cinit "$tmp/plain/x"
fails '03 a loop of links: 126' 126 "cinit: $tmp/loop: *ink loop" cinit "$tmp/loop"
fails '03 a missing interpreter: 127, and says so' 127 "cinit: $tmp/noint: No such file*interpreter*" \
	cinit "$tmp/noint"
gives '05 a script without #! is run by the shell' 11 '' cinit "$tmp/script"
PATH=$tmp:$PATH gives '05 one found in PATH too' 11 '' cinit script
gives '06 options end at the command' 3 '' cinit sh -c 'exit 3'

fails '07 no command: usage' 125 'cinit: missing operand: COMMAND*' cinit
fails '07 an unknown option' 125 'cinit: unknown option -z *' cinit -z
like '07 help on stdout' "$(cinit -h)" 'Usage: cinit*'
fails '08 -- is no command' 127 'cinit: --: No such file or directory' cinit -- -- true
for option in '-p NOPE' '-e x' '-e 256' '-e 1:256' '-r 15' '-r x:y' '-r 15:65' '-r 9:1' '-r 1:2@nobody' '-t x' '-T -1' \
	'-g -S' '-g -c' '--reap=nobody' '--on-exit=poweroff' '--umask 8' '--oom 1001' '--rlimit nofile' '--rlimit x=1' \
	'--env novalue' '--env =x' '--unset a=b' '--keep-caps nope' '--drop-caps nope' '-P'; do
	# shellcheck disable=SC2086
	fails "a wrong value: $option" 125 "cinit: *(see husk cinit --help)" cinit $option true
done
fails 'a user that is not there' 125 'cinit: user nope-nope: No such file or directory' cinit -u nope-nope true
fails 'a directory that is not there' 125 'cinit: start true: /nope: No such file or directory' cinit --chdir /nope true
fails 'a report that cannot be written' 125 'cinit: report to /nope/x: No such file or directory' \
	cinit -j /nope/x true
fails 'a descriptor that is not open' 125 'cinit: report to descriptor 77: Bad file descriptor' cinit -j 77 true
fails '--system is for PID 1' 125 'cinit: --system is for PID 1 *' cinit --system true
HUSK_CINIT_VERBOSE=x fails 'a wrong variable' 125 'cinit: verbosity x: *' cinit true
like 'the licence: -l' "$(cinit -l)" '*MIT*'
is 'the licence: -L, --license' "$(cinit -L; cinit --license)" "$(cinit -l; cinit -l)"
is 'the version: -V' "$(cinit -V)" "$(cinit --version)"

gives '39 -e 143: 0' 0 '' cinit -e 143 sh -c 'kill -TERM $$'
gives '39 -e 3:4' 4 '' cinit --exit-code 3:4 sh -c 'exit 3'
gives '39 other statuses stay' 5 '' cinit -e 3:4 -e 4 sh -c 'exit 5'
# shellcheck disable=SC2016
gives 'the environment: --env, --unset, in order' 0 'b,c,no,no' cinit --env A=b --env B=x --unset B --env C=c \
	--unset HOME sh -c 'echo "$A,$C,${B-no},${HOME-no}"'
# shellcheck disable=SC2016
gives '42 our variables are not the child'\''s' 0 no env HUSK_CINIT_GRACE=1 HUSK_CINIT_VERBOSE=0 cinit \
	sh -c 'echo "${HUSK_CINIT_GRACE-no}"'
gives '--umask, --chdir' 0 "/
0027" cinit --umask 27 --chdir / sh -c 'pwd; umask'
gives '--rlimit' 0 64 cinit --rlimit nofile=64:64 sh -c 'ulimit -n'
gives '--oom' 0 300 cinit --oom 300 cat /proc/self/oom_score_adj
gives '-n' 0 'NoNewPrivs:	1' cinit --no-new-privs grep NoNewPrivs /proc/self/status
if [ "$(id -u)" = 0 ]; then
	gives '56 -u: user, group, groups' 0 '1234 1235 1235 5 6' cinit -u 1234:1235:5,6 sh -c \
		'echo "$(id -u) $(id -g) $(id -G)"'
	gives '56 --keep-caps' 0 'CapBnd:	0000000000000401' cinit --keep-caps chown,net_bind_service \
		grep CapBnd /proc/self/status
	# shellcheck disable=SC2016
	gives '56 --drop-caps twice' 0 0 cinit --drop-caps chown --drop-caps kill sh -c \
		'echo $((0x$(sed -n "s/CapBnd:.//p" /proc/self/status) & 0x21))'
	gives '56 --keep-caps twice' 0 'CapBnd:	0000000000000021' cinit --keep-caps chown --keep-caps kill \
		grep CapBnd /proc/self/status
	# shellcheck disable=SC2016
	gives '56 --drop-caps' 0 0 cinit --drop-caps chown sh -c \
		'echo $((0x$(sed -n "s/^CapEff:.//p" /proc/self/status) & 1))'
fi
run cinit -v true
is '-v' "$err" 'husk cinit: exec true'
# shellcheck disable=SC2016
run cinit --warn-reaped sh -c '(true &); until [ "$(cat /proc/$PPID/task/$PPID/children)" = "$$ " ]; do sleep 0.02; done'
like '-w names the orphans' "$err" 'husk cinit: Reaped zombie process with pid=*'
run env -u NOTIFY_SOCKET cinit --notify true
is '--notify without a socket: told, and done without' "$rc $err" '0 husk cinit: --notify: no usable NOTIFY_SOCKET'
for option in --group --single-child --session --subreaper '--pdeathsig TERM' '--grace 1s' '--stop-timeout 1m' \
	'--rewrite TERM:INT@main' '--report 2' --verbose --reap=auto; do
	# shellcheck disable=SC2086
	run cinit $option sh -c 'exit 3'
	is "$option: the status is the command's" "$rc" 3
done
fails '--pause runs no command' 125 'cinit: -P runs no command *' cinit --pause true

# ---- the names of others
mkdir "$tmp/as"
for peer in tini docker-init dumb-init catatonit podman-init; do
	ln -s "$HUSK" "$tmp/as/$peer"
	gives "$peer: -- COMMAND" 3 '' "$tmp/as/$peer" -s -- sh -c 'exit 3'
	run "$tmp/as/$peer" -z
	is "$peer: an unknown option is 1" "$rc" 1
	run "$tmp/as/$peer"
	is "$peer: no command is 1" "$rc" 1
done
for peer in tini docker-init catatonit podman-init; do
	like "$peer --version, as docker info reads it" "$("$tmp/as/$peer" --version)" 'tini version *'
done
like 'dumb-init --version' "$("$tmp/as/dumb-init" -V)" 'dumb-init v1.2.5*'
run "$tmp/as/dumb-init" /nope
is 'dumb-init: its message and status for a command that is not there' "$rc $err" \
	'2 [dumb-init] /nope: No such file or directory'
for status in 'tini 127' 'catatonit 1'; do
	run "$tmp/as/${status% *}" -s /nope
	is "${status% *}: its status for a command that is not there" "$rc" "${status#* }"
done
run "$tmp/as/tini" true
like 'tini warns where it is no reaper' "$err" '*zombie reaping won'\''t work*'
run env TINI_SUBREAPER= "$tmp/as/tini" true
is 'TINI_SUBREAPER: it is one' "$rc$err" 0
run env TINI_VERBOSITY=0 "$tmp/as/tini" true
is 'TINI_VERBOSITY=0: no word' "$rc$err" 0
# shellcheck disable=SC2016
gives '42 the variables of others stay' 0 yes env TINI_SUBREAPER=yes "$tmp/as/tini" sh -c 'echo $TINI_SUBREAPER'
# shellcheck disable=SC2016
sid='sed "s/.*) . [0-9]* [0-9]* \([0-9]*\) .*/\1/" /proc/self/stat; echo $$'
# shellcheck disable=SC2046
is 'dumb-init: a session of its own' "$("$tmp/as/dumb-init" sh -c "$sid" | uniq | wc -l)" 1
is 'dumb-init -c: none' "$("$tmp/as/dumb-init" -c sh -c "$sid" | uniq | wc -l)" 2
is 'DUMB_INIT_SETSID=0: none' "$(DUMB_INIT_SETSID=0 "$tmp/as/dumb-init" sh -c "$sid" | uniq | wc -l)" 2
finish
