# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# lib.sh - for a benchmark: tests/bench/NAME.sh, run by `make bench` or `make bench BENCH=NAME`.
#
# After `. "$(dirname "$0")/lib.sh"` there are: husk's applets and `turns` (see turns.c) first in
# PATH, $rootfs (busybox alone), $tmp (removed at the end), $results (what turns -r appends to), a
# cgroup parent of its own.  Nothing is judged: a benchmark prints, and says what it leaves out.

set -eu
LC_ALL=C
umask 022
top=$(cd "$(dirname "$0")/../.." && pwd)
HUSK_OUT=${HUSK_OUT:-$top/out}
PATH=$HUSK_OUT/bench:$HUSK_OUT/bin:$PATH:/usr/sbin:/sbin
HUSK_CGROUP_PARENT=/husk-test/bench
rounds=${ROUNDS:-100}
export LC_ALL PATH HUSK_OUT HUSK_CGROUP_PARENT rounds
rootfs=$HUSK_OUT/rootfs
results=$HUSK_OUT/bench/results.tsv
tmp=$(mktemp -d "${TMPDIR:-/tmp}/husk-bench.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM

# have PROGRAM...: all of them are here, or a line says which is not.
have() {
	for program; do
		command -v "$program" >/dev/null || {
			echo "  (without $program, which is not installed)"
			return 1
		}
	done
}
