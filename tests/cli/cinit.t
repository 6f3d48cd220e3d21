#!/bin/sh
# SPDX-License-Identifier: MIT
# What cinit promises without privileges: as a subreaper, statuses, messages, the command line.
. "$(dirname "$0")/../lib.sh"

for code in 0 1 7 255; do
	gives "01 the command's status: $code" "$code" '' cinit sh -c "exit $code"
done
for sig in 15 9 11 34 64; do
	gives "02 ended by signal $sig: 128 more" "$((128 + sig))" '' cinit sh -c "kill -$sig \$\$"
done

printf 'exit 11\n' >"$tmp/script"
printf '#!/nope\n' >"$tmp/noint"
: >"$tmp/plain"
ln -s loop "$tmp/loop"
chmod 755 "$tmp/script" "$tmp/noint"
fails '03 a command that is not there: 127' 127 'cinit: /nope: No such file or directory' cinit /nope
fails '03 one that PATH does not have: 127' 127 'cinit: nope-nope: No such file or directory' \
	cinit nope-nope
fails '03 a directory: 126' 126 'cinit: /etc: Permission denied*' cinit /etc
fails '03 a file that is not executable: 126' 126 "cinit: $tmp/plain: Permission denied" \
	cinit "$tmp/plain"
fails '03 below a file: 126' 126 "cinit: $tmp/plain/x: Not a directory" cinit "$tmp/plain/x"
fails '03 a loop of links: 126' 126 "cinit: $tmp/loop: *ink loop" cinit "$tmp/loop"
fails '03 a missing interpreter: 127, and says so' 127 "cinit: $tmp/noint: No such file*interpreter*" \
	cinit "$tmp/noint"
gives '05 a script without #! is run by the shell' 11 '' cinit "$tmp/script"
PATH=$tmp:$PATH gives '05 one found in PATH too' 11 '' cinit script
gives '06 options end at the command' 3 '' cinit sh -c 'exit 3'

fails '07 no command: usage' 125 'cinit: missing operand: COMMAND*' cinit
fails '07 an unknown option' 125 'cinit: unknown option -z *' cinit -z
like '07 help on stdout' "$(cinit -h)" 'Usage: cinit*'
fails '08 -- is no command' 127 'cinit: --: No such file or directory' cinit -- -- true
finish
