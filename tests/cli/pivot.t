#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot: what it refuses before it changes anything, and in which words.
. "$(dirname "$0")/../lib.sh"

# The shell of busybox would run its own.
unshare() { "$HUSK" unshare "$@"; }
mkdir "$tmp/r" "$tmp/r/bin"

usage() {
	pattern=$1
	shift
	fails "$*" 125 "pivot: $pattern (see husk pivot --help)" pivot "$@"
}

usage 'missing operand: ROOTFS COMMAND*'
usage 'missing operand: ROOTFS COMMAND*' "$tmp/r"
usage 'missing operand: ROOTFS COMMAND*' '' sh
usage 'unknown option --frob' --frob "$tmp/r" true
usage '--proc: some is none of: masked full pid bind none' --proc=some "$tmp/r" true
usage '--sys: some is none of: ro rw bind none' --sys=some "$tmp/r" true
usage '--cgroup: some is none of: ro rw none' --cgroup=some "$tmp/r" true
usage '--dev: some is none of: min bind none' --dev=some "$tmp/r" true
usage '--propagation: some is none of: *' --propagation=some "$tmp/r" true
usage '--upper and --work come together' --overlay a --upper b "$tmp/r" true
usage '--upper is for --overlay*' --upper b --work c "$tmp/r" true
usage '--idmap: an overlay cannot be id-mapped' --ephemeral --idmap 0:1:1 "$tmp/r" true
usage '--mkdir-cwd wants -w' --mkdir-cwd "$tmp/r" true
usage '--no-pivot would leave*' --here --no-pivot "$tmp/r" true
usage '--no-pivot: not with SYS_CHROOT or SYS_ADMIN*' --no-pivot --caps=default "$tmp/r" true
usage '--caps: no capability "root"' --caps=+chown,root "$tmp/r" true
usage '--caps: no capability "+none"' --caps=+none "$tmp/r" true
usage '--ambient: no capability "64"' --ambient 64 "$tmp/r" true
usage 'missing operand: ROOTFS COMMAND*' --dry-run
usage '--oom-score-adj: 1001 is not*' --oom-score-adj 1001 "$tmp/r" true
usage '--nice: 20 is not -20 to 19' --nice 20 "$tmp/r" true
usage '--umask: 1000 is not 0 to 777' --umask 1000 "$tmp/r" true
usage '--umask: 8 is not*' --umask 8 "$tmp/r" true
usage '--securebits: no such bit in x' --securebits x "$tmp/r" true
usage '--pdeathsig: no signal x' --pdeathsig x "$tmp/r" true
usage '--allow-setuid and --no-new-privs*' --allow-setuid --no-new-privs "$tmp/r" true
for limit in nofile frob=1 nofile= nofile=1:x nofile=2:1 nofile=-1 as=99999999999999999999; do
	usage "--rlimit: $limit is not NAME=SOFT*" --rlimit "$limit" "$tmp/r" true
done
printf 1234567 >"$tmp/odd"
usage "--seccomp: $tmp/odd is no array of BPF instructions" --seccomp "$tmp/odd" "$tmp/r" true
: >"$tmp/empty"
usage "--seccomp: $tmp/empty is no array*" --seccomp "$tmp/empty" "$tmp/r" true
fails '52 a filter file that is not there' 125 'pivot: --seccomp: nowhere: No such file or directory' \
	pivot --seccomp nowhere "$tmp/r" true
fails '52 a filter file that is too long' 125 'pivot: --seccomp: /dev/zero: File too large' \
	pivot --seccomp /dev/zero "$tmp/r" true
fails 'an environment file that is not there' 125 'pivot: --env-file: nowhere: No such file*' \
	pivot --env-file nowhere "$tmp/r" true

# The rest takes a mount namespace, which a user namespace gives.
if ! unshare -Urm true 2>/dev/null; then
	skip 'messages about the root' 'no user namespaces here'
	finish
fi
U() { unshare -Urpnmu pivot "$@"; }
fails '07 a root that is not there' 125 'pivot: nowhere: No such file or directory' U nowhere true
: >"$tmp/file"
fails '18 --mask: not the root' 125 'pivot: --mask: /. may not be covered (*' U --mask /. "$tmp/r" true
fails '18 --unmask: only what is covered' 125 'pivot: --unmask: /proc/sys is not covered (*' \
	U --unmask /proc/sys "$tmp/r" true
fails '07 a file as root' 125 "pivot: $tmp/file: Not a directory" U "$tmp/file" true
fails '08 a command that is not there' 127 'pivot: frob: No such file or directory' U "$tmp/r" frob
: >"$tmp/r/bin/plain"
fails '08 a command that is no program' 126 'pivot: /bin/plain: Permission denied' \
	U "$tmp/r" /bin/plain
fails '19 no procfs without a PID namespace' 125 'pivot: mount proc: Operation not permitted (*unshare -p*)' \
	unshare -Urm pivot "$tmp/r" true
