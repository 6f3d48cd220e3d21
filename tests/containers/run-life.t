#!/bin/sh
# SPDX-License-Identifier: MIT
# The life of a container: create, start, stop, kill, wait, restart, rm; what is left of a dead one.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image

husk run -d --name site --network none bb:1 \
	sh -c 'trap "exit 3" TERM; while :; do sleep 0.05; done' >/dev/null
husk create --name other --network none bb:1 true >/dev/null

# ---- stop, and what is then
gives 'stop: by its signal' 0 site husk stop --time 20 site
is 'stop: its status' "$(status site) $(husk inspect -f .State.ExitCode site)" 'exited 3'
gives 'stop: again is well' 0 site husk stop site
fails 'exec: it does not run' 125 'exec: site: not running (*' husk exec site true
fails 'kill: it does not run' 1 'kill: site: not running (*' husk kill site
gives 'wait: has ended' 0 3 husk wait site
fails 'wait: never ran' 1 'wait: other: has not ended *' husk wait other

# ---- start again
gives 'start' 0 site husk start site
is 'start: runs' "$(status site)" running
gives 'start: runs already' 0 site husk start site
gives 'restart' 0 site husk restart -t 10 site
is 'restart: runs, another process' "$(status site)" running
gives 'kill: a signal' 0 site husk kill --signal TERM site
gives 'wait: for it' 0 3 husk wait site
husk start site >/dev/null
# Its end is not written while the monitor is stopped.
site=$HUSK_RUN/c/$(husk inspect -f .Id site)
husk sig "$(cat "$site/mon")" "$(cat "$site/monstart")" STOP
husk kill -s KILL site >/dev/null
ok 'an end that is not written yet' within 20 has site dead
husk wait site >waited 2>&1 &
husk ps >/dev/null
husk sig "$(cat "$site/mon")" "$(cat "$site/monstart")" CONT
wait $!
is 'wait: waits for it' "$? $(cat waited)" '0 137'
husk start site >/dev/null
fails 'kill: an option behind' 2 'kill: -s: options stand before the containers *' husk kill site -s TERM
is 'and it runs' "$(status site)" running
gives 'kill: KILL' 0 site husk kill site
gives 'kill: is 137' 0 137 husk wait site
gives 'start -a: its output' 3 hello sh -c 'husk create --name att --network none bb:1 sh -c "echo hello; exit 3" >/dev/null
	exec husk start --attach att'
gives 'start -i' 0 in sh -c 'husk create --name cat --network none bb:1 cat >/dev/null
	echo in | husk start -i cat'

# ---- what the command writes is in the log alone, however soon it ends
run husk run -d --name soon --network none bb:1 sh -c 'echo early >&2; exit 127'
is 'run -d: no stderr of the command, its status is not ours' "$rc $err" '0 '
gives 'wait: its status' 0 127 husk wait soon
gives 'logs: its stderr' 0 early sh -c 'husk logs soon 2>&1'
fails 'run -d: a command that is not there' 127 'cinit: nope: *' husk run -d --network none bb:1 nope

# ---- unshare's own status is 1: that is no status of the container
husk create --name split --network none bb:1 true >/dev/null
(cd "$HUSK_ROOT"/c/"$(husk inspect -f .Id split)" && sed -i "s|--hostname|--mount=$tmp/nothing &|" spaces)
fails 'start -a: unshare fails' 125 "unshare: keep the mount namespace at $tmp/nothing: *" husk start -a split
fails 'start: unshare fails' 125 "unshare: keep the mount namespace at $tmp/nothing: *" husk start split

# ---- a command that ignores its signal
husk run -d --name deaf --network none --stop-signal USR1 --stop-timeout 0 bb:1 \
	sh -c 'trap "" TERM USR1; sleep 1000 & wait; wait; wait' >/dev/null
gives 'stop: kills at last' 0 deaf husk stop deaf
is 'stop: with 137' "$(husk inspect -f .State.ExitCode deaf)" 137

# ---- one that has lost its monitor
husk run -d --name lost --network none bb:1 sleep 1000 >/dev/null
lost=$(husk inspect -f .Id lost)
husk sig "$(cat "$HUSK_RUN/c/$lost/mon")" "$(cat "$HUSK_RUN/c/$lost/monstart")" KILL
ok 'a container without its monitor is dead' within 20 has lost dead
like 'ps: Dead' "$(husk ps -a -f name=lost)" '*Dead (unknown)*'
gives 'dead: can be started' 0 lost husk start lost
gives 'and removed' 0 lost husk rm --force -v lost

# One that is gone when it has ended.
mkdir gate
is_awaited() {
	[ -e "$brief/wait" ] && ! husk lock -w 0 "$brief/wait" true
}
for n in 1 2 3; do
	rm -f gate/open
	brief=$HUSK_ROOT/c/$(husk run -d --rm --name brief --network none -v "$tmp/gate:/gate" bb:1 \
		sh -c 'until [ -e /gate/open ]; do sleep 0.02; done; exit 7')
	husk wait brief >waited 2>&1 &
	ok "wait: it waits, $n" within 20 is_awaited
	: >gate/open
	wait $!
	is "wait: with --rm, $n" "$? $(cat waited)" '0 7'
	within 20 sh -c '! husk inspect brief 2>/dev/null'
