#!/bin/sh
# SPDX-License-Identifier: MIT
# What is seen of a container that runs, and done in it: ps, inspect, exec, logs, pause, top, rename.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image

# ---- a detached one
run husk run -d --name web --network none --label tier=front --label plain bb:1 \
	sh -c 'trap "echo bye; exit 3" TERM; echo one; echo two >&2; mkfifo /go; while :; do read -r x </go; echo "$x"; done'
id=$out
is '-d prints the whole id' "$rc ${#id}" '0 64'
fails 'run: its name is taken' 125 'run: --name web: taken by *' husk run --name web bb:1
ok 'it has written' within 20 sh -c 'husk logs web 2>&1 | grep -q two'
short=$(printf %.12s "$id")
like 'ps: a row' "$(husk ps)" "*
$short *bb:1 *\"sh -c trap *Up * second* *web"
gives 'ps -q: its id' 0 "$short" husk ps --quiet
gives 'ps --no-trunc' 0 "$id" husk ps -q --no-trunc
gives 'ps --format' 0 "web	$short running bb:1" husk ps --format '{{.Names}}\t{{.ID}} {{.State}} {{.Image}}'
is 'ps --format: under headings' "$(husk ps --format 'table {{.Names}}\t{{.State}}\t{{.Networks}}')" \
	'NAMES   STATE     NETWORKS
web     running   none'
fails 'ps --format: what it does not know' 2 'ps: --format: unknown {{.Nope}} *' husk ps --format '{{.Nope}}'
husk create --name odd --network none -l a=1 -l b=2 bb:1 echo '{{.Command}}' >/dev/null
gives 'ps --format: labels, and what looks like a field' 0 'odd
a=1,b=2|echo {{.Command}}' husk ps --no-trunc -f name=odd -a --format '{{.Names}}\n{{.Labels}}|{{ .Command }}'
husk rm odd >/dev/null
for filter in name=we id="$short" image=bb ancestor=bb:1 network=none status=running label=tier label=tier=front label=plain; do
	gives "ps --filter $filter" 0 "$short" husk ps -q --filter "$filter"
done
for filter in name=x id=zz image=other network=bridge status=exited exited=0 label=tier=back; do
	gives "ps -f $filter: not it" 0 '' husk ps -q -f "$filter"
done
gives 'ps -f: of one key any' 0 "$short" husk ps -q -f status=exited -f status=running -f name=web
gives 'ps -f: of labels all' 0 '' husk ps -q -f label=tier -f label=none
gives 'inspect -f: a text' 0 "web is running true	bb:1" \
	husk inspect -f '{{.Name}} is {{ .State.Status }} {{.State.Running}}\t{{.Config.Image}}' web
fails 'inspect -f: no such value' 1 'json: -: no .Nope' husk inspect -f '{{.Nope}}' web
gives 'inspect -f' 0 "$id" husk inspect --format '{{.Id}}' "$short"
ok 'inspect: is JSON' sh -c 'husk inspect web | husk json get - .State.Pid .Config.Cmd .View .Limits'

# ---- exec
gives 'exec: words stay words' 0 'a b|c' husk exec web sh -c 'echo "$1|$2"' sh 'a b' c
gives 'exec: its status' 4 '' husk exec web sh -c 'exit 4'
fails 'exec: not found' 127 'cinit: nope: *' husk exec web nope
gives 'exec: no stdin' 0 '' sh -c 'echo in | husk exec web cat'
gives 'exec -i' 0 in sh -c 'echo in | husk exec --interactive web cat'
gives 'exec -e -u -w' 0 '1000 /tmp v w' husk exec -e X='v w' -u user -w /tmp web sh -c 'echo $(id -u) $(pwd) $X'
gives 'exec --env --user --workdir' 0 '1000 /bin x' husk exec --env X=x --user user --workdir /bin web \
	sh -c 'echo $(id -u) $(pwd) $X'
gives "exec: the container's host name and PID 1" 0 "$short cinit" \
	husk exec web sh -c 'read -r c </proc/1/comm; echo $(hostname) $c'
is "exec: the container's capabilities" "$(husk exec web sh -c 'grep CapEff /proc/self/status | cut -f2')" \
	00000000a80425fb
