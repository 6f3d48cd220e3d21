# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # the verbs use them
# lib.sh - what the verbs (husk-VERB) share: messages, options, the store, containers.
#
# The store, one value a file; everything is built in tmp/ and renamed, so it is there whole or not:
#
#	$HUSK_ROOT/img/SHA/	config.json layers + what `husk run` needs of it, ready for eval
#	  tag/REPO/TAG		SHA; a / in REPO is %2F
#	  lay/DIFFID/		fs size n		l/N -> ../lay/DIFFID/fs
#	  c/ID/			name image argv ... up work log exit finished
#	  name/NAME		ID CLAIMER-PID CLAIMER-START, made with O_EXCL
#	$HUSK_RUN/c/ID/		lock mon monstart pid start (cmon writes them)
#	  net/			leases, hosts
#
# Whether a container runs is never stored: see state().
set -u
umask 077
: "${HUSK:=husk}"
verb=${0##*/husk-}
# absolute VARIABLE: the path in it, as the verbs change their directory.
absolute() {
	eval "case \$$1 in /*) ;; *) $1=\$PWD/\$$1 ;; esac"
}
libexec=${0%/*}
absolute libexec
rootless='' userns='' owners='' # see rootless.sh
while read -r key value _; do
	[ "$key" != Uid: ] || break
done </proc/self/status
if [ "$value" = 0 ]; then
	: "${HUSK_ROOT:=/var/lib/husk}" "${HUSK_RUN:=/run/husk}"
else
	rootless=$value
	. "$libexec/rootless.sh"
fi
absolute HUSK_ROOT
absolute HUSK_RUN
export HUSK HUSK_ROOT HUSK_RUN
failed=1 # the status of die; 125 for those that pass a container's status on
nl='
'

# ---- messages

# fancy FD: does a terminal that takes more than plain text see it?  As `layer --progress` decides.
fancy() {
	[ -t "$1" ] && [ -t 2 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-}" != dumb ]
}

warn() {
	local form='husk %s: %s\n'
	! fancy 2 || form='\033[1;31mhusk %s:\033[0m %s\n'
	# shellcheck disable=SC2059
	printf "$form" "$verb" "$*" >&2
}

die() {
	warn "$@"
	exit "$failed"
}

usage_die() {
	warn "$* (see husk $verb --help)"
	[ "$failed" = 1 ] || exit "$failed"
	exit 2
}

# The help of a verb is the comment at the head of its file.
help() {
	sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"
	exit 0
}

# ---- words

# quote WORD: $q is it in quotes where it needs them, for eval.
quote() {
	local rest="$1"
	case $1 in
	*[!A-Za-z0-9_./:=@%+,-]* | '') ;;
	*)
		q=$1
		return
		;;
	esac
	q="'"
	while :; do
		case $rest in
		*\'*)
			q="$q${rest%%\'*}'\\''"
			rest=${rest#*\'}
			;;
		*) break ;;
		esac
	done
	q="$q$rest'"
}

# words WORD...: $q is all of them, quoted.
words() {
	local all='' word
	for word; do
		quote "$word"
		all="$all$q "
	done
	q=$all
}

# get FILE: $value is its first line, or empty.  Files of a container may go at any moment.
get() {
	value=''
	[ ! -r "$1" ] || IFS= read -r value 2>/dev/null <"$1" || :
}

# whole FILE: $value is all of it but the last line break, or empty.
whole() {
	local line
	value=''
	while IFS= read -r line || [ -n "$line" ]; do
		value=$value$line$nl
	done 2>/dev/null <"$1"
	value=${value%"$nl"}
}

# options FLAGS VALUES ARG...: calls `on NAME [VALUE]` for each option before the first operand.
# $used is how many arguments that were.
options() {
	# `on` sets variables of the verb: these names must not be theirs.
	local _flags=" $1 " _values=" $2 " _name _letters
	shift 2
	used=0
	while [ $# -gt 0 ]; do
		case $1 in
		--)
			used=$((used + 1))
			return
			;;
		--help) help ;;
		--*=*)
			_name=${1%%=*}
			_name=${_name#--}
			case $_flags:${1#*=} in
			*" $_name "*:true) on "$_name" ;;
			*" $_name "*:false) ;;
			*" $_name "*:*) usage_die "option --$_name is true or false" ;;
			*)
				known "$_values" "$_name" "--$_name"
				on "$_name" "${1#*=}"
				;;
			esac
			;;
		--*)
			_name=${1#--}
			case $_flags in
			*" $_name "*) on "$_name" ;;
			*)
				known "$_values" "$_name" "$1"
				[ $# -gt 1 ] || usage_die "option $1 needs a value"
				on "$_name" "$2"
				shift
				used=$((used + 1))
				;;
			esac
			;;
		-?*)
			_letters=${1#-}
			while [ -n "$_letters" ]; do
				_name=${_letters%"${_letters#?}"}
				_letters=${_letters#?}
				case $_name$_values in
				h*' h '*) ;;
				h*) help ;;
				esac
				case $_flags in
				*" $_name "*)
					on "$_name"
					continue
					;;
				esac
				known "$_values" "$_name" "-$_name"
				if [ -z "$_letters" ]; then
					[ $# -gt 1 ] || usage_die "option -$_name needs a value"
					_letters=$2
					shift
					used=$((used + 1))
				else
					_letters=${_letters#=}
				fi
				on "$_name" "$_letters"
				_letters=''
			done
			;;
		*) return ;;
		esac
		shift
		used=$((used + 1))
	done
}

known() {
	case $1 in
	*" $2 "*) ;;
	*) usage_die "unknown option $3" ;;
	esac
}

# ---- the store

# Makes what is missing of it.
store() {
	[ -d "$HUSK_ROOT/tmp" ] && [ -d "$HUSK_RUN/c" ] && return
	(mkdir -p "$HUSK_ROOT" "$HUSK_RUN/c" "$HUSK_RUN/net" && cd "$HUSK_ROOT" &&
		mkdir -p img tag lay l c name net tmp && chmod 700 .) 2>/dev/null ||
		die "cannot write $HUSK_ROOT and $HUSK_RUN (set HUSK_ROOT and HUSK_RUN to folders of yours)"
}

# layer WORD...: layer(1), with files that may be of any user of a container.
layer() {
	# shellcheck disable=SC2086 # words
	"$HUSK" $userns layer "$@"
}

# wipe PATH...: as rm -rf, the same.
wipe() {
	# shellcheck disable=SC2086
	rm -rf "$@" 2>/dev/null || "$HUSK" $userns ${userns:+--} rm -rf "$@"
}

# $work is a new directory in tmp/, removed when the verb ends.  Its name says whose it is.
workspace() {
	store
	own_start
	work=$HUSK_ROOT/tmp/$$.$started
	mkdir "$work" 2>/dev/null || die "cannot write $HUSK_ROOT (is the disk full, or read-only?)"
	trap 'wipe "$work"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# start_of PID: $started is when it started, empty when there is none.
start_of() {
	local line
	started=''
	[ -r "/proc/$1/stat" ] && read -r line 2>/dev/null <"/proc/$1/stat" || return 1
	# shellcheck disable=SC2086
	set -- ${line##*) }
	case $1 in
	Z | X) return 1 ;;
	esac
	started=${20}
}

own_start() {
	start_of $$ || die 'cannot read /proc (mount it)'
}

# alive PID START: is it that process, and not a later one with its number?
alive() {
	start_of "$1" && [ "$started" = "$2" ]
}

# need_root WHAT HINT: for what an ordinary user has not.
need_root() {
	[ -z "$rootless" ] || die "$1: needs root ($2)"
}

# has_group: an ordinary user's container, as a rule, has none.
has_group() {
	[ -z "$rootless" ] || "$HUSK" cgexec --procs "$id" >/dev/null 2>&1
}

need_group() { # NAME
	has_group || die "$1: has no cgroup (start husk where one is yours: systemd-run --user --scope -p Delegate=yes)"
}

# For tests: HUSK_CRASH=N kills the verb in step N.
crash() {
	[ "${HUSK_CRASH-}" != "$1" ] || kill -KILL $$
}

# ---- containers

# find_container NAME|ID: $id and $dir.
find_container() {
	local found
	id=''
	[ -n "$1" ] || die 'an empty name'
	case $1 in
	*/* | .*) die "$1: no such container (husk ps -a lists them)" ;;
	esac
	if [ -f "$HUSK_ROOT/name/$1" ]; then
		read -r id found 2>/dev/null <"$HUSK_ROOT/name/$1"
	else
		for found in "$HUSK_ROOT/c/$1"*; do
			[ -d "$found" ] || continue
			[ -z "$id" ] || die "$1: more than one container begins so"
			id=${found##*/}
		done
	fi
	dir=$HUSK_ROOT/c/$id
	if [ -z "$id" ] || [ ! -d "$dir" ]; then
		die "$1: no such container (husk ps -a lists them)"
	fi
}

# state: of container $id.  $status is created, running, exited or dead; $pid and $start are those
# of its PID 1 when it runs; $code is its status when it has exited.
state() {
	local run="$HUSK_RUN/c/$id"
	pid='' start='' code=''
	get "$run/pid"
	pid=$value
	get "$run/start"
	start=$value
	if [ -n "$pid" ] && alive "$pid" "$start"; then
		status=running
		return
	fi
	pid=''
	get "$HUSK_ROOT/c/$id/exit"
	code=$value
	if [ -n "$code" ]; then
		status=exited
	elif [ ! -e "$HUSK_ROOT/c/$id/started" ]; then
		status=created
	else
		status=dead
	fi
}

# monitored: has container $id a monitor?  $pid and $value are its.  It runs then, is about to, or its
# end is being written.
monitored() {
	get "$HUSK_RUN/c/$id/mon"
	pid=$value
	get "$HUSK_RUN/c/$id/monstart"
	[ -n "$pid" ] && alive "$pid" "$value"
}

# each COMMAND NAME...: for each container, also when it failed for another; ends the verb.
each() {
	local command="$1" rc=0
	shift
	for name; do
		[ "${name#-}" = "$name" ] || usage_die "$name: options stand before the containers"
	done
	for name; do
		("$command" "$name") || rc=$?
	done
	exit "$rc"
}

need_running() {
	state
	[ "$status" = running ] || die "$1: not running (husk start $1)"
}

# remove_container: $id, which does not run.  The name goes when the folder was moved away, before that
# is emptied: as long as it is there nobody else gets it (abandoned in sweep.sh).
remove_container() {
	own_start
	get "$HUSK_ROOT/c/$id/name"
	# shellcheck disable=SC2086 # words
	"$HUSK" $userns put -r "$HUSK_ROOT/c/$id" "$HUSK_ROOT/tmp/$$.$started.$id" "$HUSK_RUN/c/$id" \
		"$HUSK_ROOT/name/${value:-$id}"
}

# short_of ID: $short, as people see it.
short_of() {
	short=${1%"${1#????????????}"}
}

# own_hosts [ADDRESS]: what /etc/hosts of the container in $dir says of itself.
own_hosts() {
	get "$dir/hostname"
	printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n'
	[ -z "${1-}" ] || printf '%s\t%s\n' "$1" "$value"
	whole "$dir/add-host"
	[ -z "$value" ] || printf '%s\n' "$value"
}

# out_of_memory: did the kernel kill a process of container $id for memory?
out_of_memory() {
	local key number
	[ -r "$HUSK_RUN/c/$id/usage" ] && while read -r key number; do
		[ "$key" != memory.oom_kill ] || [ "$number" = 0 ] || return 0
	done 2>/dev/null <"$HUSK_RUN/c/$id/usage"
	return 1
}

# paused: is container $id, which runs, frozen?
paused() {
	[ -e "$HUSK_RUN/c/$id/paused" ]
}

# mark NAME: a file among those of container $id, which may be gone by now.
mark() {
	{ true >"$HUSK_RUN/c/$id/$1"; } 2>/dev/null
}
