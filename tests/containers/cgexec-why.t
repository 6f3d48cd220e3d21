#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec-why.t - joining groups that exist, unusual machines, and what is said when it fails.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

root=/sys/fs/cgroup
eat=$HUSK_OUT/probes/eat
top_group=$HUSK_CGROUP_PARENT
if [ ! -e $root/memory/tasks ]; then
	skip 'cgexec: failures on v1' 'this machine has no cgroup v1'
	finish
fi
gone() {
	for hierarchy in "$root" "$root"/*; do
		for dir in "$hierarchy$top_group"/*/; do
			[ ! -d "$dir" ] || return 1
		done
	done
}
group() { # CONTROLLER NAME: a group by hand
	mkdir "$root/$1$top_group/$2"
}
path_of() { sed -n "s/^[0-9]*:$1://p" /proc/self/cgroup; }
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

# ---- -g, as libcgroup's cgexec

group memory T
group pids T
run cgexec -g memory,pids:"$top_group/T" cat /proc/self/cgroup
like '34 -g joins in both hierarchies' "$out" "*pids:$top_group/T*memory:$top_group/T*"
like '34 and in no other' "$out" '*cpu:/
*'
is '34 a path without slash' "$(cgexec -g memory:"${top_group#/}/T" sed -n 's/.*:memory://p' /proc/self/cgroup)" "$top_group/T"
is '34 two of -g' "$(cgexec -g memory:"$top_group/T" -g pids:"$top_group/T" grep -c "$top_group/T" /proc/self/cgroup)" 2
ok '34 the group stays' [ -d "$root/memory$top_group/T" ]
fails '34 a hierarchy has one group a process' 125 'cgexec: -g memory:/b: this hierarchy*' cgexec -g memory:/a -g memory:/b true
fails '35 a group that is not there' 125 'cgexec: open group */nope: No such file or directory (-C creates it)' cgexec -g memory:"$top_group/nope" true
is '35 -C creates it' "$(cgexec -C -g memory:"$top_group/made/deep" sed -n 's/.*:memory://p' /proc/self/cgroup)" "$top_group/made/deep"
ok '35 to stay' [ -d "$root/memory$top_group/made/deep" ]
rmdir "$root/memory$top_group/made/deep" "$root/memory$top_group/made"
is '36 -g * joins wherever it is' "$(cgexec -g "*:$top_group/T" grep -c "$top_group/T" /proc/self/cgroup)" 2
gives '37 --sticky is of no effect' 0 hi cgexec --sticky -g memory:"$top_group/T" echo hi
gives '37 nor -s and -b' 0 hi cgexec -s -b -g memory:"$top_group/T" echo hi
is 'a limit goes into the group, then we' \
	"$(cgexec -g memory:"$top_group/T" -m 64M cat "$root/memory$top_group/T/memory.limit_in_bytes")" 67108864
is 'it can be raised' "$(cgexec -g memory:"$top_group/T" -m 128M cat "$root/memory$top_group/T/memory.memsw.limit_in_bytes")" 134217728
is 'and lowered' "$(cgexec -g memory:"$top_group/T" -m 32M cat "$root/memory$top_group/T/memory.memsw.limit_in_bytes")" 33554432
group cpu T
is 'period and quota too' "$(cgexec -g cpu:"$top_group/T" --cpu-quota 1000000 --cpu-period 1000000 cat "$root/cpu$top_group/T/cpu.cfs_quota_us")" 1000000
is 'in the other order' "$(cgexec -g cpu:"$top_group/T" --cpu-quota 1000 --cpu-period 1000 cat "$root/cpu$top_group/T/cpu.cfs_period_us")" 1000

# ---- what the kernel refuses

mkdir "$tmp/memory"
mount -t tmpfs -o size=64m memory "$tmp/memory"
cgexec -g memory:"$top_group/T" -m 64M dd if=/dev/zero of="$tmp/memory/file" bs=1M count=20 2>/dev/null
fails 'a limit below what is used' 125 'cgexec: memory.limit_in_bytes=*: *busy (2*M are used, a limit of 10M cannot be reached)' \
	cgexec -g memory:"$top_group/T" -m 10M true
umount "$tmp/memory"
rmdir $root/memory"$top_group/T" $root/pids"$top_group/T" $root/cpu"$top_group/T"
fails 'memory and swap below memory' 125 'cgexec: memory.memsw.limit_in_bytes=33554432 in *: Invalid argument (memory and swap together (32M) are below memory (64M))' \
	cgexec -m 64M -o memory.memsw.limit_in_bytes=33554432 true
fails 'a quota above that of the level' 125 "cgexec: cpu.cfs_quota_us=50000 in *: Invalid argument ($top_group/fifth allows 20% cpu)" \
	sh -c 'cgexec -C -g "cpu:$0/fifth" --cpus 0.2 true && exec cgexec --parent "$0/fifth" --cpus 0.5 true' "$top_group"
rmdir "$root/cpu$top_group/fifth"
fails 'a burst above the quota' 125 'cgexec: cpu.cfs_burst_us=60000 in *: Invalid argument (not above the quota*' \
	cgexec --cpus 0.5 --cpu-burst 60000 true
fails '25 cpus that the machine has not' 125 "cgexec: cpuset.cpus=0-99 in *(this machine has $(cat /sys/devices/system/cpu/online))" \
	cgexec --cpuset-cpus 0-99 true
if [ "$(nproc)" -gt 1 ]; then
	cgexec -C -g cpuset:"$top_group/one" --cpuset-cpus 0 true
	fails '25 cpus that the level has not' 125 "cgexec: cpuset.cpus=1 in *: Permission denied ($top_group/one has 0)" \
		cgexec --parent "$top_group/one" --cpuset-cpus 1 true
	cgexec --parent "$top_group/one" --keep --name inner --cpuset-cpus 0 true
	cgexec -C -g cpuset:"$top_group/two" --cpuset-cpus 0-1 true
	cgexec --parent "$top_group/two" --keep --name inner --cpuset-cpus 0-1 true
	fails 'cpus that a group below uses' 125 "cgexec: cpuset.cpus=0 in *busy (groups in $top_group/two use them)" \
		cgexec -g cpuset:"$top_group/two" --cpuset-cpus 0 true
	cgexec --parent "$top_group/one" --rm inner
	cgexec --parent "$top_group/two" --rm inner
	rmdir $root/cpuset"$top_group"/one $root/cpuset"$top_group"/two
else
	skip '25 cpus that the level has not' 'one processor'
fi
group cpuset empty
: >"$root/cpuset$top_group/empty/cpuset.mems"
fails 'a cpuset without nodes' 125 "cgexec: tasks=0 in *: No space left on device (cpuset.* of $top_group/empty is empty*)" \
	cgexec -g cpuset:"$top_group/empty" true
rmdir $root/cpuset"$top_group/empty"
if [ -e $root/cpu/cpu.rt_runtime_us ] && chrt -f 1 true 2>/dev/null; then
	fails 'a real-time process without runtime' 125 'cgexec: tasks=0 in *: Invalid argument (*--rt-runtime)' \
		chrt -f 1 cgexec --cpu-shares 512 true
	fails '--rt-runtime that the level has not' 125 "cgexec: cpu.rt_runtime_us=1000 in *: Invalid argument ($top_group has 0 us)" \
		cgexec --rt-runtime 1000 true
	# Enough for others who do the same at this moment.
	echo 200000 >"$root/cpu${top_group%/*}/cpu.rt_runtime_us"
	echo 20000 >"$root/cpu$top_group/cpu.rt_runtime_us"
	ok '--rt-runtime lets it in' chrt -f 1 cgexec --rt-period 1000000 --rt-runtime 1000 true
else
	fails '--rt-runtime' 125 'cgexec: cpu.rt_runtime_us=* (this kernel has no such file)' cgexec --rt-runtime 1000 true
	fails '--rt-period' 125 'cgexec: cpu.rt_period_us=* (this kernel has no such file)' cgexec --rt-period 1000 true
fi
fails 'a file that there is not' 125 'cgexec: pids.nope=1 in *: No such file or directory (this kernel has no such file)' cgexec -o pids.nope=1 true
fails 'a value that is refused' 125 'cgexec: memory.swappiness=201 in *: Invalid argument*' cgexec -o memory.swappiness=201 true

inject() { # SYSCALL ERROR COMMAND...
	what=$1:error=$2
	shift 2
	strace -qq -o /dev/null -e trace="${what%%:*}" -e inject="$what" "$@"
}
fails 'too many groups' 125 'cgexec: mkdir *: No space left on device (* memory groups: cgexec --gc removes stale ones)' \
	inject mkdirat ENOSPC cgexec -m 64M true
fails 'no watcher, no start' 125 'cgexec: start the watcher: Resource temporarily unavailable' \
	inject clone EAGAIN:when=1 cgexec -m 64M touch "$tmp/ran"
fails 'with what needs one neither' 125 'cgexec: start the watcher: *' \
	inject clone EAGAIN:when=1 cgexec -m 64M --kill --timeout 5 --stats="$tmp/stats" touch "$tmp/ran"
# The command, a helper, and the watcher that this makes: the third is the one too many.
fails 'nor when only its second half is missing' 125 'cgexec: start the watcher: Resource temporarily unavailable' \
	cgexec --pids 2 cgexec -m 64M touch "$tmp/ran"
ok 'nothing has run' [ ! -e "$tmp/ran" ]
ok 'and nothing is left' within 10 gone
ok 'of three, three may be made' cgexec --pids 3 cgexec -m 64M true
# The watcher sleeps in the memory of what would wait, until that is to be another user's.
fails 'nor when the watcher cannot part' 1 'unshare: part from the watcher of the cgroup: Resource temporarily unavailable' \
	cgexec --pids 2 cgexec -m 64M unshare -Fu touch "$tmp/ran"
ok 'nothing has run there' [ ! -e "$tmp/ran" ]
ok 'what nobody watches is for --gc' cgexec --gc
ok 'so that nothing is left' within 10 gone
ok 'of three, one may part' cgexec --pids 3 cgexec -m 64M unshare -Fu true
# The kernel's answers that this machine cannot be brought to give.
if [ -e $root/unified/hugetlb.2MB.max ] || grep -qs hugetlb $root/unified/cgroup.controllers; then
	for answer in EINVAL ENOENT; do
		fails "a controller that cannot be handed down: $answer" 125 'cgexec: cgroup.subtree_control=+hugetlb in *: * (hugetlb is disabled (cgroup_disable=), or a v1 hierarchy has it)' \
			inject write $answer:when=1 cgexec --hugetlb 2MB=4M true
	done
else
	skip 'a controller that cannot be handed down' 'no hugetlb on v2'
fi
fails 'device rules in a user namespace' 125 'cgexec: device program in *: Operation not permitted (device rules need root*' \
	sh -c 'mount -t tmpfs none /sys/fs/cgroup/devices; exec strace -qq -o /dev/null -e trace=bpf -e inject=bpf:error=EPERM cgexec --devices none true' 2>/dev/null
umount $root/devices 2>/dev/null
fails '56 nobody may not make groups' 125 "cgexec: mkdir *: Permission denied (not delegated*systemd-run*" as_nobody cgexec -m 64M true
group memory theirs
chown -R 65534 "$root/memory$top_group/theirs"
is '56 but may in a directory of its own' \
	"$(as_nobody cgexec --parent "$top_group/theirs" -m 64M sh -c 'grep -c "memory:.*theirs/" /proc/self/cgroup')" 1
ok '56 and nothing is left' within 10 rmdir "$root/memory$top_group/theirs"
fails 'oom_score_adj is lowered by root' 125 'cgexec: --oom-score-adj -5: * (only root lowers it)' \
	setpriv --bounding-set -sys_resource --inh-caps -sys_resource cgexec --pids 99 --oom-score-adj -5 true
fails 'a hard limit is raised by root' 125 'cgexec: --rlimit nofile: *' \
	sh -c 'ulimit -n 50; exec setpriv --bounding-set -sys_resource --inh-caps -sys_resource cgexec --pids 99 --rlimit nofile=50:99 true'

# ---- unusual machines

alone() { unshare -m sh -c "$@"; }
# shellcheck disable=SC2016
fails '55 a tree that is read-only' 125 'cgexec: mkdir *: Read-only file system (/sys/fs/cgroup/memory is read-only*' \
	alone 'mount -o remount,bind,ro /sys/fs/cgroup/memory; exec cgexec -m 64M true'
# shellcheck disable=SC2016
gives '54 no cgroup mounted at all' 137 '' alone 'umount -l /sys/fs/cgroup; exec cgexec -m 32M "$0" memory 64' "$eat"
ok '54 nothing is left' within 10 gone
gives '54 nor with --stats, which wants more' 0 '' alone 'umount -l /sys/fs/cgroup; cgexec -m 32M --stats true 2>/dev/null'
# shellcheck disable=SC2016
run cgexec --name outer -m 64M env -u HUSK_CGROUP_PARENT cgexec -m 32M cat /proc/self/cgroup
like 'without a parent: below the own group' "$out" "*memory:$top_group/outer/husk/*.*"
ok 'of which nothing is left' within 10 gone
run cgexec --name outer -m 64M unshare -C env -u HUSK_CGROUP_PARENT cgexec -m 32M sh -c 'cat /proc/self/cgroup; sleep 0.1; cat "$0"/outer/husk/*/memory.limit_in_bytes' "$root/memory$top_group"
like '53 in a cgroup namespace: below its root' "$out" '*memory:/husk/*33554432'
ok '53 of which nothing is left' within 10 gone
# shellcheck disable=SC2016
fails '53 outside of its own cgroup namespace' 125 'cgexec: find a place for the group: * (the cgroup mount is of another namespace: mount a fresh one, or use --parent)' \
	cgexec --name outer -m 64M unshare -C env -u HUSK_CGROUP_PARENT unshare -m \
	sh -c 'exec 3>"$0/tasks"; mount -t tmpfs none "$0"; mount -t cgroup -o memory none "$0"; echo 0 >&3; exec cgexec -m 32M true' "$root/memory"
ok '53 nothing is left' within 10 gone
# shellcheck disable=SC2016
run cgexec --name outer -m 64M unshare -m env -u HUSK_CGROUP_PARENT sh -c 'mount --bind "$0" /sys/fs/cgroup/memory; exec cgexec -m 32M cat /proc/self/cgroup' "$root/memory$top_group/outer"
like '53 a mount of a subtree, as docker makes' "$out" "*memory:$top_group/outer/husk/*"
ok '53 nothing is left of that' within 10 gone
# shellcheck disable=SC2016
run cgexec --name outer -m 64M unshare -m sh -c 'mount --bind "$0" /sys/fs/cgroup/memory; exec cgexec -C -g memory:/made cat /proc/self/cgroup' "$root/memory$top_group/outer"
like '-C in a mount of a subtree' "$out" "*memory:$top_group/outer/made*"
fails 'nor --kill without pidfd_open (before 5.3)' 125 'cgexec: start the watcher: Function not implemented (--kill needs Linux 5.3)' \
	inject pidfd_open ENOSYS cgexec -m 64M --kill touch "$tmp/ran"
gives 'without pidfd_open' 0 hi inject pidfd_open ENOSYS cgexec -m 64M echo hi
ok 'the group goes as well' within 10 gone
gives 'without /proc' 0 hi alone 'umount -l /proc; exec cgexec -m 64M echo hi'
ok 'it goes as well' within 10 gone

finish
