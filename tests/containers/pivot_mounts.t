#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot: the mounts that its options make.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"

vol=$tmp/vol
mkdir "$vol"
# A tmpfs is relatime everywhere, an initramfs is not.
mount -t tmpfs vol "$vol"
mkdir "$vol/sub" "$tmp/low1" "$tmp/up" "$tmp/wk" "$tmp/odd:,\\ name"
echo below >"$tmp/subfile"
echo plain >"$vol/plain"
mount -t tmpfs sub "$vol/sub"
echo inside >"$vol/sub/file"
echo low1 >"$tmp/low1/one"
echo odd >"$tmp/odd:,\\ name/odd"
ln -s /tmp "$R/link"
ln -s /etc "$R/tmp/abs"

flags() { awk -v at="$1" '$5 == at { print $6 }' /proc/self/mountinfo; }

gives '21 a bind is writable, and seen outside' 0 '' \
	Q -v "$vol:/mnt/deep/b" "$R" sh -c 'echo x >/mnt/deep/b/new'
is '21 what was written' "$(cat "$vol/new")" x
is '21 DST was made' "$(ls -d "$R/mnt/deep/b")" "$R/mnt/deep/b"
rm -rf "$vol/new" "${R:?}/mnt"
gives '21 read-only, the mounts below it not' 0 'read-only
inside' Q -v "$vol:/mnt:ro" "$R" sh -c \
	'(echo >/mnt/x) 2>/dev/null || echo read-only; echo >/mnt/sub/x; cat /mnt/sub/file'
gives '22 rro holds for the mounts below' 0 'read-only
inside' Q -v "$vol:/mnt:rro" "$R" sh -c \
	'(echo >/mnt/sub/x) 2>/dev/null || echo read-only; cat /mnt/sub/file'
gives '22 bind: without the mounts below' 0 '' Q -v "$vol:/mnt:bind" "$R" ls /mnt/sub
Q -v "$vol:/a:nosuid" -v "$vol:/b:noexec" -v "$vol:/c:noatime" -v "$vol:/d:nodiratime" \
	-v "$vol:/e:strictatime" -v "$vol:/f:relatime" -v "$vol:/g:nosymfollow" \
	-v "$vol:/h:dev,ro,rw" -v "$vol/plain:/i" -v "$vol:/j:shared" \
	-v "$vol:/k:rslave" -v "$vol:/l:unbindable" "$R" cat /proc/self/mountinfo >"$tmp/mi"
for want in a:rw,nosuid,nodev,relatime b:rw,nodev,noexec,relatime c:rw,nodev,noatime \
	d:rw,nodev,nodiratime,relatime e:rw,nodev f:rw,nodev,relatime \
	g:rw,nodev,relatime,nosymfollow h:rw,relatime i:rw,nodev,relatime; do
	is "24 -v ${want%%:*}" "$(awk -v at="/${want%%:*}" '$5 == at { print $6 }' \
		"$tmp/mi" | tail -n 1)" "${want#*:}"
done
is '24 propagation' "$(awk '$5 ~ "^/[jkl]$" { sub(":.*", "", $7); print $5, $7 }' \
	"$tmp/mi" | sort | tr '\n' ' ')" '/j shared /k - /l unbindable '
gives '25 DST through links stays inside' 0 'below below' \
	Q -v "$tmp/subfile:/link/f" -v "$tmp/subfile:/tmp/abs/g" "$R" \
	sh -c 'echo $(cat /tmp/f /etc/g)'
is "25 and the host's /etc has nothing of it" "$(ls /etc/g /tmp/f 2>/dev/null)" ''
rm -f "$R/tmp/f" "$R/etc/g" "$R/i"
rmdir "$R"/[a-l] "$R/mnt" 2>/dev/null
gives 'a file bind of a source that may be no link' 125 '' sh -c \
	"ln -sf '$tmp/subfile' '$tmp/ln'; '$HUSK' unshare -pnmu pivot \
	-v '$tmp/ln:/x:nofollow' '$R' true 2>/dev/null"
