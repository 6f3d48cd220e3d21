# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# lane.sh - whole files of tests in other machines:
#
#	lane KERNEL CGROUPS		every test of tests/vm
#	suite 'OPTION...' TEST...	tests of the host's layers, each LAYER/NAME, in one machine; the
#					options are vmrun's

. "$(dirname "$0")/../lib.sh"

# verdict NAME STATUS TEXT: on a file that ran in a machine and said TEXT.  What it skipped counts
# as skipped here.
verdict() {
	if [ "$2" = 0 ]; then
		pass "$1: $(printf '%s\n' "$3" | grep -c '^ok ') checks"
	else
		fail "$1: status $2" "$(printf '%s\n' "$3" | grep -v '^ok ')"
	fi
	printf '%s\n' "$3" | sed -n "s|^ok [0-9]* - \(.*\) # SKIP|$1: \1:|p" >"$tmp/skips"
	sed 's/^/# skipped /' "$tmp/skips"
	[ -z "${HUSK_SKIPS-}" ] || cat "$tmp/skips" >>"$HUSK_SKIPS"
}

lane() {
	HUSK_VM_KERNEL=$1 HUSK_VM_CGROUP=$2
	export HUSK_VM_KERNEL HUSK_VM_CGROUP
	for test in "$top"/tests/vm/*.t; do
		run sh "$test"
		verdict "kernel $1, cgroups $2: ${test##*/}" "$rc" "$out
$err"
	done
	finish
}

# part TEST: what it said, in the output of `inside`.
part() {
	printf '%s\n' "$out" | awk -v end="$1: status " '
		index($0, end) == 1 { found = 1; exit }
		/^[a-z-]*\/[a-z_-]*: status [0-9]*$/ { text = ""; next }
		{ text = text $0 "\n" }
		END { if (found) printf "%s", text; else print "it did not end" }'
}

suite() {
	options="-T -t 2400 -e HUSK_GUEST=1 $1"
	shift
	# shellcheck disable=SC2086 # several words
	if ! why=$("$top/tests/vm/vmrun" $options -r 2>&1); then
		skip "$*" "$why"
		finish
	fi
	# shellcheck disable=SC2086
	run "$top/tests/vm/vmrun" $options -f "$HUSK:/husk/out/husk" -f "$HUSK_OUT/probes:/husk/out/probes" \
		-f "$top/scripts:/husk/scripts" -f "$top/tests:/husk/tests" "$top/tests/vm-long/inside" "$@"
	[ "$rc" = 0 ] || diag "the machine: status $rc" "$err"
	for test; do
		status=$(printf '%s\n' "$out" | sed -n "s|^$test: status ||p")
		verdict "in the machine: $test" "${status:-unknown}" "$(part "$test")"
	done
	finish
}
