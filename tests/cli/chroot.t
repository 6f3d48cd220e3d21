#!/bin/sh
# SPDX-License-Identifier: MIT
# chroot without root: in a user namespace, and its messages.
. "$(dirname "$0")/../lib.sh"

fails 'no operand is 125' 125 'chroot: missing operand: *' chroot
fails 'an unknown option is 125' 125 'chroot: unknown option --bogus*' chroot --bogus /
fails 'a root that is missing' 125 'chroot: change the root directory to /no/such: No such file*' unshare -r chroot /no/such true
fails '--skip-chdir with another root' 125 'chroot: --skip-chdir: /tmp is not /*' chroot --skip-chdir /tmp true
fails '--userspec with no such user' 125 'chroot: no-such: no such user' unshare -r chroot --userspec=no-such / true
fails '--userspec with no such group' 125 'chroot: no-such: no such group' unshare -r chroot --userspec=root:no-such / true
fails '--groups with no such group' 125 'chroot: --groups: no-such: no such group' unshare -r chroot --groups=no-such / true
fails 'not found is 127' 127 'chroot: /no/such: No such file*' unshare -r chroot / /no/such
fails 'not executable is 126' 126 'chroot: /dev/null: *' unshare -r chroot / /dev/null
gives 'the working directory is /' 0 / unshare -r chroot / pwd
gives '--skip-chdir' 0 "$tmp" sh -c 'cd "$1" && exec "$2" -r chroot --skip-chdir / pwd' sh "$tmp" "$HUSK_OUT/bin/unshare"
mkdir -p "$tmp/root/bin"
cp /bin/busybox "$tmp/root/bin/sh"
gives 'another root' 0 '/bin' unshare -r chroot "$tmp/root" /bin/sh -c 'echo /*'
gives 'without a command $SHELL -i' 0 '-i' env SHELL=/bin/echo unshare -r chroot /

finish