gives 'colons in names' 0 odd Q -v "$tmp/odd\\:,\\\\ name:/mnt" "$R" cat /mnt/odd
rmdir "$R/mnt"
gives '--tmpfs, with the mode of what it covers' 0 '1777 rw,nosuid,nodev,relatime 16k' \
	Q --tmpfs /tmp:size=16k "$R" sh -c 'echo $(stat -c %a /tmp) $(grep " /tmp " \
	/proc/self/mountinfo | cut -d " " -f 6) $(grep " /tmp " /proc/self/mountinfo |
	grep -o "size=[0-9]*k" | cut -d = -f 2)'
gives '--mount TYPE' 0 'x' Q --mount 'tmpfs:tmpfs:/srv:size=16k,mode=700,ro,nosuid' "$R" \
	sh -c '(echo >/srv/x) 2>/dev/null || echo x'
rmdir "$R/srv"
gives '32 -r: the root is read-only, a tmpfs in it is not' 0 'read-only
ok' Q -r --tmpfs /tmp "$R" sh -c \
	'(echo >/x) 2>/dev/null || echo read-only; echo ok >/tmp/x; cat /tmp/x; echo >/dev/shm/x'
mkdir "$R/m"
mount -t tmpfs m "$R/m"
gives '32 -r leaves what is mounted below writable, --rro does not' 0 'written
read-only read-only' sh -c "'$HUSK' unshare -pnmu pivot -r '$R' sh -c 'echo >/m/x && echo written'
	'$HUSK' unshare -pnmu pivot --rro '$R' sh -c '(echo >/m/x) 2>/dev/null || echo -n read-only
	(echo >/x) 2>/dev/null || echo \" read-only\"; echo >/dev/shm/x'"
gives '--no-rbind leaves out what is mounted below' 0 '' Q --no-rbind "$R" ls /m
umount "$R/m"
rmdir "$R/m"
gives '29 --ephemeral: writes are gone' 0 'new' \
	Q --ephemeral=1m "$R" sh -c 'rm /etc/group; echo new >/etc/passwd; cat /etc/passwd'
is '29 the root is as it was' "$(head -n 1 "$R/etc/passwd"; head -n 1 "$R/etc/group")" \
	'root:x:0:0:root:/root:/bin/sh
root:x:0:'
gives '29 --overlay of names with colons and blanks, upper and work' 0 'odd low1' \
	Q --overlay "$tmp/odd\\:,\\\\ name:$tmp/low1:$R" --upper "$tmp/up" --work "$tmp/wk" \
	"$R" sh -c 'echo $(cat /odd /one); echo up >/up'
is '29 the upper layer keeps what was written' "$(cat "$tmp/up/up")" up
rm -rf "$tmp/up" "$tmp/wk"
mkdir "$tmp/up" "$tmp/wk"
rm -rf "${R:?}/mnt"

# Thirty lowers with long names: more than fits into one option of fsconfig(2).
lowers=$R
long=$(printf '%0200d' 0)
i=0
while [ $((i += 1)) -le 30 ]; do
	mkdir -p "$tmp/l/$long/$i"
	echo "$i" >"$tmp/l/$long/$i/f$i"
	lowers="$tmp/l/$long/$i:$lowers"
done
gives '29 30 lowers of long names' 0 '1 30' Q --overlay "$lowers" "$R" \
	sh -c 'echo $(cat /f1 /f30)'
chmod 777 "$tmp/up" "$tmp/wk"
who=user
mkdir -p "$tmp/mine/d"
echo x >"$tmp/mine/d/f"
cp -a "$R/bin" "$tmp/mine"
chown -R 65534:65534 "$tmp/mine"
case $(uname -r) in
[1-4].* | 5.[0-9].* | 5.10.*)
	fails '30 an overlay of a user: not before Linux 5.11, and it says so' 125 \
		'pivot: overlay of 1 layers: Operation not permitted (a user namespace*5.11 on)' \
		Q --ephemeral "$tmp/mine" true
	;;
*)
	gives '30 an overlay of a user: unlink and rename' 0 'gone x' Q --ephemeral "$tmp/mine" sh -c \
		'mv /d/f /d/g; rm /bin/wc; (ls /bin/wc 2>/dev/null || echo gone) | tr "\n" " "; cat /d/g'
	;;
esac
is '30 the lower layer is as it was' "$(ls "$tmp/mine/d")" f
export who=root

