#!/bin/sh
# SPDX-License-Identifier: MIT
# The verbs that change the store, with one of their processes killed at some moment: what is damaged is
# nothing, what is half-made `husk check --repair` removes, and then the verb works.  For HUSK_KILLS see
# kill.sh.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
. "$top/tests/vm-long/kill.sh"
cd "$tmp" || exit 1
make_image
husk run --name base --network none bb:1 sh -c 'rm /bin/nc; echo new >/new'
husk commit base bb:2 >/dev/null
husk save -o bb.tar bb:2
husk network create new >/dev/null && husk network rm new >/dev/null # the default one is there then
mkdir other
dd if=/dev/zero of=other/zeros bs=1M count=8 2>/dev/null

images=$(husk images -q --no-trunc)

# What there is: names, containers, images by their tags, and how many layers and numbers of them.
left() {
	(cd "$HUSK_ROOT" && find tmp name net tag -mindepth 1 | sort)
	for dir in c img l lay; do
		echo "$(find "$HUSK_ROOT/$dir" -mindepth 1 -maxdepth 1 | wc -l) in $dir"
	done
	for dir in "$HUSK_RUN"/c/*; do
		[ ! -d "$dir" ] || [ -d "$HUSK_ROOT/c/${dir##*/}" ] || echo "$dir"
	done
	others
	cut -d ' ' -f 3- /proc/self/mountinfo
}
start() {
	case $((random % 12)) in
	0) set -- import other new:1 ;;
	1)
		husk rmi bb:2 >/dev/null
		set -- load -q -i bb.tar
		;;
	2) set -- commit base new:1 ;;
	3) set -- rmi bb:2 ;;
	4) set -- save -o new.tar bb:2 ;;
	5) set -- rm base ;;
	6) set -- cp base:/bin/busybox out ;;
	7) set -- cp bb.tar base:/root/new ;;
	8) set -- rename base new ;;
	9) set -- tag bb:2 new:1 ;;
	10) set -- network create new ;;
	11) set -- create --name new bb:2 true ;;
	esac
	at_some_moment 120 husk "$@"
}
# The store as it was, with the verbs; they must work on what is left.
clean() {
	husk check --repair >/dev/null 2>&1
	husk check >check.out 2>&1 || return
	[ ! -e "$HUSK_ROOT/name/base" ] && [ -e "$HUSK_ROOT/name/new" ] && husk rename new base
	{ husk rm new; husk rmi new:1; husk network rm new; } 2>/dev/null
	# An image without a name is nothing half-made: it was to get one.
	for id in $(husk images -q --no-trunc | grep -vxF "$images"); do
		husk rmi "$id"
	done
	[ -e "$HUSK_ROOT/name/base" ] || husk create --name base bb:1 true || return
	[ -e "$HUSK_ROOT/tag/bb/2" ] || husk load -q -i bb.tar || return
	[ "$(husk run --rm --network none bb:2 sh -c '[ -e /bin/nc ] || cat /new')" = new ] || return
	left >after
	cmp -s before after
}
kills start clean
finish
