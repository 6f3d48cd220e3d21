#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot.sh - what pivot adds to bare namespaces, with twenty binds, with an overlay of thirty
# layers, and bwrap with the same mounts.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit
binds='' lowers=$rootfs i=0
while [ $((i += 1)) -le 30 ]; do
	mkdir "l$i"
	lowers=$tmp/l$i:$lowers
	[ $i -gt 20 ] || binds="$binds -v $tmp/l$i:/tmp/$i"
done
{
	echo "namespaces and chroot: unshare -pnmu -R $rootfs true"
	echo "pivot: unshare -pnmu pivot $rootfs true"
	echo "pivot, 20 binds: unshare -pnmu pivot --tmpfs /tmp $binds $rootfs true"
	echo "pivot, 31 layers: unshare -pnmu pivot --overlay $lowers $rootfs true"
	if have bwrap; then
		bwrap='bwrap --unshare-pid --unshare-net --unshare-uts'
		echo "bwrap: $bwrap --bind $rootfs / --proc /proc --dev /dev true"
	fi
} >list
grep '^  (' list || true
grep -v '^  (' list | turns -n "$rounds" -t pivot -r "$results"
