#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests of the verbs in the other shells than this machine's sh.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/shells.sh"

set --
for test in "$top"/tests/containers/run-*.t; do
	case ${test##*/} in
	run-shells.t | run-debian.t) continue ;;
	esac
	test=${test##*/}
	set -- "$@" "containers/${test%.t}"
done
in_shells cli/state "$@"
finish
