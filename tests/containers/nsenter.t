#!/bin/sh
# SPDX-License-Identifier: MIT
# nsenter as root, beside Debian's (the numbers are those of the page unshare.md, section 6), and what
# only ours does.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

peer=/usr/bin/nsenter
ours=$HUSK_OUT/bin/nsenter
user='/usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups'
cp "$HUSK" "$tmp/nsenter"
cp "$HUSK" "$tmp/unshare"

d() {
	name=$1
	shift
	same "$name" "$peer" "$ours" "$@"
}

child_of() {
	pgrep -P "$1" -f '^sleep' >"$tmp/child" && read -r target <"$tmp/child"
}

unshare -pnmuiC --mount-proc --hostname inside sh -c 'mkdir -p "$1"; mount -t tmpfs in "$1"; exec sleep 500' sh "$tmp" &
waiter=$!
within 10 child_of "$waiter"
T=$target

d 'D50 -u' -t "$T" -u hostname
for option in -i -n -C; do
	d "D51 $option" -t "$T" $option readlink "/proc/self/ns/$(echo $option | sed 's/-i/ipc/; s/-n/net/; s/-C/cgroup/')"
done
d 'D51 -m' -t "$T" -m readlink /proc/1/comm
d 'D51 -p' -t "$T" -p sh -c 'test $$ -lt 100 && readlink /proc/self/ns/pid'
d 'D52 -a' -t "$T" -a sh -c 'hostname; cat /proc/1/comm; ls /proc/self/ns | tr "\n" " "'
cd "$tmp" || exit 1
d 'D53 -u leaves the working directory' -t "$T" -u pwd
d 'D53 -m: / of the namespace' -t "$T" -m pwd
d 'D53 -m -r: the root of the target' -t "$T" -m -r pwd
d 'D53 -w: the working directory of the target' -t "$T" -m -w pwd
d 'D53 -w with a directory of ours' -t "$T" -u -w/usr pwd
d 'D53 -r with a directory' -t "$T" -u -r/usr ls /bin/env
is 'D53 -r without -m: not left outside of the new root' \
	"$(nsenter -t "$T" -u -r/usr /bin/env pwd)" /
cd / || exit 1
d 'D54 the status of the command' -t "$T" -p sh -c 'exit 9'
d 'D55 the command is killed by TERM' -t "$T" -p sh -c 'kill -TERM $$'
d 'D56 by KILL' -t "$T" -p sh -c 'kill -KILL $$'
d 'D57 no such process' -t 4194304 -m true
d 'D58 no target' -m true
d 'D59 not found' -t "$T" -u /no/such
d 'D59 not executable' -t "$T" -u /dev/null
d 'D60 -S and -G, which drops the groups' -t "$T" -u -S 1000 -G 1001 sh -c 'id -u; id -g; id -G'
d 'D61 --uts=FILE' --uts="/proc/$T/ns/uts" hostname
d 'D61 -uFILE' -u"/proc/$T/ns/uts" hostname
d 'D62 -p -F: only for children' -t "$T" -p -F sh -c 'echo $(readlink /proc/self/ns/pid /proc/self/ns/pid_for_children)'
d 'D63 -W DIR is looked up inside' -t "$T" -m -W "$tmp" stat -f -c %T .
d 'D64 the own user namespace' -t "$T" -U true
d 'D65 -a on a process in the same namespaces' -t $$ -a true

"$tmp/unshare" -Ur --setgroups=deny sleep 501 &
R=$!
first=$R
in_user_ns() {
	[ "$(readlink /proc/"$R"/ns/user)" != "$(readlink /proc/self/ns/user)" ] && grep -q '^ *0' /proc/"$R"/gid_map
}
within 10 in_user_ns
d 'D66 -U: user 0' -t "$R" -U -G 0 id -u
d 'D66 --preserve-credentials' -t "$R" -U --preserve-credentials id -u

fails 'A20 without a namespace nothing runs' 1 'nsenter: no namespace is named*' nsenter -t "$T" touch "$tmp/ran"
ok 'A20 not even a little' test ! -e "$tmp/ran"
gives 'A21 -mpu is a cluster' 0 inside nsenter -t "$T" -mpu hostname
for spelling in -W=/tmp '-W /tmp' --wdns=/tmp '--wdns /tmp'; do
	# shellcheck disable=SC2086
	gives "A24 $spelling" 0 /tmp nsenter -t "$T" -u $spelling pwd
