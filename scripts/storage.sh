# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# storage.sh - how a container gets a root file system of its own from the layers of its image:
#
#	overlay		the kernel stacks them
#	fuse-overlayfs	that program does, for an ordinary user: where the kernel does not let one
#	copy		they are copied: slow, but it works everywhere

# find_storage [IMAGE LOWER]: $storage, as HUSK_STORAGE says; else what works, which is tried once a
# boot.  LOWER is the list of layers for an overlay: it may be too long.
find_storage() {
	storage=${HUSK_STORAGE-}
	[ -n "$storage" ] || {
		get "$HUSK_RUN/storage"
		storage=$value
	}
	case $storage in
	overlay | copy) ;;
	fuse-overlayfs) [ -n "$rootless" ] || die "HUSK_STORAGE=$storage: is for ordinary users" ;;
	?*) die "HUSK_STORAGE=$storage: not overlay, fuse-overlayfs or copy" ;;
	'')
		for storage in overlay fuse-overlayfs copy; do
			! try_storage || break
		done
		"$HUSK" put "$HUSK_RUN/storage" "$storage" 2>/dev/null
		;;
	esac
	count_layers "${2-}"
	[ "$storage" != overlay ] || [ "$count" -le 500 ] ||
		die "$1: has $count layers, and an overlay takes 500 (HUSK_STORAGE=copy takes more)"
}

count_layers() { # LOWER
	local IFS=:
	# shellcheck disable=SC2086 # numbers
	set -- $1
	count=$#
}

try_storage() (
	dir=$HUSK_ROOT/tmp/$$.$started.try
	mkdir -p "$dir/lower" "$dir/up" "$dir/work" "$dir/root" && cd "$dir" || exit
	set -- pivot --proc none --sys none --dev none --cgroup none
	case $storage in
	overlay)
		# shellcheck disable=SC2086 # words
		"$HUSK" ${userns:-unshare} -${rootless:+p}m "$@" --overlay lower --upper up --work work root \
			layer pack / -
		;;
	fuse-overlayfs)
		# shellcheck disable=SC2086
		[ -n "$rootless" ] && command_exists fuse-overlayfs &&
			"$HUSK" $userns -m sh "$libexec/fuse.sh" lower up work root \
				"$HUSK" unshare -pm "$@" root layer pack / -
		;;
	esac >/dev/null 2>&1
	rc=$?
	wipe "$dir"
	exit $rc
)

# copy_layers DIR: those whose diffids are on stdin, the lowest first.
copy_layers() {
	local diffid
	while read -r diffid; do
		# shellcheck disable=SC2086,SC2154 # none or one word; lib.sh sets it
		{ layer pack "$HUSK_ROOT/lay/$diffid/fs" - 2>"$1.failed" && rm "$1.failed"; } |
			layer unpack $owners --apply - "$1" >/dev/null || return 1
		if [ -e "$1.failed" ]; then
			cat "$1.failed" >&2
			return 1
		fi
	done
}
