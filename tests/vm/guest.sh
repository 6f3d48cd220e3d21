# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# guest.sh - lets a test run in a virtual machine.  Such a test begins with
#
#	. "$(dirname "$0")/../lib.sh"
#	. "$(dirname "$0")/guest.sh"
#	guest
#	isolate "$@"		# as elsewhere, where it makes namespaces, mounts, cgroups
#
# `guest` boots a machine (tests/vm/vmrun, half a second), and there the file runs from its first
# line again, as root, with busybox for all tools, what lib.sh offers, out/probes, and a root file
# system in /rootfs to take a copy of.  The machine's own root is an initramfs.  Where it cannot
# boot, the file is skipped and says why.
#
# Which machine: HUSK_VM_KERNEL (5.10, 6.1, 6.12), HUSK_VM_CGROUP (v2, v1, hybrid), HUSK_VM_WORDS for
# the kernel.  tests/vm-long
# runs every test of tests/vm in all of them, so a test looks at what the kernel can do, and skips
# what it cannot.

guest() {
	[ -z "${HUSK_GUEST-}" ] || return 0
	set -- -T -t "${HUSK_VM_LIMIT:-600}" -k "${HUSK_VM_KERNEL:-6.1}" -g "${HUSK_VM_CGROUP:-v2}" \
		-a "${HUSK_VM_WORDS:-}"
	if ! why=$("$top/tests/vm/vmrun" "$@" -r 2>&1); then
		skip "${0##*/} in a machine of its own" "$why"
		finish
	fi
	rm -rf "$tmp"
	trap - EXIT
	exec "$top/tests/vm/vmrun" "$@" -e HUSK_GUEST=1 \
		-f "$HUSK:/husk/out/husk" -f "$HUSK_OUT/probes:/husk/out/probes" \
		-f "$top/scripts:/husk/scripts" -f "$top/tests/lib.sh:/husk/tests/lib.sh" \
		-f "$top/tests/vm/guest.sh:/husk/tests/vm/guest.sh" -f "$0:/husk/tests/vm/${0##*/}" \
		"$top/tests/vm/start" "${0##*/}"
}
