# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# rootfs.sh - a small root of busybox for tests of pivot, and ways into it:
#
#	R		the root, made by make_root
#	P CMD...	unshare -pnmu pivot $R CMD..., as $who says: root, or user = uid 65534
#	Q OPTION... CMD	the same with options of pivot and the root among them
#
# HUSK_TEST_API=old makes both run on what looks like Linux 5.1: no new mount calls, no openat2, no
# clone3, no close_range.  So tests/containers/pivot_old.t runs all of these files once more.

export who=root HUSK_MOUNT_API="${HUSK_TEST_API:-new}"
older=''
[ $HUSK_MOUNT_API != old ] || older="$HUSK_OUT/probes/enosys -k 5.1 --"
R=$tmp/r

# The shell of busybox would run its own.
unshare() { "$HUSK" unshare "$@"; }
pivot() { "$HUSK" pivot "$@"; }

make_root() {
	mkdir -p "$1/bin" "$1/proc" "$1/sys" "$1/dev" "$1/etc" "$1/root" "$1/tmp"
	chmod 1777 "$1/tmp"
	# The shell of busybox finds itself without a path.
	busybox=$(command -v busybox)
	[ -e "$busybox" ] || busybox=/bin/busybox
	cp "$busybox" "$1/bin/busybox"
	for applet in sh ls cat echo id touch mknod mkdir rm ln dd stat readlink mount umount env \
		true false sleep hostname pwd grep chmod head wc od test cmp mv tail; do
		ln -s busybox "$1/bin/$applet"
	done
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'app:x:1000:1000::/home/app:/bin/sh' \
		'nobody:x:65534:65534:nobody:/:/bin/false' >"$1/etc/passwd"
	printf '%s\n' 'root:x:0:' 'tty:x:5:' 'app:x:1000:' 'audio:x:29:app,root' \
		'nogroup:x:65534:' >"$1/etc/group"
}

# As a user without privilege.
as_user() {
	"$HUSK" setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

Q() {
	set -- pivot "$@"
	case $who in
	root) set -- "$HUSK" unshare -pnmu "$@" ;;
	user) set -- "$HUSK" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$HUSK" unshare -Urpnmui "$@" ;;
	esac
	# shellcheck disable=SC2086 # none or several words
	$older "$@"
}

P() {
	Q "$R" "$@"
}

make_root "$R"
