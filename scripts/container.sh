# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# container.sh - how a container is composed and started, for run, create, start and restart.
#
# c/ID/ holds the arguments of each link of the pipeline as quoted words:
#
#	cmon MONITOR	cgexec LIMITS	[nsenter JOIN]	unshare SPACES	pivot VIEW ROOT	cinit ARGV
#
# and name, interactive, image, layers, created, command, labels, net, ip, ports, stop-signal, stop-timeout, tty.

# compose: $q is the pipeline of container $id as quoted words, without the monitor.
compose() {
	local chain join='' key peer maps="${userns#unshare}"
	whole "$dir/limits"
	chain="cgexec --name $id $account$value"
	[ -z "$rootless" ] || own_group "$value" || chain=''
	crash_link 5
	get "$dir/net"
	case $value in
	container:*)
		key=$id peer=${value#container:}
		find_container "$peer"
		need_running "$peer"
		join="nsenter ${rootless:+-U/proc/$pid/ns/user }-n/proc/$pid/ns/net -F " maps=''
		id=$key dir=$HUSK_ROOT/c/$key
		;;
	esac
	fuse_words
	whole "$dir/spaces"
	chain="$chain${join}unshare$maps $q$value"
	crash_link 6
	whole "$dir/view"
	chain="${chain}pivot $keep$value"
	get "$dir/lower"
	if [ -n "${dry-}" ] && [ -n "$value" ]; then
		# Nothing is kept of it: what it writes goes to memory.
		words --overlay "$value" "$HUSK_ROOT/tmp"
	elif [ -n "$value" ]; then
		words --overlay "$value" --upper "$dir/up" --work "$dir/work" "$dir/root"
	else
		get "$dir/rootfs"
		words "$value"
	fi
	chain="$chain$q$ready"
	crash_link 9
	whole "$dir/argv"
	q="${chain}cinit -- $value"
}

# fuse_words: $q is what stands between unshare and its options where the layers of container $id are
# stacked by fuse-overlayfs.  Like the layers, its options name nothing above the store.
fuse_words() {
	local c="../c/$id"
	q=''
	get "$dir/fuse"
	[ -z "$value" ] || words -m sh "$libexec/fuse.sh" "$value" "$c/up" "$c/work" "$c/root" "$HUSK" unshare
}

# As crash, in a step that a link of the chain takes.  PID 1 cannot kill itself.
crash_link() {
	[ "${HUSK_CRASH-}" != "$1" ] || chain="${chain}sh -c 'kill -KILL \$\$; exit 137' "
}

# The files of the container that are mounted below /etc.  What depends on its address is written
# when it has one, by the hook.
etc_files() {
	get "$dir/hostname"
	echo "$value" >"$dir/hostname" || return 1
	get "$dir/net"
	case $value in
	none) own_hosts '' >"$dir/hosts" ;;
	host) copy_names /etc ;;
	container:*) copy_names "$HUSK_ROOT/c/${value#container:}" ;;
	*) monitor="$monitor--up \"\$hook\" --down \"\$hook\" " ;;
	esac
}

# A container that has a terminal is to be watched from one.
need_terminal() {
	[ -t 0 ] || die '-t: stdin is not a terminal (leave -t out)'
}

copy_names() {
	whole "$1/hosts"
	printf '%s\n' "$value" >"$dir/hosts"
	whole "$1/resolv.conf"
	printf '%s\n' "$value" >"$dir/resolv.conf"
}

