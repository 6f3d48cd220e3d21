#!/bin/sh
# SPDX-License-Identifier: MIT
# husk run with one of its processes killed at some moment: the script, a hook, the monitor, the
# watcher, the container.  Whichever it was, the next removals leave nothing of it.  Not in make check:
# under load it takes minutes, and run-crash.t kills each step there.
#
#	HUSK_KILLS	how many (12)	HUSK_KILLS_FROM	the first one's number, the seed (1)
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
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
# Processes that are not this test's own.
others() {
	for stat in /proc/[0-9]*/stat; do
		read -r pid name state parent _ 2>/dev/null <"$stat" || continue
		case "$state $pid $parent" in
		[ZX]* | ?' 1 '* | ?" $$ "* | *" $$") ;;
		*) echo "process $pid $name" ;;
		esac
	done
}
# A child of what was killed may still be at work: the next removal finds what it makes.
settled() {
	husk rm -f -a >/dev/null 2>&1
	left >after
	cmp -s before after
}
# The next of a row of numbers that looks random and is the same each time.
next() {
	seed=$(((seed * 1103515245 + 12345) & 2147483647))
	random=$((seed >> 8))
}

within 20 sh -c '! grep -q . '"$HUSK_RUN"'/c/*/lock 2>/dev/null'
left >before
n=${HUSK_KILLS_FROM:-1}
last=$((n + ${HUSK_KILLS:-12}))
bad=''
while [ "$n" -lt "$last" ]; do
	seed=$n
	next
	set -- --name "kill$n" bb:1 sleep 0.1
	case $((random % 4)) in
	0) set -- --network none "$@" ;;
	1) set -- --rm --network none "$@" ;;
	2) set -- --rm -p 18080:80 "$@" ;;
	3) set -- -p 18080:80 "$@" ;;
	esac
	husk run "$@" >run.out 2>&1 &
	next
	sleep "0.$(printf %03d $((random % 300)))"
	# One of those that are there now, this shell's child too.
	victims='' victim='nobody'
	for status in /proc/[0-9]*/stat; do
		pid=${status#/proc/}
		pid=${pid%/stat}
		[ "$pid" = 1 ] || [ "$pid" = $$ ] || victims="$victims $pid"
	done
	next
	# shellcheck disable=SC2086
	set -- $victims
	if [ $# -gt 0 ]; then
		shift $((random % $#))
		victim=$(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline")
		kill -9 "$1" 2>/dev/null
	fi
	wait
	if ! within 20 settled || ! husk check >check.out 2>&1; then
		bad="$bad $n"
		diag "kill $n, of $victim:" "$(diff before after)" "$(cat check.out run.out 2>/dev/null)"
		husk check --repair >/dev/null 2>&1
		left >before
	fi
	n=$((n + 1))
done
is 'nothing is left after any of them' "$bad" ''
network_down
finish
