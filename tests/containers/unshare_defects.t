#!/bin/sh
# SPDX-License-Identifier: MIT
# The twelve defects of util-linux that the page unshare.md lists in 1.4.  Each check is a function of
# the programs that it is about, and holds for ours; where Debian's 2.38 is installed, it is shown
# that the check fails there.
. "$(dirname "$0")/../lib.sh"
# See unshare.t.
taskset -p -c "$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)" $$ >/dev/null
isolate "$@"

user='/usr/bin/setpriv --reuid=1000 --regid=1000 --clear-groups'
for applet in unshare nsenter; do
	cp "$HUSK" "$tmp/$applet"
done
mkdir -m 777 "$tmp/w"
touch "$tmp/w/f"
case $(/usr/bin/unshare --version 2>/dev/null) in
*2.38*) original=1 ;;
*) original='' ;;
esac
grace=20

# $unshare and $nsenter are the programs under test.
defect() {
	unshare=$tmp/unshare nsenter=$tmp/nsenter grace=20
	ok "defect $1 is not ours" "$2"
	[ -n "$original" ] || return 0
	unshare=/usr/bin/unshare nsenter=/usr/bin/nsenter grace=1
	# Some of them are races that the original does not lose every time.
	shown=''
	for try in 1 2 3 4 5; do
		"$2" >"$tmp/original" 2>&1 || shown=$try
		[ -z "$shown" ] || break
	done
	if [ -n "$shown" ]; then
		pass "defect $1: util-linux 2.38 has it"
	else
		fail "defect $1: util-linux 2.38 has it" "$(cat "$tmp/original")"
	fi
	# What it left behind.
	for pid in $(pgrep -f '^sleep 70|^/usr/bin/unshare --mount|^sh -c : >'); do
		kill -KILL "$pid" 2>/dev/null
	done
}

gone() {
	! pgrep -f "^$1" >/dev/null
}

leaked_helper() {
	# shellcheck disable=SC2086
	$user "$unshare" --mount="$tmp/w/f" true
	[ $? = 1 ] && within "$grace" gone "$unshare --mount"
}
defect '1 (a helper that waits for ever)' leaked_helper

killed_with_setuid() {
	"$unshare" -pf --kill-child -S 65534 sleep 702 &
	within 10 pgrep -f '^sleep 702'
	kill -KILL $!
	wait $! 2>/dev/null
	within "$grace" gone 'sleep 702'
}
defect '2 (--kill-child is void with -S)' killed_with_setuid

killed_is_137() {
	"$unshare" -f sh -c 'kill -KILL $$'
	[ $? = 137 ]
}
defect '3 (a killed command is status 1)' killed_is_137

waiter_as_init() {
	/usr/bin/unshare -pf "$unshare" -uf sh -c 'kill -TERM $$'
	[ $? = 143 ]
}
defect '4 (a waiter that is PID 1 cannot end by a signal)' waiter_as_init

ends_by_term() {
	timeout -k "$grace" 1 "$unshare" -pf sleep 705
	[ $? = 124 ]
}
defect '5 (TERM does not end a PID 1)' ends_by_term

terminal_comes_back() {
	# shellcheck disable=SC2016
	PS1='P> ' "$HUSK_OUT/probes/pty" '+P> ' '-exit^M' @shell '-hello^M' +end -- \
		sh -c '"$1" -pf sh -i; read x </dev/tty && echo "got=$x"; echo end' sh "$unshare" >"$tmp/session"
	grep -q '^got=hello' "$tmp/session"
}
mount -t devpts -o ptmxmode=666 devpts /dev/pts
terminal_lost() {
	# After the original the foreground group is gone: there @shell never comes.
	# shellcheck disable=SC2016
	PS1='P> ' "$HUSK_OUT/probes/pty" '+P> ' '-exit^M' +end -- \
		sh -c '/usr/bin/unshare -pf sh -i; read x </dev/tty && echo "got=$x"; echo en""d' >"$tmp/session"
	! grep -q 'end' "$tmp/session"
}
ok 'defect 6 (the terminal is lost after an interactive shell) is not ours' eval 'unshare=$tmp/unshare; terminal_comes_back'
if [ -n "$original" ]; then
	if terminal_lost; then
		fail 'defect 6: util-linux 2.38 has it' "$(cat "$tmp/session")"
	else
		pass 'defect 6: util-linux 2.38 has it'
	fi
