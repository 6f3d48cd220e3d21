#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec.t - limits on cgroup v2, where the kernel has them, and each bites.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest
isolate "$@"

eat=/husk/out/probes/eat
root=/sys/fs/cgroup

v2() { [ -e $root/cgroup.controllers ]; }
file_of() { # CONTROLLER FILE: of the group that a shell in it is in
	if v2; then echo "$root\$(sed s/^0:://  /proc/self/cgroup)/$2"; else echo "$root/$1\$(sed -n s/^[0-9]*:$1:// /proc/self/cgroup)/$3"; fi
}
value() { # FILE OPTION...: what the file of a group with these options holds
	file=$1
	shift
	run cgexec "$@" sh -c "cat $root\$(sed -n s/^0::// /proc/self/cgroup)/$file"
	echo "$out$err"
}

if ! v2; then
	skip 'cgexec on v2' 'this machine has cgroup v1'
	finish
fi
is '01 -m 64M lets a small command run' "$(cgexec -m 64M $eat memory 32 2>&1)" 'touched 32'
run cgexec -m 64M $eat memory 100
is '02 -m 64M kills what takes more' "$rc" 137
run cgexec --stats --json -m 64M $eat memory 100
like '03 the kill is counted and the limit was reached' "$err" '*"oom_kill":1*'
finish
