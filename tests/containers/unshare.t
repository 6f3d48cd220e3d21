#!/bin/sh
# SPDX-License-Identifier: MIT
# unshare as root, beside Debian's: the same command line gives the same output and status
# (the numbers are those of the page unshare.md, section 6).
. "$(dirname "$0")/../lib.sh"
# Linux 6.18 numbers mount namespaces by CPU, and refuses to bind one to a file when its number is not
# above that of ours (EINVAL): all of this test stays on one CPU.
taskset -p -c "$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)" $$ >/dev/null
isolate "$@"

peer=/usr/bin/unshare
ours=$HUSK_OUT/bin/unshare
user='/usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups'
# Where an ordinary user can execute it.
cp "$HUSK" "$tmp/unshare"

# As for `same`, by an ordinary user.
same_user() {
	name=$1
	shift
	# shellcheck disable=SC2086
	run $user "$peer" "$@"
	want="$rc $out"
	# shellcheck disable=SC2086
	run $user "$tmp/unshare" "$@"
	is "$name" "$rc $out" "$want"
}

d() {
	name=$1
	shift
	same "$name" "$peer" "$ours" "$@"
}

d 'D01 the status of the command' sh -c 'exit 7'
d 'D01 the status of the command in a child' -uf sh -c 'exit 7'
d 'D02 not found is 127' /no/such
d 'D02 not found is 127 in a child' -uf /no/such
d 'D03 not executable is 126' /dev/null
d 'D03 below a file is 126' /dev/null/x
d 'D04 an unknown option is 1' --bogus
d 'D05 a command that is killed: 128 and the signal' -uf sh -c 'kill -TERM $$'
d 'D06 options behind the command are its own' -u printf '%s.' -m --mount -p
d 'D07 -- ends the options' -u -- printf %s ok
d 'D08 with -pf the command is PID 1' -pf sh -c 'echo $$'
d 'D09 --mount-proc shows the new PID namespace' -pf --mount-proc readlink /proc/self
d 'D10 -r maps root to root' -r sh -c 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id'
same_user 'D11 -r maps an ordinary user to root' -r sh -c 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id -u'
same_user 'D12 -c maps a user to himself' -c sh -c 'cat /proc/self/uid_map /proc/self/gid_map; id -u'
same_user 'D13 -U alone maps nobody, setgroups stays allowed' -U sh -c 'id -u; cat /proc/self/setgroups /proc/self/uid_map'
d 'D14 --setgroups=deny' -U --setgroups=deny cat /proc/self/setgroups
d 'D15 --setgroups=allow with a map of one group' -r --setgroups=allow true
d 'D16 --setgroups with another word' -U --setgroups=perhaps true
same_user 'D17 --map-user and --map-group take IDs' --map-user=5 --map-group=7 sh -c 'id -u; id -g'
same_user 'D17 --map-user and --map-group take names' --map-user=daemon --map-group=tty sh -c 'id -u; id -g'
same_user 'D17 the last map of a user wins' -r -c --map-user=3 sh -c 'id -u; id -g'

# Of the root mount: shared:N, master:N, nothing.  The numbers differ.
propagation='sed -n "s|.* / / \([^-]*\)- .*|\1|p" /proc/self/mountinfo | tr -dc "a-z\n" | sort -u'
mount --make-rshared /
d 'D18 --propagation shared' -m --propagation shared sh -c "$propagation"
d 'D18 --propagation slave' -m --propagation slave sh -c "$propagation"
d 'D18 --propagation unchanged' -m --propagation unchanged sh -c "$propagation"
d 'D19 mounts are private by default' -m sh -c "$propagation"
d 'D20 --propagation with another word' -m --propagation bogus true
d 'D20 --propagation is ignored without -m' --propagation slave true
mount --make-rprivate /

