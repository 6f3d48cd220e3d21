#!/bin/sh
# SPDX-License-Identifier: MIT
# What enters the root of a target gets no more privileges than the target has.
. "$(dirname "$0")/../lib.sh"
isolate "$@"

unshare -m /usr/bin/setpriv --bounding-set -sys_boot,-syslog --no-new-privs sleep 910 &
target=$!
sleeps() {
	[ "$(cat /proc/$target/comm)" = sleep ]
}
within 10 sleeps
field() {
	sed -n "s/^$1:.//p" "/proc/$2/status"
}
bound=$(field CapBnd $target)
own=$(field CapBnd self)
is 'the target has less than we' "$([ "$bound" != "$own" ] && echo less)" less
inside() {
	nsenter -t $target "$@" awk '/^CapBnd|^CapEff|^NoNew/ { print $2 }' /proc/self/status
}
gives 'the bounding set and no_new_privs are those of the target' 0 "$bound
$bound
1" inside -m
gives 'with -a too' 0 "$bound
$bound
1" inside -a
gives 'with -r too' 0 "$bound
$bound
1" inside -u -r
gives 'its other namespaces bound nothing' 0 "$(field CapEff self)
$own
0" inside -u
gives '--allow-setuid: no_new_privs stays off' 0 "$bound
$bound
0" inside -m --allow-setuid
gives '--privileged copies nothing' 0 "$(field CapEff self)
$own
0" inside -m --privileged
gives '--no-new-privs sets it anyway' 0 "$(field CapEff self)
$own
1" inside -u --no-new-privs
gives '--caps=none' 0 "0000000000000000
0000000000000000
1" inside -m --caps none
gives '--caps=+NAME and -NAME change the set of the target' 0 "$(printf '%016x' $((0x$bound & ~1)))" \
	sh -c 'nsenter -t "$1" -m --caps=-chown sed -n "s/^CapBnd:.//p" /proc/self/status' sh $target
fails '--allow-setuid and --no-new-privs exclude each other' 1 'nsenter: --allow-setuid and *' \
	nsenter -t $target -m --allow-setuid --no-new-privs true

# The group that pivot has too.
status() {
	fields=$1
	shift
	nsenter -t $target "$@" awk -v fields="$fields" 'BEGIN { split(fields, f, " ") }
		{ for (i in f) if ($1 == f[i] ":") { $1 = ""; print substr($0, 2) } }' /proc/self/status
}
gives '--groups, by number and by name' 0 '1 2 7 9' status Groups -u -S 1000 -G 1000 --groups 7,bin,1,9
fails '--groups with a name that is not there' 1 'nsenter: --groups: nobodys is not in *' \
	nsenter -t $target -m --groups nobodys true
gives '--ambient' 0 '0000000000000400
0000000000000400
0000000000000400' status 'CapPrm CapEff CapAmb' -m -S 1000 --ambient net_bind_service --allow-setuid
gives '-S alone keeps none' 0 0000000000000000 status CapEff -m -S 1000
gives '--rlimit' 0 '64 128' nsenter -t $target -u --rlimit nofile=64:128 \
	awk '/^Max open files/ { print $4, $5 }' /proc/self/limits
gives '--oom-score-adj, by our /proc' 0 77 nsenter -t $target -m --oom-score-adj 77 cat /proc/self/oom_score_adj
gives '--nice and --umask' 0 '7 0077' nsenter -t $target -u --nice 7 --umask 77 \
	sh -c 'echo "$(sed "s/.*) //" /proc/self/stat | cut -d " " -f 17) $(umask)"'
gives '--securebits' 0 0x1 sh -c 'nsenter -t "$1" -u --securebits noroot "$2" --dump | sed -n "s/^Securebits: noroot$/0x1/p"' \
	sh $target "$HUSK_OUT/bin/setpriv"
gives '--pdeathsig' 0 TERM sh -c 'nsenter -t "$1" -p --pdeathsig TERM "$2" --dump | sed -n "s/^Parent death signal.*: *//p"' \
	sh $target "$HUSK_OUT/bin/setpriv"
gives '--seccomp=tty, and none by default' 0 '2
0' sh -c 'for f in tty none; do nsenter -t "$1" -m --seccomp $f sed -n "s/^Seccomp:.//p" /proc/self/status; done' sh $target
fails '--seccomp with a file that is none' 1 'nsenter: --seccomp: /etc/passwd is no array*' nsenter -t $target -m --seccomp /etc/passwd true
ambient() {
	/usr/bin/setpriv --inh-caps +chown --ambient-caps +chown nsenter -t $target "$@" \
		awk '/^CapInh|^CapAmb/ { print $2 }' /proc/self/status
}
gives 'what is inheritable and ambient here does not come into the root' 0 '0000000000000000
0000000000000000' ambient -m
gives 'into other namespaces it does' 0 '0000000000000001
0000000000000001' ambient -u
kill $target
wait $target 2>/dev/null

"$HUSK_OUT/probes/enosys" clone3 -- unshare -m sleep 911 &
target=$!
within 10 sleeps
filtered() {
	nsenter -t $target "$@" sed -n 's/^Seccomp://p' /proc/self/status
}
gives 'a target with a filter: what enters its root has one' 0 '	2' filtered -m
gives 'not what enters another namespace' 0 '	0' filtered -u
gives 'nor with --seccomp=none' 0 '	0' filtered -m --seccomp none
kill $target
wait $target 2>/dev/null

finish
