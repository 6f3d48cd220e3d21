#!/bin/sh
# SPDX-License-Identifier: MIT
# Whoever started a container is killed while it is being made: nothing of it lives on, and nothing
# of the image has run.  24 of the table of holes, check 56.  HUSK_EVERY=1 stops at each of
# the calls.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"
if ! strace -qq -o /dev/null true 2>/dev/null; then
	skip 'kills' 'strace cannot trace here'
	finish
fi
printf '#!/bin/sh\ntouch /ran\nexec sleep 1000\n' >"$R/bin/service"
chmod 755 "$R/bin/service"

# A tool without a thought for it: its child goes on.
/usr/bin/unshare -m -p -f sleep 999.1 &
within 20 pgrep -f '^sleep 999.1'
kill -9 $!
wait $! 2>/dev/null
is '24 what a naive tool started lives on' "$(pgrep -c -f '^sleep 999.1')" 1
pgrep -f '^sleep 999.1' | xargs -r kill -KILL # of this PID namespace, the test has its own

# Calls that the waiter does not make, so that they are counted in the container's process alone.
calls=mknodat,symlinkat,open_tree,mount_setattr,move_mount,fsopen,fsconfig,fsmount,mount
calls=$calls,pivot_root,umount2,keyctl,seccomp,setgroups,setresgid,setresuid,capset

# at CALL:WHEN: the process stands still there, when its waiter is killed.
at() {
	rm -f "$tmp/trace" "$tmp/ended"
	(
		strace -f -o "$tmp/trace" -e trace="${1%%:*}" -e inject="${1%%:*}:signal=STOP:${1#*:}" \
			timeout 120 "$HUSK" cgexec -m 64M unshare -pmu pivot -u 1000 "$R" service
		touch "$tmp/ended"
	) >/dev/null 2>&1 &
	stopped() { grep -q 'stopped by SIGSTOP' "$tmp/trace"; }
	# Both names, of this PID namespace alone; the inner process may be unshare yet.
	within 20 stopped && kill -KILL "$(pgrep -o -x unshare)" || return
	pgrep -x 'unshare|pivot' | xargs -r kill -CONT
	within 20 test -e "$tmp/ended"
}

strace -f -o "$tmp/calls" -e trace="$calls" "$HUSK" unshare -pmu pivot -u 1000 "$R" true
sed -n 's/^[0-9 ]*\([a-z_0-9]*\)(.*/\1/p' "$tmp/calls" | awk -v every="${HUSK_EVERY:-12}" '
	{ point = $1 ":when=" ++n[$1] }
	# The last of all come after the change of user, which clears the signal at the death
	# of the parent.
	NR % every == 1 || /^(setresuid|capset|seccomp)$/ { print point }' >"$tmp/points"
bad=''
while read -r point; do
	at "$point" || bad="$bad $point"
done <"$tmp/points"
is "24 56 killed at $(wc -l <"$tmp/points") points on the way: all of it ends" "$bad" ''
is '24 and the command has not run' "$(ls "$R/ran" 2>/dev/null)" ''
finish
