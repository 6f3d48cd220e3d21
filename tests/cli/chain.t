#!/bin/sh
# SPDX-License-Identifier: MIT
# The chain: one process from link to link, which reads as the link that runs now.
. "$(dirname "$0")/../lib.sh"
# A folder in PATH that cannot be searched makes "not found" a "permission denied".
PATH=$HUSK_OUT/bin:/usr/bin:/bin

lock() {
	husk lock "$@"
}
title() {
	tr '\0' ' ' <"/proc/$1/cmdline" | sed 's/ *$//'
}

# ---- who it says it is

# shellcheck disable=SC2034 # for the shells below
show='cat /proc/$PPID/comm; tr "\0" "|" </proc/$PPID/cmdline | sed "s/|*$//"; echo'
gives 'comm and title of the last link' 0 "cinit
cinit|sh|-c|$show" lock "$tmp/a" cinit sh -c "$show"
gives 'and through several' 0 "cinit
cinit|sh|-c|$show|sh|a  b||c" lock "$tmp/a" lock -s "$tmp/b" lock "$tmp/c" cinit sh -c "$show" sh 'a  b' '' c
gives 'of the first, named as an argument' 0 "cinit
cinit|sh|-c|$show" husk cinit sh -c "$show"
ln -s "$HUSK" "$tmp/other"
gives 'of one called by another name' 0 "cinit
cinit|sh|-c|$show" "$tmp/other" lock "$tmp/a" cinit sh -c "$show"

words=$(seq 1 5000)
# shellcheck disable=SC2086 # words
gives 'a long chain with many arguments' 0 5000 \
	lock "$tmp/a" lock "$tmp/b" lock "$tmp/c" lock "$tmp/d" cinit sh -c 'echo $#' sh $words
# shellcheck disable=SC2086
is 'its title is whole' \
	"$(lock "$tmp/a" lock "$tmp/b" cinit sh -c 'tr "\0" "\n" </proc/$PPID/cmdline' sh $words | grep -c .)" 5005
is 'the environment stays as it was' \
	"$(env -i A=1 B=2 "PATH=$PATH" husk lock "$tmp/a" husk cinit env | grep '^[AB]=' | sort | paste -sd ' ')" 'A=1 B=2'
husk lock "$tmp/a" cinit sleep 60 &
pid=$!
within 20 grep -q '^cinit$' "/proc/$pid/comm"
is 'one process from the first link to the last' "$(title "$pid")" 'cinit sleep 60'
kill "$pid"
wait "$pid" 2>/dev/null

# ---- by exec

mkdir "$tmp/bin"
printf '#!/bin/sh\necho "executed $*"\n' >"$tmp/bin/cinit"
chmod +x "$tmp/bin/cinit"
gives 'a bare name of an applet is not looked up' 0 hi env "PATH=$tmp/bin:$PATH" husk lock "$tmp/a" cinit echo hi
gives 'HUSK_EXEC=1: it is' 0 'executed echo hi' env "PATH=$tmp/bin:$PATH" HUSK_EXEC=1 husk lock "$tmp/a" cinit echo hi
gives 'HUSK_EXEC=1: an applet executed is an applet' 0 hi env HUSK_EXEC=1 husk lock "$tmp/a" cinit echo hi
gives 'a name with a slash is executed' 0 'executed x' husk lock "$tmp/a" "$tmp/bin/cinit" x

# ---- what cannot be executed

lock_fails() {
	text=$1 status=$2 pattern=$3
	shift 3
	fails "$text" "$status" "$pattern" lock "$tmp/a" "$@"
}
lock_fails 'not found: 127' 127 'lock: nosuch: No such file or directory' nosuch
lock_fails 'no such path: 127' 127 'lock: /nowhere/x: No such file or directory' /nowhere/x
lock_fails 'below a file: 126' 126 "lock: $HUSK/x: Not a directory" "$HUSK/x"
lock_fails 'an empty name: 127' 127 "lock: '': No such file or directory" ''
echo text >"$tmp/text"
lock_fails 'not executable: 126' 126 "lock: $tmp/text: Permission denied" "$tmp/text"
lock_fails 'a directory: 126' 126 "lock: $tmp: Permission denied (a directory)" "$tmp"
printf '\177ELF' >"$tmp/broken"
chmod +x "$tmp/broken"
lock_fails 'no program: 126' 126 \
	"lock: $tmp/broken: Exec format error (not a program of this machine, and no #! line)" "$tmp/broken"
printf '#!/no/such/shell\n' >"$tmp/script"
chmod +x "$tmp/script"
lock_fails 'the interpreter is missing: 127' 127 \
	"lock: $tmp/script: No such file or directory (the file is there, the interpreter that it names is not)" \
	"$tmp/script"
lock_fails 'a line break in a name stays on one line' 127 'lock: a[?]b: No such file or directory' 'a
b'

# ---- what the command inherits

gives 'the status of the command' 42 '' lock "$tmp/a" sh -c 'exit 42'
blocked='sed -n "s/^SigBlk:.*\(........\)$/\1/p" /proc/self/status'
is 'the signal mask' "$(lock "$tmp/a" cinit sh -c "$blocked")" "$(sh -c "$blocked")"
gives 'closed descriptors are not filled by what is opened later' 0 '' \
	sh -c "husk lock '$tmp/a' husk cinit sh -c 'cat' <&-"
is 'a closed stdout is an error, not a file' \
	"$(sh -c "husk lock '$tmp/a' cinit echo x >&-" 2>&1 | grep -c 'Bad file descriptor')" 1
is 'the locked file is as it was' "$(wc -c <"$tmp/a")" 0
finish
