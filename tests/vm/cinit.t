#!/bin/sh
# SPDX-License-Identifier: MIT
# cinit as the first process of a machine, and switch_root: each part boots a machine whose
# initramfs is rootfs-skel, busybox and husk, and reads its console.  A machine that is not ended by
# its init runs into the limit; one whose init ends panics, and says so there.
. "$(dirname "$0")/../lib.sh"
kernel=${HUSK_VM_KERNEL:-6.1}
if ! why=$("$top/tests/vm/vmrun" -k "$kernel" -r 2>&1); then
	skip 'cinit as the first process of a machine' "$why"
	finish
fi
busybox=${HUSK_BUSYBOX:-$("$top/scripts/deps" static busybox)}

# boots NAME WORDS...: with the files of $tmp/skel.  $out: the console.  $reaction: see vmrun -x.
reaction=''
boots() {
	name=$1
	shift
	rm -f "$tmp/initramfs"
	"$top/scripts/mkrootfs" -t cpio -b "$HUSK" -b "$busybox" -o "$tmp/initramfs" "$tmp/skel" || exit
	run "$top/tests/vm/vmrun" -k "$kernel" -t 90 ${reaction:+-x "$reaction"} -i "$tmp/initramfs" -a "$*"
	is "$name: the machine ends by itself" "$rc" 0
	out=$(printf '%s\n' "$out" | tr -d '\r')
	unlike "$name: no panic" "$out" '*anic*'
}

says() {
	like "$1" "$out" "*$2*"
}

# skel RC: a fresh skeleton; init is husk itself, so that the kernel's words are its arguments.
skel() {
	rm -rf "$tmp/skel"
	cp -a "$top/rootfs-skel" "$tmp/skel"
	rm "$tmp/skel/init"
	ln -s bin/husk "$tmp/skel/init"
	printf '#!/bin/sh\n%s\n' "$1" >"$tmp/skel/etc/rc"
	chmod 755 "$tmp/skel/etc/rc"
}

container='mkdir -p /c/bin /c/proc /c/sys /c/dev; cp -a /bin/busybox /c/bin; ln -s busybox /c/bin/sh'
# shellcheck disable=SC2016
skel "$container"'
for at in /proc /sys /dev /dev/pts /dev/shm /run /tmp /sys/fs/cgroup; do
	grep -q " $at " /proc/mounts || echo "NOT MOUNTED $at"
done
sh -c ": >/dev/tty" && echo "TTY $(sed "s/.*) . [0-9]* [0-9]* //; s/ .*//" /proc/self/stat)"
echo "CAD $(cat /proc/sys/kernel/ctrl-alt-del) ARGS $#"
husk unshare -pnmu pivot /c cinit sh -c "echo IN A CONTAINER \$\$; exit 4"; echo "STATUS $?"
(trap "" HUP; trap "echo LEFT IN ORDER >/dev/console; exit" TERM; echo READY >/tmp/ready; while :; do sleep 0.1; done) &
while [ ! -e /tmp/ready ]; do sleep 0.1; done
husk poweroff
sleep 100'
boots '60 poweroff' odd words
unlike '60 everything is mounted' "$out" '*NOT MOUNTED*'
says '60 the command leads the session of the console' 'TTY [1-9]'
says '60 ctrl-alt-del is a signal; words that the kernel does not know are no arguments' 'CAD 0 ARGS 0'
says '60 the pipeline works on an initramfs' 'IN A CONTAINER 2'
says '60 and its status comes through' 'STATUS 4'
says '60 what is left ends in order' 'LEFT IN ORDER'
says '60 then the power goes off' 'husk cinit: power off'

# shellcheck disable=SC2016
skel 'echo "UP AS $1"; exit 3'
boots '60 a command that ends' -- --on-exit=reboot /etc/rc option
says '60 options and command from the kernel'\''s command line' 'UP AS option'
says '60 its status is told' '/etc/rc: ended with status 3'
says '60 --on-exit=reboot' 'husk cinit: reboot'

# A shell of ours, which asks for the end.
skel 'echo RC; exit 3'
sed -i '1s|.*|#!/bin/busybox sh|' "$tmp/skel/etc/rc"
mkdir -p "$tmp/skel/bin"
printf '#!/bin/busybox sh\necho A SHELL INSTEAD; husk halt; sleep 100\n' >"$tmp/skel/bin/sh"
chmod 755 "$tmp/skel/bin/sh"
reaction='System halted=quit'
boots '60 --on-exit=shell, halt' -- --on-exit=shell
says '60 --on-exit=shell: a shell takes the place of a command that ended' 'ended with status 3*A SHELL INSTEAD'
says '60 halt: nothing runs any more' 'husk cinit: halt*System halted'

# arm64's machine has no keyboard.
press=: reaction='PRESS=sendkey ctrl-alt-delete'
case $kernel in
*-arm64) press='kill -INT 1' reaction='' ;;
esac
skel 'echo x >>/tmp/starts; echo "START $(wc -l </tmp/starts)"
[ "$(wc -l </tmp/starts)" = 3 ] || exit 1
(trap "" HUP; trap "echo LEFT IN ORDER >/dev/console; exit" TERM; echo PRESS; '"$press"'; while :; do sleep 0.1; done) & sleep 100'
boots '60 --on-exit=respawn, ctrl-alt-del' -- --on-exit=respawn
says '60 --on-exit=respawn starts it again' 'START 1*status 1*START 2*status 1*START 3'
says '60 ctrl-alt-del: what is left ends in order, then the machine reboots' \
	'LEFT IN ORDER*husk cinit: reboot*Restarting system'
