#!/bin/sh
# SPDX-License-Identifier: MIT
# dumb-init's own suite, of cinit under the name dumb-init, from the source of the distribution's
# package.  Left out is what compares exact wording: cli_test.py, and one on debug messages.
. "$(dirname "$0")/../lib.sh"
if ! source=$("$top/tests/peers/source" dumb-init 2>"$tmp/why"); then
	skip "dumb-init's own tests" "$(cat "$tmp/why")"
	finish
fi
for python in python3 /usr/bin/python3; do
	"$python" -c 'import pytest, pytest_timeout, py' 2>/dev/null && break
	python=''
done
if [ -z "$python" ]; then
	skip "dumb-init's own tests" 'no python3 with pytest and pytest-timeout'
	finish
fi
isolate "$@"

mkdir "$tmp/bin" "$tmp/python"
cp "$HUSK" "$tmp/bin/dumb-init"
# It gives things 1.5 seconds to happen, which is not for a busy machine.
cat >"$tmp/python/patient.py" <<'END'
import testing

testing.sleep_until.__defaults__ = (30,)
END
cd "$source" || exit
# run_suite OPTION...: in a session of its own, so that nothing is in its process group.
run_suite() {
	PATH=$tmp/bin:$PATH PYTHONPATH=$tmp/python:$source PYTHONDONTWRITEBYTECODE=1 timeout -k 5 600 setsid -w \
		"$python" -m pytest -v -o cache_dir="$tmp/cache" --timeout 120 -p patient "$@" \
		--ignore tests/cli_test.py -k 'not sighup_sigcont_ignored' tests </dev/null >"$tmp/log" 2>&1
}
: >"$tmp/passed"
run_suite
# Two of them count on a python that starts within a second: once more, alone.
if grep -q ' FAILED ' "$tmp/log"; then
	grep ' PASSED ' "$tmp/log" >"$tmp/passed"
	run_suite --last-failed
fi
cat "$tmp/passed" "$tmp/log" >"$tmp/all"
is 'what fails' "$(sed -n 's/^FAILED //p' "$tmp/log")" ''
is 'how many pass' "$(grep -c ' PASSED ' "$tmp/all")" 111
cd "$top" || exit
finish
