#!/bin/sh
# SPDX-License-Identifier: MIT
# arm64: the binary is built for it, and boots a machine of it: every test of tests/vm/cinit.t.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
unset MAKEFLAGS MAKELEVEL MFLAGS
if ! cc=$(scripts/cross arm64 2>&1); then
	skip 'husk on arm64' "$cc"
	finish
fi
if ! command -v qemu-aarch64-static >"$tmp/emulator"; then
	skip 'husk on arm64' 'no qemu-aarch64-static'
	finish
fi
EMULATOR=$(cat "$tmp/emulator") HUSK_BUSYBOX=$top/build/arm64/bin/busybox
export EMULATOR HUSK_BUSYBOX
arm=$HUSK_OUT/arm64

ok 'it is built, with its probes' make -s -j2 "CC=$cc" "OUT=$arm" all probes
headers=$(readelf -hlW "$arm/husk")
like 'for arm64' "$headers" '*AArch64*'
unlike 'no interpreter, nothing needed' "$headers" '*INTERP*'
unlike 'no dynamic section' "$headers" '*DYNAMIC*'
unlike 'no segment is writable and executable' "$headers" '* RWE *'
ok 'an OCI image with it' make -s "CC=$cc" "OUT=$arm" "BUSYBOX=$HUSK_BUSYBOX" oci
ok 'says so, too' grep -qr '"architecture": "arm64"' "$arm/oci/blobs"
# An emulator of programs gives neither namespaces nor a vfork, and is enough for this.
gives 'it runs' 7 '' "$EMULATOR" "$arm/bin/cinit" sh -c 'exit 7'

export HUSK_VM_KERNEL=6.1-arm64
if why=$(tests/vm/vmrun -k $HUSK_VM_KERNEL -r 2>&1); then
	HUSK_OUT=$arm ok 'it is the init of a machine' sh tests/vm/cinit.t
else
	skip 'it is the init of a machine' "$why"
fi
finish
