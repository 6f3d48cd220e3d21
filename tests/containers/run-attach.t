#!/bin/sh
# SPDX-License-Identifier: MIT
# husk attach: output, input, signals and status of a container that runs detached.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image

# Says on both streams what it is told through /go, which it has open all the time, or a word might
# be lost; ends when that is "end".
says='mkfifo /go; exec 3<>/go; trap "echo term; exit 5" TERM
	while :; do read -r x <&3 || continue; echo "$x"; echo "err $x" >&2; [ "$x" != end ] || exit 4; done'
say() { # NAME WORD
	husk exec "$1" busybox timeout 20 sh -c 'test -p /go && echo "$0" >/go' "$2"
}
# Whoever has just begun to attach has missed what was said before.
heard() { # NAME FILE WORD
	say "$1" "$3"
	grep -q "$3" "$2"
}

# ---- without a terminal
husk run -d --name web --network none bb:1 sh -c "$says" >/dev/null
husk attach web >out 2>err &
client=$!
ok 'stdout' within 20 heard web out here
ok 'stderr' within 20 grep -q 'err here' err
husk attach --no-stdin web >out2 2>&1 </dev/null &
second=$!
ok 'two at a time' within 20 heard web out2 both
kill -HUP $second
wait $second
is 'HUP leaves it running' "$? $(status web)" '129 running'
ok 'so do others' within 20 heard web out still
say web end
wait $client
is 'its status' "$? $(tail -n 1 out) $(tail -n 1 err)" '4 end err end'

husk start web >/dev/null
husk attach web >out 2>err &
client=$!
ok 'again, after a start' within 20 heard web out again
kill $client
wait $client
is 'a signal goes to the container' "$? $(tail -n 1 out)" '5 term'

# ---- stdin
husk run -di --name cat --network none bb:1 cat >/dev/null
is 'run -di: stdin stays open' "$(status cat)" running
(echo one; within 20 grep -q one out; echo two; within 20 grep -q two out) | husk attach cat >out &
client=$!
ok 'stdin' within 20 grep -q two out
husk kill cat >/dev/null
wait $client
is 'ends with its container' $? 137

# ---- one that does not read
husk run -d --name much --network none bb:1 sh -c 'while :; do echo 0123456789; done' >/dev/null
husk attach much >out &
client=$!
ok 'much output' within 20 test -s out
kill -STOP $client
gives 'who does not read holds no end up' 0 137 sh -c 'husk kill much >/dev/null && husk wait much'
kill -KILL $client
wait $client 2>/dev/null

# ---- a terminal
pty=$HUSK_OUT/probes/pty
husk run -dit --name shell --network none bb:1 sh >/dev/null
run "$pty" '-echo a""b^M' +ab '-^P^Q' -- husk attach shell
is '^P^Q leaves it running' "$rc $(status shell)" '0 running'
# Echoed by the terminal, then printed by cat.
run "$pty" '-echo r""eady; cat -v^M' +ready '-^Px^M' '+^Px' '+^Px' '-^D' '-exit 3^M' -- husk attach shell
is 'else ^P is a key like others; the status' "$rc $(status shell)" '3 exited'

# ---- what cannot be
husk create --name rest --network none bb:1 true >/dev/null
fails 'does not run' 125 'attach: rest: not running (*' husk attach rest
fails 'no such container' 125 'attach: nope: no such container (*' husk attach nope
fails 'none named' 125 'attach: wants CONTAINER *' husk attach
mkfifo in
husk run -i --name front --network none bb:1 cat <in &
exec 8>in
ok 'one in the foreground' within 20 has front running
fails 'runs in the foreground' 125 'attach: front: runs in the foreground *' husk attach front
exec 8>&-
wait
fails 'cmon --attach: no such folder' 125 'cmon: nowhere: No such file or directory' husk cmon --attach nowhere
mkdir empty
fails 'cmon --attach: nobody there' 125 'cmon: empty/attach: No such file or directory' husk cmon --attach empty
finish
