# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# rootless.sh - what is different for an ordinary user, whose id is $rootless.
#
# A container gets a user namespace.  Its root is this user; its other users are this user's ids of
# /etc/subuid and /etc/subgid, where there are some and newuidmap(1) is installed.  $userns enters
# such a namespace, so files of these others can be made and removed; $owners is for `layer unpack`
# where there are none.  The network of `--network user`, the default, is pasta(1)'s or
# slirp4netns(1)'s: $run/helper is its process.

ids_of() { # FILE: does it give ids to this user?
	local name="$rootless" who first count
	while IFS=: read -r who _ uid _; do
		[ "$uid" != "$rootless" ] || name=$who
	done </etc/passwd
	while IFS=: read -r who first count; do
		case $who in
		"$name" | "$rootless") [ "${count:-0}" -lt 2 ] || return 0 ;;
		esac
	done <"$1"
	return 1
} 2>/dev/null

command_exists() {
	command -v "$1" >/dev/null
}

if ids_of /etc/subuid && ids_of /etc/subgid && command_exists newuidmap; then
	userns='unshare -U --map-user=0 --map-group=0 --map-auto'
else
	userns='unshare -U -r' owners=--no-owner
fi
if [ -z "${HUSK_ROOT-}${XDG_DATA_HOME-}${HOME-}" ]; then
	printf 'husk %s: no HOME (set it, or HUSK_ROOT)\n' "$verb" >&2
	exit 1
fi
: "${HUSK_ROOT:=${XDG_DATA_HOME:-${HOME-}/.local/share}/husk}"
if [ -z "${HUSK_RUN-}" ]; then
	HUSK_RUN=${XDG_RUNTIME_DIR:-/tmp/husk-$rootless}/husk
	if [ -z "${XDG_RUNTIME_DIR-}" ]; then
		# Anybody may make folders in /tmp.
		mkdir -m 700 "/tmp/husk-$rootless" 2>/dev/null
		[ -n "$(find "/tmp/husk-$rootless" -prune -type d -user "$rootless" -perm 700)" ] || {
			printf 'husk: /tmp/husk-%s: is not yours alone (set XDG_RUNTIME_DIR)\n' "$rootless" >&2
			exit 1
		}
	fi
fi

# own_group LIMITS: can this user make a cgroup?  When not, there are no limits, and the rest goes on.
own_group() {
	local why
	! why=$("$HUSK" cgexec --name "try$$" true 2>&1) || return 0
	[ -z "$1" ] || die "limits: ${why#husk cgexec: }"
	return 1
}

# ---- the network

# network_helper: $helper is what connects a container with the outside.
network_helper() {
	for helper in ${HUSK_NETWORK_HELPER-pasta slirp4netns}; do
		! command_exists "$helper" || return 0
	done
	helper=''
	return 1
}

need_pasta() {
	network_helper && [ "$helper" = pasta ] || die '--publish: needs root, or pasta (install passt)'
}

# attach_user PID: step 7 where the network is the user's.
attach_user() {
	own_hosts '' >"$dir/hosts"
	resolvers >"$dir/resolv.conf"
	network_helper || return 0
	start_of "$1" || return 1
	"start_$helper" "$1" "$started" || {
		warn "$helper: $(tail -n 1 "$run/helper.log")"
		[ ! -e "$dir/ports" ] || return 1
		warn 'goes on without a way out of its network'
	}
}

start_slirp4netns() { # PID START
	[ -s "$dir/dns" ] || echo 'nameserver 10.0.2.3' >"$dir/resolv.conf"
	start_helper "$@" slirp4netns --configure --disable-host-loopback --ready-fd=3 "$1" eth0
	await_helper [ -s "$run/ready" ]
}

start_pasta() { # PID START
	local pid="$1" start="$2" line address port
	rm -f "$run/helper.pid"
	set --
	[ ! -r "$dir/ports" ] || while IFS= read -r line; do
		port=${line%/*} address=''
		case $port in
		*:*:*)
			address=${port%:*:*}
			port=${port#"$address":}
			address=${address#\[}
			address=${address%\]}/
			;;
		esac
		case $line in
		*/udp) set -- "$@" -u "$address$port" ;;
		*) set -- "$@" -t "$address$port" ;;
		esac
	done <"$dir/ports"
	case " $*" in *' -t '*) ;; *) set -- "$@" -t none ;; esac
	case " $*" in *' -u '*) ;; *) set -- "$@" -u none ;; esac
	start_helper "$pid" "$start" pasta -f --config-net --no-map-gw --quiet -I eth0 -P "$run/helper.pid" \
		-T none -U none "$@" "$pid"
	await_helper [ -s "$run/helper.pid" ]
}
