# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shells.sh - the verbs and their tests where /bin/sh is another shell:  in_shells TEST...
# Called after isolate: nobody else sees that /bin/sh.

in_shells() {
	local shell program test
	for shell in busybox bash; do # the first is ash; the second is POSIX where it is called sh
		if ! program=$(command -v $shell); then
			skip "where /bin/sh is $shell" 'it is not installed'
			continue
		fi
		/bin/mount --bind "$program" /bin/sh
		for test; do
			run /bin/sh "$top/tests/$test.t"
			if [ "$rc" = 0 ]; then
				pass "$test, where /bin/sh is $shell"
			else
				fail "$test, where /bin/sh is $shell" "$(printf '%s\n' "$out" | grep -A 9 '^not ok')" "$err"
			fi
		done
		/bin/umount /bin/sh
	done
}
