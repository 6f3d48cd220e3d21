#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec.t - limits on another kernel: v2 in the short run, v1 and both in vm-long.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest
isolate "$@"

eat=$HUSK_OUT/probes/eat
root=/sys/fs/cgroup
if [ -e $root/cgroup.controllers ]; then version=2; else version=1; fi

# What the file of a group with these options holds, seen from inside: v2 only.
value() { # FILE OPTION...
	file=$1
	shift
	cgexec "$@" sh -c 'cat "'$root'$(sed -n "s/^0:://p" /proc/self/cgroup)/'"$file"'"' 2>&1
}
# Files that came with a kernel.
has() { echo "$files" | grep -qx "$1"; }

# ---- on either version

gives '60 -m 64M lets 32M be used' 0 'touched 32' cgexec -m 64M "$eat" memory 32
run cgexec -m 64M "$eat" memory 100
is '60 and kills what uses 100M' "$rc" 137
run cgexec --stats --json -m 64M "$eat" memory 100
like '60 counted' "$err" '*"memory":{"limit":67108864,*"oom_kill":1}*'
run cgexec --wait -m 64M "$eat" memory 100
like '60 --wait says it' "$err" 'husk cgexec: out of memory: limit 64M reached, 1 process killed*'
gives '60 --pids' 1 'forked 9, then Resource temporarily unavailable' cgexec --pids 10 "$eat" forks 20
run cgexec --stats --json --cpus 0.2 "$eat" cpu 1000
like '60 --cpus throttles' "$err" '*"nr_throttled":[1-9]*'
is '60 --cpuset-cpus' "$(cgexec --cpuset-cpus 1 sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)" 1
fails '25 cpus that the machine has not' 125 'cgexec: cpuset.cpus=0-9 in *' cgexec --cpuset-cpus 0-9 true

# ---- 13: swap that there is

dd if=/dev/zero of=/tmp/swap bs=1M count=96 2>/dev/null
if losetup /dev/loop1 /tmp/swap 2>/dev/null && mkswap /dev/loop1 >/dev/null && swapon /dev/loop1; then
	run cgexec -m 32M "$eat" memory 50
	is '13 -m 32M is 32M, also with swap' "$rc" 137
	gives '13 --swap 64M lets it survive' 0 'touched 50' cgexec -m 32M --swap 64M "$eat" memory 50
	run cgexec -m 32M --swap 8M "$eat" memory 50
	is '13 --swap 8M does not' "$rc" 137
	swapoff /dev/loop1
	losetup -d /dev/loop1
else
	skip '13 swap' 'no loop device here'
fi
rm -f /tmp/swap

check_devices() {
	ok '29 --devices default: null' cgexec --devices default dd if=/dev/null of=/dev/null
	run cgexec --devices default dd if=/dev/kmsg of=/dev/null count=1
	like '29 --devices default: no log' "$rc $err" '1 *Operation not permitted*'
	ok '29 --device adds one' cgexec --device /dev/kmsg:r sh -c 'exec </dev/kmsg'
	run cgexec --device /dev/kmsg:r sh -c 'exec >/dev/kmsg'
	unlike '29 as it says' "$rc" 0
	ok '30 rules of one device are one' cgexec --devices none --device 'c 1:9 r' --device 'c 1:9 w' sh -c 'exec 3<>/dev/urandom'
	run cgexec --devices closed mknod "$tmp/node" b 1 0
	like '29 --devices closed: no mknod' "$rc $err" '1 *Operation not permitted*'
	run cgexec --device-deny 'c 1:11 rw' sh -c 'exec </dev/kmsg'
	unlike '31 --device-deny' "$rc" 0
	ok '31 and no other' cgexec --device-deny 'c 1:11 rw' sh -c 'exec 3<>/dev/null'
}
check_devices

# ---- 32: huge pages, of which vmrun gives the machine eight

if grep -q '^hugetlb' /proc/cgroups; then
	is '32 there are huge pages' "$(cat /proc/sys/vm/nr_hugepages)" 8
	gives '32 two of two' 0 '1
2' cgexec --hugetlb 2MB=4M "$HUSK_OUT/probes/hugepages" 2
	run cgexec --hugetlb 2MB=4M "$HUSK_OUT/probes/hugepages" 4
	is '32 the third of two' "$rc $out" '135 1