fi
umount /dev/pts

# shellcheck disable=SC2016
nested_keeps_its_own() {
	"$unshare" -pf sh -c '"$1" --uts="$2" hostname nested' sh "$unshare" "$tmp/w/f"
	[ "$(/usr/bin/nsenter --uts="$tmp/w/f" hostname)" = nested ]
	result=$?
	umount "$tmp/w/f" 2>/dev/null
	return $result
}
defect '7 A38 (the wrong process through a stale /proc)' nested_keeps_its_own

failed_bind_runs_nothing() {
	rm -f "$tmp/w/ran"
	# shellcheck disable=SC2016
	"$unshare" -f --mount=/no/such sh -c ': >"$1"; exec sleep 708' sh "$tmp/w/ran"
	[ $? = 1 ] && ! within "$((3 - grace / 10))" test -e "$tmp/w/ran"
}
defect '8 A40 (a bind fails, the command runs)' failed_bind_runs_nothing

printf 'alice:100000:1000\nroot:200000:1000\n' >"$tmp/w/subid"
mount --bind "$tmp/w/subid" /etc/subuid
mount --bind "$tmp/w/subid" /etc/subgid
own_subids() {
	[ "$("$unshare" --map-users=auto cat /proc/self/uid_map | tr -s ' ')" = ' 0 200000 1000' ]
}
defect '9 (root takes the range of another user)' own_subids
umount /etc/subuid
umount /etc/subgid

all_hundred() {
	[ "$("$unshare" --map-users=100000,0,100 --map-user=100 cat /proc/self/uid_map | awk '{ n += $3 } END { print n }')" = 101 ]
}
printf 'root:100000:1000\n' >"$tmp/w/subid"
mount --bind "$tmp/w/subid" /etc/subuid
defect '10 A15 (the last ID of a range is lost)' all_hundred
umount /etc/subuid

in_own_user_ns() {
	[ "$(readlink /proc/"$1"/ns/user)" != "$(readlink /proc/self/ns/user)" ] && grep -q '^ *0' /proc/"$1"/gid_map
}
# shellcheck disable=SC2086
rootless_enter() {
	$user "$tmp/unshare" -r sleep 711 &
	within 10 in_own_user_ns $!
	$user "$nsenter" -t $! -U id -u >"$tmp/id"
	result=$?
	kill $!
	wait $! 2>/dev/null
	[ $result = 0 ] && [ "$(cat "$tmp/id")" = 0 ]
}
defect '11 A39 (setgroups fails where it is denied)' rootless_enter

# A container of an ordinary user watches for the process that enters, which is held between
# its entry and its change of IDs.
# shellcheck disable=SC2086,SC2016
enter_unseen() {
	rm -f "$tmp/w/seen" "$tmp/w/seen.name" "$tmp/w/watching"
	$user "$tmp/unshare" -rpm --mount-proc sh -c ': >"$1"; while [ ! -e "$3" ]; do
		for p in /proc/[0-9]*; do case $(cat $p/comm 2>/dev/null) in nsenter)
			readlink $p/exe >>"$2" 2>/dev/null || :
			echo seen >>"$2.name";; esac; done; done' \
		sh "$tmp/w/watching" "$tmp/w/seen" "$tmp/w/stop" &
	waiter=$!
	within 10 test -e "$tmp/w/watching"
	# On a busy machine the watcher may not look in time: then once more.
	for delay in 500000 1000000 2000000 4000000; do
		strace -f -o /dev/null -e inject=setgid,setresgid,setuid,setresuid:delay_enter=$delay \
			"$nsenter" -t "$(pgrep -P $waiter | head -n 1)" -U -m -p true 2>/dev/null
		[ ! -s "$tmp/w/seen.name" ] || break
	done
	: >"$tmp/w/stop"
	wait $waiter 2>/dev/null
	rm -f "$tmp/w/stop"
	# The command that it becomes may be read.
	[ -s "$tmp/w/seen.name" ] && ! grep -q nsenter "$tmp/w/seen"
}
# The original is read in tests/attack/joining.t: this loop is too slow for it.
unshare=$tmp/unshare nsenter=$tmp/nsenter
ok 'defect 12 (the entering process can be read from inside) is not ours' enter_unseen

finish
