#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec-life.t - a group lives as long as something in it, whoever is killed on the way.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

root=/sys/fs/cgroup
eat=$HUSK_OUT/probes/eat

# The groups below our level that are left, in any hierarchy.
left() {
	for hierarchy in "$root" "$root"/*; do
		for dir in "$hierarchy$HUSK_CGROUP_PARENT"/*/; do
			[ ! -d "$dir" ] || echo "$dir"
		done
	done
}
gone() { [ -z "$(left)" ]; }
# The watcher whose group has this name.
watcher() {
	for dir in /proc/[0-9]*; do
		case $(tr '\0' ' ' <"$dir/cmdline" 2>/dev/null) in
		"cgexec --watch "*"/$1 ") echo "${dir#/proc/}" ;;
		esac
	done
}
# It runs, and has closed what it does not need: to change the directory comes after that.
watched() {
	pid=$(watcher "$1")
	[ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = / ]
}
# Its lock is free when it is gone, not when the signal is sent.
kill_watcher() {
	pid=$(watcher "$1")
	kill -KILL "$pid"
	within 20 sh -c "! kill -0 $pid"
}
starts() { within 20 test -s "$tmp/started"; }
running="touch $tmp/started; echo \$\$ >$tmp/started; exec sleep 1000"

# ---- 39: however it ends, nothing is left

cgexec -m 64M true
ok '39 after exit 0' within 10 gone
cgexec -m 64M sh -c 'exit 3'
ok '39 after exit 3' within 10 gone
cgexec -m 64M --pids 5 --cpus 1 "$eat" memory 100 2>/dev/null
ok '39 after an OOM kill' within 10 gone
gives '39 a command that is not there' 127 '' sh -c 'cgexec -m 64M --pids 3 nowhere 2>/dev/null'
ok '39 after that' within 10 gone
cgexec -m 64M sh -c "$running" &
starts
kill -KILL $!
wait $! 2>/dev/null
ok '39 after SIGKILL of the command' within 10 gone
rm -f "$tmp/started"
cgexec -m 64M sh -c "$running" &
starts
kill -INT $! && kill -TERM $!
wait $! 2>/dev/null
ok '39 after SIGTERM' within 10 gone
rm -f "$tmp/started"

# ---- 40, 43, 45: the watcher

cgexec -m 64M --name daemon sh -c 'sleep 1000 & echo $! >"$1"' sh "$tmp/daemon"
ok '40 what the command left behind keeps the group' [ -d "$root/memory$HUSK_CGROUP_PARENT/daemon" ]
ok '40 and its watcher' within 20 watched daemon
kill "$(cat "$tmp/daemon")"
ok '40 it goes with that' within 10 gone
# v2's own hierarchy, where there is one.
unified=$root/unified
[ -e "$unified/cgroup.procs" ] || unified=$root
if [ -e "$unified/cgroup.controllers" ]; then
	tries=0
	while [ $tries -lt 20 ]; do
		cgexec --stats="$tmp/usage" --name "lost$tries" sh -c 'sleep 1000 & echo $! >"$1"' sh "$tmp/daemon"
		within 20 watched "lost$tries"
		read -r daemon <"$tmp/daemon"
		# Two events in a row, of which the kernel holds back the second, and no group any more.
		echo "$daemon" >"$unified/cgroup.procs"
		echo "$daemon" >"$unified$HUSK_CGROUP_PARENT/lost$tries/cgroup.procs"
		kill -KILL "$daemon"
		until cgexec --rm "lost$tries" 2>/dev/null; do [ -n "$(left)" ] || break; done
		tries=$((tries + 1))
	done
	ok '40 also when somebody else removes the group' within 10 sh -c '! grep -qx cgwatch /proc/[0-9]*/comm'
	if [ "$unified" != "$root" ]; then
		cgexec --stats="$tmp/usage" --name daemon sh -c 'sleep 1000 & echo $! >"$1"' sh "$tmp/daemon"
		within 20 watched daemon
		cat "$tmp/daemon" >"$unified/cgroup.procs"
		kill "$(cat "$tmp/daemon")"
		ok '40 also when v2 has lost it before v1' within 10 gone
	fi