2'
	gives '32 and without a limit, four' 0 '1
2
3
4' cgexec --pids 99 "$HUSK_OUT/probes/hugepages" 4
else
	skip '32 --hugetlb' 'this kernel has no such controller'
fi

if [ $version = 1 ]; then
	# What the file of a group with these options holds, seen from inside.
	value_v1() { # CONTROLLER FILE OPTION...
		controller=$1 file=$2
		shift 2
		# shellcheck disable=SC2016 # it expands in the group
		cgexec "$@" sh -c 'cat "/sys/fs/cgroup/$1$(sed -n "s/^[0-9]*:\([^:]*,\)*$1\(,[^:]*\)*://p" /proc/self/cgroup)/$2"' sh $controller "$file" 2>&1
	}
	is '32 --hugetlb' "$(value_v1 hugetlb hugetlb.2MB.limit_in_bytes --hugetlb 2MB=5M)" 4194304
	if grep -q '^net_cls' /proc/cgroups; then
		is '--net-classid' "$(value_v1 net_cls net_cls.classid --net-classid 0x10001)" 65537
	else
		skip '--net-classid' 'this kernel has no such controller'
	fi
	if grep -q '^net_prio' /proc/cgroups; then
		like '--net-prio' "$(value_v1 net_prio net_prio.ifpriomap --net-prio lo=5)" '*lo 5*'
	else
		skip '--net-prio' 'this kernel has no such controller'
	fi
	if grep -q '^perf_event' /proc/cgroups; then
		ok 'a group of perf_event, too' cgexec -C -g perf_event:/husk-perf grep -q ':perf_event:/husk-perf' /proc/self/cgroup
		rmdir $root/perf_event/husk-perf
	else
		skip 'perf_event' 'this kernel has no such controller'
	fi
	finish
fi

# ---- v2: the files

files=$(cgexec -m 1G --pids 999 -c 100 -o io.max= -i sh -c "ls $root\$(sed -n s/^0:://p /proc/self/cgroup)" 2>&1)

is '--memory' "$(value memory.max -m 1.5G)" 1610612736
is '12 no swap unless asked for' "$(value memory.swap.max -m 64M)" 0
is '--swap' "$(value memory.swap.max -m 64M --swap 16M)" 16777216
is '--swap alone' "$(value memory.swap.max --swap 16M)" 16777216
is '--memory-swap is the sum' "$(value memory.swap.max -m 64M --memory-swap 80M)" 16777216
is '--memory-swap -1' "$(value memory.swap.max -m 64M --memory-swap -1)" max
is '-m max' "$(value memory.max -m max)" max
is '--memory-high' "$(value memory.high --memory-high 32M)" 33554432
is '--memory-low' "$(value memory.low --memory-low 32M)" 33554432
is '--memory-min' "$(value memory.min --memory-min 4M)" 4194304
is '--oom-group' "$(value memory.oom.group -m 64M --oom-group)" 1
is '--pids 0' "$(value pids.max --pids 0)" max
is '--cpus' "$(value cpu.max --cpus 0.5)" '50000 100000'
is '--cpu-quota alone' "$(value cpu.max --cpu-quota 50000)" '50000 100000'
is '--cpu-period alone' "$(value cpu.max --cpu-period 50000)" 'max 50000'
is '--cpu-quota -1' "$(value cpu.max --cpu-quota -1 --cpu-period 20000)" 'max 20000'
is '--cpu-weight' "$(value cpu.weight -c 333)" 333
is '--cpu-shares 1024 is the default of v2' "$(value cpu.weight --cpu-shares 1024)" 100
is '--cpu-shares 512' "$(value cpu.weight --cpu-shares 512)" 50
is '--cpu-shares 2' "$(value cpu.weight --cpu-shares 2)" 1
is '--cpu-shares 262144' "$(value cpu.weight --cpu-shares 262144)" 10000
is '-o' "$(value pids.max -o pids.max=5)" 5
is '--hugetlb' "$(value hugetlb.2MB.max --hugetlb 2MB=5M)" 4194304
if has cpu.max.burst; then
	is '--cpu-burst' "$(value cpu.max.burst --cpus 0.5 --cpu-burst 20000)" 20000
	is '--cpu-idle' "$(value cpu.idle --cpu-idle)" 1
	fails 'a burst above the quota' 125 'cgexec: cpu.max.burst=* (not above the quota*' cgexec --cpus 0.5 --cpu-burst 60000 true
