#!/bin/sh
# SPDX-License-Identifier: MIT
# chroot as root, beside that of coreutils.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

d() {
	name=$1
	shift
	same "$name" /usr/sbin/chroot "$HUSK_OUT/bin/chroot" "$@"
}

ids='id -u; id -g; id -G'
d 'user and group by number' --userspec=1000:1001 / sh -c "$ids"
d 'with a plus' --userspec=+1:+2 / sh -c "$ids"
d 'a user with a plus' --userspec=+1 / sh -c "$ids"
d 'user by name: its group and groups' --userspec=daemon / sh -c "$ids"
d 'user by name with a colon' --userspec=daemon: / sh -c "$ids"
d 'group alone' --userspec=:5 / sh -c "$ids"
d 'user and group by name' --userspec=nobody:tty / sh -c "$ids"
d 'an unknown number without a group' --userspec=12345 / true
d 'an unknown number with a group and groups' --userspec=12345:7 --groups=1,2 / sh -c "$ids"
d 'groups by name and number' --groups=tty,7 / sh -c 'id -G'
d 'a root that is a file' /etc/passwd true
d 'killed' / sh -c 'kill -KILL $$'
# Names of the new root, not of this one.
mkdir -p "$tmp/root/bin" "$tmp/root/etc"
cp /bin/busybox "$tmp/root/bin/sh"
cp /bin/busybox "$tmp/root/bin/id"
echo 'inner:x:4242:4343::/:/bin/sh' >"$tmp/root/etc/passwd"
echo 'team:x:4444:inner' >"$tmp/root/etc/group"
d 'names of the new root' --userspec=inner "$tmp/root" /bin/sh -c 'id -u; id -g; id -G'
gives 'the groups that the new root gives to the user' 0 '4343 4444' chroot --userspec=inner "$tmp/root" /bin/id -G

finish
