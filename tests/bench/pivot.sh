#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot.sh - what pivot costs over a bare pivot_root(2) and proc (bare.c), alone, with twenty binds,
# with an overlay of thirty lowers; and bwrap with the same namespaces, mounts and capabilities.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit
binds='' bwrap_binds='' lowers=$rootfs bwrap_lowers="--overlay-src $rootfs" i=0
while [ $((i += 1)) -le 30 ]; do
	mkdir "l$i"
	[ $i -gt 29 ] || lowers=$tmp/l$i:$lowers bwrap_lowers="$bwrap_lowers --overlay-src $tmp/l$i"
	[ $i -gt 20 ] || binds="$binds -v $tmp/l$i:/tmp/$i" bwrap_binds="$bwrap_binds --bind $tmp/l$i /tmp/$i"
done
{
	echo "pivot_root and proc alone: bare $rootfs true"
	echo "pivot: unshare -pnmu pivot $rootfs true"
	echo "pivot, 20 binds: unshare -pnmu pivot --tmpfs /tmp $binds $rootfs true"
	echo "pivot, 30 lowers: unshare -pnmu pivot --overlay $lowers $rootfs true"
	if have bwrap; then
		caps='--cap-drop ALL'
		for cap in CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW \
			SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP; do
			caps="$caps --cap-add CAP_$cap"
		done
		bwrap="bwrap --unshare-pid --unshare-net --unshare-uts --die-with-parent $caps"
		rest='--proc /proc --dev /dev --ro-bind /sys /sys'
		echo "bwrap: $bwrap --bind $rootfs / $rest true"
		echo "bwrap, 20 binds: $bwrap --bind $rootfs / $rest --tmpfs /tmp $bwrap_binds true"
		if bwrap --help | grep -q -e --overlay-src; then
			echo "bwrap, 30 lowers: $bwrap $bwrap_lowers --tmp-overlay / $rest true"
		else
			echo "  (bwrap here knows no overlays)"
		fi
	fi
} >list
grep '^  (' list || true
grep -v '^  (' list | turns -n "$rounds" -t pivot -r "$results"
