#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot once more, by mount(2) alone and on what looks like an old kernel: 53, and the attacks.
. "$(dirname "$0")/../lib.sh"

export HUSK_TEST_API=old
for test in containers/pivot containers/pivot_mounts containers/pivot_view containers/pivot_priv \
	containers/pivot_faults attack/escape; do
	# shellcheck disable=SC2086 # HUSK_SH may be two words
	ok "53 by the old mount calls: ${test#*/}" ${HUSK_SH:-sh} "$top/tests/$test.t"
done
finish
