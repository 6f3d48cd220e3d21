#!/bin/sh
# SPDX-License-Identifier: MIT
# The ID maps of unshare: ranges, /etc/subuid, newuidmap, owners; and files that keep namespaces.
. "$(dirname "$0")/../lib.sh"
# See unshare.t.
taskset -p -c "$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)" $$ >/dev/null
isolate "$@"

user='/usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups'
cp "$HUSK" "$tmp/unshare"
mkdir "$tmp/etc"
{
	grep -v ':1000:' /etc/passwd
	echo 'alice:x:1000:1000::/:/bin/sh'
} >"$tmp/etc/passwd"
# A name that a loose conversion takes for 0, what is not well formed, and then the user's.
printf 'bob:7:7\n0x0:1:1\nalice:x:5\nalice:9\nalice:100000:65536\n1000:300000:10' >"$tmp/etc/subid"
mount --bind "$tmp/etc/passwd" /etc/passwd
mount --bind "$tmp/etc/subid" /etc/subuid
mount --bind "$tmp/etc/subid" /etc/subgid

# As the kernel prints a map, blanks squeezed, lines joined.
uids="sed 's/^ *//; s/  */ /g' /proc/self/uid_map"
map() {
	name=$1 want=$2
	shift 2
	gives "$name" 0 "$want" "$@" sh -c "$uids"
}

map 'root: a range' '0 1000 100' unshare --map-users=0:1000:100
map 'root: the old order' '0 1000 100' unshare --map-users=1000,0,100
map 'root: two ranges' '0 1000 100
200 5000 7' unshare --map-users=0:1000:100 --map-users=200:5000:7
map 'A15 root: an ID right behind a range costs none of it' '100 0 1
0 100000 100' unshare --map-users=0:100000:100 --map-user=100
map 'root: an ID inside of a range takes its place' '50 0 1
0 100000 50
51 100050 49' unshare --map-users=0:100000:100 --map-user=50
map 'root: the ID is in the range on the other side' '5 0 1
0 1 5
6 6 94' unshare --map-users=0:0:100 --map-user=5
map 'root: all' "$(sed 's/^ *//; s/  */ /g; s/^\([0-9]*\) [0-9]*/\1 \1/' /proc/self/uid_map)" unshare -p --map-users=all
gives 'root: groups too, setgroups stays allowed' 0 'allow 7' unshare --map-users=all --map-groups=all -G 7 sh -c 'echo $(cat /proc/self/setgroups) $(id -g)'
gives 'root: --setgroups=deny goes before a map of ranges' 0 deny unshare --map-users=all --map-groups=all --setgroups=deny cat /proc/self/setgroups
fails 'root has no range of its own here' 1 'unshare: /etc/subuid: no range for root (*' unshare --map-auto true
fails 'more than a page' 1 'unshare: the map of users: 300 ranges are more than 4095 bytes' sh -c 'i=0; while [ $i -lt 300 ]; do set -- "$@" --map-users=$((i * 2 + 100000)):$((i * 2 + 100000)):1; i=$((i + 1)); done; exec unshare "$@" true' sh
like '-v names the IDs that a range loses' "$(unshare -v --map-users=0:100000:100 --map-user=50 true 2>&1)" '*the highest 1 of the users make room for 50*'

for options in '' -p; do
	# shellcheck disable=SC2086
	map "user: --map-auto $options" '0 100000 65536' $user "$tmp/unshare" $options --map-auto
	# shellcheck disable=SC2086
	map "user: -r --map-auto $options" '0 1000 1
1 100000 65535' $user "$tmp/unshare" $options -r --map-auto
	# shellcheck disable=SC2086
	map "user: --map-subids $options" '100000 100000 65536' $user "$tmp/unshare" $options --map-subids
	# shellcheck disable=SC2086
	fails "user: a range that is not his $options" 1 'unshare: map users: newuidmap: uid range*' $user "$tmp/unshare" $options --map-users=0:5:10 true