like 'exec --privileged' "$(husk exec --privileged web sh -c 'grep CapEff /proc/self/status | cut -f2')" '000001*'
ok 'exec -d' husk exec --detach web sh -c 'echo mark >/mark'
ok 'exec -d: runs' within 20 husk exec web test -e /mark
fails 'exec: wants a command' 125 'exec: wants CONTAINER and COMMAND *' husk exec web
fails 'exec: a variable without a value' 125 'exec: --env X: not NAME=VALUE *' husk exec -e X web true
if command -v script >/dev/null; then
	# Its stdin never ends: script(1) would type that end into the terminal.
	mkfifo typed
	pty() {
		script -qec "$1" /dev/null <>typed | tr -d '\r'
	}
	like 'exec -t: a terminal' "$(pty 'husk exec -it web tty')" '/dev/pts/*'
	like 'exec --tty' "$(pty 'husk exec --interactive --tty web tty')" '/dev/pts/*'
	like 'run -it: a terminal of its own' "$(pty 'husk run --rm -it --network none bb:1 tty')" '/dev/pts/0'
	is 'run -it: the status' "$(pty 'husk run --rm --interactive --tty --network none bb:1 sh -c "exit 9"; echo $?')" 9
else
	skip 'terminals' 'no script(1)'
fi
fails 'run -t without a terminal' 125 'run: -t: stdin is not a terminal *' \
	sh -c 'husk run --rm -t --name notty --network none bb:1 true </dev/null'
husk create -t --name notty --network none bb:1 true >/dev/null
fails 'start -a: without the terminal that it wants' 125 'start: -t: stdin is not a terminal *' \
	sh -c 'husk start -a notty </dev/null'
is 'it is as it was' "$(status notty)" created
husk rm notty >/dev/null

# ---- logs
gives 'logs: stdout' 0 one sh -c 'husk logs web 2>/dev/null'
gives 'logs: stderr' 0 two sh -c 'husk logs web 2>&1 >/dev/null'
like 'logs -t' "$(husk logs --timestamps web 2>/dev/null)" '20??-??-??T*Z one'
gives 'logs --tail' 0 two sh -c 'husk logs --tail 1 web 2>&1'
gives 'logs -n 0' 0 '' husk logs -n 0 web
gives 'logs --since: then' 0 '' husk logs --since 2999-01-01T00:00:00Z web
gives 'logs --since: ago' 0 one sh -c 'husk logs --since 1h web 2>/dev/null'
gives 'logs --since: hours and minutes' 0 one sh -c 'husk logs --since 1h08m web 2>/dev/null'
gives 'logs --since: a number is a time' 0 one sh -c 'husk logs --since 1000000000 web 2>/dev/null'
fails 'logs --since: no time' 2 'logs: --since garbage: not a time *' husk logs --since garbage web
fails 'logs --since: no number' 2 'logs: --since h: not a time *' husk logs --since h web
husk logs -f web >followed 2>/dev/null &
follower=$!
husk exec web sh -c 'echo three >/go'
ok 'logs -f: goes on' within 20 grep -q three followed

husk run --name order --network none bb:1 sh -c 'for i in 1 2 3 4; do
	echo o$i; sleep 0.1; echo e$i >&2; sleep 0.1; done' >/dev/null 2>&1
order=$(cut -d ' ' -f 4 "$HUSK_ROOT/c/$(husk inspect -f .Id order)/log")
gives 'logs: both streams in one file, in their order' 0 "$order" sh -c 'husk logs order 2>&1 | cat'
husk rm order >/dev/null

# ---- pause
ok 'pause' husk pause web
is 'pause: is seen' "$(status web)" paused
like 'ps: Paused' "$(husk ps)" '*(Paused)*'
fails 'pause: twice' 1 'pause: web: is paused' husk pause web
fails 'exec: in a paused one' 125 'exec: web: is paused (*' husk exec web true
ok 'unpause' husk unpause web
fails 'unpause: twice' 1 'unpause: web: is not paused' husk unpause web
husk run -d --name ice --network none bb:1 sleep 1000 >/dev/null
husk pause ice
gives 'kill: a paused one' 0 ice husk kill ice
gives 'kill: it has ended' 0 137 timeout 60 husk wait ice
husk start ice >/dev/null
gives "and is not paused when it is started again" 0 "" husk exec ice true
husk rm -f ice >/dev/null

