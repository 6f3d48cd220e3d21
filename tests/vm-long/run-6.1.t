#!/bin/sh
# SPDX-License-Identifier: MIT
# run-6.1.t - the tests of husk run and its family in a machine with cgroup v2.  pasta wants a root
# that pivot_root(2) takes, so not an initramfs.
. "$(dirname "$0")/lane.sh"

tests=''
for name in attach copy exec files gocker images layers life limits net network options publish resolv \
	rootless rootless-net; do
	tests="$tests containers/run-$name"
done
# shellcheck disable=SC2086 # several names
suite "-k 6.1 -S -m 1G -M +tun -b dash -b sed -b mount -b umount -b unshare -b nsenter -b setpriv
	-b tar -b script -b ip -b pasta -b slirp4netns -b newuidmap -b newgidmap" $tests
