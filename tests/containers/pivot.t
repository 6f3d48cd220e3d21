#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot as it is without options: what the container sees, as root and as a user without privilege.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"

# Looked at from inside, all in one container: lines "NAME: what is seen".
cat >"$R/look" <<'EOT'
see() { echo "$1:" $(eval "$2" 2>/dev/null); }
see root 'ls /'
see zero 'head -c 7 /dev/zero | od -An -tx1'
see random 'head -c 16 /dev/random | wc -c; head -c 16 /dev/urandom | wc -c'
see null 'echo x >/dev/null && head -c 1 /dev/null | wc -c'
see full 'echo x >/dev/full || echo full'
see modes 'cd /dev; stat -c %a null zero full random urandom tty shm'
see links 'for l in fd ptmx stdin; do readlink /dev/$l; done'
see ptmx 'test -c /dev/pts/ptmx && echo yes'
see shm 'echo x >/dev/shm/x && cat /dev/shm/x'
see sysctl 'echo x >/proc/sys/kernel/core_pattern && echo written'
see sysfs 'echo x >/sys/kernel/profiling && echo written'
see files 'cat /proc/keys /proc/interrupts /proc/timer_list | wc -c'
see dirs 'ls -A /proc/acpi /sys/firmware | grep -v :'
see unmask 'umount /proc/keys || echo denied'
see caps 'grep -E "^Cap" /proc/self/status | grep -o "[0-9a-f]*$"'
see privs 'grep NoNewPrivs /proc/self/status | grep -o .$'
see variables 'echo $HOME $PATH $container'
see fds 'ls /proc/self/fd'
see mknod 'mknod /tmp/n b 7 0; mknod /dev/n b 7 0; cat /tmp/n; cat /dev/n && echo opened'
see remount 'mount -o remount,rw /proc/sys || echo denied'
chmod 600 /dev/null 2>/dev/null
EOT

# What must be seen, whoever looks and by whichever mount calls.
cat >"$tmp/want" <<EOT
root: bin dev etc look proc root sys tmp
zero: 00 00 00 00 00 00 00
random: 16 16
null: 0
full: full
modes: 666 666 666 666 666 666 1777
links: /proc/self/fd pts/ptmx /proc/self/fd/0
ptmx: yes
shm: x
sysctl:
sysfs:
files: 0
dirs:
unmask: denied
caps: 0000000000000000 00000000a80425fb 00000000a80425fb 00000000a80425fb 0000000000000000
privs: 1
variables: /root /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin husk
fds: 0 1 2 3
mknod:
remount: denied
EOT

gives '01 the pipeline: PID 1 is cinit, the command PID 2' 0 '2
cinit' cgexec -m 64M unshare -pnmu pivot "$R" cinit sh -c 'echo $$; cat /proc/1/comm'

# A mount that is shared, as the host's root usually is.
mkdir "$tmp/shared"
mount -t tmpfs shared "$tmp/shared"
mount --make-shared "$tmp/shared"
mkdir "$tmp/shared/r"
cp -a "$R/." "$tmp/shared/r"
before=$(sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo)
gives '04 without unshare it makes a mount namespace of its own' 0 hello \
	pivot "$tmp/shared/r" echo hello
gives '55 from a shared mount' 0 hello unshare -pmu --propagation unchanged pivot "$tmp/shared/r" \
	echo hello
is '03 the mounts outside are as before' "$(sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo)" "$before"
umount "$tmp/shared"
gives '05 ROOTFS may be /' 0 hello Q / echo hello

for who in root user; do
	label="($who)"
	P sh /look 9<"$top" >"$tmp/seen"
	for name in $(sed 's/:.*//' "$tmp/want"); do
		is "02 11-18 33 37 inside: $name $label" "$(grep "^$name:" "$tmp/seen")" \
			"$(grep "^$name:" "$tmp/want")"
	done
	is "16 a chmod of /dev/null does not reach the host's $label" \
		"$(stat -c %a /dev/null)" 666
	run P cinit sh -c 'cat /proc/self/mountinfo; kill -9 $$' </dev/null
	is "09 the signal of the command $label" "$rc" 137
	is "02 nothing of the host's is mounted $label" \
		"$(echo "$out" | awk '$5 == "/"' | wc -l)" 1
	is "14 nodev on every mount but nodes, pts and masks $label" \
		"$(echo "$out" | awk '$6 !~ /nodev/ && $4 !~ /null$/ { print $5 }' | sort)" \
		"$(printf '%s\n' /dev/full /dev/pts /dev/random /dev/tty /dev/urandom /dev/zero)"
	rm -f "$R/tmp/n"
done
who=root
finish