fi
# By a file: in a pipe, ps may see who reads it, or not yet.
children='wait; ps -o ppid= -A >"$HUSK_TEST/ps"; grep -cw $$ "$HUSK_TEST/ps"'
is '43 the command has no child that it does not know' "$(cgexec -m 64M sh -c "$children")" \
	"$(sh -c "$children")"
gives '43 a pipe ends with the command, not with what is left in the group' 0 hi \
	timeout 20 sh -c 'echo "$(cgexec -m 64M --name pipe sh -c "sleep 1000 >/dev/null 2>&1 & echo hi")"'
within 20 watched pipe
of_pipe=$(watcher pipe)
is '43 the watcher holds the group and the command, nothing else' \
	"$(for fd in /proc/"$of_pipe"/fd/*; do readlink "$fd"; done | sed 's,/.*/,,' | sort -u)" "anon_inode:[pidfd]
pipe"
is '43 it is in a session of its own' "$(awk '{ print $6 }' "/proc/$of_pipe/stat")" "$of_pipe"
is '43 and in no directory of ours' "$(readlink "/proc/$of_pipe/cwd")" /
ok '43 and not in the group' sh -c "! grep -q '$HUSK_CGROUP_PARENT' /proc/$of_pipe/cgroup"
like '43 only SIGKILL ends it' "$(sed -n 's/^SigBlk:.//p' "/proc/$of_pipe/status")" fffffffffffbfeff
ok '45 it has less than 100 kB of its own' \
	[ "$(awk '/^RssAnon/ { print $2 }' "/proc/$of_pipe/status")" -lt 100 ]
ok '15 --kill-group ends what is left' cgexec --kill-group pipe
ok '15 and the group goes' within 10 gone

