#!/bin/sh
# SPDX-License-Identifier: MIT
# initramfs.t - a machine boots what `make initramfs` makes, with cinit as its first process, goes
# straight into a container, and powers itself off.
# shellcheck disable=SC2317
. "$(dirname "$0")/../lib.sh"

set -- -k "${HUSK_VM_KERNEL:-6.1}" -t "${HUSK_VM_LIMIT:-120}"
if ! why=$("$top/tests/vm/vmrun" "$@" -r 2>&1); then
	skip 'a machine of its own' "$why"
	finish
fi
image=$tmp/initramfs.cpio
"$top/scripts/mkrootfs" -t cpio -o "$image" -b "$HUSK" -b /bin/busybox "$top/rootfs-skel" || exit
options=$*

# boot WORDS: of the kernel's command line.  The machine ends by itself: status 0.
boot() {
	# shellcheck disable=SC2086 # options
	"$top/tests/vm/vmrun" $options -i "$image" -a "$1"
}

run boot '"husk.run=/ cat /proc/1/comm /proc/self/mountinfo"'
is 'the machine powers itself off' "$rc" 0
like 'husk.run: a container of the initramfs itself, PID 1 is cinit' "$out" 'cinit
*'
like 'with mounts of its own' "$out" '* /proc rw,nosuid,nodev,noexec* /sys *'
like 'its status is shown' "$out" '*husk cinit: *ended with status 0*'
like 'and the machine is told to power off' "$out" '*husk cinit: power off*'

run boot 'husk.run="/ nowhere"'
is 'a command that is not there: the machine powers itself off' "$rc" 0
like 'a command that is not there: its status is shown' "$out" '*nowhere*ended with status 127*'

finish
