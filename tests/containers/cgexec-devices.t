#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec-devices.t - device rules, disks, huge pages, network classes.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

root=/sys/fs/cgroup
if [ ! -e $root/devices/tasks ]; then
	skip 'cgexec: devices on v1' 'this machine has no cgroup v1'
	finish
fi
# A disk of our own.
dd if=/dev/zero of="$tmp/image" bs=1M count=8 2>/dev/null
disk=$(losetup -f --show "$tmp/image" 2>/dev/null)
[ ! -b "$disk" ] || defer "losetup -d $disk"
# The same rules by v1 files, and by the v2 program where v1 devices is not to be had.
check_devices() { # LABEL COMMAND...: runs cgexec so that this is how
	label=$1
	shift
	ok "29 $label: default: null" "$@" cgexec --devices default dd if=/dev/null of=/dev/null
	run "$@" cgexec --devices default dd if="$disk" of=/dev/null count=1
	like "29 $label: default: no disk" "$rc $err" '1 *Operation not permitted*'
	ok "29 $label: default: mknod" "$@" cgexec --devices default sh -c 'mknod "$1" b 254 0 && rm "$1"' sh "$tmp/node"
	run "$@" cgexec --devices closed sh -c 'mknod "$1" b 254 0' sh "$tmp/node"
	like "29 $label: closed: no mknod" "$rc $err" '1 *Operation not permitted*'
	run "$@" cgexec --devices none dd if=/dev/zero of="$tmp/zero" count=1
	like "29 $label: none: nothing" "$rc $err" '1 *Operation not permitted*'
	ok "29 $label: one more" "$@" cgexec --devices closed --device "$disk:r" dd if="$disk" of=/dev/null count=1
	run "$@" cgexec --devices closed --device "$disk:r" dd if=/dev/null of="$disk" conv=notrunc
	like "29 $label: which is read only" "$rc $err" '1 *Operation not permitted*'
	ok "30 $label: rules of one device are one" "$@" cgexec --devices none --device 'c 1:9 r' --device 'c 1:9 w' \
		--device 'c 1:3 rw' sh -c 'exec 3<>/dev/urandom'
	ok "30 $label: a rule for all minors" "$@" cgexec --device 'c 1:* r' dd if=/dev/zero of="$tmp/zero" count=1
	run "$@" cgexec --device-deny 'b *:* rw' dd if="$disk" of=/dev/null count=1
	like "31 $label: denied" "$rc $err" '1 *Operation not permitted*'
	ok "31 $label: all others are allowed" "$@" cgexec --device-deny 'b *:* rw' dd if=/dev/zero of="$tmp/zero" count=1
}
if [ ! -b "$disk" ]; then
	skip '29 devices' 'no loop devices here'
else
	check_devices v1 env
	# shellcheck disable=SC2016
	if [ -e $root/unified/cgroup.controllers ]; then
		check_devices v2 unshare -m sh -c 'mount -t tmpfs no-devices /sys/fs/cgroup/devices; exec "$@"' sh
	else
		skip '29 devices by a program' 'no cgroup2 here'
	fi
fi

# ---- disks: a loop device, throttled

