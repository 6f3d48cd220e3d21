#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot when a system call of a start fails: status 125, one line that says what failed, nothing of
# the image has run, nothing is left.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"
if ! strace -qq -o /dev/null true 2>/dev/null; then
	skip 'faults' 'strace cannot trace here'
	finish
fi

# CALL N...: the Nth of its kind fails.
faulty() {
	call=$1
	shift
	for n; do
		run strace -qq -o /dev/null -e "trace=$call" -e "inject=$call:error=ENOMEM:when=$n" \
			"$HUSK" pivot "$R" echo ran
		case $rc:$out:$err in
		125::*"
"*) fail "$call $n fails" "more than one line: $err" ;;
		'125::husk pivot: '*': Out of memory') pass "$call $n fails: ${err#husk pivot: }" ;;
		*) fail "$call $n fails" "status $rc" "stdout: $out" "stderr: $err" ;;
		esac
	done
}

# How many there are of a kind.
strace -qq -o "$tmp/calls" "$HUSK" pivot "$R" true
last() { grep -c "^$1(" "$tmp/calls"; }

faulty unshare 1
case $HUSK_MOUNT_API$(uname -r) in
old* | new[1-4].* | new5.[0-9].* | new5.1[01].*)
	faulty mount 1 2 3 5 9 20 40 "$(last mount)"
	;;
*)
	faulty mount 1
	faulty open_tree 2 3 9 "$(($(last open_tree) - 1))"
	faulty mount_setattr 3 4 5 "$(last mount_setattr)"
	faulty move_mount 1 2 3 5 12 "$(($(last move_mount) - 1))"
	faulty fsopen 1 2 3 4
	faulty fsconfig 1 3 "$(last fsconfig)"
	faulty fsmount 1 4
	;;
esac
faulty mkdirat 1 3
faulty mknodat 1 6
faulty symlinkat 1 5
faulty unlinkat 1
faulty pivot_root 1
faulty umount2 1
faulty keyctl 1
faulty capset 1
faulty seccomp 1
for call in open_tree mount_setattr; do
	gives "the first $call is the seal's, which has another way" 0 ran strace -qq -o /dev/null \
		-e trace=$call -e inject=$call:error=ENOMEM:when=1 "$HUSK" pivot "$R" echo ran
done
[ "$(last move_mount)" = 0 ] ||
	gives "the last move_mount is the seal's, which leaves the end of a mount to the kernel then" 0 ran \
		strace -qq -o /dev/null -e trace=move_mount \
		-e inject=move_mount:error=ENOMEM:when="$(last move_mount)" "$HUSK" pivot "$R" echo ran
fails 'no way to seal is left: nothing runs' 125 'pivot: make a copy of the binary*: Out of memory' \
	strace -qq -o /dev/null -e trace=open_tree,memfd_create -e inject=open_tree:error=ENOMEM:when=1 \
	-e inject=memfd_create:error=ENOMEM "$HUSK" pivot "$R" echo ran

finish
