#!/bin/sh
# SPDX-License-Identifier: MIT
# fuse.sh - sh fuse.sh LOWER UPPER WORK ROOT COMMAND...: stacks layers at ROOT by fuse-overlayfs(1), in
# the user and mount namespaces that this runs in, and becomes COMMAND.
#
# Its process is a child of COMMAND's, outside of the PID namespace that COMMAND makes, and dies with
# it, however early.  It has none of the descriptors that cmon waits for.

before=$(stat -c %d "$4") || exit
# shellcheck disable=SC2016 # the inner shell expands it
"$HUSK" setpriv --pdeathsig KILL sh -c '[ "$PPID" = "$0" ] && exec fuse-overlayfs "$@"' $$ \
	-f -o "lowerdir=$1,upperdir=$2,workdir=$3" "$4" </dev/null >"$3.log" 2>&1 3>&- &
until [ "$(stat -c %d "$4")" != "$before" ]; do
	kill -0 $! 2>/dev/null || {
		cat "$3.log" >&2
		exit 125
	}
	sleep 0.01
done
shift 4
exec "$@"