else
	fails '--cpu-burst before 5.14' 125 'cgexec: cpu.max.burst=*(this kernel has no such file)' cgexec --cpu-burst 1000 true
	fails '--cpu-idle before 5.15' 125 'cgexec: cpu.idle=*(this kernel has no such file)' cgexec --cpu-idle true
fi
is '--cpuset-mems' "$(value cpuset.mems --cpuset-mems 0)" 0
fails '--oom-kill-disable is not on v2' 125 'cgexec: --oom-kill-disable: cgroup v2 has no*' cgexec -m 64M --oom-kill-disable true
for option in '--swappiness 5' '--rt-runtime 5' '--rt-period 5'; do
	# shellcheck disable=SC2086
	fails "${option%% *} is not on v2" 125 "cgexec: ${option%% *}: cgroup v2 has no such limit*" cgexec $option true
done
fails '--net-classid is not on v2' 125 "cgexec: net_cls is *" cgexec --net-classid 5 true
if has io.bfq.weight; then
	is '--io-weight' "$(value io.bfq.weight --io-weight 200)" 'default 200'
elif has io.weight; then
	is '--io-weight' "$(value io.weight --io-weight 200)" 'default 200'
else
	skip '--io-weight' 'this kernel has none'
fi

# ---- v2: what they do

cat >"$tmp/two" <<-'END'
	# Two in a group: the second takes too much.
	sleep 1000 &
	"$1" memory 100
	kill -0 $! && echo alive
	kill $!
END
run cgexec -m 64M sh "$tmp/two" "$eat"
is 'out of memory kills one' "$out" alive
run cgexec -m 64M --oom-group sh "$tmp/two" "$eat"
is '--oom-group kills all' "$rc $out" '137 '
cgexec --memory-high 8M --name slow "$eat" memory 64 >/dev/null &
slowed() { grep -q '^high [1-9]' "$root$HUSK_CGROUP_PARENT/slow/memory.events"; }
ok '--memory-high slows down' within 20 slowed
is '--memory-high does not kill' "$(sed -n 's/^oom_kill //p' "$root$HUSK_CGROUP_PARENT/slow/memory.events")" 0
cgexec --kill-group slow
wait
disk=''
if [ -b /dev/loop0 ]; then
	dd if=/dev/zero of=/tmp/image bs=1M count=8 2>/dev/null
	losetup -d /dev/loop0 2>/dev/null
	losetup /dev/loop0 /tmp/image && disk=/dev/loop0
fi
if [ -n "$disk" ]; then
	is '27 --device-write-bps' "$(value io.max --device-write-bps $disk:1M)" '7:0 rbps=max wbps=1048576 riops=max wiops=max'
	is '27 all four' "$(value io.max --device-write-bps $disk:1M --device-read-bps 7:0:2M --device-read-iops $disk:5 --device-write-iops $disk:6)" \
		'7:0 rbps=2097152 wbps=1048576 riops=5 wiops=6'
	slow() {
		start=$(cut -d. -f1 /proc/uptime)
		cgexec "$1" $disk:1M dd if="$2" of="$3" bs=256k count=16 2>/dev/null
		end=$(cut -d. -f1 /proc/uptime)
		[ $((end - start)) -ge 2 ]
	}
	echo 3 >/proc/sys/vm/drop_caches
	ok '26 4 MiB at 1 MiB a second are not read at once' slow --device-read-bps $disk /dev/null
	run cgexec --stats --json --device-read-bps $disk:100M dd if=$disk of=/dev/null bs=1M
	like '26 counted' "$err" '*"io":{"rbytes":*'
	losetup -d $disk
else
	skip '26 a throttled disk' 'no loop device here'
fi
mkdir -p /tmp/mem && mount -t tmpfs mem /tmp/mem
run cgexec -m 32M dd if=/dev/zero of=/tmp/mem/file bs=1M count=64
is '06 a file in memory counts' "$rc" 137
umount /tmp/mem

finish
