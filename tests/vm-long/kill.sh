# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# kill.sh - for tests that kill one process of a verb at some moment.
#
#	kills RUN CLEAN	for each number: RUN starts a verb by `at_some_moment`, CLEAN must succeed in time
#
#	HUSK_KILLS	how many (12)	HUSK_KILLS_FROM	the first one's number, the seed (1)

# The next of a row of numbers that looks random and is the same each time.
next() {
	seed=$(((seed * 1103515245 + 12345) & 2147483647))
	random=$((seed >> 8))
}

# one_of WORD...: prints the one that $random picks.
one_of() {
	shift $((random % $#))
	echo "$1"
}

# Processes that are not this test's own.
others() {
	for stat in /proc/[0-9]*/stat; do
		read -r pid name state parent _ 2>/dev/null <"$stat" || continue
		case "$state $pid $parent" in
		[ZX]* | ?' 1 '* | ?" $$ "* | *" $$") ;;
		*) echo "process $pid $name" ;;
		esac
	done
}

# at_some_moment MILLISECONDS COMMAND...: runs it, and kills one of the processes that are there after
# up to so long, this shell's child or another.
at_some_moment() {
	within_ms=$1
	shift
	"$@" >run.out 2>&1 &
	next
	sleep "0.$(printf %03d $((random % within_ms)))"
	victims='' victim=nobody
	for status in /proc/[0-9]*/stat; do
		pid=${status#/proc/}
		pid=${pid%/stat}
		[ "$pid" = 1 ] || [ "$pid" = $$ ] || victims="$victims $pid"
	done
	next
	# shellcheck disable=SC2086
	set -- $victims
	if [ $# -gt 0 ]; then
		shift $((random % $#))
		victim=$(tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline")
		kill -9 "$1" 2>/dev/null
	fi
	wait
}

kills() { # RUN CLEAN
	n=${HUSK_KILLS_FROM:-1}
	last=$((n + ${HUSK_KILLS:-12}))
	bad=''
	left >before
	while [ "$n" -lt "$last" ]; do
		seed=$n
		next
		"$1"
		# A child of what was killed may still be at work.  200 tries, each as long as it takes.
		if ! within 4 "$2"; then
			bad="$bad $n"
			diag "kill $n, of $victim:" "$(diff before after)" "$(cat check.out run.out 2>/dev/null)"
			husk check --repair >/dev/null 2>&1
			left >before
		fi
		n=$((n + 1))
	done
	is 'nothing is left after any of them' "$bad" ''
}
