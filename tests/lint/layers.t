#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may use whom, read from the objects: cmd/ and init/ use lib/, never the other way round; no
# applet uses another; lib/ says nothing, ends nothing and has a heap in few named places.
. "$(dirname "$0")/../lib.sh"
cd "$HUSK_OUT" || exit 1

# OBJECT...: "object symbol" for all that it wants; "symbol object" for what it defines.
wants() {
	nm -A -u "$@" | awk '{ sub(/:.*/, "", $1); print $1, $NF }'
}
defines() {
	nm -A -g --defined-only "$@" | awk '{ sub(/:.*/, "", $1); print $NF, $1 }'
}
# The lines of $1 ("object symbol") whose symbol is one of the words $2.
which_want() {
	awk -v words="$2" 'BEGIN { n = split(words, w, " "); for (i = 1; i <= n; i++) bad[w[i]] = 1 }
		$2 in bad { print $1 " uses " $2 }' "$1" | sort
}
wants lib/*.o >"$tmp/lib"
wants init/*.o >"$tmp/init"
wants cmd/*.o >"$tmp/cmd"
defines cmd/*.o init/*.o >"$tmp/above"
defines cmd/*.o >"$tmp/applets"

is 'lib uses nothing of cmd and init' \
	"$(which_want "$tmp/lib" "$(cut -d ' ' -f 1 "$tmp/above" | tr '\n' ' ')")" ''
is 'init uses nothing of cmd' \
	"$(which_want "$tmp/init" "$(cut -d ' ' -f 1 "$tmp/applets" | tr '\n' ' ')")" ''

# An applet's files share the beginning of their names: pivot.c, pivot_dev.c.
awk 'NR == FNR { of[$1] = $2; next }
	function stem(path) { sub(/.*\//, "", path); sub(/\.o$/, "", path); return path }
	$2 in of {
		user = stem($1); owner = stem(of[$2])
		if (user == "main" || owner == "main" || user == owner) next
		if (index(user, owner) == 1 || index(owner, user) == 1) next
		split(user, u, "_"); split(owner, o, "_")
		if (u[1] == o[1]) next
		print user " uses " $2 " of " owner
	}' "$tmp/applets" "$tmp/cmd" >"$tmp/across"
is 'no applet uses another' "$(cat "$tmp/across")" ''

stdio='printf fprintf vprintf vfprintf snprintf sprintf vsnprintf puts putchar fputs fwrite fopen fclose fgets getline scanf sscanf perror'
is 'no stdio anywhere' "$(cat "$tmp/lib" "$tmp/init" "$tmp/cmd" >"$tmp/all"; which_want "$tmp/all" "$stdio")" ''
# privopts words what is wrong with the options that it declares; cgwatch ends a process that it has
# forked itself.
is 'lib is silent and ends nothing' \
	"$(which_want "$tmp/lib" 'warn warn_hint die die_hint usage_die step exit _exit abort' |
		grep -vE '^lib/(applet|err|exec|privopts)\.o |^lib/cgwatch\.o uses _exit')" ''
# Named: the option lists, a directory stream, and what the files in tests/lint/heap say.
is 'lib has a heap only in the places of tests/lint/heap' \
	"$(which_want "$tmp/lib" 'malloc calloc realloc strdup strndup asprintf opendir fdopendir getline' |
		grep -vE "^lib/($(sed 's/[[:blank:]#].*//' "$top/tests/lint/heap" | grep . | paste -sd '|'))\.o ")" ''
if [ -e init/loop.o ]; then
	is 'the loop of PID 1 has no heap and never ends' \
		"$(which_want "$tmp/init" "malloc calloc realloc free opendir exit _exit abort die die_hint usage_die" |
			grep '^init/loop\.o ')" ''
fi

cd "$top" || exit 1
is 'lib/sys.h alone has raw system calls' \
	"$(grep -nE '\bsyscall\(' cmd/*.[ch] init/*.[ch] lib/*.[ch] 2>/dev/null | grep -v '^lib/sys\.h:')" ''
is 'lib/sys.h alone has conditions for the preprocessor' \
	"$(grep -nE '^# *(if|ifdef|ifndef|elif)\b' cmd/*.[ch] init/*.[ch] lib/*.[ch] 2>/dev/null |
		grep -vE '^lib/sys\.h:|^cmd/main\.c:.*ifdef ONLY|ifndef [A-Z0-9_]+_H$')" ''
is 'lib includes nothing of cmd and init' \
	"$(for header in cmd/*.h init/*.h; do grep -nF "\"${header##*/}\"" lib/*.[ch]; done)" ''
finish
