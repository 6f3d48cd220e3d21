# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# lane.sh - runs every test of tests/vm in another machine:  lane KERNEL CGROUPS

. "$(dirname "$0")/../lib.sh"

lane() {
	HUSK_VM_KERNEL=$1 HUSK_VM_CGROUP=$2
	export HUSK_VM_KERNEL HUSK_VM_CGROUP
	for test in "$top"/tests/vm/*.t; do
		ok "kernel $1, cgroups $2: ${test##*/}" sh "$test"
	done
	finish
}
