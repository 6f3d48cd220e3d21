#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.t - scripts/deps, in a root that holds busybox and a package manager made for the test.
. "$(dirname "$0")/../lib.sh"

if ! /usr/bin/unshare -r true 2>/dev/null; then
	skip 'scripts/deps in a root of its own' 'no user namespaces here'
	finish
fi

root=$tmp/root
mkdir -p "$root/bin" "$root/log" "$root/dev"
: >"$root/dev/null"
cp /bin/busybox "$root/bin/busybox"
for tool in sh env awk cat echo grep id paste sleep sort touch; do ln -s busybox "$root/bin/$tool"; done
cp "$top/scripts/deps" "$root/deps"

# It logs its arguments; "install" makes the program of each package, but not of those in
# /log/unknown, and the first time not while /log/hiccup is there.
cat >"$root/bin/apt-get" <<'END'
#!/bin/sh
echo "$*" >>/log/calls
[ "$1" = install ] || exit 0
[ -e /log/hiccup ] && { busybox rm /log/hiccup; exit 100; }
shift 3
for package; do
	grep -qx "$package" /log/unknown 2>/dev/null && exit 100
	case $package in
	busybox-static) ;;
	qemu-system-x86) touch /bin/qemu-system-x86_64 ;;
	kmod) touch /bin/depmod ;;
	xz-utils) touch /bin/xz ;;
	*) touch "/bin/$package" ;;
	esac
done
busybox chmod 755 /bin/*
END
chmod 755 "$root/bin/apt-get"

# shellcheck disable=SC2317 # called by the functions of lib.sh
deps() {
	/usr/bin/unshare "${user:---map-root-user}" --root="$root" /bin/env PATH=/bin /deps "$@"
}

# What the groups below build on is there from the start.
for file in gcc strip musl-gcc cpio; do : >"$root/bin/$file"; done
chmod 755 "$root/bin"/*
mkdir -p "$root/usr/include/linux"
: >"$root/usr/include/stdio.h"
: >"$root/usr/include/linux/mount.h"

gives 'nothing is missing: no output, no call' 0 '' deps build run
is 'nothing was asked of apt' "$(cat "$root/log/calls" 2>/dev/null)" ''

user=--map-user=1000
run deps vm
is 'an ordinary user: status 1' "$rc" 1
is 'an ordinary user is shown the command' "$err" 'deps: missing; install it as root: '\
'apt-get install -y --no-install-recommends kmod lz4 qemu-system-x86 xz-utils zstd'
is 'nothing was installed' "$(cat "$root/log/calls" 2>/dev/null)" ''

user=
: >"$root/log/hiccup"
ok 'root: installs what is missing, also past one failure of the mirror' deps vm
is 'one list update a try' "$(grep -c '^update' "$root/log/calls")" 2
gives 'the second run finds all of it' 0 '' deps vm

echo runc >"$root/log/unknown"
run deps bench
is 'a package that cannot be had: status 1' "$rc" 1
like 'and its name' "$err" '*still missing: *runc*'

rm "$root/bin/apt-get"
run deps bench
is 'no package manager: status 1' "$rc" 1
like 'no package manager: the names' "$err" 'deps: missing, by their names in Debian: *runc*'

user=--map-user=1000
: >"$root/bin/apk"
chmod 755 "$root/bin/apk"
run deps bench
like 'on Alpine: its own command' "$err" 'deps: missing; install it as root: apk add *runc*'

rm "$root/bin/apk"
: >"$root/bin/dnf"
chmod 755 "$root/bin/dnf"
run deps bench
like 'on Fedora: its own command' "$err" 'deps: missing; install it as root: dnf install -y *runc*'

gives 'where a static program is' 0 /bin/busybox deps static busybox
run deps static ls-of-nobody
is 'no such static program: status 1' "$rc" 1
is 'no such static program: message' "$err" 'deps: no static ls-of-nobody'

run deps nonsense
is 'an unknown group: status 1' "$rc" 1
like 'an unknown group: the known ones' "$err" "deps: no group 'nonsense'; there are: build*"
run deps
is 'no group: status 1' "$rc" 1

finish
