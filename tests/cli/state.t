#!/bin/sh
# SPDX-License-Identifier: MIT
# put, lock, sig: what keeps the state on disk whole.
. "$(dirname "$0")/../lib.sh"

# ---- put
ok 'put: a value' husk put "$tmp/f" 'a value'
is 'put: with a line end' "$(cat "$tmp/f")" 'a value'
ok 'put: stdin replaces it' sh -c 'printf new | husk put --sync "$1"' sh "$tmp/f"
is 'put: byte for byte' "$(cat "$tmp/f")" new
mkdir "$tmp/d" "$tmp/new"
echo 1 >"$tmp/new/x"
fails 'put -d: never into or over a directory' 1 'put: move *new to *d: File exists' \
	husk put -d "$tmp/d" "$tmp/new"
ok 'put -d: the directory takes its place' husk put --directory -s "$tmp/d2" "$tmp/new"
is 'put -d: whole' "$(cat "$tmp/d2/x")" 1
fails 'put: no such folder' 1 'put: create *: No such file or directory' husk put "$tmp/no/f" x
mkdir -p "$tmp/gone/sub" "$tmp/beside/x" "$tmp/by" && echo 1 >"$tmp/gone/sub/f" && chmod 0 "$tmp/gone/sub"
fails 'put -r: what cannot be moved stays' 1 'put: move *gone to *gone/x: Invalid argument' \
	husk put -r "$tmp/gone" "$tmp/gone/x"
ok 'put --remove: a directory and more' husk put --remove "$tmp/gone" "$tmp/by/x" "$tmp/beside" "$tmp/nothing"
is 'put -r: nothing is left' "$(ls -d "$tmp/gone" "$tmp/beside" "$tmp/by"/* 2>/dev/null)" ''
mkdir "$tmp/beside"
ok 'put -r: who comes second does nothing' husk put -r "$tmp/gone" "$tmp/by/x" "$tmp/beside"
ok 'put -r: nothing' test -d "$tmp/beside"
mkdir "$tmp/new2"
mkdir "$tmp/gone" "$tmp/filled"
(cd "$tmp/filled" && seq 500 | xargs touch)
(cd "$tmp/filled" && while echo x >x; do :; done) 2>/dev/null &
within 10 test -e "$tmp/filled/x"
ok 'put -r: what others still write in' husk put -r "$tmp/gone" "$tmp/by/y" "$tmp/filled"
kill $! 2>/dev/null
wait $! 2>/dev/null
is 'put -r: is gone, too' "$(ls -d "$tmp/filled" "$tmp/by/y" 2>/dev/null)" ''
ok 'put -d -t: with the time' husk put -d --time born "$tmp/d3" "$tmp/new2"
like 'put -d -t: in seconds, with nine digits behind the point' "$(cat "$tmp/d3/born")" \
	'??????????.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
fails 'put -t: goes with -d' 2 'put: -t goes with -d*' husk put -t x f
fails 'put: one operand too many' 2 'put: c: one operand too many*' husk put a b c
fails 'put -d: wants two' 2 'put: -d wants *' husk put -d a
cd "$tmp" || exit 1
ok 'put: a name without a folder' husk put -s plain v
fails 'put: no room leaves the old file' 1 'put: write f: File too large' \
	sh -c 'ulimit -f 1; trap "" XFSZ; husk put f </bin/sh'
is 'put: as it was, and nothing beside it' "$(cat f) $(echo f.new*)" 'new f.new*'

# ---- lock
gives 'lock: runs the command' 0 hi husk lock "$tmp/l" echo hi
gives "lock: the command's status" 7 '' husk lock "$tmp/l" sh -c 'exit 7'
fails 'lock -w 0: held by somebody else' 1 'lock: *: somebody else holds it' \
	husk lock "$tmp/l" husk lock --wait 0 "$tmp/l" true
fails 'lock -w: gives up' 1 'lock: *: somebody else holds it' \
	husk lock "$tmp/l" husk lock -w 50ms "$tmp/l" true
gives 'lock -s: many share' 0 both husk lock -s "$tmp/l" husk lock --shared -w 0 "$tmp/l" echo both
fails 'lock -s: not beside an exclusive one' 1 'lock: *' \
	husk lock -s "$tmp/l" husk lock -w 0 "$tmp/l" true
fails 'lock: a bad time' 2 'lock: --wait x: not a time*' husk lock -w x "$tmp/l" true
fails 'lock: no folder' 1 'lock: *: No such file or directory' husk lock "$tmp/no/l" true
ok 'lock --fd: the lock is the caller'\''s' sh -c 'exec 9>"$1"; husk lock --fd 9 && ! husk lock -w 0 "$1" true' sh "$tmp/l"
fails 'lock -f: not open' 1 'lock: lock 8: Bad file descriptor' husk lock -f 8
fails 'lock --fd: runs nothing' 2 'lock: true: one operand too many*' husk lock --fd 9 true
fails 'lock: wants a command' 2 'lock: wants FILE and COMMAND*' husk lock "$tmp/l"
mkfifo "$tmp/go"
husk lock "$tmp/l" sh -c 'read -r _ <"$1"' sh "$tmp/go" &
held() {
	! husk lock -w 0 "$tmp/l" true
}
ok 'lock: is kept' within 10 held
echo >"$tmp/go"
ok 'lock: waits until it is free' husk lock "$tmp/l" true
wait

# ---- sig
sleep 300 &
pid=$!
defer "kill $pid 2>/dev/null"
start=$(husk sig --print $pid)
ok 'sig: alive' husk sig $pid "$start"
fails 'sig: another start time is another process' 1 "sig: process $pid: No such process" \
	husk sig $pid 1 KILL
ok 'sig: so it still lives' husk sig $pid "$start"
fails 'sig -w: still there' 1 "sig: process $pid: still there" husk sig -w 20ms $pid "$start"
ok 'sig: signals and waits' husk sig --wait 20 $pid "$start" SIGTERM
wait $pid
is 'sig: by that signal' $? 143
ok 'sig -w: gone already is well' husk sig -w 1 $pid "$start" TERM
fails 'sig: gone' 1 "sig: process $pid: No such process" husk sig $pid "$start"
fails 'sig -p: gone' 1 "sig: process $pid: No such process" husk sig -p $pid
fails 'sig: no number' 2 'sig: x: not a process id*' husk sig x 1
fails 'sig: no start' 2 'sig: START: not what*' husk sig 1
fails 'sig: no signal' 2 'sig: FOO: not a signal*' husk sig 1 1 FOO
fails 'sig: a bad time' 2 'sig: --wait y: not a time*' husk sig -w y 1 1

finish