# ---- top, rename
like 'top' "$(husk top web)" "UID *PID *INSIDE *
0 *1 *cinit -- *
*sh -c trap*"
control=$(printf 'a\tb\033[31mc\001')
husk run -d --name control --network none bb:1 sh -c 'exec sleep 1000' "$control" 'd\te' >/dev/null
husk exec -d control sh -c 'while :; do sleep 1000; done' "$control" 'd\te'
is 'ps: no control character of a command' "$(husk ps --no-trunc -f name=control | tr -dc '\001-\011\033')" ''
like 'ps: and no column of it' "$(husk ps --no-trunc -f name=control)" '*"sh -c exec sleep 1000 a b *31mc  d\\te" *control'
ok 'top: a second process' within 20 sh -c 'husk top control | grep -q "while :"'
is 'top: no control character of a command' "$(husk top control | tr -dc '\001-\011\033')" ''
like 'top: a backslash is one' "$(husk top control)" '*while*d\\te*'
husk rm -f control >/dev/null
fails 'stats: no such container' 1 'stats: nope: no such container *' husk stats --no-stream nope
ok 'rename' husk rename web site
fails 'rename: the old name is gone' 1 'inspect: web: no such container (*' husk inspect web
husk create --name other --network none bb:1 true >/dev/null
fails 'rename: taken' 1 'rename: site: taken *' husk rename other site
fails 'rename: no name' 2 'rename: /: *' husk rename site /
like 'ps: Created' "$(husk ps -a -f name=other)" '*Created*other'

# ---- colours, on a terminal
escape=$(printf '\033')
seen() { # COMMAND...: what it shows on a terminal, a colour as <NUMBER>
	"$HUSK_OUT/probes/pty" -- env NO_COLOR='' TERM=xterm "$@" | tr -d '\r' |
		sed "s/$escape\[\([0-9;]*\)m/<\1>/g"
}
aligned() { # the columns of what is on stdin, without colours
	sed 's/<[0-9]*>//g; s/…/./g' | awk 'NR == 1 { at = index($0, "NAMES") }
		NR > 1 && substr($0, at - 3, 4) !~ /^   [a-z]/ { bad = 1 } END { exit bad || NR < 3 }'
}
husk run -d --name long --network none bb:1 sleep 1000 2000 3000 4000 >/dev/null
husk pause long >/dev/null
husk ps -a >plain
seen husk ps -a >coloured
like 'ps: what runs is green' "$(cat coloured)" '*   <32>Up *<0>  *site*'
like 'ps: what is paused is yellow' "$(cat coloured)" '*   <33>Up *(Paused)<0>   *long*'
like 'ps: what was created is plain' "$(cat coloured)" '*   Created   *other*'
ok 'ps: columns are in line' aligned <plain
ok 'ps: also with colours' aligned <coloured
husk rm -f long >/dev/null
unlike 'ps: no colours without a terminal' "$(cat plain)" "*$escape*"
for plain in NO_COLOR=1 TERM=dumb; do
	unlike "ps: none with $plain" "$(seen env $plain husk ps -a)" '*<*'
	is "an error: none with $plain" "$(seen env $plain husk rm nope)" \
		'husk rm: nope: no such container (husk ps -a lists them)'
done
unlike 'ps: none where stdout is a file' "$(seen sh -c 'husk ps >file; cat file')" '*<*'
is 'an error on a terminal' "$(seen husk rm nope)" \
	'<1;31>husk rm:<0> nope: no such container (husk ps -a lists them)'

fails 'rm: it runs' 1 'rm: site: runs (*' husk rm site
husk stop --time 20 site >/dev/null
wait $follower
is 'logs -f: ends with it' "$? $(tail -n 1 followed)" '0 bye'
like 'ps --all: Exited' "$(husk ps --all -f name=site)" '*Exited (3) * ago*'
like 'ps: on a terminal in red' "$(seen husk ps -a)" '*   <31>Exited (3) * ago<0>   *site*'
gives 'ps: not without -a' 0 '' husk ps -q
gives 'ps -n: the newest' 0 1 sh -c 'husk ps -q -n 1 | grep -c .'
for new in n1 n2 n3 n4; do
	husk create --name $new --network none bb:1 true >/dev/null
done
gives 'ps -a: the newest first, also of one second' 0 'n4
n3
n2
n1' sh -c "husk ps -a --format '{{.Names}}' -n 4"
gives 'ps --latest' 0 n4 husk ps --latest --format '{{.Names}}'
husk rm n1 n2 n3 n4 >/dev/null
gives 'ps -f exited=' 0 site husk ps -f exited=3 --format '{{.Names}}'
finish
