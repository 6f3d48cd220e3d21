#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot: each path that is covered, what is used after the root has changed, a guest of glibc, and
# what it says where the kernel's word does not help.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"

cat >"$R/covered" <<'EOT'
for f in interrupts kcore keys latency_stats sched_debug timer_list timer_stats; do
	[ ! -e /proc/$f ] || [ "$(head -c 1 /proc/$f | wc -c)" = 0 ] || echo "/proc/$f can be read"
	umount /proc/$f 2>/dev/null && echo "/proc/$f can be uncovered"
done
for d in /proc/acpi /proc/asound /proc/scsi /sys/firmware /sys/devices/virtual/powercap \
	/sys/devices/system/cpu/cpu*/thermal_throttle; do
	[ -z "$(ls -A $d 2>/dev/null)" ] || echo "$d has entries"
	umount $d 2>/dev/null && echo "$d can be uncovered"
done
for f in bus fs irq sys sysrq-trigger; do
	[ ! -e /proc/$f ] || grep -q " /proc/$f ro," /proc/self/mountinfo || echo "/proc/$f is writable"
done
echo 0 >/proc/sys/kernel/hostname 2>/dev/null && echo 'the host name can be written'
echo looked
EOT
for who in root user; do
	gives "17 18 all that is covered and read-only, and stays so ($who)" 0 looked P sh /covered
done
who=root
gives '13 in a user namespace without a network of its own /sys is a read-only bind' 0 ro as_user \
	"$HUSK" unshare -Urpmui pivot "$R" sh -c 'grep " /sys " /proc/self/mountinfo | tail -n 1 |
		cut -d " " -f 6 | cut -c 1-2'

mkdir "$tmp/bare"
mount -t tmpfs -o ro bare "$tmp/bare"
fails '10 a place for /proc cannot be made on a read-only file system' 125 \
	"pivot: $tmp/bare/proc: Read-only file system" Q "$tmp/bare" true
umount "$tmp/bare"
fails '49 -w where the user may not go' 125 'pivot: chdir to /root in the new root: Permission denied' \
	sh -c "chmod 700 '$R/root'; '$HUSK' unshare -pmu pivot -u 1000 -w /root '$R' true"

# clone3(2), with which glibc's threads begin, is unknown to basic: it takes clone(2) then.
for who in root user; do
	gives "51 threads in a guest of this machine's libc, basic ($who)" 0 thread \
		Q --seccomp=basic -r / "$HUSK_OUT/probes/threads"
done
who=root

# The message where the caller sits in a chroot whose root is no mount point.
cp "$HUSK" "$R/husk"
mount -t proc proc "$R/proc"
fails '2.7 in a chroot' 125 'pivot: a mount namespace of its own: Invalid argument (*in a chroot whose root is not a mount point)' \
	"$HUSK" chroot "$R" /husk pivot /etc true
umount "$R/proc"
fails '2.7 without privilege' 125 'pivot: a mount namespace of its own: Operation not permitted (SYS_ADMIN*unshare -Ur*)' \
	as_user "$HUSK" pivot "$R" true
: >"$tmp/file"
for option in --no-rbind --rro --ephemeral --no-pivot; do
	fails "7 a file as root, $option" 125 "pivot: *$tmp/file: Not a directory" \
		"$HUSK" pivot $option "$tmp/file" true
done
if strace -qq -o /dev/null true 2>/dev/null; then
	# By the old calls, or by the new ones.
	fails '2.7 too many mounts' 125 'pivot: *: No space left on device (see /proc/sys/fs/mount-max)' \
		strace -qq -o /dev/null -e trace=mount,move_mount -e inject=mount:error=ENOSPC:when=4 \
		-e inject=move_mount:error=ENOSPC:when=1 \
		"$HUSK" pivot "$R" true
	strace -f -qq -o "$tmp/trace" -e trace=%file,pivot_root,open_tree,move_mount,openat2,readlinkat \
		"$HUSK" pivot -u app -w /tmp --mkdir-cwd -v "$tmp/bare:/mnt" "$R" true
	sed '1,/pivot_root(/d; /execve(.* = 0$/,$d' "$tmp/trace" >"$tmp/after"
	is '57 after pivot_root no path of the host is used, and no link of /proc' \
		"$(grep -F -e "$tmp" -e "$top" -e '"/proc/' "$tmp/after")" ''
	like '57 but paths of the root' "$(cat "$tmp/after")" '*"etc/passwd"*"/sbin/true"*'
else
	skip '2.7 and 57' 'strace cannot trace here'
fi
finish
