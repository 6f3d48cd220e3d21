# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # husk run uses them
# options.sh - the values of options of husk run: what is wrong with them is said before anything is made.

# add_env WORD OPTION: NAME=VALUE, or NAME as the caller has it.
add_env() {
	local value
	case $1 in
	=*) usage_die "$2 $1: no name before the =" ;;
	*=*)
		add env "$1"
		return
		;;
	*[!A-Za-z0-9_]* | '' | [0-9]*) usage_die "$2 $1: not a name" ;;
	esac
	eval "value=\${$1-}"
	eval "[ -z \"\${$1+x}\" ]" || add env "$1=$value"
}

env_file() {
	local line
	if [ ! -r "$1" ] || [ -d "$1" ]; then
		die "--env-file $1: cannot be read"
	fi
	while IFS= read -r line || [ -n "$line" ]; do
		line=${line#"${line%%[![:space:]]*}"}
		case $line in
		'#'* | '') continue ;;
		esac
		case ${line%%=*} in
		*[[:space:]]*) usage_die "--env-file $1: ${line%%=*}: a blank in a name" ;;
		*) add_env "$line" "--env-file $1:" ;;
		esac
	done <"$1"
}

volume() {
	case $1 in
	/*:/*) add view -v "$1" ;;
	./*:/* | ../*:/*) add view -v "$PWD/$1" ;;
	*:/*) usage_die "--volume $1: named volumes are not there yet: use /DIR or ./DIR" ;;
	*) usage_die "--volume $1: not SOURCE:DESTINATION[:ro]" ;;
	esac
}

capability() { # +|- NAME
	local name
	name=$(printf %s "$2" | tr '[:upper:]' '[:lower:]')
	name=${name#cap_}
	case $1$name in
	+all) caps=all ;;
	-all) caps=none ;;
	*) caps=${caps:-default},$1$name ;;
	esac
}

security() {
	case $1 in
	no-new-privileges | no-new-privileges:true | no-new-privileges=true) setuid='' ;;
	seccomp=unconfined) seccomp=none ;;
	seccomp=*) seccomp=${1#*=} ;;
	*) usage_die "--security-opt $1: not no-new-privileges or seccomp=FILE|unconfined" ;;
	esac
}

# is_address WORD: has it the letters of an IPv4 or IPv6 address?
is_address() {
	case $1 in
	*[!0-9A-Fa-f.:]*) return 1 ;;
	*.*.*.* | *:*:*) ;;
	*) return 1 ;;
	esac
}

resolver() {
	is_address "$1" || usage_die "--dns $1: not an address"
	dns=$dns$1$nl
}

host() {
	case $1 in
	[A-Za-z0-9]*:*) ;;
	*) usage_die "--add-host $1: not NAME:ADDRESS" ;;
	esac
	is_address "${1#*:}" || usage_die "--add-host $1: ${1#*:} is not an address"
	hosts="$hosts${1#*:}	${1%%:*}$nl"
}

stop_options() {
	case $1 in
	stop-signal)
		# Nothing has started at 0, but the words are looked at first.
		"$HUSK" sig $$ 0 "$2" 2>/dev/null
		[ $? != 2 ] || usage_die "--stop-signal $2: not a signal"
		stop_signal=$2
		;;
	stop-timeout)
		case $2 in
		*[!0-9]* | '') usage_die "--stop-timeout $2: not a number of seconds" ;;
		esac
		stop_timeout=$2
		;;
	esac
}

# understood APPLET WORD...: ends the verb when the applet takes a word of its options for a mistake.  The
# words after them make it end as soon as it has read them: why is of no interest here.
understood() {
	local why
	why=$("$HUSK" "$@" 2>&1 >/dev/null) || case $why in
	*"(see husk $1 --help)")
		printf '%s\n' "$why" >&2
		exit "$failed"
		;;
	esac
}

# check_values: those that only the links of the pipeline can read.
check_values() {
	local port
	[ -z "$limits" ] || eval "understood cgexec $limits --info"
	[ -z "$view" ] || eval "understood pivot $view /dev/null true"
	[ -z "$monitor" ] || eval "understood cmon $monitor -e '' true"
	set --
	while IFS= read -r port; do
		case $port in
		'' | '[::1]:'*) ;;
		*) set -- "$@" --publish "$port" ;;
		esac
	done <<-EOF
		${ports%"$nl"}
	EOF
	[ $# = 0 ] && [ -z "$address" ] ||
		understood vethctl attach --netns pid:$$ --bridge x --id x --ip "${address:-10.83.0.2}/24" "$@"
}