value() { # FILE OPTION...
	file=$1
	shift
	cgexec "$@" sh -c 'cat "'$root'/blkio$(sed -n "s/^[0-9]*:blkio://p" /proc/self/cgroup)/'"$file"'"' 2>&1
}
if [ -b "$disk" ]; then
	loop=$disk
	major=$((0x$(stat -c %t "$loop"))) minor=$((0x$(stat -c %T "$loop")))
	is '27 a rate is a plain number' "$(value blkio.throttle.write_bps_device --device-write-bps "$loop:1M")" "$major:$minor 1048576"
	is '27 --device-read-bps by number' "$(value blkio.throttle.read_bps_device --device-read-bps $major:$minor:2M)" "$major:$minor 2097152"
	is '27 --device-read-iops' "$(value blkio.throttle.read_iops_device --device-read-iops "$loop:50")" "$major:$minor 50"
	is '27 --device-write-iops' "$(value blkio.throttle.write_iops_device --device-write-iops "$loop:60")" "$major:$minor 60"
	slow() {
		start=$(cut -d. -f1 /proc/uptime)
		# shellcheck disable=SC2086 # three words
		cgexec "$1" "$loop:1M" dd $2 bs=256k count=16 2>/dev/null
		end=$(cut -d. -f1 /proc/uptime)
		[ $((end - start)) -ge 2 ]
	}
	ok '26 4 MiB at 1 MiB a second are not written at once' slow --device-write-bps "if=/dev/zero of=$loop oflag=direct"
	ok '26 nor read' slow --device-read-bps "if=$loop of=/dev/null iflag=direct"
	# A partition, with its table of one entry.
	{
		head -c 446 /dev/zero
		printf '\0\0\0\0\203\0\0\0\0\010\0\0\0\010\0\0'
		head -c 48 /dev/zero
		printf '\125\252'
	} | dd of="$loop" conv=notrunc 2>/dev/null
	name=${loop#/dev/}
	if partx -a "$loop" 2>/dev/null && part=$(cat "/sys/block/$name/${name}p1/dev" 2>/dev/null); then
		defer "partx -d $loop"
		is '28 a partition stands for its disk' "$(value blkio.throttle.read_bps_device --device-read-bps "$part:1M")" "$major:$minor 1048576"
		run cgexec -v --device-read-bps "$part:1M" true
		like '28 -v tells it' "$err" "*--device-read-bps $part:1M: a partition of $major:$minor, which is limited as a whole*"
		fails '28 the kernel limits no partition' 125 "cgexec: blkio.throttle.read_bps_device=$part 5000 in *: No such device (not a whole disk*" \
			cgexec -o "blkio.throttle.read_bps_device=$part 5000" true
	else
		skip '28 a partition stands for its disk' 'no partitions here'
	fi
else
	skip '26 a throttled disk' 'no loop devices here'
fi
if [ -b "$(df -P / | awk 'NR == 2 { print $1 }')" ]; then
	is '28 a path stands for its disk' "$(value blkio.throttle.read_bps_device --device-read-bps "/:1G" | cut -d' ' -f2)" 1073741824
fi
weight=$(cd $root/blkio && ls blkio.bfq.weight blkio.weight 2>/dev/null | head -n 1)
if [ -n "$weight" ]; then
	is '--io-weight' "$(value "$weight" --io-weight 300)" 300
	is '--io-weight is at most 1000 on v1' "$(value "$weight" --io-weight 5000)" 1000
else
	skip '--io-weight' 'no scheduler here takes weights'
fi

# ---- huge pages

pages=/proc/sys/vm/nr_hugepages
before=$(cat $pages 2>/dev/null)
hugetlb_here() { [ -n "$before" ] && echo $((before + 4)) >$pages && [ "$(cat $pages)" -ge 4 ]; }
if cgexec --hugetlb 2MB=4M true 2>/dev/null && hugetlb_here; then
	defer "echo $before >$pages"
	run cgexec --hugetlb 2MB=4M "$HUSK_OUT/probes/hugepages" 4
	like '32 the third of two huge pages' "$rc $out" '135 1*2'
	ok '32 two of two' cgexec --hugetlb 2MB=4M "$HUSK_OUT/probes/hugepages" 2
else
	skip '32 --hugetlb' 'no huge pages here'
fi

fails '38 what is not mounted ends before the command runs' 125 'cgexec: net_cls is not mounted*' \
	cgexec --net-classid 0x10001 touch "$tmp/ran"
ok '38 it did not run' [ ! -e "$tmp/ran" ]
fails '--net-prio' 125 'cgexec: net_prio is not mounted*' cgexec --net-prio lo=5 true

finish
