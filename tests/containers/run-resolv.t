#!/bin/sh
# SPDX-License-Identifier: MIT
# resolv.conf and hosts of a container: which servers it is told of, and that no image leads the
# writing of them astray.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1

# ---- 68: an image whose files are links, to files of the host among them

make_rootfs "$tmp/fs"
echo secret >"$tmp/victim"
chmod 644 "$tmp/victim"
ln -sf "$tmp/victim" "$tmp/fs/etc/resolv.conf"
ln -sf ../../../../../../../../../../../../etc/passwd "$tmp/fs/etc/hosts"
# The links lead to files of the image itself: it may have some of the same names.
mkdir -p "$tmp/fs$tmp"
: >"$tmp/fs$tmp/victim"
husk import "$tmp/fs" hostile:1 >/dev/null || exit 1
defer 'husk rm -f -a >/dev/null 2>&1'
before=$(cat /etc/passwd /etc/hosts /etc/hostname /etc/resolv.conf 2>/dev/null; cat "$tmp/victim")
run husk run --rm --network none hostile:1 sh -c 'echo pwned >>/etc/resolv.conf; echo pwned >>/etc/hosts; cat /etc/resolv.conf'
is '68 its own are there' "$rc $out" '0 pwned'
unlike '68 it reads nothing of the host' "$out" '*secret*'
unlike '68 nor its users' "$out" '*/root:*'
is '68 and writes nothing on it' "$(cat /etc/passwd /etc/hosts /etc/hostname /etc/resolv.conf 2>/dev/null; cat "$tmp/victim")" "$before"

# By way of a process's own link to its root: no start at all.
ln -sf /proc/1/root/etc/passwd "$tmp/fs/etc/hostname"
husk import "$tmp/fs" hostile:2 >/dev/null
fails '68 a link through /proc' 125 'pivot: --volume *: /etc/hostname in the new root: *' \
	husk run --rm --network none hostile:2 true

# ---- 5: the servers of the host, those aside that only it can reach

rm -f "$tmp/fs/etc/resolv.conf" "$tmp/fs/etc/hosts" "$tmp/fs/etc/hostname"
husk import "$tmp/fs" bb:1 >/dev/null
: >"$tmp/resolv"
mount --bind "$tmp/resolv" /etc/resolv.conf
resolv() { # LINES-OF-THE-HOST: those of a container
	printf '%s\n' "$1" >"$tmp/resolv"
	run husk run --rm bb:1 cat /etc/resolv.conf
}
resolv 'nameserver 127.0.0.53
nameserver 192.0.2.7
search example.org
nameserver ::1'
is '5 no server of loopback' "$out" 'nameserver 192.0.2.7
search example.org'
resolv 'nameserver 127.0.0.53'
is '5 none is left: none is invented' "$rc $out" '0 '
like '5 and that is said' "$err" 'husk *: the host has no nameserver that a container can reach (--dns ADDRESS)'
mount -t tmpfs husk-test /run
mkdir -p /run/systemd/resolve
echo 'nameserver 192.0.2.8' >/run/systemd/resolve/resolv.conf
resolv 'nameserver 127.0.0.53'
is '5 then the servers that systemd-resolved asks' "$rc $out" '0 nameserver 192.0.2.8'
umount -l /run
umount /etc/resolv.conf
network_down
finish
