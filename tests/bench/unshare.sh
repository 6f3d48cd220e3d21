#!/bin/sh
# SPDX-License-Identifier: MIT
# unshare.sh - from the start to the end of `true`: unshare and nsenter against util-linux's and
# busybox's, row by row the same work.
. "$(dirname "$0")/lib.sh"

bin=$HUSK_OUT/bin
true=$rootfs/bin/true

# title, options for ours; for util-linux; for busybox ("-": it cannot)
compare() {
	{
		echo "husk: $bin/unshare $2 $true"
		echo "util-linux: /usr/bin/unshare $3 $true"
		[ "$4" = - ] || echo "busybox: busybox unshare $4 $true"
	} | turns -n "$rounds" -t "unshare $1" -r "$results"
}

compare none '' '' ''
compare -m -m -m -m
compare -pmu -pmu -pmuf -pmuf
compare -pnmu -pnmu -pnmuf -pnmuf
compare -Ur -Ur -Ur -Ur

"$bin/unshare" -pnmuiC sleep 1000000 &
waiter=$!
trap 'kill $waiter; rm -rf "$tmp"' EXIT
until target=$(pgrep -P $waiter -f '^sleep'); do sleep 0.05; done
{
	echo "husk: $bin/nsenter -t $target -a $true"
	echo "util-linux: /usr/bin/nsenter -t $target -a $true"
} | turns -n "$rounds" -t 'nsenter -t PID -a' -r "$results"
{
	echo "husk: $bin/nsenter -t $target -muinp $true"
	echo "util-linux: /usr/bin/nsenter -t $target -m -u -i -n -p $true"
	echo "busybox: busybox nsenter -t $target -m -u -i -n -p $true"
} | turns -n "$rounds" -t 'nsenter -t PID -muinp' -r "$results"
