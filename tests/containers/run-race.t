#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # another shell expands it
# Two verbs at one container at the same moment: each works or says in one line why not, and nothing
# is left.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image

# meets WHEN WHAT VERB ARG...: a verb that finds WHAT has happened when it comes to call `husk WHEN`.
cat >between <<'END'
#!/bin/sh
case " $* " in
" $WHEN "*)
	if mkdir "$HUSK_TEST/met" 2>/dev/null; then
		PATH=${HUSK_REAL%/*}/bin:$PATH HUSK=$HUSK_REAL sh -c "$WHAT" >"$HUSK_TEST/what" 2>&1 3>&- 7>&- 8>&- 9>&-
	fi
	;;
esac
exec "$HUSK_REAL" "$@"
END
chmod 755 between
meets() {
	when=$1 what=$2 verb=$3
	shift 3
	rm -rf met
	env HUSK_REAL="$HUSK" HUSK="$tmp/between" WHEN="$when" WHAT="$what" \
		timeout 100 sh "$top/scripts/husk-$verb" "$@"
}
begin() { # OPTION...: the container x; $id
	id=$(husk run -d --name x --network none "$@" bb:1 sleep 1000)
}
clean() { # NAME
	ok "$1: nothing is left" husk check
}

# ---- what is frozen while it ends
# Its PID 1 is dead, and who would reap that cannot.
cat >die <<'END'
read -r pid <"$HUSK_RUN/c/$1/pid"
waiter=$(sed -n 's/^PPid:.//p' "/proc/$pid/status")
kill -STOP "$waiter"
kill -KILL "$pid"
until grep -q '^State:.Z' "/proc/$pid/status"; do sleep 0.02; done
END
begin
sh die "$id"
husk cgexec --freeze "$id"
kill -CONT "$(sed -n 's/^PPid:.//p' "/proc/$(cat "$HUSK_RUN/c/$id/pid")/status")"
gives 'rm -f: of one that is frozen at its end' 0 x timeout 100 husk rm -f x
clean 'rm -f'
begin
fails 'pause: it ends meanwhile' 1 'pause: x: not running (*' \
	meets 'cgexec --freeze' 'sh die '"$id" pause x
kill -CONT "$(sed -n 's/^PPid:.//p' "/proc/$(cat "$HUSK_RUN/c/$id/pid")/status")"
gives 'pause: and what is left of it is not frozen' 0 137 timeout 100 husk wait x
husk rm x >/dev/null
clean pause

# ---- removed meanwhile
begin
fails 'rename: it is removed meanwhile' 1 'put: *: No such file or directory' \
	meets put 'husk rm -f x' rename x y
clean rename
begin --rm
fails 'wait: it is removed meanwhile' 1 'wait: x: no such container (*' \
	meets 'lock -s' 'husk rm -f x' wait x
clean wait
begin
fails 'restart: it is removed meanwhile' 125 'cmon: *: No such file or directory' \
	meets 'cmon -d' 'husk rm -f x' restart -t 0 x
clean restart

# ---- started while it is removed: the one that comes later finds nothing
begin
husk stop -t 0 x >/dev/null
rm "$HUSK_ROOT/c/$id/started"
gives 'rm: it is started meanwhile' 0 x meets 'put -r' '
	(husk start x; echo "status $?") >start 2>&1 &
	until [ -e "$HUSK_ROOT/c/'"$id"'/started" ]; do sleep 0.02; done' rm x
ok 'start: ends' within 60 grep -q status start
like 'start: says in one line why' "$(cat start)" 'husk *: *
status 125'
is 'one line' "$(grep -c . start)" 2
clean rm

# ---- a name more is nobody's
husk create --name x --network none bb:1 true >/dev/null
ok 'rename: another begins meanwhile' meets put '
	(husk rename x z; : >renamed) &
	sleep 0.5' rename x y # if it begins later, so much the better
ok 'rename: that ends, too' within 60 test -e renamed
gives 'rename: it has one name in the end' 0 1 sh -c 'ls "$HUSK_ROOT/name" | grep -c .'
husk rm -f -a >/dev/null
clean 'renames'
finish
