#!/bin/sh
# SPDX-License-Identifier: MIT
# husk run: limits and privileges.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image

box() {
	husk run --rm --network none "$@"
}

# ---- limits
limits() { # FILE OPTION...
	file=$1
	shift
	husk run -d --name lim --network none "$@" bb:1 sleep 1000 >/dev/null
	# On v1 the hierarchy has the name of the file's controller.
	mount=${file%%.*}
	[ ! -e /sys/fs/cgroup/cgroup.controllers ] || mount=''
	group=$(awk -F: -v c="$mount" 'index("," $2 ",", "," c ",") { print $3 }' \
		"/proc/$(cat "$HUSK_RUN"/c/*/pid)/cgroup")
	cat "/sys/fs/cgroup/$mount$group/$file"
	husk rm -f lim >/dev/null
}
if [ -d /sys/fs/cgroup/memory ]; then
	is '--memory, and no swap' "$(limits memory.limit_in_bytes --memory 64m)" 67108864
	is '--memory-reservation' "$(limits memory.soft_limit_in_bytes --memory-reservation 16m)" 16777216
	is '--oom-kill-disable' "$(limits memory.oom_control -m 64m --oom-kill-disable | head -n 1)" \
		'oom_kill_disable 1'
	is '--cpus' "$(limits cpu.cfs_quota_us --cpus 0.5)" 50000
	is '--cpu-shares' "$(limits cpu.shares --cpu-shares 512)" 512
	is '-c' "$(limits cpu.shares -c 256)" 256
	is "--cpushare, gocker's spelling" "$(limits cpu.shares --cpushare 128)" 128
	is '--cpuset-cpus' "$(limits cpuset.cpus --cpuset-cpus 0)" 0
	is "--cpuset, gocker's spelling: CPUs and not memory nodes" "$(limits cpuset.mems --cpuset 0)" 0
	is '--cpuset-mems' "$(limits cpuset.mems --cpuset-mems 0)" 0
	is '--pids-limit' "$(limits pids.max --pids-limit 50)" 50
elif [ -e /sys/fs/cgroup/cgroup.controllers ]; then
	is '--memory' "$(limits memory.max --memory 64m)" 67108864
	is '--memory: and no swap' "$(limits memory.swap.max --memory 64m)" 0
	is '--memory-swap' "$(limits memory.swap.max -m 64m --memory-swap 80m)" 16777216
	is '--memory-reservation' "$(limits memory.low --memory-reservation 16m)" 16777216
	fails '--oom-kill-disable' 125 'cgexec: --oom-kill-disable: cgroup v2 has no*' \
		box -m 64m --oom-kill-disable bb:1 true
	is '--cpus' "$(limits cpu.max --cpus 0.5)" '50000 100000'
	is '--cpu-shares' "$(limits cpu.weight --cpu-shares 512)" 50
	is '-c' "$(limits cpu.weight -c 256)" 25
	is "--cpushare, gocker's spelling" "$(limits cpu.weight --cpushare 1024)" 100
	is '--cpuset-cpus' "$(limits cpuset.cpus --cpuset-cpus 0)" 0
	is "--cpuset, gocker's spelling: CPUs and not memory nodes" "$(limits cpuset.cpus --cpuset 0)" 0
	is '--cpuset-mems' "$(limits cpuset.mems --cpuset-mems 0)" 0
	is '--pids-limit' "$(limits pids.max --pids-limit 50)" 50
else
	skip 'limits' 'no memory controller is mounted here'
fi
run husk run --name big --network none -m 16m bb:1 sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=1'
is '-m: more than that is killed' "$rc" 137
is 'no group is left when run returns' "$(find /sys/fs/cgroup -type d -path "*$HUSK_CGROUP_PARENT/?*" 2>/dev/null)" ''
like 'ps says why' "$(husk ps -a)" '*Exited (137) * ago (out of memory)*big*'
is 'inspect, too' "$(husk inspect -f .State.OOMKilled big)" true
husk run --name small --network none -m 16m bb:1 true
is 'and of no other' "$(husk inspect -f .State.OOMKilled small)" false
husk rm big small >/dev/null
gives '--ulimit' 0 77 box --ulimit nofile=77:88 bb:1 sh -c 'ulimit -n'

# ---- privileges
bits() {
	box "$@" bb:1 sh -c 'grep CapEff /proc/self/status | cut -f2'
}
is '14 capabilities' "$(bits)" 00000000a80425fb
is '--cap-drop' "$(bits --cap-drop NET_RAW)" 00000000a80405fb
is '--cap-add' "$(bits --cap-add CAP_NET_ADMIN)" 00000000a80435fb
is '--cap-drop ALL --cap-add' "$(bits --cap-drop ALL --cap-add chown)" 0000000000000001
gives '--security-opt no-new-privileges' 0 1 box --security-opt no-new-privileges bb:1 \
	sh -c 'grep NoNewPrivs /proc/self/status | cut -f2'
like '--privileged' "$(bits --privileged)" '000001[f]*'
finish
