#!/bin/sh
# SPDX-License-Identifier: MIT
# boot.t - the machine that the other tests of this folder count on.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest
isolate "$@"

is 'the root is an initramfs' "$(awk '$2 == "/" { print $3 }' /proc/mounts | head -n 1)" rootfs
is 'two processors' "$(nproc)" 2
is 'root' "$(id -u)" 0
ok 'husk runs' husk --version
ok 'a root file system to copy' /rootfs/bin/busybox true
ok 'overlay is there' grep -qw overlay /proc/filesystems
case $(awk '$2 == "/sys/fs/cgroup" { print $3 }' /proc/mounts) in
cgroup2)
	for controller in cpuset cpu io memory pids; do
		ok "v2: $controller is on" grep -qw $controller /sys/fs/cgroup/cgroup.subtree_control
	done
	;;
*)
	ok 'v1: pids has a hierarchy' [ -e /sys/fs/cgroup/pids/tasks ]
	;;
esac
finish