done

# ---- restart policy
husk run -d --name again --restart on-failure:2 --network none bb:1 sh -c 'echo run; exit 1' >/dev/null
ok '--restart on-failure:2' within 20 sh -c '[ "$(husk logs again | grep -c run)" = 3 ]'
husk run -d --name ever --restart always --network none bb:1 sh -c 'echo run' >/dev/null
ok '--restart always' within 20 sh -c '[ "$(husk logs ever | grep -c run)" -ge 2 ]'
husk run -d --name told --restart always --network none bb:1 sh -c 'echo run; exec sleep 1000' >/dev/null
within 20 sh -c 'husk logs told | grep -q run'
gives 'kill of one that would start again' 0 told husk kill told
gives 'it has ended' 0 137 husk wait told
is 'it was not started again' "$(status told) $(husk logs told)" 'exited run'
husk rm told >/dev/null
gives 'stop: ends that' 0 ever husk stop ever
ok 'stop: no monitor is left' husk lock -w 0 "$HUSK_RUN/c/$(husk inspect -f .Id ever)/lock" true

# ---- a caller that does not read
gives 'run: its reader has gone' 0 y timeout 60 sh -c '
	husk run --network none bb:1 sh -c "while echo y; do :; done" | head -n 1'
mkfifo pipe
exec 5<>pipe
dd if=/dev/zero of=pipe bs=4096 count=1000 oflag=nonblock 2>/dev/null # it is full
for verb in signal stop; do
	husk run --name "full-$verb" --network none bb:1 sh -c 'echo x; exec sleep 1000' >pipe &
	reader=$!
	ok "$verb: a pipe is full" within 60 has "full-$verb" running
	case $verb in
	signal) kill -TERM "$reader" ;;
	stop) timeout 60 husk stop -t 30 full-stop >/dev/null ;;
	esac
	ok "$verb: the monitor ends although nobody reads" within 60 sh -c "! kill -0 $reader"
	kill -KILL "$reader" 2>/dev/null
	wait "$reader"
	is "$verb: its status" $? 143
done
exec 5>&-

# Between two lives it has not ended.
husk run -d --name slow --restart on-failure:1 --network none bb:1 sh -c '
	[ -e /once ] || { : >/once; echo first; exit 1; }
	echo second; exec sleep 1000' >/dev/null
husk logs -f slow >followed &
follower=$!
ok 'logs -f: goes on when it is started again' within 60 grep -q second followed
husk rm -f slow >/dev/null
wait $follower

# ---- where nothing can be written
mkdir small
mount -t tmpfs -o size=8m none small
(
	export HUSK_ROOT="$tmp/small/root"
	husk import fs bb:1 && husk create --name still --network none bb:1 true
) >/dev/null
mount -o remount,ro small
for verb in 'start still' 'rmi -f bb:1' 'import fs x'; do
	# shellcheck disable=SC2086 # words
	run env HUSK_ROOT="$tmp/small/root" husk $verb
	like "read-only: husk $verb: one line" "$err" "husk ${verb%% *}: *small/root*"
	is 'of ours' "$(printf '%s\n' "$err" | grep -c .)" 1
done
umount small
mount -t tmpfs -o size=64k none small
dd if=/dev/zero of=small/fill bs=4k 2>/dev/null
fails 'a full HUSK_RUN: what nobody could find is not started' 125 'cmon: record mon*: No space left on device' \
	env HUSK_RUN="$tmp/small/run" husk run --rm --network none bb:1 echo lost
umount small

# ---- the end
gives 'rm: several' 0 'again
ever' husk rm again ever
husk create --name one --network none bb:1 true >/dev/null
run husk rm nope one
is 'rm: the others too when one is not there' "$rc $out" '1 one'
for verb in stop wait; do
	run husk $verb nope other split
	like "$verb: the others too" "$rc $(printf %s "$out" | wc -l) $err" "1 [01] husk $verb: nope: *"
done
fails 'rm: no such container' 1 'rm: nope: no such container (*' husk rm nope
# The verbs that give a container's status have 125 for errors of their own.
refuses() { # NAME PATTERN COMMAND...
	name=$1 pattern=$2
	shift 2
	run "$@"
	like "$name" "$rc $err" "[12]* husk $pattern"
}
for verb in start stop restart kill wait pause unpause top logs export port diff attach; do
	refuses "$verb: no such container" "$verb: nope: no such container (*" husk $verb nope
	refuses "$verb: none named" "$verb: wants CONTAINER *" husk $verb
done
husk run -d --name last --network none bb:1 sleep 1000 >/dev/null
ok 'prune: those that do not run' sh -c 'husk prune --force'
gives 'prune: leaves the one that runs' 0 last husk ps -a --format '{{.Names}}'
gives 'rm -f: all' 0 1 sh -c 'husk rm -f -a | grep -c .'
is 'nothing is left' "$(ls "$HUSK_ROOT/c" "$HUSK_ROOT/name" "$HUSK_ROOT/tmp" "$HUSK_RUN/c" | grep -v :)" ''
finish
