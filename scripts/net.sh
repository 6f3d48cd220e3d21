# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# net.sh - networks: $HUSK_ROOT/net/NAME/ holds subnet, gw and bridge; $HUSK_RUN/net/NAME/ leases
# (vethctl's) and members, a file a running container: "ADDRESS NAME SHORT-ID".

default_subnet=10.83.0.0/24

# number A.B.C.D: $number is it as a number; false when it is no address.
number() {
	local rest="$1" part i=0
	number=0
	while [ "$i" -lt 4 ]; do
		part=${rest%%.*}
		case $part in
		'' | *[!0-9]* | ????* | 0?*) return 1 ;;
		esac
		[ "$part" -le 255 ] || return 1
		number=$((number * 256 + part))
		rest=${rest#"$part"}
		rest=${rest#.}
		i=$((i + 1))
	done
	[ -z "$rest" ]
}

dotted() {
	dotted=$(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))
}

# subnet CIDR: $base and $bits; false when it is not the address of a network of /16 to /30.
subnet() {
	bits=${1#*/}
	case $bits in
	1[6-9] | 2[0-9] | 30) ;;
	*) return 1 ;;
	esac
	number "${1%/*}" && base=$number && [ $((base & ((1 << (32 - bits)) - 1))) = 0 ]
}

# make_network NAME SUBNET GATEWAY BRIDGE
make_network() {
	local new="$HUSK_ROOT/tmp/$$.$started.net"
	if ! { mkdir "$new" && echo "$2" >"$new/subnet" && echo "$3" >"$new/gw" && echo "$4" >"$new/bridge"; }; then
		die "cannot write $HUSK_ROOT (is the disk full, or read-only?)"
	fi
	"$HUSK" put -d "$HUSK_ROOT/net/$1" "$new" 2>/dev/null || {
		rm -rf "$new"
		[ -d "$HUSK_ROOT/net/$1" ]
	}
}

# Not by /sys, which may be mounted for another network namespace than ours.
link_exists() {
	local line
	while read -r line; do
		case $line in
		"$1":*) return 0 ;;
		esac
	done </proc/net/dev
	return 1
}

# network_up NAME: reads a network and makes its bridge and NAT where they are not there (yet, or
# since the machine was started).  $bridge $gw $prefix.
network_up() {
	local net="$HUSK_ROOT/net/$1"
	if [ "$1" = bridge ] && [ ! -d "$net" ]; then
		own_start
		make_network bridge "$default_subnet" 10.83.0.1 husk0
	fi
	get "$net/bridge"
	bridge=$value
	get "$net/gw"
	gw=$value
	get "$net/subnet"
	prefix=${value#*/}
	[ -n "$bridge" ] || die "no network $1 (husk network ls)"
	link_exists "$bridge" && [ -e "$HUSK_RUN/net/$1/nat" ] && return
	mkdir -p "$HUSK_RUN/net/$1/members"
	"$HUSK" vethctl -q --if-missing bridge create "$bridge" --ip "$gw/$prefix" &&
		"$HUSK" vethctl -q nat up --subnet "$value" --bridge "$bridge" || return 1
	: >"$HUSK_RUN/net/$1/nat"
}

# member_is NAME [ADDRESS NAMES]: what the member $id of a network is called, or that it is none any
# more.  Writes the hosts of all members, in place, as a bind mount pins the file.  One at a time.
member_is() {
	local dir file own all=''
	exec 9>"$HUSK_RUN/net/$1/lock" && "$HUSK" lock --fd 9 || return 1
	file=$HUSK_RUN/net/$1/members/$id
	if [ -n "${2-}" ]; then
		printf '%s\t%s\n' "$2" "$3" >"$file" || return 1
	else
		rm -f "$file"
	fi
	for file in "$HUSK_RUN/net/$1/members"/*; do
		whole "$file"
		all=$all$value$nl
	done
	for file in "$HUSK_RUN/net/$1/members"/*; do
		dir=$HUSK_ROOT/c/${file##*/}
		[ -f "$dir/hosts" ] || continue
		# A dead one may be removed at this moment.
		{ read -r own _ <"$file" && { own_hosts "$own" && printf %s "$all"; } >"$dir/hosts"; } 2>/dev/null
	done
	exec 9>&-
}

# reachable FILE: a resolv.conf without the servers of loopback, which are of no use in another
# network.  False when no other is left.
reachable() {
	local line found=1
	while read -r line; do
		case $line in
		nameserver[[:space:]]127.* | nameserver[[:space:]]::1*) continue ;;
		nameserver*) found=0 ;;
		esac
		printf '%s\n' "$line"
	done <"$1"
	return $found
}

