# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # the verbs use them
# ports.sh - the published ports of a container, as people read them.

# parse_port [ADDRESS:]HOST:PORT[/PROTOCOL]: $host_ip, $host_port, $port and $proto; the ports may be
# ranges.
parse_port() {
	local text="$1"
	proto=tcp host_ip=0.0.0.0
	case $text in
	*/*)
		proto=${text##*/}
		text=${text%/*}
		;;
	esac
	port=${text##*:}
	text=${text%:*}
	host_port=${text##*:}
	[ "$text" = "$host_port" ] || host_ip=${text%:*}
}

# ports_text FILE: $ports are those in it in one line: 0.0.0.0:8080->80/tcp, ...
ports_text() {
	local line
	ports=''
	[ ! -r "$1" ] || while IFS= read -r line; do
		parse_port "$line"
		ports="$ports${ports:+, }$host_ip:$host_port->$port/$proto"
	done 2>/dev/null <"$1"
}
