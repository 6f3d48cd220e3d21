#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.t - what `make run` shows is true, for root and for an ordinary user, without a terminal.
# shellcheck disable=SC2317
. "$(dirname "$0")/../lib.sh"
isolate "$@"

mkdir "$tmp/out"
ln -s "$HUSK_OUT/bin" "$tmp/out/bin"
"$top/scripts/mkrootfs" -t dir -o "$tmp/out/rootfs" -b /bin/busybox "$top/rootfs-skel"

demo() {
	HUSK_OUT=$tmp/out "$@" "$top/scripts/demo" </dev/null
}

run demo env
is 'root: status' "$rc" 0
like 'root: the pipeline, verbatim' "$out" \
	'$ cgexec -m 64M unshare -pnmu pivot ./rootfs cinit sh
*'
like 'root: PID 1' "$out" '*
  PID 1      cinit sh, and the shell is PID 2
*'
like 'root: the limit' "$out" '* memory     64 MiB: *killed (status 137)*'
like 'root: network' "$out" '* network    lo alone*'
is 'root: nothing on stderr' "$err" ''

run demo /usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups
is 'an ordinary user: status' "$rc" 0
like 'an ordinary user: the pipeline without privilege' "$out" \
	'$ unshare -Urpnmu pivot ./rootfs cinit sh
*'
like 'an ordinary user: what is missing' "$out" '*all of it but the limit*'

rm "$tmp/out/rootfs/etc/os-release"
run demo env
is 'what is not as promised is said: status' "$rc" 1
like 'what is not as promised is said' "$out" '*root *NOT AS PROMISED*'
rm -r "$tmp/out/rootfs"
run demo env
is 'a pipeline that fails: status' "$rc" 1
like 'a pipeline that fails: the reason' "$err" '*./rootfs: No such file or directory*'

finish
