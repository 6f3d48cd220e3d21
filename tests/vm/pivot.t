#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot.t - on a root that pivot_root(2) refuses, an initramfs, and on other kernels: 5.10 has the
# old mount calls only.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest
isolate "$@"

# The shell of busybox would run its own.
unshare() { "$HUSK" unshare "$@"; }
R=$tmp/r
cp -a /rootfs "$R"
cp "$top/out/probes/attack" "$R/bin/attack"
cat >"$R/look" <<'EOT'
see() { echo "$1:" $(eval "$2" 2>/dev/null); }
see null 'echo x >/dev/null && head -c 1 /dev/null | wc -c'
see random 'head -c 16 /dev/urandom | wc -c'
see ptmx 'test -c /dev/pts/ptmx && echo yes'
see shm 'echo x >/dev/shm/x && cat /dev/shm/x'
see sysctl 'echo x >/proc/sys/kernel/core_pattern && echo written'
see sysfs 'echo x >/sys/kernel/profiling && echo written'
see files 'cat /proc/keys /proc/interrupts /proc/timer_list | wc -c'
see unmask 'umount /proc/keys || echo denied'
see caps 'grep -E "^Cap(Eff|Bnd)" /proc/self/status | cut -f 2'
see mknod 'mknod /tmp/n b 7 0; cat /tmp/n && echo opened'
see roots 'grep -c " / r[wo]" /proc/self/mountinfo'
EOT
cat >"$tmp/want" <<'EOT'
null: 0
random: 16
ptmx: yes
shm: x
sysctl:
sysfs:
files: 0
unmask: denied
caps: 00000000a80425fb 00000000a80425fb
mknod:
roots: 1
EOT

Q() {
	case $who in
	root) unshare -pnmu pivot "$@" ;;
	user) "$HUSK" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$HUSK" unshare -Urpnmui pivot "$@" ;;
	esac
}

for HUSK_MOUNT_API in new old; do
	export HUSK_MOUNT_API
	for who in root user; do
		gives "54 what a container sees ($who, $HUSK_MOUNT_API)" 0 "$(cat "$tmp/want")" \
			Q "$R" sh /look
		rm -f "$R/tmp/n"
	done
	who=root
	gives "01 the pipeline ($HUSK_MOUNT_API)" 0 '2 cinit' unshare -pnmu pivot "$R" cinit \
		sh -c 'echo $$ $(cat /proc/1/comm)'
	gives "05 ROOTFS may be / ($HUSK_MOUNT_API)" 0 hello unshare -pnmu pivot / echo hello
	gives "04 without unshare ($HUSK_MOUNT_API)" 0 hello "$HUSK" pivot "$R" echo hello
	gives "21 22 binds ($HUSK_MOUNT_API)" 0 'root: denied' Q -v /rootfs/etc:/mnt:rro,noexec "$R" \
		sh -c 'echo $(head -n 1 /mnt/passwd | cut -c 1-5) $( (echo >/mnt/x) 2>/dev/null || echo denied)'
	gives "32 -r ($HUSK_MOUNT_API)" 0 'denied' Q -r "$R" sh -c '(echo >/x) 2>/dev/null || echo denied'
	gives "29 --ephemeral ($HUSK_MOUNT_API)" 0 'new' Q --ephemeral "$R" \
		sh -c 'rm /etc/passwd; echo new >/etc/passwd; cat /etc/passwd'
	is "29 the root is as it was ($HUSK_MOUNT_API)" "$(head -c 5 "$R/etc/passwd")" root:
	lowers=$R
	i=0
	while [ $((i += 1)) -le 30 ]; do
		mkdir -p "$tmp/l$i"
		echo $i >"$tmp/l$i/f$i"
		lowers=$tmp/l$i:$lowers
	done
	gives "29 an overlay of 31 ($HUSK_MOUNT_API)" 0 '1 30' Q --overlay "$lowers" "$R" \
		sh -c 'echo $(cat /f1 /f30)'
	out=$(sh -c "'$HUSK' unshare -mu pivot '$R' cinit attack exe" 2>/dev/null)
	within 20 sh -c "! ps | grep -v grep | grep -q 'attack exe'"
	unlike "1 CVE-2019-5736 ($HUSK_MOUNT_API)" "$out" '*PWNED*'
done
unset HUSK_MOUNT_API

run Q --caps=all "$R" true
like '16 with SYS_ADMIN the initramfs can be reached: it says so' "$err" \
	'husk pivot: the initramfs stays below the new root*'
gives '16 that attack works then' 0 PWNED Q --caps=all --seccomp=none "$R" \
	attack bottom /rootfs/etc/passwd
gives '16 and does not by default' 1 'Operation not permitted' Q "$R" attack bottom /rootfs/etc/passwd
gives '16 without it cannot' 0 'denied' Q "$R" sh -c 'umount -l / 2>/dev/null || echo denied'
case $(awk '$2 == "/sys/fs/cgroup" { print $3 }' /proc/mounts) in
cgroup2)
	gives 'a cgroup namespace of its own: /sys/fs/cgroup, read-only' 0 'cgroup2 denied' \
		unshare -pnmuC pivot "$R" sh -c \
		'echo $(awk "\$2 == \"/sys/fs/cgroup\" { print \$3 }" /proc/mounts) \
		$(mkdir /sys/fs/cgroup/x 2>/dev/null || echo denied)'
	;;
*) skip 'a cgroup2 of its own' 'this machine has v1' ;;
esac
if [ "$(uname -r | cut -d . -f 1,2)" = 5.10 ]; then
	fails '31 no id-mapped mounts before 5.12' 125 'pivot: --idmap: *Linux 5.12)' \
		Q --idmap 0:1:1 "$R" true
else
	fails '31 an initramfs cannot be id-mapped' 125 'pivot: --idmap: *cannot be id-mapped*' \
		Q --idmap 0:1:1 "$R" true
fi
finish
