#!/bin/sh
# SPDX-License-Identifier: MIT
# What tini's own suite looks at, of cinit under the name tini: its inner tests as they are, from
# the source of the distribution's package; its smoke tests, and its outer ones with a PID namespace
# in place of docker and a pty in place of `docker attach`.  Left out: what is about its build
# (hardening, valgrind, packages).
# shellcheck disable=SC2086 # $inside is words
. "$(dirname "$0")/../lib.sh"
if ! source=$("$top/tests/peers/source" tini 2>"$tmp/why"); then
	skip "tini's own tests" "$(cat "$tmp/why")"
	finish
fi
isolate "$@"
PATH=$HUSK_OUT/probes:$PATH
inside='unshare -p --mount-proc'

mkdir "$tmp/build" "$tmp/bin" "$tmp/python"
tini=$tmp/build/tini
cp "$HUSK" "$tini"

# ---- the smoke tests of ci/run_build.sh
like 'smoke: --version' "$("$tini" --version)" 'tini version *'
run "$tini"
is 'smoke: no arguments: 1' "$rc" 1
like 'smoke: no arguments: what to do' "$err" '*--help*'
gives 'smoke: -h' 0 "$("$tini" --help)" "$tini" -h
like 'smoke: -l' "$("$tini" -l)" '*MIT*'
gives 'smoke: true' 0 '' "$tini" -vvv true
gives 'smoke: false' 1 '' "$tini" -vvv false
like 'smoke: the options that exist are named' "$("$tini" -h)" '*-v, --verbose*'
gives 'smoke: -- true' 0 '' "$tini" -vvv -- true
run "$tini" -vvv -- -- true
is 'smoke: -- -- true fails' "$rc" 127
like 'smoke: TINI_VERBOSITY=3' "$(TINI_VERBOSITY=3 "$tini" true 2>&1)" '*Received SIGCHLD*'
run "$tini" foobar123
is 'smoke: a command that is not there: 127' "$rc" 127
run "$tini" /etc
is 'smoke: one that is not executable: 126' "$rc" 126
gives 'smoke: a pipe reaches the command' 0 '' sh -c "echo exit 0 | $tini sh"

# ---- test/run_inner_tests.py.  It wants a `python`, and two modules that few have: of bitmap only
# the numbers of the bits that are set, of prctl one call.
for python in python3 /usr/bin/python3; do
	"$python" -c 'import psutil' 2>/dev/null && break
	python=''
done
cat >"$tmp/python/bitmap.py" <<'END'
class BitMap:
    @staticmethod
    def fromstring(text):
        bits = BitMap()
        bits.set = [i for i, bit in enumerate(reversed(text)) if bit == "1"]
        return bits

    def nonzero(self):
        return self.set
END
cat >"$tmp/python/prctl.py" <<'END'
import ctypes


def set_child_subreaper(on):
    ctypes.CDLL(None).prctl(36, on, 0, 0, 0)
END
inner() {
	"${CC:-musl-gcc}" -w -o "$tmp/build/sigconf-test" "$source/test/sigconf/sigconf-test.c" || return
	ln -s "$(command -v "$python")" "$tmp/bin/python"
	ln -s python "$tmp/bin/python3"
	# It gives things ten seconds to happen, which is not for a busy machine; and it has no name for
	# the two signals that glibc keeps for itself, which make(1) leaves ignored in what it starts.
	sed 's/, 10)/, 100)/; s/SIGNUM_TO_SIGNAME\[n + 1\]/SIGNUM_TO_SIGNAME.get(n + 1)/' "$source/test/run_inner_tests.py" >"$tmp/inner.py" || return
	# It counts who is in its process group: nobody else may be.
	PATH=$tmp/bin:$PATH PYTHONPATH=$tmp/python PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
		SOURCE_DIR=$source BUILD_DIR=$tmp/build FORCE_SUBREAPER=1 \
		timeout -k 5 800 setsid -w python "$tmp/inner.py" </dev/null
}
if [ -z "$python" ]; then
	skip "inner: tini's run_inner_tests.py" 'no python3 with psutil'
else
	run inner
	# Its tests of groups leave their sleepers to themselves, for 100 seconds.
	pgrep -f '^(sh -c )?sleep 100$' | xargs -r kill # of this PID namespace, the test has its own
	# It ends at the first that fails.
	printf '%s\n' "$out" | sed -n 's/^[Rr]unning \(.*\)/\1/p' | sed "s|$tmp/build/||; s|$source/test/||" >"$tmp/titles"
	while read -r title; do
		[ "$(tail -n 1 "$tmp/titles")" = "$title" ] && [ "$rc" != 0 ] || pass "inner: $title"
	done <"$tmp/titles"
	[ "$rc" = 0 ] || fail "inner: $(tail -n 1 "$tmp/titles")" "$err"
	like 'inner: all done' "$out" '*All done, tests as expected*'
	is 'inner: there are 21' "$(wc -l <"$tmp/titles")" 21
fi

# ---- test/run_outer_tests.py
export TINI_VERBOSITY=3
exists() {
	[ -e "$1" ]
}
if [ -n "$python" ]; then
	PATH=$tmp/bin:$PATH PYTHONDONTWRITEBYTECODE=1 run timeout -k 5 60 $inside "$tini" "$source/test/reaping/stage_1.py"
	is 'outer: PID 1 reaps' "$rc" 0
else
	skip 'outer: PID 1 reaps' 'no python3 with psutil'
fi
for signal in TERM=143 USR1=138 USR2=140; do
	rm -f "$tmp/ready"
	# shellcheck disable=SC2016
	$inside "$tini" sh -c ': >"$0"; sleep 100; :' "$tmp/ready" 2>/dev/null &
	within 30 exists "$tmp/ready"
	kill "-${signal%=*}" "$(tr -d ' ' <"/proc/$!/task/$!/children")"
	wait $!
	is "outer: ${signal%=*} ends the command" "$?" "${signal#*=}"
done
run $inside "$tini" -z
is 'outer: an unknown option: 1' "$rc" 1
run $inside "$tini" -h
is 'outer: -h: 0' "$rc" 0
run $inside "$tini" zzzz
is 'outer: a command that is not there: 127' "$rc" 127
run $inside "$tini" -w true
is 'outer: -w' "$rc" 0
# As docker has it: PID 1 leads the session of the terminal.
run timeout 60 pty '+#' '-exit 0^M' -- $inside setsid -c "$tini" -- sh -c 'PS1="# " exec sh -i'
is 'outer: a shell on a terminal' "$rc" 0
run timeout 60 pty '+#' '-^C' -- $inside setsid -c "$tini" -- sh -c 'while :; do echo "#"; sleep 0.1; done'
is 'outer: ^C ends a loop' "$rc" 130
finish
