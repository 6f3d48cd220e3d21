# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# run.sh - the tests of husk run and its family in a machine with cgroup v2:  run_suite NAME...
# pasta wants a root that pivot_root(2) takes, so not an initramfs.
. "$(dirname "$0")/lane.sh"

run_suite() {
	suite '-k 6.1 -S -m 1G -M +tun -b dash -b sed -b mount -b umount -b unshare -b nsenter -b setpriv
		-b tar -b script -b ip -b pasta -b slirp4netns -b newuidmap -b newgidmap' "$@"
}
