#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec.t - a group is made, holds its command, and is gone afterwards.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

# No group of ours is left in any hierarchy.
gone() {
	for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
		for dir in "$hierarchy$HUSK_CGROUP_PARENT"/*/; do
			[ ! -d "$dir" ] || return 1
		done
	done
}

gives '01 -m 64M lets a small command run' 0 hi cgexec -m 64M echo hi
run cgexec -m 64M --pids 20 --cpus 0.5 tail /dev/zero
is '02 -m 64M ends what takes more' "$rc" 137
gives '14 --pids is in the group' 0 "$HUSK_CGROUP_PARENT" \
	cgexec --pids 20 sh -c 'sed -n "s,.*pids.*:\(.*\)/.*,\1,p; s,^0::\(.*\)/[^/]*$,\1,p" /proc/self/cgroup | head -n 1'
ok '39 nothing is left' within 10 gone

finish