fails '47 the host name of the host' 125 "pivot: --hostname: this is the host's UTS namespace (*" \
	unshare -Urpm pivot --hostname x "$tmp/r" true
fails '48 a sysctl of the host' 125 'pivot: --sysctl: net.ipv4.ip_forward would change the host (*' \
	unshare -Urpm pivot --sysctl net.ipv4.ip_forward=1 "$tmp/r" true
fails '48 a sysctl of no namespace' 125 'pivot: --sysctl: kernel.core_pattern would change*' \
	U --sysctl kernel.core_pattern=x "$tmp/r" true
fails '48 a sysctl that is none' 125 'pivot: --sysctl: sys/net/frob: No such file or directory' \
	U --sysctl net.frob=1 "$tmp/r" true
usage_in() {
	pattern=$1
	shift
	fails "$*" 125 "pivot: $pattern" U "$@" "$tmp/r" true
}
usage_in '--sysctl: net.frob is not KEY=VALUE*' --sysctl net.frob
usage_in '-v: a is not SRC:DST*' -v a
usage_in '-v: /tmp is not SRC:DST*' -v /tmp:
usage_in '--volume :/mnt: no SRC*' -v :/mnt
usage_in '--volume /tmp:/mnt:remount: remount changes flags*' -v /tmp:/mnt:remount
usage_in '--volume :/mnt:remount,bind: remount changes flags*' -v :/mnt:remount,bind
usage_in '--volume /tmp:/mnt:move,bind: a mount is moved as it is*' -v /tmp:/mnt:move,bind
usage_in '--device /dev/null:rwm: what may be done with it is for cgexec*' --device /dev/null:rwm
usage_in '--device /dev/null:/n:r: what may be done*' --device /dev/null:/n:r
usage_in '--volume nowhere:/mnt: nowhere: No such file*not made for you)' -v nowhere:/mnt
for word in sync dirsync lazytime async; do
	usage_in "--volume /tmp:/mnt:$word: $word belongs to a file system*" -v "/tmp:/mnt:$word"
done
usage_in '--volume /tmp:/mnt:frob: unknown mount option "frob"*' -v /tmp:/mnt:frob
usage_in '--volume /tmp:/mnt:shared,slave: slave: one propagation only*' -v /tmp:/mnt:shared,slave
usage_in '--volume /tmp:/mnt:idmap=1: unknown mount option*' -v /tmp:/mnt:idmap=1
usage_in '--volume /tmp:/: / may not be covered' -v /tmp:/
usage_in '--volume /tmp:/proc: /proc may not be covered' -v /tmp:/proc
usage_in '--mount: a is not TYPE:SRC:DST*' --mount a
usage_in '--mount frob::/mnt: mount frob: No such device (*)' --mount frob::/mnt
usage_in '--tmpfs /mnt:size=x: mount tmpfs: Invalid argument*' --tmpfs /mnt:size=x
usage_in '--device /etc/passwd: /etc/passwd: No such device' --device /etc/passwd
usage_in '--idmap: 1:2 is not INSIDE:OUTSIDE:COUNT*' --idmap 1:2
usage_in '--idmap: 1:2:0 is not INSIDE*' --idmap 1:2:0
usage_in '--overlay: nowhere: No such file or directory' --overlay nowhere
usage_in '-e: =x is not NAME=VALUE*' -e =x
usage_in '--keep-fd: 2 is no descriptor above 2*' --keep-fd 2
usage_in '--user: 0x is neither a name nor an id*' -u 0x
usage_in '--user: -1 is neither*' -u -1
usage_in '--user: 4294967295 is neither*' -u 4294967295
usage_in "--user: app is not in the root's passwd or group" -u app
usage_in '--groups: x,y is not in*' --groups x,y
usage_in 'chdir to /nowhere in the new root: No such file*' -w /nowhere
fails 'HUSK_MOUNT_API is old or new' 125 'pivot: HUSK_MOUNT_API: x is neither*' \
	env HUSK_MOUNT_API=x "$HUSK" unshare -Urpnmu pivot "$tmp/r" true
for place in proc sys dev; do
	rm -rf "$tmp/r/$place"
	ln -s /tmp "$tmp/r/$place"
	fails "28 /$place that is a link" 125 "pivot: $tmp/r/$place: Not a directory (*)" U "$tmp/r" true
	rm "$tmp/r/$place"
	: >"$tmp/r/$place"
	fails "28 /$place that is a file" 125 "pivot: $tmp/r/$place: Not a directory (*)" U "$tmp/r" true
	rm "$tmp/r/$place"
done
gives '10 missing mount points are made, other than in -v' 127 '' sh -c \
	"'$HUSK' unshare -Urpnmu pivot '$tmp/r' /x 2>/dev/null"
is '10 their modes' "$(stat -c %a "$tmp/r/proc" "$tmp/r/sys" "$tmp/r/dev" | tr '\n' ' ')" '555 555 755 '
finish