done
for spelling in -w/tmp -w=/tmp --wd=/tmp; do
	gives "$spelling" 0 /tmp nsenter -t "$T" -u $spelling pwd
done
gives 'A29 -u=FILE' 0 inside nsenter "-u=/proc/$T/ns/uts" hostname
gives '-m=FILE' 0 / nsenter "-m=/proc/$T/ns/mnt" pwd
gives 'A22 -c leaves stdin alone' 0 hello sh -c 'echo hello | nsenter -t "$1" -u -c cat' sh "$T"
d 'A26 -a -r -w leave no descriptor to the command' -t "$T" -a -r -w ls /proc/self/fd
gives 'A27 -S alone' 0 '1234' nsenter -t "$T" -u -S 1234 id -u
gives '-S follow and -G follow' 0 '0 0' nsenter -t "$T" -u -S follow -G follow sh -c 'echo $(id -u) $(id -g)'
gives '-e takes the environment of the target' 0 "$tmp" sh -c 'env -i "$2" -t "$1" -u -e sh -c "echo \$HUSK_TEST"' sh "$T" "$ours"
fails '--target twice' 1 'nsenter: --target is given twice*' nsenter -t "$T" -t "$T" -u true
fails '--target with another inode' 1 "nsenter: process $T:1: No such process" nsenter -t "$T:1" -u true
is '--target with the inode of its pidfd' "$("$HUSK_OUT/probes/pidfd" "$T" "$ours" -u hostname)" inside

nsenter -t "$T" -p --no-kill-child sh -c 'exec sleep 502' &
child=$!
within 10 pgrep -f '^sleep 502'
kill -KILL $child
wait $child 2>/dev/null
ok '--no-kill-child: the command lives on' pgrep -f '^sleep 502'
kill "$(pgrep -f '^sleep 502')"

gone() {
	! pgrep -f "^$1" >/dev/null
}
nsenter -t "$T" -a sleep 503 &
child=$!
within 10 pgrep -f '^sleep 503'
kill -KILL $child
wait $child 2>/dev/null
ok 'A25 the command does not outlive a killed nsenter' within 10 gone 'sleep 503'
nsenter -t "$T" -p -S 65534 sleep 504 &
child=$!
within 10 pgrep -f '^sleep 504'
kill -TERM $child
wait $child 2>/dev/null
is 'signals are passed on' "$?" 143

mkdir "$tmp/empty"
# shellcheck disable=SC2016
gives 'A28 without /proc: by pidfd' 0 inside unshare -m sh -c 'mount --bind "$1" /proc; exec nsenter -t "$2" -u -i -n -p hostname' sh "$tmp/empty" "$T"
# shellcheck disable=SC2016
gives 'A28 all of it' 0 inside unshare -m sh -c 'mount --bind "$1" /proc; exec nsenter -t "$2" -a hostname' sh "$tmp/empty" "$T"

# shellcheck disable=SC2086
$user "$tmp/unshare" -r sleep 505 &
R=$!
within 10 in_user_ns
# shellcheck disable=SC2086
gives 'A39 an ordinary user enters his own user namespace' 0 0 $user "$tmp/nsenter" -t "$R" -U id -u
# shellcheck disable=SC2086
gives 'and all others that are not his already' 0 0 $user "$tmp/nsenter" -t "$R" -a id -u
is '--user-parent: the one above' "$(nsenter -t "$R" -U --user-parent true 2>&1)" \
	'husk nsenter: join the user namespace: Invalid argument (it is our own)'
gives '--keep-caps' 0 no sh -c 'nsenter -t "$1" -U -S 1 --keep-caps true 2>/dev/null || echo no' sh "$R"
# shellcheck disable=SC2016
gives '--keep-caps makes them ambient' 0 "CapAmb:	$(sed -n 's/^CapEff:.//p' /proc/"$R"/status)" nsenter -t "$R" -U --keep-caps grep CapAmb /proc/self/status

kill "$waiter" "$first" "$R"
wait "$waiter" "$first" "$R" 2>/dev/null

finish
