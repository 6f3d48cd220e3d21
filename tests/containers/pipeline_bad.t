#!/bin/sh
# SPDX-License-Identifier: MIT
# pipeline_bad.t - what bad input to the pipeline gets: one line that names the object and the
# reason, the right status, and nothing left behind.
# shellcheck disable=SC2016,SC2317
. "$(dirname "$0")/../lib.sh"
isolate "$@"

cd "$tmp" || exit
"$top/scripts/mkrootfs" -t dir -o rootfs -b /bin/busybox "$top/rootfs-skel"
: >file

pipeline() {
	root=$1
	shift
	cgexec -m 64M unshare -pnmu pivot "$root" cinit "$@"
}

limit() {
	size=$1
	shift
	cgexec -m "$size" unshare -pnmu pivot ./rootfs cinit "$@"
}

as_nobody() {
	/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups env PATH="$PATH" "$@"
}

# elsewhere SETUP COMMAND...: in a mount namespace where SETUP (a command line) was run first.
elsewhere() {
	setup=$1
	shift
	/usr/bin/unshare -m --propagation private sh -c "$setup"' && exec "$@"' sh "$@"
}

# ---- words

fails 'a root that is not there' 125 'pivot: *./nowhere: No such file or directory*' pipeline ./nowhere true
fails 'a file as root' 125 'pivot: *./file: *' pipeline ./file true
fails 'cinit without a command' 125 'cinit: *' pipeline ./rootfs
fails 'pivot without a command' 125 'pivot: *' cgexec -m 64M unshare -pnmu pivot ./rootfs
fails 'pivot without a root' 125 'pivot: *' cgexec -m 64M unshare -pnmu pivot
fails 'cgexec without a command' 125 'cgexec: *' cgexec -m 64M
fails 'an unknown option of cgexec' 125 'cgexec: *--nonsense*' cgexec --nonsense unshare -pnmu true
fails 'an unknown option of unshare' 1 'unshare: *--nonsense*' cgexec -m 64M unshare --nonsense true
fails 'an unknown option of pivot' 125 'pivot: *--nonsense*' \
	cgexec -m 64M unshare -pnmu pivot --nonsense ./rootfs cinit true
fails 'an unknown option of cinit' 125 'cinit: *--nonsense*' pipeline ./rootfs --nonsense true
fails 'a command that is not there' 127 'cinit: *nowhere*No such file*' pipeline ./rootfs nowhere
fails 'a command that is no program' 126 'cinit: */etc/passwd*Permission denied*' \
	pipeline ./rootfs /etc/passwd

for size in 64Q '' -5 99999999999999999999G 0x40 M; do
	fails "memory '$size'" 125 "cgexec: *--memory*$size*" limit "$size" true
done

# ---- the machine

if [ "$(id -u)" = 0 ]; then
	fails 'cgexec without privilege' 125 'cgexec: *Permission denied*' as_nobody cgexec -m 64M true
	fails 'unshare without privilege' 1 'unshare: *Operation not permitted*' \
		as_nobody unshare -pnmu pivot ./rootfs cinit true
	fails 'pivot without privilege' 125 'pivot: *' as_nobody pivot ./rootfs cinit true
fi
memory=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ || $3 == "cgroup2" && $2 == "/sys/fs/cgroup" {
	print $2 }' /proc/mounts | head -n 1)
fails 'a read-only cgroup tree' 125 'cgexec: *Read-only file system*' \
	elsewhere "mount -o remount,bind,ro $memory" cgexec -m 64M unshare -pnmu pivot ./rootfs cinit true
gives 'without /proc it works all the same' 0 inside elsewhere 'umount -l /proc' \
	cgexec -m 64M unshare -pnmu pivot ./rootfs cinit echo inside

finish
