#!/bin/sh
# SPDX-License-Identifier: MIT
# husk run with one of its processes killed at some moment: the script, a hook, the monitor, the
# watcher, the container.  Whichever it was, the next removals leave nothing of it.  Not in make check:
# under load it takes minutes, and run-crash.t kills each step there.  For HUSK_KILLS see kill.sh.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
. "$top/tests/vm-long/kill.sh"
# As on any machine husk makes the level of its groups: a group without a mark is its own then, too.
remove_cgroups
cd "$tmp" || exit 1
make_image
husk run --rm bb:1 true # so that the bridge is there

# What there is of containers, in one text; the bridge and its NAT stay.
left() {
	sed -n 's/^ *\([^ :]*\):.*/link \1/p' /proc/net/dev | sort
	find /sys/fs/cgroup/*"$HUSK_CGROUP_PARENT" -mindepth 1 -type d 2>/dev/null
	find "$HUSK_RUN/c" "$HUSK_RUN"/net/*/ip "$HUSK_RUN"/net/*/id "$HUSK_RUN"/net/*/members -mindepth 1 2>/dev/null | sort
	find "$HUSK_ROOT/c" "$HUSK_ROOT/name" "$HUSK_ROOT/tmp" -mindepth 1
	vethctl publish list
	others
	cut -d ' ' -f 3- /proc/self/mountinfo
}
start() {
	# shellcheck disable=SC2046 # words
	at_some_moment 300 husk run $(one_of '--network none' '--rm --network none' '--rm -p 18080:80' '-p 18080:80') \
		--name "kill$n" bb:1 sleep 0.1
}
# The next removal finds what a child of the killed has made meanwhile.
clean() {
	husk rm -f -a >/dev/null 2>&1
	left >after
	cmp -s before after && husk check >check.out 2>&1
}
within 20 sh -c '! grep -q . '"$HUSK_RUN"'/c/*/lock 2>/dev/null'
kills start clean
network_down
finish
