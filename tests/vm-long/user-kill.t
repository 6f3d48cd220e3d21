#!/bin/sh
# SPDX-License-Identifier: MIT
# husk run of an ordinary user, with one of its processes killed at some moment: also those of
# fuse-overlayfs and of pasta, where these are.  For HUSK_KILLS see kill.sh.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
. "$top/tests/vm-long/kill.sh"
cd "$tmp" || exit 1
make_users
make_rootfs fs
storages=overlay
if command -v fuse-overlayfs >/dev/null && [ -c /dev/fuse ]; then
	storages='overlay fuse-overlayfs'
	mknod -m 666 fuse c 10 229
	mount --bind fuse /dev/fuse
fi
if command -v pasta >/dev/null && [ -c /dev/net/tun ]; then
	mknod -m 666 tun c 10 200
	mount --bind tun /dev/net/tun
	# A way out for pasta to copy.
	make_far
	vethctl route add default via 192.0.2.2
fi
who=many
as $who husk import fs bb:1 >/dev/null

left() {
	(cd "$who" && find run/husk/c .local/share/husk/c .local/share/husk/name .local/share/husk/tmp -mindepth 1)
	others
	cut -d ' ' -f 3- /proc/self/mountinfo
}
start() {
	options=$(one_of '--network none' --rm '--rm -p 18080:80' '-p 18080:80')
	next
	# shellcheck disable=SC2086,SC2046 # words
	at_some_moment 400 as $who env HUSK_STORAGE=$(one_of $storages) husk run $options \
		--name "kill$n" bb:1 sleep 0.1
}
clean() {
	as $who husk rm -f -a >/dev/null 2>&1
	left >after
	cmp -s before after && as $who husk check >check.out 2>&1
}
as $who husk run --rm bb:1 true
kills start clean
[ ! -e tun ] || { remove_far; umount /dev/net/tun; }
[ ! -e fuse ] || umount /dev/fuse
remove_users
finish