reaction=''

skel 'echo RUNS ALL THE SAME; kill -INT 1; sleep 100'
boots '60 a wrong option' -- --no-such-option
says '60 is told' 'unknown option --no-such-option'
says '60 and the machine comes up' 'RUNS ALL THE SAME'
says '60 ctrl-alt-del reboots' 'husk cinit: reboot'

# No file system can be mounted: /dev/console, the kernel's own, is all there is.
skel 'echo "RUNS WITHOUT"; kill -USR2 1; sleep 100'
rm "$tmp/skel/init"
mkdir -p "$tmp/skel/bin"
cp "$HUSK_OUT/probes/enosys" "$tmp/skel/bin/enosys"
printf '#!/bin/sh\nexec enosys mount=EPERM -- cinit --system\n' >"$tmp/skel/init"
chmod 755 "$tmp/skel/init"
boots '60 nothing can be mounted'
for at in proc sys dev run tmp; do
	says "60 is told: /$at" "husk cinit: mount -t * /$at: Operation not permitted"
done
says '60 and the machine comes up' 'RUNS WITHOUT'
says '60 and ends' 'husk cinit: power off*Power down'

skel "$container"'
husk reboot; sleep 100'
boots '60 a command that cannot start' -- --on-exit=poweroff /nope
says '60 is told' 'husk cinit: /nope: No such file or directory'
says '60 then --on-exit' 'husk cinit: power off'

skel ''
mkdir -p "$tmp/skel/c/bin" "$tmp/skel/c/proc" "$tmp/skel/c/sys" "$tmp/skel/c/dev"
cp "$busybox" "$tmp/skel/c/bin/busybox"
ln -s busybox "$tmp/skel/c/bin/echo"
boots 'husk.run' 'husk.run="/c echo STRAIGHT INTO IT"'
says 'husk.run= makes a container' 'STRAIGHT INTO IT'
says 'husk.run= tells its status' 'ended with status 0'

# ---- switch_root
skel ''
rm "$tmp/skel/init"
cat >"$tmp/skel/init" <<'END'
#!/bin/sh
mkdir -p /proc /new /sub/folder
mount -t proc proc /proc
mount -t tmpfs -o mode=755 new /new
mkdir -p /new/bin /new/proc /new/sys /new/dev /new/run
cp -a /bin/. /new/bin/
printf '#!/bin/sh\necho "SWITCHED $$ $1"; ls -d /proc/1/fd /c /new; grep " / " /proc/mounts
awk "/^Shmem:/ { print \\"SHMEM\\", \\$2 }" /proc/meminfo
mount -t tmpfs t /run && husk unshare -pnmu pivot / cinit sh -c "echo PIVOTED"; exec cinit --system sh -c true\n' >/new/init
chmod 755 /new/init
# busybox has a switch_root too, and its shell prefers it.
try() {
	husk switch_root -f "$@"
	echo "TRIED $*: $?, $(ls -d /bin/busybox)"
}
try /new /missing
try /missing /init
try / /init
try /new /proc
try /new/init /init
exec husk switch_root /new /init again
END
chmod 755 "$tmp/skel/init"
boots 'switch_root'
says 'switch_root: no INIT in the new root: nothing is changed' 'no executable file in the new root: /missing*TRIED /new /missing: 1, /bin/busybox'
says 'switch_root: no new root' 'TRIED /missing /init: 1, /bin/busybox'
says 'switch_root: the root itself' 'TRIED / /init: 1, /bin/busybox'
says 'switch_root: INIT is a folder' 'TRIED /new /proc: 1, /bin/busybox'
says 'switch_root: the new root is a file' 'TRIED /new/init /init: 1, /bin/busybox'
says 'switch_root: the init of the new root runs as PID 1, with its arguments' 'SWITCHED 1 again'
says 'switch_root: /proc has moved along' '/proc/1/fd'
says 'switch_root: / is the new root' 'new / tmpfs'
says 'switch_root: containers work there' PIVOTED

skel "$container"'
echo "ROOT $(stat -f -c %T /)"; ls -d /.newroot; ls -l /bin/busybox
husk unshare -pnmu pivot /c cinit sh -c "echo IN A CONTAINER; cut -d \" \" -f 9 /proc/self/mountinfo | sort -u | tr \"\\n\" \" \""
husk unshare -m sh -c "mkdir -p /n && mount -t tmpfs n /n && mkdir /n/old && pivot_root /n /n/old && echo ORDINARY PIVOT"'
rm "$tmp/skel/init"
printf '#!/bin/sh\nexec husk switch_root --to-tmpfs=200M /bin/cinit --system\n' >"$tmp/skel/init"
chmod 755 "$tmp/skel/init"
boots 'switch_root --to-tmpfs'
says 'switch_root --to-tmpfs: / is a tmpfs' 'ROOT tmpfs'
says 'switch_root --to-tmpfs: the files are there, links too' '/bin/busybox'
says 'switch_root --to-tmpfs: the pipeline' 'IN A CONTAINER'
says 'switch_root --to-tmpfs: pivot_root(2) of anybody works' 'ORDINARY PIVOT'
says 'switch_root --to-tmpfs: the machine ends in order' 'power off'
finish
