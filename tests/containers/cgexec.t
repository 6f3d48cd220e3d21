#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec.t - the limits of cgroup v1: each reaches its file as a plain number, and bites.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

root=/sys/fs/cgroup
eat=$HUSK_OUT/probes/eat
if [ ! -e $root/memory/tasks ]; then
	skip 'cgexec on v1' 'this machine has no cgroup v1'
	finish
fi

# What the file of a group with these options holds, seen from inside.
value() { # CONTROLLER FILE OPTION...
	controller=$1 file=$2
	shift 2
	cgexec "$@" sh -c 'cat "'$root/"$controller"'$(sed -n "s/^[0-9]*:'"$controller"'://p" /proc/self/cgroup)/'"$file"'"' 2>&1
}

# ---- memory

gives '01 -m 64M lets 50M be used' 0 'touched 50' cgexec -m 64M "$eat" memory 50
run cgexec -m 64M "$eat" memory 100
is '02 -m 64M kills what uses 100M' "$rc" 137
run cgexec --wait -m 64M "$eat" memory 100
like '02 --wait tells it in one line' "$err" 'husk cgexec: out of memory: limit 64M reached, 1 process killed (peak 64M)*'
is '02 and ends as the command' "$rc" 137
run cgexec --stats --json -m 64M "$eat" memory 100
like '03 counted' "$err" '*"memory":{"limit":67108864,*"peak":67108864,*"oom_kill":1}*'
cat >"$tmp/nested" <<-'END'
	dir=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)/inner
	mkdir "$dir" && echo 16M >"$dir/memory.limit_in_bytes"
	sh -c 'echo 0 >"$1/tasks"; exec "$2" memory 30' sh "$dir" "$1"
	exit 0
END
run cgexec --stats --json -m 64M sh "$tmp/nested" "$eat"
like '04 a kill in a group below is counted too' "$err" '*"oom_kill":1}*'
run cgexec -m 64M dd if=/dev/zero of=/dev/shm/husk-test bs=1M count=100
is '06 a file in memory counts' "$rc" 137
rm -f /dev/shm/husk-test
for size in 1.5G 1536M 1610612736 1536MiB 1536mb; do
	is "07 $size" "$(value memory memory.limit_in_bytes -m $size)" 1610612736
done
is '07 a part of a page is rounded down' "$(value memory memory.limit_in_bytes -m 1048577)" 1048576
is '07 a share of all memory' "$(value memory memory.limit_in_bytes -m 50%)" \
	"$(awk '/^MemTotal/ { printf "%.0f", int(int($2 * 1024 / 100) * 50 / 4096) * 4096 }' /proc/meminfo)"
run cgexec -m 010K true
like '08 010K is ten, not eight' "$err" '*010K is too small*'
run cgexec -m 64K true
is '09 too little for the execution itself' "$rc" 137
like '09 and it says so before' "$err" 'husk cgexec: --memory 64K is too small*'
gives '10 -m max is no limit' 0 '' cgexec -m max true
memsw=memory.memsw.limit_in_bytes
if [ -e $root/memory/$memsw ]; then
	is '12 no swap unless asked for' "$(value memory $memsw -m 64M)" 67108864
	is '--swap is added to memory' "$(value memory $memsw -m 64M --swap 16M)" 83886080
	is '--memory-swap is the sum' "$(value memory $memsw -m 64M --memory-swap 80M)" 83886080
	gives '--swap max' 0 '' cgexec -m 64M --swap max true
	fails '--swap alone cannot be counted by v1' 125 'cgexec: --swap: cgroup v1 limits the sum*' cgexec --swap 1M true
else
	skip '12 swap' 'this kernel does not count swap'
fi
is '--memory-low' "$(value memory memory.soft_limit_in_bytes --memory-low 32M)" 33554432
is '--memory-reservation is the same' "$(value memory memory.soft_limit_in_bytes --memory-reservation 32M)" 33554432
is '--swappiness' "$(value memory memory.swappiness --swappiness 200)" 200
like '--oom-kill-disable' "$(value memory memory.oom_control -m 64M --oom-kill-disable)" 'oom_kill_disable 1*'
run cgexec --oom-kill-disable true
like '--oom-kill-disable without a limit is warned of' "$err" 'husk cgexec: --oom-kill-disable without --memory*'
for option in '--memory-high 1M' '--memory-min 1M' --oom-group; do
	# shellcheck disable=SC2086
	fails "${option%% *} is not on v1" 125 "cgexec: ${option%% *}: cgroup v1 has no such limit*" cgexec $option true
done

# ---- processes

gives '14 --pids 10 stops at the tenth' 1 'forked 9, then Resource temporarily unavailable' cgexec --pids 10 "$eat" forks 20
run cgexec --stats --json -p 10 "$eat" forks 20
like '14 counted' "$err" '*"pids":{"limit":10,*"peak":10,"max_hits":1}*'
for none in 0 -1 max; do
	is "16 --pids $none is no limit" "$(value pids pids.max --pids $none)" max
done
is '--pids-limit is the same' "$(value pids pids.max --pids-limit 7)" 7

# ---- cpu

# Of the time that passed: the limit is a fiftieth.
share() {
	printf '%s\n' "$err" | sed 's/.*"wall_usec":\([0-9]*\).*"usage_usec":\([0-9]*\).*/\1 \2/' |
		awk '{ print $2 * 10 < $1 ? "little" : $2 " of " $1 }'
}
run cgexec --stats --json --cpus 0.02 "$eat" cpu 1000
is '17 --cpus is a share of the time' "$(share)" little
like '17 --cpus throttles' "$err" '*"nr_throttled":[1-9]*"throttled_usec":[1-9]*'
# shellcheck disable=SC2016
run cgexec --stats --json --cpus 0.02 sh -c '"$1" cpu 1000 & "$1" cpu 1000; wait' sh "$eat"
is '18 of two together' "$(share)" little
like '18 two together as well' "$err" '*"nr_throttled":[1-9]*'
for cpus in 20% 200m 0.2 .2; do
	is "19 --cpus $cpus" "$(value cpu cpu.cfs_quota_us --cpus $cpus)" 20000