# launch DETACH ATTACH: starts the container $id; does not come back when it is to be watched.
launch() {
	local detach="$1" attach="$2" run="$HUSK_RUN/c/$id" hook="$libexec/husk-hook" monitor
	state
	[ "$status" != running ] || return 0
	umask 022
	whole "$dir/monitor"
	monitor=$value
	{ true >"$dir/started" && etc_files; } 2>/dev/null || {
		short_of "$id"
		[ -d "$dir" ] || die "$short: was removed"
		die "$dir: cannot be written (is the disk full, or read-only?)"
	}
	[ ! -e "$dir/rm" ] || monitor="$monitor--down \"\$hook\" "
	get "$dir/tty"
	ready='ready 3 ' keep='--keep-fd 3 '
	if [ -n "$value" ]; then
		ready='ready -t 3 '
		monitor="-t $monitor"
	fi
	account='--stats=fd:5 '
	compose
	crash 4
	# An overlay's layers are named relative to here: the mount options have one page of room.
	cd "$HUSK_ROOT/l" || exit "$failed"
	eval "set -- $monitor -s \"\$run\" -e \"\$dir\" $q"
	if [ -n "$detach" ]; then
		[ ! -e "$dir/interactive" ] || set -- -i "$@"
		"$HUSK" cmon -d "$@"
		return
	fi
	[ -z "$attach" ] || set -- -i "$@"
	exec "$HUSK" cmon "$@"
}

# paste: prints the pipeline so that it can be run by hand.
paste() {
	ready='' keep='' account=''
	compose
	set -- "$q"
	quote "$HUSK_ROOT/l"
	printf 'cd %s && husk %s\n' "$q" "$1"
}

# stop [SECONDS]: asks the container $id to end, then kills it.  Comes back when the last process
# has gone and its monitor has cleaned up.
stop() {
	local limit="$1" signal
	state
	if [ "$status" = running ]; then
		get "$dir/stop-timeout"
		limit=${limit:-${value:-10}}
		get "$dir/stop-signal"
		signal=${value:-TERM}
		mark stop
		thaw
		"$HUSK" sig -w "$limit" "$pid" "$start" "$signal" 2>/dev/null || {
			thaw
			"$HUSK" sig -w 10 "$pid" "$start" KILL 2>/dev/null
		}
	fi
	# A monitor that waits to start it again is told, too.
	if mark stop && monitored; then
		thaw
		[ "$status" = running ] || "$HUSK" sig "$pid" "$value" TERM 2>/dev/null
		"$HUSK" sig -w 20 "$pid" "$value" || exit 1
	fi
}

# What is frozen does not end, nor is it reaped; somebody may pause it at any time.
thaw() {
	"$HUSK" cgexec --thaw "$id" 2>/dev/null
}

# at_rest COMMAND...: runs an applet with the file system of container $id as its root, whether the
# container runs or not, in mount and PID namespaces of its own.  Nothing of the image is run.
at_rest() (
	words "$@"
	command=$q
	get "$dir/lower"
	cd "$HUSK_ROOT/l" || exit 1
	if [ -z "$value" ]; then
		get "$dir/rootfs"
		words "$value"
	else
		words --overlay "$value" --upper "$dir/up" --work "$dir/work" "$dir/root"
	fi
	root=$q
	fuse_words
	state
	if [ "$status" = running ]; then
		# Two overlays of one upper directory are not to be: use the one that is there.
		eval "set -- nsenter ${rootless:+-U }-t $pid -m -r $command"
	else
		eval "set -- ${userns:-unshare} $q-${rootless:+p}m pivot --proc none --sys none --dev none --cgroup none $root$command"
	fi
	exec "$HUSK" "$@"
)

# $id is 64 new hex digits, $short the first of them.
new_id() {
	local a b
	read -r a </proc/sys/kernel/random/uuid
	read -r b </proc/sys/kernel/random/uuid
	a=$a-$b-
	id=''
	while [ -n "$a" ]; do
		id=$id${a%%-*}
		a=${a#*-}
	done
	short_of "$id"
}

# $name, from the first digits of $id.
random_name() {
	set -- calm bold keen warm glad fair neat swift brave quiet bright gentle jolly kind lucky merry
	local rest="${id#??????}"
	eval "name=\${$((0x${id%"${id#?}"} + 1))}"
	set -- otter heron lynx robin finch badger hare crane ibis marten newt owl plover raven seal wren
	eval "name=\${name}_\${$((0x${rest%"${rest#?}"} + 1))}_${short#????????}"
}

# valid_name WHAT NAME
valid_name() {
	case $2 in
	[!A-Za-z0-9]* | *[!A-Za-z0-9_.-]* | '') usage_die "$1: a letter or digit first, then also _ . -" ;;
	esac
	[ "${#2}" -le 128 ] || usage_die "$1: longer than 128 letters"
}