# The kernel delays an event that follows close on another, and drops it with a group that another
# takes away at once.
cgexec -m 64M --stats="$tmp/usage" --name taken sh -c 'sleep 1000 & echo $! >"$1"' sh "$tmp/daemon"
within 20 watched taken
of_taken=$(watcher taken)
daemon=$(cat "$tmp/daemon")
taken=$root/unified$HUSK_CGROUP_PARENT/taken
take() { ! rmdir "$taken" 2>/dev/null && [ -d "$taken" ]; }
looks_at_events() { readlink "/proc/$of_taken"/fd/* 2>/dev/null | grep -q cgroup.events; }
if [ -d "$taken" ]; then
	within 20 looks_at_events
	echo 1 >"$taken/cgroup.freeze"
fi
kill -KILL "$daemon"
several 1000 take
ok '40 the watcher of a group that another took away ends' within 10 [ ! -d "/proc/$of_taken" ]
ok '40 and leaves nothing' within 10 gone

# Before a waiter it lives in the memory of that; whatever is more than a waiter parts from it.
of_group() {
	for dir in /proc/[0-9]*; do
		[ "$(cat "$dir/comm" 2>/dev/null)" != cgwatch ] ||
			! readlink "$dir"/fd/* 2>/dev/null | grep -q "/$1\$" || echo "${dir#/proc/}"
	done
}
parent() { awk '{ print $4 }' "/proc/$(of_group "$1")/stat"; }
orphaned() { [ "$(parent "$1")" = 1 ]; }
cgexec -m 64M --name beside unshare -pf sleep 1000 &
waiter=$!
has_command() { [ -n "$(cat "/proc/$waiter/task/$waiter/children")" ]; }
is_there() { [ -n "$(of_group "$1")" ]; }
within 20 is_there beside
ok '43 before a waiter it is the child of that' [ "$(parent beside)" = $waiter ]
within 20 has_command
kill -KILL $waiter
wait $waiter 2>/dev/null
ok '39 after SIGKILL of the waiter' within 10 gone
for how in '-F -m' '-pf --owner 65534:65534'; do
	# shellcheck disable=SC2086 # words
	cgexec -m 64M --name apart unshare $how sleep 1000 &
	main=$!
	ok "43 apart from unshare $how" within 20 watched apart
	ok '43 and a child of init' within 10 orphaned apart
	kill -KILL $main
	wait $main 2>/dev/null
	ok '39 and nothing is left of it' within 10 gone
done
is '43 the command of one that does not wait has no unknown child either' \
	"$(cgexec -m 64M unshare -F -m sh -c "$children")" "$(sh -c "$children")"
rm -f "$tmp/started"
cgexec -m 64M --oom-score-adj 500 --name adj unshare -pf sh -c "$running" &
waiter=$!
starts
is 'the score of the command is not the score of its watcher' \
	"$(cat "/proc/$(of_group adj)/oom_score_adj")" 0
kill -KILL $waiter
wait $waiter 2>/dev/null
ok '39 and nothing is left of that' within 10 gone

# ---- 41, 42: whoever is killed

cgexec -m 64M --name orphan sh -c "$running" &
main=$!
cgexec -m 64M --name other sleep 1000 &
other=$!
starts
within 20 watched orphan
kill_watcher orphan
kill -KILL $main
wait $main 2>/dev/null
rm -f "$tmp/started"
ok '41 without its watcher a group is left' [ -d "$root/memory$HUSK_CGROUP_PARENT/orphan" ]
within 20 watched other
ok '41 --gc' cgexec --gc
ok '41 removes it' [ ! -d "$root/memory$HUSK_CGROUP_PARENT/orphan" ]
ok '41 and not the one that lives' [ -d "$root/memory$HUSK_CGROUP_PARENT/other" ]
cgexec -m 64M --name third sh -c "$running" &
main=$!
starts
within 20 watched third
kill_watcher third
kill -KILL $main
wait $main 2>/dev/null
cgexec -m 64M true
ok '41 the next run does the same' within 10 test ! -d "$root/memory$HUSK_CGROUP_PARENT/third"
kill $other
wait $other 2>/dev/null
ok '41 nothing is left' within 10 gone
cat >"$tmp/storm" <<-'END'
	for i in 1 2 3 4 5; do
		cgexec -m 64M --pids 9 true || echo failed
		cgexec --gc || echo failed
	done
END
run sh -c 'for i in 1 2 3 4 5 6; do sh "$1" & done; wait' sh "$tmp/storm"
is '42 --gc beside 30 starts disturbs none' "$out$err" ''
ok '42 and nothing is left' within 20 gone
cat >"$tmp/killed" <<-'END'
	# WHOM TIMES: kills a run, its watcher or both at some moment of its life.
	for i in $(seq "$2"); do
		cgexec -m 64M --pids 9 sleep 1000 2>/dev/null &
		main=$!
		[ $((i % 3)) = 0 ] || sleep 0.00$((i % 10))
		watcher=$(grep -lz "/$main\.[0-9a-f]*\$" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 | head -n 1)
		[ "$1" = main ] || [ -z "$watcher" ] || kill -KILL "$watcher" 2>/dev/null
		kill -KILL $main 2>/dev/null
		wait $main 2>/dev/null
	done
END
for whom in main watcher both; do
	sh "$tmp/killed" $whom 100 2>/dev/null
done
sweep() { cgexec --gc && gone; }
ok '41 three hundred kills, and one sweep leaves nothing' within 20 sweep

# ---- 46: from its first instruction on

cat >"$tmp/starts" <<-'END'
	for i in $(seq "$1"); do
		cgexec -m 64M grep -q ":memory:$HUSK_CGROUP_PARENT/" /proc/self/cgroup || echo outside
	done
END
run sh -c 'for i in 1 2 3 4; do sh "$1" "$2" & done; wait' sh "$tmp/starts" 250
is '46 no start is seen outside of its group' "$out$err" ''
ok '46 and nothing is left' within 30 gone
is '57 one thread enters, one thread there is' \
	"$(cgexec -m 64M sh -c 'ls /proc/$$/task | wc -l')" 1

# ---- 15, 47, --timeout

run cgexec --pids 40 --timeout 1 "$eat" bomb 100
is '15 a fork bomb ends with its time' "$rc" 137
ok '15 and all of it' within 20 gone
cgexec -m 64M --kill sh -c 'sleep 1000 & sleep 1000 & exit 5'
ok '47 --kill ends the rest with the command' within 10 gone
run cgexec --wait --kill --name kw sh -c 'sleep 1000 & exit 5'
is '47 with --wait' "$rc" 5
ok '47 all are gone' within 10 gone
rm -f "$tmp/started"
cgexec --kill --name whole -m 64M unshare -f sh -c "$running" &
starts
kill -KILL $!
wait $! 2>/dev/null
ok '47 also when the command is killed' within 10 gone
rm -f "$tmp/started"

# ---- 50: --wait

gives '50 the status' 7 '' cgexec --wait -m 64M sh -c 'exit 7'
cgexec --wait -m 64M sh -c "trap 'echo term; exit 9' TERM; echo >$tmp/started; while :; do sleep 0.05; done" >"$tmp/out" &
starts
kill -TERM $!
wait $!
is '50 a signal goes on' "$? $(cat "$tmp/out")" '9 term'
rm -f "$tmp/started"
run cgexec --wait -m 64M sh -c 'kill -TERM $$'
is '50 a signal is a status' "$rc" 143
stopped() { grep -q '^State:.T' "/proc/$1/status"; }
cgexec --wait -m 64M --name jobs sh -c "$running" &
main=$!
starts
kill -STOP "$(cat "$tmp/started")"
ok '50 it stops when the command does' within 10 stopped $main
kill -CONT $main
awake() { ! stopped "$1"; }
ok '50 and lets it go on' within 10 awake "$(cat "$tmp/started")"
kill -KILL $main
wait $main 2>/dev/null
kill "$(cat "$tmp/started")" 2>/dev/null
ok '50 SIGKILL of the waiter leaks nothing' within 10 gone
rm -f "$tmp/started"

# ---- 51: --stats

cgexec -m 64M --json --stats="$tmp/stats" "$eat" memory 100 2>/dev/null
ok '51 --stats=FILE appears' within 10 test -e "$tmp/stats"
like '51 after an OOM kill' "$(cat "$tmp/stats")" '{"cgroup":"*"oom_kill":1}*,"killed_by_us":false}'
cgexec -m 64M --json --timeout 0.2 --stats="$tmp/stats2" sleep 1000 2>/dev/null
within 10 test -e "$tmp/stats2"
like '51 after SIGKILL' "$(cat "$tmp/stats2")" '{"cgroup":"*"killed_by_us":true}'
# A kernel before 6.15 does not tell how a process ended that is not one's child.
told() { case $(uname -r) in [1-5].* | 6.[0-9].* | 6.1[0-4].*) echo 'code":null,"signal":null' ;; *) echo "$1" ;; esac; }
for end in 'exit 3:code":3,"signal":null' 'kill -TERM $$:code":null,"signal":15'; do
	cgexec -m 64M --json --stats="$tmp/stats3" sh -c "${end%%:*}" 2>/dev/null
	within 10 test -e "$tmp/stats3"
	like "51 how it ended: ${end%%:*}" "$(cat "$tmp/stats3")" "*\"exit\":{\"$(told "${end#*:}")}*"
	rm "$tmp/stats3"
done
(cd "$tmp" && cgexec -m 64M --stats=here true)
ok '51 a relative FILE' within 10 test -s "$tmp/here"
like '51 in words' "$(cat "$tmp/here")" 'cgroup /*memory.limit 67108864*'
cgexec -m 64M --json --stats=fd:7 true 7>"$tmp/fd"
ok '51 --stats=fd:N' within 10 test -s "$tmp/fd"
cgexec -m 64M --stats=fd:7 sh -c '(sleep 0.2) 2>/dev/null & ls -l /proc/$$/fd >&2' 7>&1 2>"$tmp/fds" | cat >"$tmp/fd"
ok '51 a pipe ends when the group has gone' gone
like '51 with all of it' "$(cat "$tmp/fd")" 'cgroup *memory.oom_kill 0*pids.max_hits *'
unlike '51 the command does not have it' "$(cat "$tmp/fds")" '* 7 -> *'
run cgexec -m 64M --json --stats sh -c 'exit 3'
like '51 --stats alone knows the status' "$rc $err" '3 *"exit":{"code":3,"signal":null}*'

# ---- 48, 49: verbs

counter="i=0; while :; do i=\$((i + 1)); echo \$i >$tmp/count; echo >$tmp/started; sleep 0.01; done"
cgexec --name still -m 64M sh -c "$counter" &
starts
rm -f "$tmp/started"
ok '48 --freeze' cgexec --freeze still
before=$(cat "$tmp/count")
kill -TERM $!
# What another process of the same kind does in the meantime.
for i in 1 2 3 4 5; do sh -c ':'; done
is '48 nothing moves' "$(cat "$tmp/count")" "$before"
ok '48 a signal waits' kill -0 $!
ok '48 --thaw' cgexec --thaw still
wait $! 2>/dev/null
is '48 and arrives' $? 143
rm -f "$tmp/started" # the counter may have made it once more
cgexec --name ice -m 64M sh -c "$running" &
starts
rm -f "$tmp/started"
cgexec --freeze ice
ok '48 a frozen group is killed too' cgexec --kill-group ice
wait $! 2>/dev/null
is '48 that was SIGKILL' $? 137
cgexec --pids 40 --name bomb "$eat" bomb 100 &
grown() { [ "$(wc -l <"$root/pids$HUSK_CGROUP_PARENT/bomb/cgroup.procs")" -ge 40 ]; }
within 60 grown
run cgexec --freeze bomb
case $rc$err in
0 | 125*'Operation timed out'*) pass '49 a fork bomb is frozen, or it says that it cannot' ;;
*) fail '49 a fork bomb is frozen, or it says that it cannot' "$rc $err" ;;
esac
ok '15 a frozen fork bomb is killed' cgexec --kill-group bomb
wait
cgexec --freeze-start --name cold -m 64M touch "$tmp/ran" &
within 20 test -d "$root/memory$HUSK_CGROUP_PARENT/cold"
entered() { [ -n "$(cgexec --procs cold)" ]; }
ok '--freeze-start enters' within 20 entered
ok '--freeze-start does not run' [ ! -e "$tmp/ran" ]
cgexec --thaw cold
wait $!
ok '--freeze-start runs when thawed' [ -e "$tmp/ran" ]

cgexec --name box -m 64M --pids 9 sh -c "$running" &
starts
pid=$(cat "$tmp/started")
is '--procs' "$(cgexec --procs box)" "$pid"
like '--ls' "$(cgexec --ls)" "NAME *PROCS *box * 1 *64M"
like '--ls --json' "$(cgexec --ls --json)" '[[]{"cgroup":*/box"*}*]'
like '--stat' "$(cgexec --stat box)" '*memory.limit 67108864*pids.limit 9*'
like '--stat --json' "$(cgexec --stat box --json)" '{*"pids":{"limit":9,"current":1*'
is 'a path names it too' "$(cgexec --procs "$HUSK_CGROUP_PARENT/box")" "$pid"
is '--parent says where' "$(env -u HUSK_CGROUP_PARENT cgexec --parent "$HUSK_CGROUP_PARENT" --procs box)" "$pid"
fails '--rm does not remove what is used' 125 "cgexec: group */box: *busy (1 process left (--kill-group ends them): $pid)" cgexec --rm box
sleep 1000 &
ok '--add' cgexec --name box --add $!
like '--add moved it' "$(cgexec --procs box)" "*$!*"
fails '--add of nobody' 125 'cgexec: process 4194000: No such process' cgexec --name box --add 4194000
cgexec --kill-group box
wait
fails 'a group that is not there' 125 'cgexec: no group nowhere*' cgexec --stat nowhere
within 10 gone
cgexec --keep --name kept -m 64M true
ok '--keep' [ -d "$root/memory$HUSK_CGROUP_PARENT/kept" ]
cgexec --gc
ok '--keep is for --gc too' [ -d "$root/memory$HUSK_CGROUP_PARENT/kept" ]
fails 'a name that is taken' 125 'cgexec: mkdir */kept: File exists (*-g*--rm*)' cgexec --name kept -m 64M true
ok '--rm' cgexec --rm kept
ok '--rm removes it' gone
like '--info' "$(cgexec --info)" '[[]{"version":*"controllers":*]'

finish
