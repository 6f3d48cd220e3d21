# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# lib.sh - TAP for tests in POSIX sh.  A test starts with
#
#	. "$(dirname "$0")/../lib.sh"
#	isolate "$@"		# only where it makes namespaces, mounts, cgroups: see below
#
# and ends with `finish`.  What it may use:
#
#	$HUSK		the binary; its applets come first in PATH
#	$tmp		an empty directory of this test, removed when it ends
#	run CMD...	runs it: $rc, $out (stdout), $err (stderr)
#	is NAME GOT WANT	like NAME GOT PATTERN	unlike NAME GOT PATTERN	(sh patterns)
#	ok NAME CMD...	CMD must succeed
#	gives NAME STATUS STDOUT CMD...		exact status and stdout
#	fails NAME STATUS PATTERN CMD...	exact status, nothing on stdout, one line on
#						stderr: "husk PATTERN", "huskPATTERN"
#	same NAME PEER OURS ARG...	the same status and stdout from both programs
#	skip NAME WHY	counts as a skip; tests/skips says how many there may be
#	within SECONDS CMD...	repeats CMD until it succeeds; fails after SECONDS
#	side_by_side TIMES CMD...	three loops of it at once; CMD must succeed each time
#	defer CMD	runs CMD (a string) when the test ends, last one first

set -u
LC_ALL=C
export LC_ALL
umask 022
top=$(cd "$(dirname "$0")/../.." && pwd)
HUSK_OUT=${HUSK_OUT:-$top/out}
HUSK=$HUSK_OUT/husk
PATH=$HUSK_OUT/bin:$PATH
unset HUSK_EXEC HUSK_LIBEXEC HUSK_MOUNT_API
# The shell of busybox prefers applets of its own to PATH, but functions to both.  In the
# background such a function has another process before it: there, give the path.
for applet in chroot nsenter poweroff setpriv switch_root unshare; do
	[ "$(command -v $applet)" != $applet ] ||
		eval "$applet() { \"$HUSK_OUT/bin/$applet\" \"\$@\"; }"
done
tmp=$(mktemp -d "${TMPDIR:-/tmp}/husk-test.XXXXXX") || exit 1
chmod 755 "$tmp"
HUSK_TEST=$tmp
# Unique for every test that runs, also when each is in a PID namespace of its own.
HUSK_CGROUP_PARENT=/husk-test/${tmp##*.}
export PATH HUSK HUSK_OUT HUSK_TEST HUSK_CGROUP_PARENT

count=0
failed=0
finished=''
deferred=''
isolated=''

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

pass() {
	count=$((count + 1))
	echo "ok $count - $1"
}

fail() {
	count=$((count + 1))
	failed=$((failed + 1))
	echo "not ok $count - $1"
	shift
	for line; do diag "$line"; done
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
	[ -z "${HUSK_SKIPS-}" ] || echo "${0##*/}: $1: $2" >>"$HUSK_SKIPS"
}

run() {
	"$@" >"$tmp/.out" 2>"$tmp/.err"
	rc=$?
	out=$(cat "$tmp/.out")
	err=$(cat "$tmp/.err")
}

is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got:  $2" "want: $3"; fi
}

like() {
	# shellcheck disable=SC2254 # a pattern is meant
	case $2 in
	$3) pass "$1" ;;
	*) fail "$1" "got:     $2" "pattern: $3" ;;
	esac
}

unlike() {
	# shellcheck disable=SC2254
	case $2 in
	$3) fail "$1" "got: $2" "which must not match: $3" ;;
	*) pass "$1" ;;
	esac
}

ok() {
	name=$1
	shift
	run "$@"
	if [ "$rc" = 0 ]; then pass "$name"; else fail "$name" "$* -> $rc" "$out" "$err"; fi
}

gives() {
	name=$1 want_rc=$2 want_out=$3
	shift 3
	run "$@"
	if [ "$rc" = "$want_rc" ] && [ "$out" = "$want_out" ]; then
		pass "$name"
	else
		fail "$name" "$*" "status $rc, want $want_rc" "stdout: $out" "want:   $want_out" "stderr: $err"
	fi
}

fails() {
	name=$1 want_rc=$2 pattern=$3
	shift 3
	run "$@"
	# shellcheck disable=SC2254
	case $err in
	*"
"*) bad='more than one line on stderr' ;;
	"husk "$pattern | husk$pattern) bad='' ;;
	*) bad="stderr does not match: husk $pattern" ;;
	esac
	[ "$rc" = "$want_rc" ] || bad="status $rc, want $want_rc"
	[ -z "$out" ] || bad="something on stdout: $out"
	if [ -z "$bad" ]; then pass "$name"; else fail "$name" "$*" "$bad" "stderr: $err"; fi
}

