#!/bin/sh
# SPDX-License-Identifier: MIT
# 5.10-less.t - a kernel that is told to do without a controller, and not to count swap.
HUSK_VM_KERNEL=5.10 HUSK_VM_WORDS='swapaccount=0 cgroup_disable=pids'
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../vm/guest.sh"
guest
isolate "$@"

fails 'a controller that is disabled' 125 'cgexec: pids is disabled (cgroup_disable=pids)' cgexec --pids 5 touch "$tmp/ran"
ok 'nothing has run' [ ! -e "$tmp/ran" ]
run cgexec -i --pids 5 echo hi
like '-i goes on without it' "$out $err" 'hi husk cgexec: no pids controller here*'
gives 'without swap, nobody misses the count' 0 '' cgexec -m 64M true
is 'and nothing is said' "$err" ''
fails '--swap cannot be' 125 'cgexec: memory.swap.max=1048576 in *: No such file or directory (the kernel does not count swap (swapaccount=1*' \
	cgexec -m 64M --swap 1M true
dd if=/dev/zero of=/tmp/swap bs=1M count=64 2>/dev/null
losetup /dev/loop1 /tmp/swap && mkswap /dev/loop1 >/dev/null && swapon /dev/loop1
run cgexec -m 64M true
is 'with swap it still runs' "$rc" 0
like 'but what is not limited is told' "$err" 'husk cgexec: --memory: the kernel does not count swap: only memory*swapaccount=1*'
swapoff /dev/loop1
losetup -d /dev/loop1
rm /tmp/swap

finish