mkdir "$tmp/owned"
chown 1000:1000 "$tmp/owned"
run Q --idmap 0:7:10 "$R" stat -c %u /etc/passwd
case $HUSK_MOUNT_API$err in
old* | *'Linux 5.12)')
	is '31 id-mapped mounts are not for the old mount calls' "$rc $out ${err##* (}" \
		'125  it takes the mount calls of Linux 5.12)'
	;;
*'cannot be id-mapped, or is already)') pass '31 an initramfs cannot be id-mapped, and it says so' ;;
*)
	is '31 --idmap shifts the root' "$rc $out" '0 7'
	gives '31 idmap shifts the owners of a bind' 0 '101000' \
		Q -v "$tmp/owned:/mnt:idmap=0:100000:65536" "$R" stat -c %u /mnt
	mount -t tmpfs owned "$tmp/owned"
	run Q -v "$tmp/owned:/mnt:idmap=0:5000:10" "$R" stat -c %u /mnt
	case $err in
	*'cannot be id-mapped)') pass '31 a tmpfs cannot be before Linux 6.3, and it says so' ;;
	*) is '31 of a tmpfs too' "$rc $out" '0 5000' ;;
	esac
	umount "$tmp/owned"
	;;
esac
gives '06 a relative root, one with a slash, one behind a link, one with a line break' 0 '1
2
3
4' sh -c "cd '$tmp'; ln -s r rlink; cp -a r 'r
x'; for r in r:1 r/:2 rlink:3 'r
x:4'; do '$HUSK' unshare -pnmu pivot \"\${r%:*}\" echo \"\${r##*:}\"; done"

gives '--mask and --unmask' 0 '0 yes' Q --mask /etc/passwd --unmask /proc/timer_list "$R" \
	sh -c 'echo $(wc -c </etc/passwd) $(head -c 1 /proc/timer_list | grep -q . && echo yes)'
gives '19 --proc=full: a container in it can make containers' 0 'inner' \
	Q --proc=full --caps=all --seccomp=none -v "$HUSK:/husk" "$R" \
	/husk unshare -pm /husk pivot --caps=none / echo inner
gives '19 a user in it can, too' 0 inner Q --proc=full --seccomp=none -v "$HUSK:/husk" "$R" \
	/husk unshare -Urpm /husk pivot / echo inner
# The procfs below, on an initramfs, counts for the kernel as one that is not covered.
grep -q '^rootfs / ' /proc/mounts || fails '19 without it a user cannot, and is told' 125 \
	'pivot: mount proc: *--proc=full*' \
	Q --seccomp=none -v "$HUSK:/husk" "$R" /husk unshare -Urpm /husk pivot / echo inner
rm -f "$R/husk"
gives '20 --proc=pid: processes only' 0 '1 gone' Q --proc=pid "$R" sh -c \
	'echo $(ls -d /proc/1 | wc -l) $(test -e /proc/sys || echo gone)'
gives '--proc=none, --sys=none, --dev=none' 0 '' Q --proc=none --sys=none --dev=none "$R" \
	sh -c 'ls /proc /sys /dev | grep -v : | grep .; true'
gives '--proc=bind, --sys=bind, --dev=bind' 0 'yes yes' unshare -mu pivot --proc=bind --sys=bind \
	--dev=bind "$R" sh -c 'echo $(test -d /proc/1 && echo yes) $(test -c /dev/null && echo yes)'
gives '--sys=rw is writable, --shm-size sets the size' 0 'rw 128k' Q --sys=rw --shm-size=128k "$R" \
	sh -c 'echo $(grep -o " /sys r[ow]" /proc/self/mountinfo | cut -d " " -f 3) \
		$(grep " /dev " /proc/self/mountinfo | grep -o "size=[0-9]*k" | cut -d = -f 2)'
gives '--cgroup: read-only in a cgroup namespace of its own, none without' 0 'none
ro
rw' sh -c "
	see='grep \" /sys/fs/cgroup\" /proc/self/mountinfo | cut -d \" \" -f 6 | cut -c 1-2'
	'$HUSK' unshare -pnmuC pivot --cgroup=none '$R' sh -c \"(\$see) | grep . || echo none\"
	'$HUSK' unshare -pnmuC pivot '$R' sh -c \"(\$see) | grep -v ro; (\$see) | tail -n 1\"
	'$HUSK' unshare -pnmuC pivot --cgroup=rw '$R' sh -c \"(\$see) | tail -n 1\""
