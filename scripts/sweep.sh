# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# sweep.sh - finds and removes what a kill or a crash has left, for run, rm, prune, ps -a, check.

# Removes what verbs that were killed have left in tmp/.
sweep_tmp() {
	local file pid start
	for file in "$HUSK_ROOT"/tmp/*; do
		[ -e "$file" ] || continue
		pid=${file##*/}
		start=${pid#*.}
		alive "${pid%%.*}" "${start%%.*}" || wipe_left "$file"
	done
}

# wipe_left DIR: moved away first, as a child of the killed may be about to publish what is in it.
wipe_left() {
	case $1 in
	*.old) ;;
	*)
		mv "$1" "$1.old" 2>/dev/null || return
		set -- "$1.old"
		;;
	esac
	wipe "$1"
}

# The same, their claims of names, and what is left of containers whose monitor was killed.
sweep() {
	local file
	sweep_tmp
	for file in "$HUSK_ROOT"/name/*; do
		free_name "${file##*/}"
	done
	for file in "$HUSK_RUN"/c/*; do
		[ ! -d "$file" ] || [ -d "$HUSK_ROOT/c/${file##*/}" ] || rm -rf "$file"
	done
	for file in "$HUSK_RUN"/net/*/members/*; do
		[ ! -f "$file" ] || member_lives "$file" || rm -f "$file"
	done
	[ -n "$rootless" ] || "$HUSK" vethctl -q gc
	"$HUSK" cgexec --gc
}

# member_lives FILE: does the container run that the file of a member of a network is about?
member_lives() {
	local id="${1##*/}" status pid start code
	state
	[ "$status" = running ]
}

# abandoned NAME: was it claimed by a verb that was killed before its container was there?
abandoned() {
	local id='' pid='' start=''
	[ -f "$HUSK_ROOT/name/$1" ] || return 1
	# Empty: it is being written right now, or never will be.
	[ -s "$HUSK_ROOT/name/$1" ] || sleep 0.2
	{ read -r id pid start <"$HUSK_ROOT/name/$1"; } 2>/dev/null || :
	[ ! -d "$HUSK_ROOT/c/${id:-none}" ] && ! alive "${pid:-0}" "$start" && ! being_removed "${id:-none}"
}

# being_removed ID: is a verb at it that lives?  It takes the name away last but the files.
being_removed() {
	local left owner
	for left in "$HUSK_ROOT"/tmp/*."$1"; do
		[ -d "$left" ] || continue
		left=${left##*/}
		owner=${left#*.}
		! alive "${left%%.*}" "${owner%%.*}" || return 0
	done
	return 1
}

# free_name NAME: if it is abandoned; under a lock, or a claim made meanwhile would go.
free_name() {
	abandoned "$1" || return 0
	exec 9>"$HUSK_RUN/names" && "$HUSK" lock --fd 9 || return 1
	! abandoned "$1" || rm -f "$HUSK_ROOT/name/$1"
	exec 9>&-
}

# hold SECONDS: takes the lock of the container $id for this process, so that nobody starts it; false
# when a monitor has it so long.
hold() {
	# Where that cannot be made nobody starts it either.
	mkdir "$HUSK_RUN/c/$id" 2>/dev/null || [ -d "$HUSK_RUN/c/$id" ] || return 0
	{ command exec 7>>"$HUSK_RUN/c/$id/lock" && "$HUSK" lock -w "$1" -f 7; } 2>/dev/null || return
	# Somebody else may have removed it: then that folder is of no use.
	[ -d "$HUSK_ROOT/c/$id" ] || rm -rf "$HUSK_RUN/c/$id"
}
