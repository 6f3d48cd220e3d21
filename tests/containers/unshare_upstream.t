#!/bin/sh
# SPDX-License-Identifier: MIT
# What the tests of util-linux 2.43 ask of unshare and nsenter, in our own words: env (2),
# forward-signals, forward-signals with kill-child, a network namespace by a socket, namespaces told
# apart by their inodes (12), and asked for by ioctl.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

gives 'env: --clear-env' 0 CLEARED env UL=foo unshare --clear-env /bin/sh -c 'echo "${UL:-CLEARED}"'
gives 'env: --whitelist-env' 0 foo env UL1=foo UL2=bar unshare --whitelist-env UL1 /bin/sh -c 'echo "$UL1$UL2"'
for options in '--fork --forward-signals' '--fork --forward-signals --kill-child'; do
	for signal in TERM INT; do
		rm -f "$tmp/ready"
		# shellcheck disable=SC2086
		/usr/bin/env --default-signal=INT,QUIT unshare --user --map-root-user --pid --mount-proc $options \
			"$HUSK_OUT/probes/sigwait" "$tmp/ready" &
		waiter=$!
		within 10 test -e "$tmp/ready"
		kill -s $signal $waiter
		wait $waiter
		is "forward-signals: $signal with $options" "$?" "$(echo $signal | sed 's/TERM/15/; s/INT/2/')"
	done
done

unshare -n "$HUSK_OUT/probes/socket" "$tmp/socket" &
holder=$!
within 10 test -s "$tmp/socket"
gives 'enter-via-socket: --net-socket' 0 "$(readlink /proc/$holder/ns/net)" \
	nsenter --target $holder --net-socket "$(cat "$tmp/socket")" readlink /proc/self/ns/net
kill $holder
wait $holder 2>/dev/null

inode() {
	stat -L -c %i "/proc/self/ns/$1"
}
for type in mount:mnt uts:uts ipc:ipc net:net user:user cgroup:cgroup time:time; do
	name=${type%:*} file=${type#*:}
	inner=$(unshare --fork --"$name" stat -L -c %i "/proc/self/ns/$file")
	is "getino: --$name is another $file namespace" "$([ -n "$inner" ] && [ "$inner" != "$(inode "$file")" ] && echo other)" other
done
inner=$(unshare --pid --mount-proc stat -L -c %i /proc/self/ns/pid)
is 'getino: --pid is another pid namespace' "$([ -n "$inner" ] && [ "$inner" != "$(inode pid)" ] && echo other)" other
inner=$(unshare --pid --no-fork stat -L -c '%i' /proc/self/ns/pid)
is 'getino: --pid --no-fork: only for children' "$inner" "$(inode pid)"
for type in mnt uts ipc net; do
	is "getino: without options the same $type namespace" "$(unshare stat -L -c %i "/proc/self/ns/$type")" "$(inode "$type")"
done

# The parent of a user namespace, through a namespace that it owns.
unshare -Ur sh -c 'readlink /proc/self/ns/user >"$1"; unshare -Ur --uts sh -c ": >\"\$1\"; while [ ! -e \"\$2\" ]; do sleep 0.05; done" sh "$2" "$3"; :' \
	sh "$tmp/outer" "$tmp/up" "$tmp/stop" &
holder=$!
within 10 test -e "$tmp/up"
inner=$(pgrep -f '^sh -c : >')
is 'ioctl_ns: the parent of the inner user namespace' \
	"$(nsenter -t "$inner" -U --user-parent readlink /proc/self/ns/user)" "$(cat "$tmp/outer")"
is 'ioctl_ns: the owner of its UTS namespace' \
	"$(nsenter -t "$inner" -u --user-parent readlink /proc/self/ns/user)" "$(readlink /proc/"$inner"/ns/user)"
: >"$tmp/stop"
wait $holder

finish