gives '--propagation' 0 'shared' Q --propagation=shared "$R" sh -c \
	'grep " / rw" /proc/self/mountinfo | grep -o shared; grep -q " /proc .*shared" /proc/self/mountinfo'
mknod "$tmp/null" c 1 3
gives '--device is a node that works, others do not' 0 'works denied' \
	Q --device /dev/zero:/dev/z -v "$tmp/null:/n" "$R" sh -c \
	'echo $(head -c 1 /dev/z | wc -c | grep -q 1 && echo works) $( (echo >/n) 2>/dev/null || echo denied)'
gives '--dev-ok: they do' 0 'works' Q --dev-ok -v "$tmp/null:/n" "$R" sh -c 'echo >/n && echo works'
rm -f "$R/n"
gives '--here: in the mount namespace of unshare(1)' 0 'hello' unshare -m --propagation private \
	"$HUSK" pivot --here "$R" echo hello
run Q --no-pivot "$R" sh -c 'ls /; grep CapBnd /proc/self/status'
is '44 --no-pivot has no SYS_CHROOT and SYS_ADMIN' "$(echo "$out" | tail -n 1 | cut -f 2)" \
	00000000a80025fb
like '44 and warns' "$err" 'husk pivot: --no-pivot: the old root stays*'
gives '23 mand is named as ignored' 0 '' sh -c "'$HUSK' unshare -pnmu pivot -v '$vol:/mnt:mand' '$R' \
	true 2>&1 | grep -v 'husk pivot: --volume $vol:/mnt:mand: mand is ignored by the kernel'; true"
run Q --verbose "$R" true
like '--verbose says each step' "$err" "*mount --rbind $R over /*pivot_root $R*"
mkdir "$R/m"
cp -a "$vol" "$tmp/vol2"
mount -t tmpfs moved "$tmp/vol2"
mkdir "$tmp/vol2/sub"
mount --bind "$vol/sub" "$tmp/vol2/sub"
moved=$(Q -v "$tmp/vol2:/m:move,rro" "$R" sh -c 'cat /m/sub/file; (echo >/m/sub/file) 2>&1 | tail -n 1
	grep " /m" /proc/self/mountinfo')
like 'move: the mount and what is below, with its flags' "$(echo "$moved" | awk '{ print $5, $6 }')" '*
/m ro,nodev,relatime
/m/sub ro,nodev,relatime'
like 'move: its files, read-only' "$moved" 'inside
*Read-only file system*'
is 'move: outside it is where it was' "$(cat "$tmp/vol2/sub/file")" inside
fails 'move takes a mount' 125 'pivot: --volume *:/m:move: set the*(SRC is no mount point)' \
	Q -v "$tmp/low1:/m:move" "$R" true
umount "$tmp/vol2/sub" "$tmp/vol2"
remounted() { awk '$5 ~ "^/m" { print $5, $6 }'; }
is 'remount changes what is there, and keeps its other flags' "$(Q -v "$vol:/m:nosuid" \
	-v :/m:remount,rro,noexec "$R" cat /proc/self/mountinfo | remounted)" \
	'/m ro,nosuid,nodev,noexec,relatime
/m/sub ro,nodev,relatime'
fails 'remount wants a mount' 125 'pivot: --volume :/m:remount,ro: *(nothing is mounted there)' \
	Q -v :/m:remount,ro "$R" true
rmdir "$R/m"

for who in root user; do
	mkdir "$tmp/bare"
	chmod 777 "$tmp/bare"
	run Q --dry-run -r --hostname none -v "$vol:/a/b" -v "$tmp/subfile:/f:ro" "$tmp/bare"
	is "--dry-run shows what would be mounted ($who)" "$rc $(echo "$out" |
		awk 'index(" / /a/b /f /proc /sys /dev ", " " $5 " ") { print $5, substr($6, 1, 2) }' | sort | tr '\n' ' ')$err" \
		'0 / ro /a/b rw /dev rw /f ro /proc rw /sys ro '
	is "--dry-run leaves no mount point behind ($who)" "$(find "$tmp/bare")" "$tmp/bare"
	rm -rf "$tmp/bare"
done
who=root
umount "$vol/sub" "$vol"
finish
