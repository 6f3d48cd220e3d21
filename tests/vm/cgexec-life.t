#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec-life.t - the life of a v2 group, and what is said when the kernel refuses.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest
isolate "$@"

eat=$HUSK_OUT/probes/eat
root=/sys/fs/cgroup
level=$HUSK_CGROUP_PARENT
if [ ! -e $root/cgroup.controllers ]; then
	skip 'cgexec: the life of a v2 group' 'this machine has cgroup v1'
	finish
fi
gone() { [ ! -d "$root$level" ]; }
as_nobody() { husk setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
watcher() { grep -lz "/$1\$" /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3 | head -n 1; }
# It runs, and has closed what it does not need: to change the directory comes after that.
watched() {
	pid=$(watcher "$1")
	[ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = / ]
}
starts() { within 20 test -s "$tmp/started"; }
running="echo \$\$ >$tmp/started; exec sleep 1000"

# ---- 46: several at once in a level that has no controllers yet, and many groups: the first to
# enable them takes its time, and the others must not believe what they read meanwhile

for turn in 1 2 3 4; do
	for i in $(seq 50); do mkdir -p "$root$level/sibling$i"; done
	for i in 1 2 3 4 5; do
		cgexec -m 64M --pids 99 true || echo "$?" &
	done
	wait
	rmdir "$root$level"/sibling*
done >"$tmp/statuses" 2>&1
is '46 several starts in a new level' "$(cat "$tmp/statuses")" ''
within 10 rmdir "$root$level"

# ---- nothing is left, not even the levels above

cgexec -m 64M sh -c 'exit 3'
is '39 the status' "$?" 3
ok '39 after that' within 10 gone
cgexec -m 64M "$eat" memory 100 2>/dev/null
ok '39 after an OOM kill' within 10 gone
cgexec -m 64M --name killed sh -c "$running" &
starts
kill -KILL $!
wait $! 2>/dev/null
rm -f "$tmp/started"
ok '39 after SIGKILL' within 10 gone
cgexec -m 64M --name daemon sh -c 'sleep 1000 & echo $! >"$1"' sh "$tmp/daemon"
ok '40 what the command left behind keeps the group' [ -d "$root$level/daemon" ]
kill "$(cat "$tmp/daemon")"
ok '40 and no longer' within 10 gone
cgexec -m 64M --name orphan sh -c "$running" &
starts
within 20 watched orphan
orphan=$(watcher orphan)
kill -KILL "$orphan"
within 20 sh -c "! kill -0 $orphan"
kill -KILL $!
wait $! 2>/dev/null
rm -f "$tmp/started"
ok '41 without its watcher a group is left' [ -d "$root$level/orphan" ]
ok '41 --gc removes it' cgexec --gc
ok '41 and its level' gone
cgexec -m 64M --kill sh -c 'sleep 1000 & sleep 1000 & exit 5'
is '47 --kill' "$?" 5
ok '47 ends the rest' within 10 gone
run cgexec --pids 40 --timeout 1 "$eat" bomb 100
is '15 a fork bomb ends with its time' "$rc" 137
ok '15 and all of it' within 20 gone
gives '50 --wait' 7 '' cgexec --wait -m 64M sh -c 'exit 7'
cgexec -m 64M --json --stats="$tmp/stats" "$eat" memory 100 2>/dev/null
ok '51 --stats=FILE appears' within 10 test -e "$tmp/stats"
like '51 after an OOM kill' "$(cat "$tmp/stats")" '{"cgroup":*"version":2,*"killed_by_us":false}'
cgexec --name still -m 64M sh -c "trap 'exit 9' TERM; echo >$tmp/started; while :; do sleep 0.05; done" &
starts
rm -f "$tmp/started"
ok '48 --freeze' cgexec --freeze still
is '48 frozen' "$(sed -n 's/^frozen //p' "$root$level/still/cgroup.events")" 1
kill -TERM $!
ok '48 a signal waits' kill -0 $!
ok '48 --thaw' cgexec --thaw still
wait $! 2>/dev/null
is '48 and arrives' $? 9
cgexec --name ice -m 64M sh -c "$running" &
starts
rm -f "$tmp/started"
cgexec --freeze ice
ok '48 a frozen group is killed' cgexec --kill-group ice
wait $! 2>/dev/null
ok '48 and gone' within 10 gone
cgexec --freeze-start --name cold -m 64M true &
frozen() { grep -qs '^frozen 1' "$root$level/cold/cgroup.events" && [ -n "$(cgexec --procs cold)" ]; }
ok '--freeze-start' within 20 frozen
cgexec --thaw cold
wait $!
is '--freeze-start goes on' $? 0
is '61 the level pins its controllers' "$(cgexec -m 64M sh -c 'echo -memory 2>/dev/null >/sys/fs/cgroup/cgroup.subtree_control || echo refused' 2>/dev/null)" refused

# ---- what the kernel refuses

within 10 gone
mkdir -p $root/pop
sleep 1000 &
busy=$!
echo $busy >$root/pop/cgroup.procs
fails 'a level with processes' 125 'cgexec: cgroup.subtree_control=+memory in */pop: *busy (/pop has 1 process*--evacuate)' \
	cgexec --parent /pop -m 64M true
ok '--evacuate moves them' cgexec --parent /pop --evacuate -m 64M true
is '--evacuate: into husk.init' "$(cat $root/pop/husk.init/cgroup.procs)" $busy
kill $busy
wait $busy 2>/dev/null
within 10 rmdir $root/pop/husk.init
echo 0 >$root/pop/cgroup.max.descendants
fails 'too many groups below' 125 'cgexec: mkdir */pop/*: Resource temporarily unavailable (cgroup.max.descendants is 0 in /pop)' \
	cgexec --parent /pop -m 64M true
echo max >$root/pop/cgroup.max.descendants
mkdir $root/pop/plain
echo -pids >$root/pop/cgroup.subtree_control 2>/dev/null
fails 'a controller that is not on' 125 'cgexec: pids.max=5 in */pop/plain: No such file or directory (pids is not enabled in /pop (subtree_control: memory); it has: *)' \
	cgexec -g :/pop/plain -o pids.max=5 true
mkdir $root/pop/plain/inner
echo +memory >$root/pop/plain/cgroup.subtree_control
fails 'a group that hands controllers down' 125 'cgexec: cgroup.procs=0 in */pop/plain: *busy (/pop/plain hands controllers to its children*' \
	cgexec -g :/pop/plain true
echo -memory >$root/pop/plain/cgroup.subtree_control
mkdir -p $root/mixed/thread $root/mixed/other
echo threaded >$root/mixed/thread/cgroup.type
fails 'an invalid domain' 125 'cgexec: cgroup.procs=0 in */other: *upported (/mixed/other is "domain invalid": /mixed is threaded*' \
	cgexec -g :/mixed/other true
rmdir $root/mixed/thread $root/mixed/other $root/mixed
mkdir $root/pop/held
mkdir -p /tmp/mem && mount -t tmpfs mem /tmp/mem
cgexec -g memory:/pop/held dd if=/dev/zero of=/tmp/mem/file bs=1M count=20 2>/dev/null
fails 'a limit below what is used' 125 'cgexec: memory.max* in */pop/held: *busy (2*M are used, a limit of 8M cannot be reached; --force*' \
	cgexec -g memory:/pop/held -m 8M true
run cgexec -g memory:/pop/held --force -m 8M true
unlike '--force sets it' "$err" '*cannot be reached*'
is '--force: it is set' "$(cat $root/pop/held/memory.max)" 8388608
umount /tmp/mem
echo +cpuset >$root/pop/cgroup.subtree_control
mkdir $root/pop/one
echo 0 >$root/pop/one/cpuset.cpus
fails '25 cpus that the level has not' 125 'cgexec: cpuset.cpus=1 in * (it would run on 0*' \
	cgexec --parent /pop/one --cpuset-cpus 1 true
within 10 rmdir $root/pop/one
cat >"$tmp/vanish" <<-'END'
	echo -memory >/sys/fs/cgroup/pop/cgroup.subtree_control
END
rmdir $root/pop/held $root/pop/plain/inner $root/pop/plain
run cgexec --parent /pop --wait -m 64M sh "$tmp/vanish"
like 'controllers that vanish' "$err" 'husk cgexec: memory.max disappeared*Delegate=yes*'
within 10 rmdir $root/pop

# ---- rootless, and no mount

mkdir -p $root/user/own $root/user/leaf
echo +memory >$root/user/cgroup.subtree_control
# What the kernel says is to be given away, and nothing else.
for file in "" $(grep -v '\.pressure$' /sys/kernel/cgroup/delegate); do
	for group in user user/own user/leaf; do
		[ ! -e "$root/$group/$file" ] || chown 65534 "$root/$group/$file"
	done
done
fails '56 nobody, from a group that is not its own' 125 'cgexec: cgroup.procs=0 in *: Permission denied (not delegated*' \
	as_nobody cgexec --parent /user/own -m 64M true
# shellcheck disable=SC2016
run sh -c 'echo 0 >/sys/fs/cgroup/user/leaf/cgroup.procs; exec "$@"' sh husk setpriv --reuid 65534 --regid 65534 --clear-groups \
	cgexec --parent /user/own -m 16M "$eat" memory 32
is '56 nobody, in a delegated tree' "$rc" 137
empty() { [ -z "$(ls -d $root/user/own/*/ 2>/dev/null)" ]; }
ok '56 of which nothing is left' within 10 empty
within 10 rmdir $root/user/own $root/user/leaf
within 10 rmdir $root/user
options=$(awk '$2 == "/sys/fs/cgroup" { print $4 }' /proc/mounts)
run unshare -m sh -c 'umount /sys/fs/cgroup; exec cgexec -m 16M "$0" memory 32' "$eat"
is '54 no cgroup mounted' "$rc" 137
ok '54 nothing is left' within 10 gone
is '54 the mounts of others are as they were' "$(awk '$2 == "/sys/fs/cgroup" { print $4 }' /proc/mounts)" "$options"

finish
