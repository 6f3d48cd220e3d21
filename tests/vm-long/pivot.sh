# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# pivot.sh - the tests of pivot, and the attacks, in a machine whose root is an initramfs:
# pivot KERNEL API

. "$(dirname "$0")/../lib.sh"

pivot() {
	tests='containers/pivot containers/pivot_mounts containers/pivot_view containers/pivot_priv attack/escape'
	set -- -T -t 800 -k "$1" -g v2 -e HUSK_GUEST=1 -e HUSK_TEST_API="$2"
	if ! why=$("$top/tests/vm/vmrun" "$@" -r 2>&1); then
		skip "$tests" "$why"
		finish
	fi
	# shellcheck disable=SC2086 # several names
	run "$top/tests/vm/vmrun" "$@" -f "$HUSK:/husk/out/husk" -f "$HUSK_OUT/probes:/husk/out/probes" \
		-f "$top/scripts:/husk/scripts" -f "$top/tests:/husk/tests" "$top/tests/vm-long/inside" $tests
	for test in $tests; do
		like "in the machine: $test" "$out" "*$test: status 0*"
	done
	like 'the attack suite reports' "$out" '*# 0 successes*'
	diag "$(echo "$out" | grep -v '^ok')"
	finish
}
