#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl-6.1.t - the tests of vethctl where bridge, veth and all of nftables are modules.  What they
# compare it with goes along; pasta wants a root that pivot_root(2) takes, so not an initramfs.
. "$(dirname "$0")/lane.sh"

tests=''
for file in "$top"/tests/containers/vethctl*.t; do
	name=${file##*/}
	tests="$tests containers/${name%.t}"
done
# iptables finds its targets in a folder beside the libraries.
xtables=$(find /usr/lib -type d -name xtables | head -n 1)
# shellcheck disable=SC2086 # several names
suite "-k 6.1 -S -M +nft_compat,ip_tables,iptable_filter,nf_conntrack_netlink,macvlan,8021q,tun
	-b dash -b sed -b mount -b umount -b unshare -b nsenter -b setpriv -b pgrep -b strace -b jq
	-b ip -b nft -b iptables-legacy -b iptables-nft -b pasta -b slirp4netns
	-f $xtables:$xtables -f /etc/protocols:/etc/protocols" $tests
