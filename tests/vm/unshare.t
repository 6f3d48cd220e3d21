#!/bin/sh
# SPDX-License-Identifier: MIT
# unshare, nsenter and chroot on other kernels, with the shell and the tools of busybox: what the page
# unshare.md lists as absolute in section 6, as far as it does not compare.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/guest.sh"
guest
isolate "$@"

# In the background a function would have a shell of its own before it.
u=$HUSK_OUT/bin/unshare
n=$HUSK_OUT/bin/nsenter

# That a process whose command line is this runs, or none.  Not by ps: that may name itself.
pid_of() {
	for cmdline in /proc/[0-9]*/cmdline; do
		[ "$(tr '\0' ' ' <"$cmdline" 2>/dev/null)" != "$1 " ] || { echo "$cmdline" | tr -dc 0-9; return; }
	done
	return 1
}
gone() { ! pid_of "$1" >/dev/null; }
# $rc is the status of $waiter.
await() {
	wait "$waiter" 2>/dev/null
	rc=$?
}

# ---- unshare

gives 'A01 A19 -p: PID 1, whose parent is outside' 0 '1 0' unshare -p sh -c 'echo $$ $PPID'
gives 'A02 of its /proc' 0 1 unshare -p --mount-proc readlink /proc/self
gives 'A03 it forks again and again' 0 ok unshare -p sh -c 'true; true; echo ok'
before=$(hostname)
gives 'A04 a name of its own' 0 'ctl 1' unshare -pnmu sh -c 'hostname ctl; echo $(hostname) $$'
is 'A04 not ours' "$(hostname)" "$before"
run timeout 1 "$u" -p sleep 300.05
is 'A05 timeout ends a PID 1' "$rc" 143
ok 'A05 nothing is left' within 20 gone 'sleep 300.05'
for options in '' '-S 65534 -G 65534' '-m --mount-proc'; do
	# shellcheck disable=SC2086
	"$u" -p $options sleep 300.06 &
	waiter=$!
	within 20 pid_of 'sleep 300.06'
	kill -KILL $waiter
	await
	ok "A06 A07 nothing outlives a killed waiter ($options)" within 20 gone 'sleep 300.06'
done
# INT is ignored by what a shell starts in the background.
for signal in HUP:129 USR1:138 TERM:143; do
	"$u" -p sleep 300.08 &
	waiter=$!
	within 20 pid_of 'sleep 300.08'
	kill -"${signal%:*}" $waiter
	await
	is "A08 A34 ${signal%:*} ends a PID 1 without handlers" "$rc" "${signal#*:}"
done
"$u" -p sh -c 'trap "exit 5" TERM; : >"$1"; while :; do sleep 0.05; done' sh "$tmp/r9" &
waiter=$!
within 20 test -e "$tmp/r9"
kill -TERM $waiter
await
is 'A09 a handler gets the plain signal' "$rc" 5
"$u" -p "$HUSK_OUT/probes/sigwait" "$tmp/r10" &
waiter=$!
within 20 test -e "$tmp/r10"
kill -TERM $waiter
await
is 'A09 and sigwait does' "$rc" 15
gives 'A10 killed' 137 '' unshare -uf sh -c 'kill -KILL $$'
gives 'A11 a waiter that is PID 1' 143 '' unshare -p "$u" -uf sh -c 'kill -TERM $$'
gives 'A13 SEGV' 139 '' unshare -uf sh -c 'kill -SEGV $$'

