#!/bin/sh
# SPDX-License-Identifier: MIT
# pipeline.t - the pipeline of the README, verbatim, from its first process to the last list.
# shellcheck disable=SC2016,SC2317 # sh inside expands; functions are called by those of lib.sh
. "$(dirname "$0")/../lib.sh"
isolate "$@"

cd "$tmp" || exit
mkroot() {
	out=$1
	shift
	"$top/scripts/mkrootfs" -t dir -o "$out" "$@" "$top/rootfs-skel"
}
mkroot without -b /bin/busybox
mkroot with -b "$HUSK" -b /bin/busybox

# In ./rootfs, as the README has it.
pipeline() {
	cgexec -m 64M unshare -pnmu pivot ./rootfs cinit "$@"
}

as_nobody() {
	/usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

unprivileged() {
	as_nobody env PATH="$PATH" unshare -Urpnmu pivot ./rootfs cinit "$@"
}

# ---- what is in there

verbatim() {
	printf '%s\n' 'tr "\0" "|" </proc/1/cmdline; echo; cat /proc/1/comm; echo $$' |
		cgexec -m 64M unshare -pnmu pivot ./rootfs cinit sh
}

for kind in without with; do
	ln -sfn $kind rootfs
	gives "a root $kind husk: PID 1 is cinit, sh is PID 2" 0 'cinit|sh|
cinit
2' verbatim
done
ln -sfn without rootfs

# Check 58 of cinit, and what is left of it without a limit.
gives 'the command is PID 2, its status comes through' 4 2 pipeline sh -c 'echo $$; exit 4'
gives 'without cgexec, too' 4 2 unshare -pnmu pivot ./rootfs cinit sh -c 'echo $$; exit 4'
gives 'and as any user' 4 2 unprivileged sh -c 'echo $$; exit 4'
fails 'cgexec without a limit has nothing to do, and says so' 125 'cgexec: no limit and no group*' \
	cgexec unshare -pnmu pivot ./rootfs cinit sh -c 'echo $$; exit 4'

gives 'its own root, which holds nothing of husk' 0 "$(ls without)" pipeline ls /
gives 'its own mounts alone' 0 '/ /dev /proc /sys' pipeline sh -c \
	'awk '\''$5 !~ /^\/.*\// { print $5 }'\'' /proc/self/mountinfo | sort | paste -s -d " " -'
gives 'no link but lo' 0 'lo' pipeline sh -c 'sed -n "s/^ *\([^ ]*\):.*/\1/p" /proc/net/dev'
gives 'two processes' 0 '1 2' pipeline sh -c 'cd /proc; echo [0-9]*'
for ns in mnt uts net pid; do
	run pipeline readlink /proc/self/ns/$ns
	unlike "$ns namespace of its own" "$out" "$(readlink /proc/self/ns/$ns)"
done
gives 'the working directory is the new root' 0 / pipeline pwd
gives 'stdin and stdout are the caller'\''s' 0 'through' sh -c \
	'echo through | cgexec -m 64M unshare -pnmu pivot ./rootfs cinit cat'
gives 'a megabyte passes both ways' 0 '1048576' sh -c \
	'head -c 1048576 /dev/zero | cgexec -m 64M unshare -pnmu pivot ./rootfs cinit cat | wc -c'

# ---- the limit

run pipeline tail /dev/zero
is 'tail /dev/zero is killed at 64M: status 137' "$rc" 137
run pipeline sh -c 'tail /dev/zero; echo $?'
is 'the limit kills the command that breaks it, not the shell' "$rc $out" '0 137'
cp "$HUSK_OUT/probes/eat" without/bin/eat
gives '32 MiB fit' 0 'touched 32' pipeline eat memory 32
run pipeline eat memory 80
is '80 MiB do not' "$rc" 137

# ---- how it ends

for status in 0 1 2 42 124 125 126 127 128 200 255; do
	gives "status $status passes through" $status '' pipeline sh -c "exit $status"
done
for signal in HUP:129 KILL:137 USR1:138 SEGV:139 TERM:143; do
	run pipeline sh -c "kill -${signal%:*} \$\$; sleep 60"
	is "death by ${signal%:*} is status ${signal#*:}" "$rc" "${signal#*:}"
done
run pipeline nowhere
is 'a command that is not there: status 127' "$rc" 127
like 'a command that is not there: its name' "$err" 'husk cinit: *nowhere*'
run pipeline /etc/passwd
is 'a command that cannot be executed: status 126' "$rc" 126
like 'a command that cannot be executed: its name' "$err" 'husk cinit: */etc/passwd*'

# ---- signals to the outer process

# started COMMAND...: in the pipeline and the background, once /ready is there.  $pid is cgexec,
# and not a shell that runs a function.
started() {
	rm -f without/ready
	cgexec -m 64M unshare -pnmu pivot ./rootfs cinit "$@" &
	pid=$!
	within 30 [ -e without/ready ]
}

for signal in HUP TERM USR1 USR2; do
	started sh -c "trap 'exit 7' $signal; : >/ready; while :; do sleep 0.1; done"
	kill -$signal $pid
	wait $pid
	is "$signal reaches the command" $? 7
done
started sh -c ': >/ready; exec sleep 1000'
kill -TERM $pid
wait $pid
is 'TERM ends what has no handler: status 143' $? 143

# ---- nothing is left

runs=0
while [ $runs -lt 100 ] && pipeline true; do runs=$((runs + 1)); done
is '100 runs' $runs 100

# Each makes what the last one of the others removes.
ok 'three loops side by side' side_by_side 10 pipeline true

gone() {
	! kill -0 "$1" 2>/dev/null && [ -z "$(find /sys/fs/cgroup/*"$HUSK_CGROUP_PARENT" -mindepth 1 -type d 2>/dev/null)" ]
}

kills=0
while [ $kills -lt 20 ]; do
	started sh -c ': >/ready; exec sleep 1000' || break
	kill -KILL $pid
	wait $pid 2>/dev/null
	within 30 gone $pid || break
	kills=$((kills + 1))
done
is '20 times kill -9 of the outer process leave no cgroup' $kills 20
rm -f without/ready
ok 'nor any process of the container' within 30 sh -c \
	'! grep -q "^sleep.1000" /proc/[0-9]*/cmdline 2>/dev/null'

# ---- without privilege

gives 'uid 65534: the pipeline without cgexec' 0 'cinit 0 2' unprivileged sh -c \
	'echo $(cat /proc/1/comm; id -u; echo $$)'
gives 'uid 65534: no link but lo' 0 'lo' unprivileged sh -c 'sed -n "s/^ *\([^ ]*\):.*/\1/p" /proc/net/dev'
gives 'uid 65534: status passes through' 9 '' unprivileged sh -c 'exit 9'
gives 'uid 65534: setpriv may be a link of the chain' 0 'cinit 0 2' \
	setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urpnmu pivot ./rootfs cinit sh -c \
	'echo $(cat /proc/1/comm; id -u; echo $$)'
run unprivileged sh -c 'kill -KILL $$'
is 'uid 65534: death by a signal passes through' "$rc" 137

finish