same() {
	name=$1 peer=$2 ours=$3
	shift 3
	run "$peer" "$@"
	want="$rc $out"
	run "$ours" "$@"
	if [ "$rc $out" = "$want" ]; then
		pass "$name"
	else
		fail "$name" "$ours $*" "got:  $rc $out" "want: $want" "stderr: $err"
	fi
}

within() {
	limit=$(($1 * 50))
	shift
	while [ "$limit" -gt 0 ]; do
		"$@" >"$tmp/.within" 2>&1 && return 0
		limit=$((limit - 1))
		sleep 0.02
	done
	return 1
}

several() { # TIMES CMD...
	left=$1
	shift
	while [ "$left" -gt 0 ] && "$@"; do left=$((left - 1)); done
	[ "$left" = 0 ]
}

side_by_side() {
	several "$@" &
	one=$!
	several "$@" &
	two=$!
	several "$@" && wait "$one" && wait "$two"
}

defer() {
	deferred="$1
$deferred"
}

# What must be the same when a test ends: mounts, links, cgroups, processes, namespaces.
state() {
	echo '# mounts'
	sed 's/^[0-9]* [0-9]* //' /proc/self/mountinfo | sort
	echo '# links'
	sed -n 's/^ *\([^ :]*\):.*/\1/p' /proc/net/dev | sort
	echo '# cgroups'
	for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
		find "$hierarchy$HUSK_CGROUP_PARENT" -mindepth 1 -type d 2>/dev/null
	done | sort -u
	echo '# processes'
	for status in /proc/[0-9]*/status; do
		# A zombie is its parent's to reap; the children of this shell that list all this do
		# not count either.
		awk -v shell=$$ '/^Name:/ { n = $2 } /^State:/ { s = $2 } /^Pid:/ { p = $2 }
			/^PPid:/ { pp = $2 }
			END { if (s != "" && s !~ /[ZX]/ && pp != shell && n != "awk") print n, p }' \
			"$status" 2>/dev/null
	done | sort
	echo '# namespaces'
	for ns in /proc/[0-9]*/ns/*; do
		readlink "$ns"
	done 2>/dev/null | sort -u
}

unchanged() {
	state >"$tmp/.after"
	cmp -s "$tmp/.before" "$tmp/.after"
}

# Gives the test mount, network and PID namespaces of its own, so that tests run side by side and
# whatever escapes dies with them; when it ends, nothing may be left that was not there before.
isolate() {
	if [ -z "${HUSK_ISOLATED-}" ]; then
		rm -rf "$tmp"
		trap - EXIT
		# The outer shell is PID 1 of the namespace and reaps what is left to it.
		# In a guest (tests/vm) it is busybox's, which knows no --kill-child.
		kill_child=--kill-child
		[ -z "${HUSK_GUEST-}" ] || kill_child=''
		# shellcheck disable=SC2086 # HUSK_SH may be two words
		HUSK_ISOLATED=1 exec /usr/bin/unshare -m -n -p -f $kill_child --mount-proc \
			--propagation private sh -c '"$@"; exit $?' sh ${HUSK_SH:-sh} "$0" "$@"
	fi
	unset HUSK_ISOLATED
	isolated=1
	ip link set lo up 2>/dev/null || vethctl up
	# The level above is shared by tests; each removes what is below its own.
	for hierarchy in /sys/fs/cgroup/*/; do
		mkdir -p "${hierarchy%/}$HUSK_CGROUP_PARENT" 2>/dev/null
	done
	defer remove_cgroups
	state >"$tmp/.before"
}

remove_cgroups() {
	for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
		find "$hierarchy$HUSK_CGROUP_PARENT" -depth -type d -exec rmdir {} + 2>/dev/null
		rmdir "$hierarchy${HUSK_CGROUP_PARENT%/*}" 2>/dev/null
	done
}

cleanup() {
	status=$?
	trap - EXIT
	eval "$deferred"
	rm -rf "$tmp"
	[ -n "$finished" ] || echo "Bail out! $0 ended before its last test, status $status"
	[ -n "$finished" ] && [ "$failed" = 0 ]
	exit $?
}

finish() {
	if [ -n "$isolated" ]; then
		if within 5 unchanged; then
			pass 'nothing is left behind'
		else
			fail 'nothing is left behind' "$(diff "$tmp/.before" "$tmp/.after")"
		fi
	fi
	echo "1..$count"
	finished=1
	exit 0
}

trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