mkdir -p "$tmp/root/bin" "$tmp/root/dir"
cp /bin/busybox "$tmp/root/bin/sh"
d 'D21 -R makes a directory the root, and / the working directory' -R "$tmp/root" /bin/sh -c 'pwd; echo /*'
d 'D22 -w is a directory of the new root' -R "$tmp/root" -w /dir /bin/sh -c pwd
d 'D22 -w alone' -w /usr pwd
d 'D23 -R with a directory that is missing' -R /no/such true
d 'D24 -w with a directory that is missing' -w /no/such true
d 'D25 -S and -G, which drops the groups' -S 1000 -G 1001 sh -c 'id -u; id -g; id -G'
d 'D26 -S with an ID that is not mapped' -r -S 1000 true
d 'D27 --boottime with -Tf' -Tf --boottime 100000000 sh -c 'read -r up rest </proc/uptime; test "${up%.*}" -gt 100000000 && echo far'
d 'D27 --monotonic may be negative' -Tf --monotonic -1 true
gives 'A17 --boottime without -f' 0 far unshare -T --boottime 100000000 sh -c 'read -r up rest </proc/uptime; test "${up%.*}" -gt 100000000 && echo far'
d 'D28 an offset without -T' --boottime 5 true
d 'D34 -n: only lo' -n sh -c 'grep -c : /proc/net/dev'
d 'D35 -i: message queues of its own' -i sh -c 'ipcmk -Q >/dev/null; ipcs -q | grep -c 0x'
d 'D36 -C makes the present group the root' -C sh -c 'cut -d: -f3 /proc/self/cgroup | sort -u'
same_user 'D37 A37 -m without privilege' -m true
same_user 'D38 -r --mount-proc without a PID namespace' -r --mount-proc true
d 'D39 -rpf --mount-proc' -rpf --mount-proc readlink /proc/self
d 'D40 --keep-caps makes them ambient' -U --map-user=5 --map-group=5 --keep-caps grep CapAmb /proc/self/status
d 'D41 -f leaves the signals of the command as they were' -uf grep '^Sig[BI]' /proc/self/status
trap '' USR1 HUP
d 'D41 ignored ones too' -uf grep '^Sig[BI]' /proc/self/status
trap - USR1
trap 'exit 129' HUP

# /bin/sh as a login shell reads /etc/profile: its output tells nothing.
printf '#!/bin/sh\necho shell $#\n' >"$tmp/myshell"
chmod +x "$tmp/myshell"
SHELL=$tmp/myshell d 'D32 without a command $SHELL runs' -u

mount -t tmpfs -o mode=755 none /run
touch "$tmp/ns"
for tool in "$peer" "$ours"; do
	run "$tool" --uts="$tmp/ns" sh -c 'hostname kept; exit 3'
	echo "$rc $(/usr/bin/nsenter --uts="$tmp/ns" hostname)"
	umount "$tmp/ns"
	run "$tool" -f --pid="$tmp/ns" sh -c 'echo $$'
	echo "$rc $out $(umount "$tmp/ns" && echo unmounted)"
	mkdir -p "$tmp/private"
	mount -t tmpfs none "$tmp/private"
	mount --make-private "$tmp/private"
	touch "$tmp/private/ns"
	run "$tool" --mount="$tmp/private/ns" mount -t tmpfs inside /mnt
	echo "$rc $(grep -c inside /proc/self/mountinfo) $(/usr/bin/nsenter --mount="$tmp/private/ns" grep -c inside /proc/self/mountinfo)"
	umount "$tmp/private/ns"
	umount "$tmp/private"
done >"$tmp/kept"
is 'D29 D30 D31 --uts=FILE, --pid=FILE, --mount=FILE keep their namespaces' \
	"$(tail -n 3 "$tmp/kept")" "$(head -n 3 "$tmp/kept")"
is 'D29 the host name is the one that was set inside' "$(sed -n 4p "$tmp/kept")" '3 kept'
is 'D31 a mount of a kept namespace is seen in it alone' "$(sed -n 6p "$tmp/kept")" '0 0 1'
umount /run

finish
