#!/bin/sh
# SPDX-License-Identifier: MIT
# pipeline.t - the pipeline of the README, verbatim, where `/` is an initramfs and cgroups are v2.
# shellcheck disable=SC2016,SC2317
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest
isolate "$@"

cd "$tmp" || exit
cp -a /rootfs rootfs
cp "$HUSK_OUT/probes/eat" rootfs/bin/eat

pipeline() {
	cgexec -m 64M unshare -pnmu pivot ./rootfs cinit "$@"
}

verbatim() {
	printf '%s\n' 'cat /proc/1/comm; echo $$' | cgexec -m 64M unshare -pnmu pivot ./rootfs cinit sh
}

gives 'PID 1 is cinit, sh is PID 2' 0 'cinit
2' verbatim
gives 'its own root, nothing of the initramfs' 0 "$(ls rootfs)" pipeline ls /
gives 'its own mounts alone' 0 '/ /dev /proc /sys' pipeline sh -c \
	'awk '\''$5 !~ /^\/.*\// { print $5 }'\'' /proc/self/mountinfo | sort | paste -s -d " " -'
gives 'no link but lo' 0 'lo' pipeline sh -c 'sed -n "s/^ *\([^ ]*\):.*/\1/p" /proc/net/dev'
run pipeline tail /dev/zero
is 'tail /dev/zero is killed at 64M: status 137' "$rc" 137
gives '32 MiB fit' 0 'touched 32' pipeline eat memory 32
for status in 0 1 126 127 255; do
	gives "status $status passes through" $status '' pipeline sh -c "exit $status"
done
fails 'a root that is not there' 125 'pivot: *./nowhere: No such file or directory*' \
	cgexec -m 64M unshare -pnmu pivot ./nowhere cinit true

started() {
	rm -f rootfs/ready
	cgexec -m 64M unshare -pnmu pivot ./rootfs cinit "$@" &
	pid=$!
	within 30 [ -e rootfs/ready ]
}

started sh -c 'trap "exit 7" TERM; : >/ready; while :; do sleep 0.1; done'
kill -TERM $pid
wait $pid
is 'TERM reaches the command' $? 7

runs=0
while [ $runs -lt 10 ] && pipeline true; do runs=$((runs + 1)); done
is '10 runs' $runs 10

# Each makes what the last one of the others removes.
ok 'three loops side by side' side_by_side 6 pipeline true

gone() {
	! kill -0 "$1" 2>/dev/null && [ -z "$(find /sys/fs/cgroup -path "*$HUSK_CGROUP_PARENT/*" -type d)" ]
}
for turn in 1 2 3; do
	started sh -c ': >/ready; exec sleep 1000'
	kill -KILL $pid
	wait $pid 2>/dev/null
	ok "kill -9 of the outer process, $turn: no cgroup is left" within 30 gone $pid
done

gives 'uid 65534: the pipeline without cgexec' 0 'cinit 0 2' setpriv --reuid 65534 --regid 65534 \
	--clear-groups unshare -Urpnmu pivot ./rootfs cinit sh -c 'echo $(cat /proc/1/comm; id -u; echo $$)'

finish