mkdir "$tmp/p"
mount -t tmpfs none "$tmp/p"
mount --make-private "$tmp/p"
touch "$tmp/p/pid" "$tmp/p/uts" "$tmp/p/mnt" "$tmp/p/net"
gives 'A14 --pid=FILE' 0 '' unshare --pid="$tmp/p/pid" true
fails 'A40 a bind that fails: nothing ran' 1 'unshare: keep the uts namespace at /no/such:*' unshare -pf --uts=/no/such touch "$tmp/ran"
ok 'A40 not a bit' test ! -e "$tmp/ran"
gives '--uts, --mount and --net=FILE' 0 '' unshare --uts="$tmp/p/uts" --mount="$tmp/p/mnt" --net="$tmp/p/net" hostname kept
gives 'and entered by them' 0 kept nsenter --uts="$tmp/p/uts" --net="$tmp/p/net" hostname
gives '--mount=FILE too' 0 ok nsenter --mount="$tmp/p/mnt" echo ok
gives 'A38 a nested one binds its own' 0 nested unshare -pf sh -c \
	'umount "$3/uts"; "$1" --uts="$3/uts" hostname nested; "$2" --uts="$3/uts" hostname' sh "$u" "$n" "$tmp/p"
umount "$tmp"/p/* 2>/dev/null
umount "$tmp/p"

gives 'D10 -r' 0 '0 0 1 0 0 1 deny' unshare -r sh -c 'echo $(cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups)'
gives 'A15 a range without the one ID in it' 0 '0 100000 100 100 0 1' \
	unshare --map-users=0:100000:100 --map-user=100 sh -c 'echo $(sort /proc/self/uid_map)'
fails 'ranges that overlap' 1 'unshare: *overlap*' unshare --map-users=0:1000:10 --map-users=5:2000:10 true
if [ -e /proc/self/ns/time ]; then
	for option in -T -pT '-T --no-fork'; do
		# shellcheck disable=SC2086
		gives "A17 D27 clocks ($option)" 0 far unshare $option --boottime 100000000 \
			sh -c 'read up rest </proc/uptime; test ${up%.*} -gt 100000000 && echo far'
	done
else
	fails 'no time namespaces' 1 'unshare: the kernel has no time namespaces' unshare -T true
fi
gives 'A18 --clear-env' 0 CLEARED env X=1 "$u" --clear-env /bin/sh -c 'echo ${X:-CLEARED}'
gives 'D19 mounts are private' 1 '' unshare -m grep shared: /proc/self/mountinfo
gives 'D21 D22 D25 -R -w -S -G' 0 '/etc 12 34 34' unshare -R /rootfs -w /etc -S 12 -G 34 \
	/bin/sh -c 'echo $(pwd) $(id -u) $(id -g) $(id -G)'
gives 'A32 --no-fork' 0 1 unshare -pF sh -c 'sh -c "echo \$\$"; :'
"$u" -p --no-kill-child sleep 300.33 &
waiter=$!
within 20 pid_of 'sleep 300.33'
kill -KILL $waiter
await
ok 'A33 --no-kill-child' pid_of 'sleep 300.33'
kill -KILL "$(pid_of 'sleep 300.33')"

i=0
while [ $((i += 1)) -le 24 ]; do
	case $((i % 4)) in
	0) set -- -p ;;
	1) set -- -pmu ;;
	2) set -- -p -S 65534 ;;
	3) set -- -f --kill-child -S 65534 ;;
	esac
	"$u" "$@" sleep 300.35 &
	[ $((i % 5)) = 0 ] || usleep $((i % 5 * 4000))
	kill -KILL $!
done 2>/dev/null
wait
ok 'A35 24 waiters killed at some moment: nothing is left' within 20 gone 'sleep 300.35'

# ---- nsenter

cgexec --pids 20 "$u" -pnmuiC --mount-proc --hostname inside sleep 300.50 &
waiter=$!
within 20 pid_of 'sleep 300.50'
T=$(pid_of 'sleep 300.50')
namespaces() {
	for ns in mnt net pid uts; do readlink "/proc/$1/ns/$ns"; done
}
is 'A36 the waiter stays outside' "$(namespaces $waiter)" "$(namespaces self)"
gives 'A20 no namespace' 1 '' nsenter -t "$T" touch "$tmp/ran"
ok 'A20 nothing ran' test ! -e "$tmp/ran"
gives 'A21 a cluster' 0 inside nsenter -t "$T" -mpu hostname
gives 'A22 stdin stays' 0 hello sh -c 'echo hello | "$1" -t "$2" -u -c cat' sh "$n" "$T"
gives 'A23 -c' 0 "$(cat /proc/"$T"/cgroup)" nsenter -t "$T" -p -c cat /proc/self/cgroup
for spelling in -W=/tmp '-W /tmp' --wdns=/tmp -w/tmp -w=/tmp --wd=/tmp; do
	# shellcheck disable=SC2086
	gives "A24 $spelling" 0 /tmp nsenter -t "$T" -u $spelling pwd
done
"$n" -t "$T" -a sleep 300.25 &
entered=$!
within 20 pid_of 'sleep 300.25'
kill -KILL $entered
wait $entered 2>/dev/null
ok 'A25 nothing outlives a killed nsenter' within 20 gone 'sleep 300.25'
gives 'A26 -a -r -w: no descriptor of ours' 0 '0 1 2 3' nsenter -t "$T" -a -r -w sh -c 'echo $(ls /proc/self/fd)'
gives 'A27 -S' 0 1234 nsenter -t "$T" -u -S 1234 id -u
mkdir "$tmp/empty"
for option in '-u -i -n -p' -a; do
	# shellcheck disable=SC2086
	gives "A28 without /proc ($option)" 0 inside unshare -m sh -c \
		'mount --bind "$1" /proc; shift; exec "$@"' sh "$tmp/empty" "$n" -t "$T" $option hostname
done
gives 'A29 -u=FILE' 0 inside nsenter "-u=/proc/$T/ns/uts" hostname
gives 'D54 the status' 9 '' nsenter -t "$T" -p sh -c 'exit 9'
gives 'D56 a signal' 137 '' nsenter -t "$T" -p sh -c 'kill -KILL $$'
fails 'D57 no such process' 1 'nsenter: *No such process' nsenter -t 4194304 -m true
gives 'D65 -a on oneself' 0 '' nsenter -t $$ -a true
"$u" -m "$HUSK_OUT/bin/setpriv" --bounding-set -all sleep 300.51 &
bound=$!
within 20 pid_of 'sleep 300.51'
gives 'what enters the root is bound as the target is' 0 '0000000000000000' \
	nsenter -t $bound -m sed -n 's/^CapBnd:.//p' /proc/self/status
kill $bound
wait $bound 2>/dev/null
kill $waiter
await

user="$HUSK_OUT/bin/setpriv --reuid 1000 --regid 1000 --clear-groups"
chmod 755 /husk /husk/out /husk/out/bin 2>/dev/null
# shellcheck disable=SC2086
$user "$u" -r sleep 300.39 &
waiter=$!
maps() { grep -q '^ *0 *1000' /proc/$waiter/gid_map; }
within 20 maps
# shellcheck disable=SC2086
gives 'A39 a user enters his own' 0 0 $user "$n" -t $waiter -U id -u
# shellcheck disable=SC2086
gives 'A37 and makes no mount namespace without one' 1 '' $user "$u" -m true
kill $waiter
await

# ---- chroot

gives 'chroot: / of the new root' 0 '/ root' chroot /rootfs /bin/sh -c 'echo $(pwd) $(head -c 4 /etc/passwd)'
gives 'chroot --userspec --groups' 0 '5 6 6 7' chroot --userspec=5:6 --groups=7 /rootfs /bin/sh -c 'echo $(id -u) $(id -g) $(id -G)'
fails 'chroot: no such directory is 125' 125 'chroot: */no/such: No such file*' chroot /no/such true
gives 'chroot: not found is 127' 127 '' chroot /rootfs /no/such
gives 'chroot: not executable is 126' 126 '' chroot /rootfs /etc/passwd
finish
