# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# pivot.sh - the tests of pivot, and the attacks:
#
#	pivot KERNEL API [-S]
#
# in a machine whose root is an initramfs, or with -S what switch_root --to-tmpfs made of it.
. "$(dirname "$0")/lane.sh"

pivot() {
	more='attack/joining attack/killed'
	[ "$2" = new ] || more=''
	# shellcheck disable=SC2086 # several names
	suite "-k $1 ${3-} -e HUSK_TEST_API=$2 -b dash -b strace -b unshare -b nsenter -b pgrep" containers/pivot \
		containers/pivot_mounts containers/pivot_view containers/pivot_priv \
		containers/pivot_faults attack/escape $more
}