done
# shellcheck disable=SC2086
gives 'user: groups by newgidmap' 0 'allow 5' $user "$tmp/unshare" --map-auto -S 5 -G 5 sh -c 'echo $(cat /proc/self/setgroups) $(id -g)'
# shellcheck disable=SC2086
fails 'newuidmap is missing' 1 'unshare: map users: newuidmap: not installed*' env PATH=/no/where /usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups "$tmp/unshare" --map-auto true
mkdir "$tmp/tools"
cp /usr/bin/newuidmap "$tmp/tools"
chmod 755 "$tmp/tools/newuidmap"
fails 'newuidmap has no privilege' 1 'unshare: map users: newuidmap: it has neither the set-user-ID bit*' env PATH="$tmp/tools:$PATH" /usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups "$tmp/unshare" --map-auto true
printf '#!/bin/sh\nkill -KILL $$\n' >"$tmp/tools/newuidmap"
chmod 4755 "$tmp/tools/newuidmap"
fails 'newuidmap is killed' 1 'unshare: map users: newuidmap' env PATH="$tmp/tools:$PATH" /usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups "$tmp/unshare" --map-auto true

for options in '' -p; do
	# shellcheck disable=SC2086
	map "--owner and a map $options" '0 1000 1' unshare $options --owner 1000:1000 -r
	# shellcheck disable=SC2086
	map "--owner by name, and ranges that only root may map $options" '0 5 10' unshare $options --owner alice:1000 --map-users=0:5:10
done
unshare -p --owner 1000:1000 sleep 910 &
waiter=$!
sleeps() {
	pgrep -P "$waiter" -f '^sleep 910' >"$tmp/child" && read -r target <"$tmp/child"
}
within 10 sleeps
cp "$HUSK" "$tmp/nsenter"
# shellcheck disable=SC2086
gives '--owner: the owner may enter' 0 65534 $user "$tmp/nsenter" -t "$target" -U --preserve-credentials id -u
kill -TERM "$waiter"
wait "$waiter" 2>/dev/null
is '--owner: the waiter still passes signals on' "$?" 143

touch "$tmp/uts" "$tmp/pid" "$tmp/net" "$tmp/time"
gives 'files of every kind are bound' 0 '' unshare -p --uts="$tmp/uts" --pid="$tmp/pid" --net="$tmp/net" --time="$tmp/time" --boottime 100000000 true
is 'four of them' "$(grep -c " $tmp/[a-z]* .* nsfs " /proc/self/mountinfo)" 4
gives 'a kept time namespace' 0 far nsenter --time="$tmp/time" sh -c 'read -r up rest </proc/uptime; test "${up%.*}" -gt 100000000 && echo far'
umount "$tmp/uts" "$tmp/pid" "$tmp/net" "$tmp/time"
gives 'A14 --pid=FILE without -f' 0 '' unshare --pid="$tmp/pid" true
umount "$tmp/pid"
fails 'A40 one file is missing: none stays bound' 1 "unshare: keep the ipc namespace at /no/such: No such file or directory (the file must exist)" unshare -p --uts="$tmp/uts" --ipc=/no/such touch "$tmp/ran"
ok 'A40 and the command has not run' test ! -e "$tmp/ran"
fails 'a set-up that fails later binds nothing' 1 'unshare: chroot to /no/such: *' unshare -p --uts="$tmp/uts" -R /no/such true
is 'nothing is bound' "$(grep -c " $tmp/[a-z]* .* nsfs " /proc/self/mountinfo)" 0
# shellcheck disable=SC2086
fails 'A12 --mount=FILE by a user' 1 'unshare: *' $user "$tmp/unshare" --mount="$tmp/uts" touch "$tmp/ran"
# shellcheck disable=SC2086
fails 'A12 with -r' 1 'unshare: keep the mount namespace at *: Operation not permitted*' $user "$tmp/unshare" -r --mount="$tmp/uts" touch "$tmp/ran"
ok 'A12 and no helper is left' within 10 sh -c '! pgrep unshare'

umount /etc/subuid /etc/subgid /etc/passwd

finish