# Writes resolv.conf of the container in $dir.  No server is invented: where loopback is all that the
# host has, those that systemd-resolved asks, or none.
resolvers() {
	local line upstream=/run/systemd/resolve/resolv.conf
	if [ -r "$dir/dns" ]; then
		while read -r line; do
			printf 'nameserver %s\n' "$line"
		done <"$dir/dns"
	elif [ -r /etc/resolv.conf ] && ! reachable /etc/resolv.conf; then
		if [ -r $upstream ]; then
			reachable $upstream
		elif [ -s /etc/resolv.conf ]; then
			warn 'the host has no nameserver that a container can reach (--dns ADDRESS)'
		fi
	fi
	return 0
}

# ---- processes that carry traffic of a container: $run/helper has a line for each

# start_helper PID START COMMAND...: COMMAND ends when that PID 1 of the container does, whoever is
# killed: it is a child of what waits for that, and dies with it.
start_helper() {
	local pid="$1" start="$2"
	shift 2
	rm -f "$run/ready" "$run/started"
	(
		"$HUSK" setpriv --pdeathsig KILL "$@" >"$run/helper.log" 2>&1 3>"$run/ready" &
		helper_pid=$!
		trap '' HUP INT QUIT TERM
		start_of "$helper_pid"
		echo "$helper_pid ${started:-0}" >"$run/started"
		cat "$run/started" >>"$run/helper"
		until "$HUSK" sig -w 1d "$pid" "$start" || ! (alive "$pid" "$start"); do :; done
		"$HUSK" sig "$helper_pid" "$started" TERM
	) </dev/null >/dev/null 2>&1 &
	watcher=$!
}

# await_helper COMMAND...: until that succeeds; false when the helper has ended, or after half a minute.
await_helper() {
	local tries=0 pid='' start=''
	until "$@"; do
		tries=$((tries + 1))
		[ ! -s "$run/started" ] || read -r pid start <"$run/started"
		if [ -n "$pid" ] && ! alive "$pid" "$start"; then
			return 1
		fi
		[ "$tries" -lt 3000 ] && kill -0 "$watcher" 2>/dev/null || return 1
		sleep 0.01
	done
}

end_helpers() {
	local pid start
	[ -r "$run/helper" ] || return 0
	while read -r pid start; do
		"$HUSK" sig -w 10 "$pid" "$start" TERM 2>/dev/null
	done <"$run/helper"
	rm -f "$run/helper"
}

# publish_here PID START ADDRESS: ports of ::1, which the kernel translates to no other host.
publish_here() {
	local port listening
	while IFS= read -r port; do
		case $port in
		'[::1]:'*) port=${port#'[::1]:'} ;;
		*) continue ;;
		esac
		listening="$(printf ' 0*10*:%04X 0*:0000 0A' "${port%%:*}")"
		if grep -q "$listening" /proc/net/tcp6; then
			warn "-p [::1]:$port: the port is taken"
			return 1
		fi
		start_helper "$1" "$2" vethctl proxy "[::1]:${port%%:*}" "$3:${port#*:}"
		await_helper grep -q "$listening" /proc/net/tcp6 || {
			cat "$run/helper.log" >&2
			return 1
		}
	done <"$dir/ports"
}

# attach PID: steps 7 and 8.
attach() {
	local network="$value" pid="$1" port
	short_of "$id"
	network_up "$network" || return 1
	resolvers >"$dir/resolv.conf"
	get "$dir/ip"
	address=${value:+$value/$prefix}
	set -- vethctl attach --netns "pid:$pid" --pid "$pid" --bridge "$bridge" --net "$network" \
		--ip "${address:-auto}" --gw auto --id "$short" --replace
	if [ -r "$dir/ports" ]; then
		while IFS= read -r port; do
			case $port in
			'[::1]:'*/udp) warn "-p $port: udp at ::1 cannot be published" && return 1 ;;
			'[::1]:'*) ;;
			*) set -- "$@" --publish "$port" ;;
			esac
		done <"$dir/ports"
	fi
	"$HUSK" "$@" >"$run/attached" || return 1
	get "$run/attached" # {...,"ips":["ADDRESS/PREFIX"],...}
	address=${value#*'"ips":["'}
	address=${address%%/*}
	echo "$address" >"$run/address"
	if [ -r "$dir/ports" ]; then
		start_of "$pid" && publish_here "$pid" "$started" "$address" || return 1
	fi
	crash 8
	get "$dir/name"
	member_is "$network" "$address" "$value $short"
}

net_up() { # PID
	get "$dir/net"
	crash 7
	case $value in
	user) attach_user "$1" ;;
	*) attach "$1" ;;
	esac
}

net_down() {
	get "$dir/net"
	case $value in
	'') return ;; # removed meanwhile
	host | none | container:*) return ;;
	esac
	end_helpers
	[ "$value" != user ] || return 0
	short_of "$id"
	"$HUSK" vethctl -q --if-exists detach --id "$short" --net "$value"
	member_is "$value"
}
