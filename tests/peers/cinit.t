#!/bin/sh
# SPDX-License-Identifier: MIT
# What other inits get wrong and cinit does not, side by side: the peer first, to see that the case
# is still one, then cinit.  A peer that is not installed is skipped.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
PATH=$HUSK_OUT/probes:$PATH

# defect PEER NAME THEIRS OURS COMMAND...: @ in COMMAND stands for the init; statuses.
defect() {
	peer=$1 promise=$2 theirs=$3 ours=$4
	shift 4
	if ! command -v "$peer" >/dev/null; then
		skip "$promise" "no $peer"
		return
	fi
	script=$*
	run sh -c "$(printf '%s\n' "$script" | sed "s|@|$(command -v "$peer")|g")"
	is "$peer: $promise" "$rc" "$theirs"
	run sh -c "$(printf '%s\n' "$script" | sed "s|@|$HUSK_OUT/bin/cinit|g")"
	is "cinit: $promise" "$rc" "$ours"
}

defect tini 'closed 0, 1 and 2' 1 4 'actor close @ -s actor exit 4'
defect tini 'its own SIGPIPE is not passed on' 141 0 "actor deaf @ -s -w -- sh -c '(true &) ; sleep 0.5'"
defect tini 'SIGCHLD ignored by the caller: it ends' 137 7 'timeout -s KILL 10 actor ignore 17 @ -s actor exit 7'
defect tini 'options end at the command' 1 3 "@ -s sh -c 'exit 3'"
# shellcheck disable=SC2016
defect tini 'a subreaper leaves nobody behind' 1 0 'set -- $(@ -s -- sh -c "sleep 109 >/dev/null & echo \$!"); ! kill -9 $1 2>/dev/null'
defect dumb-init 'a command that is not there: 127' 2 127 '@ /nope'
defect dumb-init 'one that is not executable: 126' 2 126 '@ /etc'
defect dumb-init 'HUP stays ignored (nohup)' 1 0 "actor ignore 1 @ grep -q '^SigIgn:.*[13579bdf]\$' /proc/self/status"
defect dumb-init 'the caller'\''s mask stays' 1 0 "actor block 10 @ grep -q '^SigBlk:.0000000000000200' /proc/self/status"
finish
