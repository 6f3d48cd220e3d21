#!/bin/sh
# SPDX-License-Identifier: MIT
# Every system call of a start fails once, and the process is killed at every one: the status is right,
# one line says why, the command has not run, and nothing is left.
# shellcheck disable=SC2086,SC2317 # lists of words; clean() is replaced later
. "$(dirname "$0")/../lib.sh"
# See unshare.t.
taskset -p -c "$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)" $$ >/dev/null
isolate "$@"

mkdir "$tmp/private"
mount -t tmpfs none "$tmp/private"
mount --make-private "$tmp/private"
touch "$tmp/private/uts" "$tmp/private/net" "$tmp/private/mnt"
printf '#!/bin/sh\n: >%s/ran\n' "$tmp" >"$tmp/command"
chmod +x "$tmp/command"
grep ' /tmp/' /proc/self/mountinfo >"$tmp/mounts"

clean() {
	! pgrep -f '^unshare|^nsenter' >/dev/null && grep ' /tmp/' /proc/self/mountinfo | cmp -s - "$tmp/mounts"
}

# A call that may fail without harm: 1 to go on, else the status must be 1, with one message.
inject() {
	call=$1 when=$2
	shift 2
	rm -f "$tmp/ran"
	timeout 20 strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:error=EPERM:when=$when" "$@" \
		>"$tmp/out" 2>"$tmp/err"
	rc=$?
	within 5 clean || echo "$call $when: left over"
	[ "$rc" = 1 ] || echo "$call $when: status $rc"
	[ "$(grep -c '^husk [a-z]*: .*Operation not permitted' "$tmp/err")" = 1 ] || echo "$call $when: $(cat "$tmp/err")"
	[ ! -e "$tmp/ran" ] || echo "$call $when: the command ran"
	umount "$tmp"/private/* 2>/dev/null
}

# name, "CALL:WHEN ...", program and options
all_fail() {
	name=$1 calls=$2
	shift 2
	for item in $calls; do
		inject "${item%:*}" "${item#*:}" "$@" "$tmp/command"
	done >"$tmp/report"
	is "$name" "$(cat "$tmp/report")" ''
}

all_fail 'unshare -pnmu: every call that fails is reported' 'pipe2:1 mount:1 mount:2' unshare -pnmu --mount-proc
all_fail 'unshare -p: clone3 and clone' 'clone,clone3:1+' unshare -p
all_fail 'unshare -mu' 'unshare:1 mount:1 sethostname:1' unshare -mu --hostname x
all_fail 'unshare -R -w -S -G' 'chroot:1 chdir:1 setgroups:1 setresgid:1 setresuid:1' unshare -u -R / -w /tmp -S 1 -G 1
all_fail 'unshare -T' 'unshare:2 setns:1' unshare -uT --boottime 5
all_fail 'unshare --keep-caps' 'capget:1 capset:1' unshare -u --keep-caps
all_fail 'unshare --uts=FILE --net=FILE, in a child' 'socketpair:1 pipe2:1 mount:1 mount:2' unshare -pf --uts="$tmp/private/uts" --net="$tmp/private/net"
all_fail 'unshare --mount=FILE --uts=FILE, in place' 'socketpair:1 unshare:1 mount:1 mount:2' unshare --mount="$tmp/private/mnt" --uts="$tmp/private/uts"
all_fail 'unshare -pr with a range' 'socketpair:1' unshare -p --map-users=0:0:10
all_fail 'the signal at the death of the waiter' 'prctl:1' env -- unshare -p

for kind in pipe2 clone3 mount prctl poll execve; do
	for options in '-pmu' '-pn -S 65534'; do
		rm -f "$tmp/ran"
		timeout 20 strace -f -qq -o /dev/null -e trace=$kind -e inject=$kind:signal=KILL:when=1 \
			unshare $options "$tmp/command" 2>/dev/null
		within 10 clean || echo "$kind $options: left over"
	done
done >"$tmp/report"
is 'killed at any of its calls, unshare leaves nothing' "$(cat "$tmp/report")" ''

# What is run is static and short, so that hardly a call of it is taken for one of ours.
static=$("$top/scripts/deps" static busybox)
# CALL:N of a start, in whichever of its processes, before the command is executed: of those, what no
# process does for the Nth time only when it is the command.  The first are the C library's; a wait that
# fails says nothing of the command.
calls() {
	rm -f "$tmp"/trace.*
	strace -ff -o "$tmp/trace" "$@" "$static" touch "$tmp/ran"
	awk 'FNR == 1 { split("", count); ours = 1; if (/^execve/) next }
		/^execve/ { ours = 0 }
		/^[a-z]/ { sub(/\(.*/, ""); n = ++count[$0]; if (ours) wanted[$0 ":" n]; else other[$0 ":" n] }
		END { for (item in wanted)
			if (!(item in other) && item !~ /^(execve|brk|arch_prctl|set_tid_address|wait4|exit|exit_group):/)
				print item }' "$tmp"/trace.* | sort
}
# It ends with 1 and a message, or goes on as if nothing had been.
each_fails() {
	calls "$@" >"$tmp/calls"
	while read -r item; do
		rm -f "$tmp/ran"
		timeout 20 strace -f -qq -o /dev/null -e trace="${item%:*}" -e inject="${item%:*}:error=EIO:when=${item#*:}" \
			"$@" "$static" touch "$tmp/ran" </dev/null >"$tmp/out" 2>"$tmp/err"
		rc=$?
		case "$rc $(wc -l <"$tmp/err") $(cat "$tmp/err")" in
		'1 1 husk '*) [ ! -e "$tmp/ran" ] || echo "$item: the command ran" ;;
		'0 0 ') [ -e "$tmp/ran" ] || echo "$item: the command did not run" ;;
		*) echo "$item: status $rc: $(cat "$tmp/err")" ;;
		esac
		within 10 clean || echo "$item: left over"
	done <"$tmp/calls"
}
each_is_killed() {
	while read -r item; do
		rm -f "$tmp/ran"
		timeout 20 strace -f -qq -o /dev/null -e trace="${item%:*}" -e inject="${item%:*}:signal=KILL:when=${item#*:}" \
			"$@" "$static" touch "$tmp/ran" </dev/null >"$tmp/out" 2>"$tmp/err"
		rc=$?
		[ "$rc" = 137 ] || echo "$item: status $rc: $(cat "$tmp/err")"
		within 10 clean || echo "$item: left over"
	done <"$tmp/calls"
}
each() {
	title=$1
	shift
	is "$title: each of its calls fails" "$(each_fails "$@")" ''
	ok "$title: there were calls" grep -q "^$last:1\$" "$tmp/calls"
	is "$title: killed at each of them" "$(each_is_killed "$@")" ''
}
last=prctl
each 'unshare -pnmu' unshare -pnmu --mount-proc
last=mount
each 'unshare -m' unshare -m
last=unshare
each 'unshare -r' unshare -r

unshare -pnmu --mount-proc sleep 900 &
waiter=$!
child_of() {
	pgrep -P "$1" -f '^sleep' >"$tmp/child" && read -r T <"$tmp/child"
}
within 10 child_of "$waiter"
clean() {
	! pgrep -f '^nsenter' >/dev/null
}
all_fail 'nsenter -mnu -r -w -S -G: every call that fails is reported' \
	'setns:1 fchdir:1 chroot:1 chdir:1 fchdir:2 setresgid:1 setresuid:1' nsenter -t "$T" -mnu -r -w -S 1 -G 1
all_fail 'nsenter -p' 'pipe2:1 clone,clone3:1+' nsenter -t "$T" -p
last=setns
each 'nsenter -a' nsenter -t "$T" -a
all_fail 'nsenter -W' 'chdir:1' nsenter -t "$T" -u -W /tmp
kill "$waiter"
wait "$waiter" 2>/dev/null
umount "$tmp/private"

finish