done
# From outside: inside nothing gets anywhere at that share.
cgexec --name slow --cpus 0.001 sleep 100 &
slow=$root/cpu$HUSK_CGROUP_PARENT/slow
ok '20 a small share is accepted' within 20 grep -qx 1000 "$slow/cpu.cfs_quota_us"
is '20 and has a longer period' "$(cat "$slow/cpu.cfs_period_us")" 1000000
ok '20 and is ended' cgexec --kill-group slow
is '--cpus rounds half up' "$(value cpu cpu.cfs_quota_us --cpus 0.123456)" 12346
gives '--cpus max' 0 '' cgexec --cpus max true
is '--cpu-quota' "$(value cpu cpu.cfs_quota_us --cpu-quota 5000 --cpu-period 50000)" 5000
is '--cpu-period' "$(value cpu cpu.cfs_period_us --cpu-quota 5000 --cpu-period 50000)" 50000
is '--cpu-quota -1' "$(value cpu cpu.cfs_quota_us --cpu-quota -1)" -1
if [ -e $root/cpu/cpu.idle ]; then
	is '--cpu-burst' "$(value cpu cpu.cfs_burst_us --cpus 0.5 --cpu-burst 20000)" 20000
	is '--cpu-idle' "$(value cpu cpu.idle --cpu-idle)" 1
else
	is '--cpu-burst' "$(value cpu cpu.cfs_burst_us --cpus 0.5 --cpu-burst 20000)" 20000
	is '--cpu-idle' "$(cgexec --cpu-idle sh -c 'cat /sys/fs/cgroup/cpu$(sed -n "s/^[0-9]*:cpu://p" /proc/self/cgroup)/cpu.idle')" 1
fi
is '--cpu-weight 100 is the default of v1' "$(value cpu cpu.shares -c 100)" 1024
is '--cpu-weight 1' "$(value cpu cpu.shares --cpu-weight 1)" 10
is '--cpu-shares' "$(value cpu cpu.shares --cpu-shares 512)" 512
# In ticks; the one with many shares runs all the time that the other does.
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
cgexec --cpuset-cpus 0 --cpu-shares 4096 "$eat" cpu 1000000 >"$tmp/heavy" &
heavy=$!
burns() { [ "$(ticks $heavy)" -gt 5 ]; }
within 20 burns
more() {
	before=$(ticks $heavy)
	light=$(cgexec --cpuset-cpus 0 --cpu-shares 64 "$eat" cpu 2000)
	[ $((10 * ($(ticks $heavy) - before))) -gt $((2 * light)) ]
}
# A busy machine may give neither anything for a while.
more || more || more
is '22 more shares, more cpu' $? 0
kill $heavy
wait $heavy 2>/dev/null
if [ "$(nproc)" -gt 1 ]; then
	gives '24 --cpuset-cpus' 0 1 cgexec --cpuset-cpus 1 nproc
	is '24 pinned to that one' "$(cgexec --cpuset-cpus 1 sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)" 1
else
	skip '24 --cpuset-cpus' 'one processor'
fi
is '24 memory nodes come from above' "$(value cpuset cpuset.mems --cpuset-cpus 0)" "$(cat $root/cpuset/cpuset.mems)"
is '--cpuset-mems' "$(value cpuset cpuset.mems --cpuset-mems 0)" 0

# ---- anything else

is '33 -o' "$(value pids pids.max -o pids.max=5)" 5
is '-o with a long name' "$(value memory memory.swappiness --option memory.swappiness=7)" 7
gives '-i runs without what is missing' 0 yes sh -c 'cgexec -i --net-classid 0x10001 --pids 5 echo yes 2>/dev/null'
gives '--rlimit' 0 '1024 4096' sh -c 'cgexec --pids 9 --rlimit nofile=1024:4096 sh -c "echo \$(ulimit -Sn) \$(ulimit -Hn)"'
gives '--ulimit is the same' 0 99 sh -c 'cgexec --pids 9 --ulimit core=99k sh -c "ulimit -c" | sed "s/198/99/"'
# shellcheck disable=SC2016
gives '--rlimit alone makes no group' 0 '9 0' cgexec --rlimit nofile=9 sh -c \
	'echo $(ulimit -n) $(grep -c "${HUSK_CGROUP_PARENT##*/}" /proc/self/cgroup)'
gives '--oom-score-adj' 0 500 cgexec --pids 9 --oom-score-adj 500 cat /proc/self/oom_score_adj
gives '58 a command that looks like an option' 127 '' sh -c 'cgexec -m 64M -- -weird 2>/dev/null'
gives 'one behind the other' 0 hi cgexec --pids 9 cgexec -m 64M unshare -p echo hi
ok 'three, each with its watcher' several 20 cgexec --pids 9 cgexec -m 64M cgexec --cpus 1 true
gives '52 the pipeline, with the limit inside' 137 '' cgexec -m 32M unshare -pnmu "$eat" memory 100
gives '44 the process stays the same' 0 same \
	sh -c 'test "$(sh -c "echo \$\$; exec cgexec -m 64M sh -c \"echo \\\$\\\$\"" | uniq | wc -l)" = 1 && echo same'

finish
