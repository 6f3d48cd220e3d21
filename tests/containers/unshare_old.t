#!/bin/sh
# SPDX-License-Identifier: MIT
# unshare and nsenter on kernels that lack what they prefer, and without /proc.
# shellcheck disable=SC2086 # $missing is several words
. "$(dirname "$0")/../lib.sh"
isolate "$@"

old=$HUSK_OUT/probes/enosys
unshare -pnmuiC --hostname inside sleep 800 &
waiter=$!
child_of() {
	pgrep -P "$1" -f '^sleep' >"$tmp/child" && read -r T <"$tmp/child"
}
within 10 child_of "$waiter"
cp "$HUSK" "$tmp/unshare"
touch "$tmp/f"

for missing in clone3 'clone3=EPERM' pidfd_open '-k 4.18'; do
	# shellcheck disable=SC2086
	{
		gives "unshare -pnmu without $missing" 0 1 $old $missing -- unshare -pnmu sh -c 'echo $$'
		gives "unshare: the status without $missing" 143 '' $old $missing -- timeout -k 20 100 unshare -p sh -c 'kill -TERM $$; sleep 0.1; exit 143'
		run $old $missing -- timeout -k 20 1 unshare -p sleep 801
		is "unshare: TERM ends PID 1 without $missing" "$rc" 124
		gives "unshare -r without $missing" 0 0 $old $missing -- unshare -rp id -u
		gives "unshare --uts=FILE without $missing" 0 '' $old $missing -- unshare -p --uts="$tmp/f" hostname kept
		umount "$tmp/f"
	}
done
for missing in pidfd_open '-k 4.18'; do
	# shellcheck disable=SC2086
	{
		gives "nsenter -mun without $missing" 0 inside $old $missing -- nsenter -t "$T" -mun hostname
		gives "nsenter -a without $missing" 0 inside $old $missing -- nsenter -t "$T" -a hostname
		gives "nsenter -p without $missing" 0 ok $old $missing -- nsenter -t "$T" -p echo ok
	}
done
# Linux 5.3 to 5.7: there are pidfds, setns(2) takes none.
before_5_8() {
	strace -f -o /dev/null -e trace=setns -e "inject=setns:error=EINVAL:when=$1" nsenter -t "$T" "$2" hostname
}
gives 'nsenter -mun where setns takes no pidfd' 0 inside before_5_8 1 -mun
gives 'nsenter -a where setns takes no pidfd' 0 inside before_5_8 1..6 -a
fails 'nsenter: no such process without pidfds' 1 'nsenter: *No such process' $old pidfd_open -- nsenter -t 4194304 -u true
fails 'nsenter -N wants pidfd_getfd' 1 'nsenter: descriptor 0 of process *' $old pidfd_getfd -- nsenter -t "$T" -N 0 true
gives 'nsenter -a leaves out time namespaces that the kernel has not' 0 inside $old 'setns@1&0x80=EINVAL' -- nsenter -t "$T" -a hostname
fails 'unshare -T without time namespaces' 1 'unshare: the kernel has no time namespaces' $old 'unshare&0x80=EINVAL' -- unshare -T true
fails 'unshare -pT without time namespaces' 1 'unshare: the kernel has no time namespaces' $old 'unshare&0x80=EINVAL' -- unshare -pT true

mkdir "$tmp/empty"
# shellcheck disable=SC2016
no_proc() {
	unshare -m sh -c 'mount --bind "$1" /proc && shift && exec "$@"' sh "$tmp/empty" "$@"
}
gives 'unshare -pnmu works without /proc' 0 1 no_proc unshare -pnmu sh -c 'echo $$'
run no_proc timeout -k 20 1 unshare -p sh -c 'trap "exit 7" TERM; while :; do sleep 0.05; done'
is 'unshare without /proc passes signals on' "$rc" 124
fails 'unshare -r without /proc says so' 1 'unshare: write "0 0 1" to /proc/self/uid_map: No such file or directory' no_proc unshare -r true
fails 'unshare --uts=FILE without /proc says so' 1 'unshare: /proc/self: No such file or directory' no_proc unshare --uts="$tmp/f" true
fails 'unshare -T without /proc says so' 1 'unshare: new time namespace*' no_proc unshare -T true
fails 'nsenter -w without /proc says so' 1 "nsenter: /proc of process $T: No such file or directory" no_proc nsenter -t "$T" -u -w true
fails 'nsenter -e without /proc says so' 1 'nsenter: /proc of process *' no_proc nsenter -t "$T" -u -e true
fails 'nsenter -c without /proc says so' 1 'nsenter: /proc of process *' no_proc nsenter -t "$T" -u -c true

run strace -f -e trace=open,openat,readlink,mount -o "$tmp/trace" unshare -pnmu "$HUSK_OUT/probes/sigwait"
is 'a plain -pnmu looks at nothing in /proc' "$(grep -c '"/proc' "$tmp/trace")" 0
run strace -f -e trace=open,openat,mount,readlink -o "$tmp/trace" unshare -p unshare -p --uts="$tmp/f" hostname x
is 'no numbered process is looked at but the own child' "$(grep -c '"/proc/1/' "$tmp/trace")" 0
umount "$tmp/f"

kill "$waiter"
wait "$waiter" 2>/dev/null

finish
