#!/bin/sh
# SPDX-License-Identifier: MIT
# vmrun.t - what the tests of this folder rely on: output, status, words and files pass exactly.
. "$(dirname "$0")/../lib.sh"

vmrun=$top/tests/vm/vmrun
if ! why=$("$vmrun" -T -r 2>&1); then
	skip 'a machine of its own' "$why"
	finish
fi

cat >"$tmp/script" <<'END'
#!/bin/sh
printf '[%s]' "$@" "$VARIABLE" "$(cat /some/where/file)"
sleep 1000 &
exit 42
END
echo content >"$tmp/file"
run "$vmrun" -T -t 600 -f "$tmp/file:/some/where/file" -e "VARIABLE=a 'b' \$c" "$tmp/script" \
	one 'two words' "it's" ''
is 'the status passes, though a process is left' "$rc" 42
is 'words, variables and files pass as they are' "$out" "[one][two words][it's][][a 'b' \$c][content]"

# shellcheck disable=SC2016 # it expands in the guest
printf '#!/bin/sh\nseq 1 50000\nkill -TERM $$\n' >"$tmp/script"
run "$vmrun" -T -t 600 "$tmp/script"
is 'death by a signal passes' "$rc" 143
is 'nothing of a long output is lost' "$out" "$(seq 1 50000)"

run "$vmrun" -T "$tmp/nowhere"
is 'no such script: status' "$rc" 125
run "$vmrun" -k 2.4 "$tmp/script"
is 'no such kernel: status' "$rc" 77
is 'no such kernel: the reason' "$err" 'kernel 2.4: there are 5.10 6.1 6.12, and each with -arm64'

finish
