#!/bin/sh
# SPDX-License-Identifier: MIT
# husk run: what each option does in the container.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image -c 'ENV FROM=image' -c 'CMD ["echo", "the default"]'

box() {
	husk run --rm --network none "$@"
}

# ---- command, status, streams
gives "the image's command" 0 'the default' box bb:1
gives 'a command instead' 0 'a b|c' box bb:1 sh -c 'echo "$1|$2"' sh 'a b' c
gives 'options behind IMAGE are its own' 0 '-l' box bb:1 echo -l
gives 'the status passes' 7 '' box bb:1 sh -c 'exit 7'
gives 'a signal is 128+N' 137 '' box bb:1 sh -c 'kill -9 $$'
fails 'not found is 127' 127 'cinit: nope: *' box bb:1 nope
fails 'not executable is 126' 126 'cinit: /etc/passwd: *' box bb:1 /etc/passwd
run box bb:1 sh -c 'echo out; echo err >&2'
is 'both streams are themselves' "$out|$err" 'out|err'
gives 'no stdin without -i' 0 '' sh -c 'echo in | husk run --rm --network none bb:1 cat'
gives '-i: stdin' 0 in sh -c 'echo in | husk run --rm --interactive --network none bb:1 cat'
gives '--rm=true, --detach=false' 0 x husk run --rm=true --detach=false --network none bb:1 echo x
fails '--rm=maybe' 125 'run: option --rm is true or false *' husk run --rm=maybe bb:1
is '--rm: nothing is left' "$(ls "$HUSK_ROOT/c" "$HUSK_ROOT/name" "$HUSK_ROOT/tmp" | grep -v :)" ''

# ---- environment, identity
gives 'environment: of the image' 0 image box bb:1 sh -c 'echo $FROM'
gives '-e, --env, --environment; the last counts' 0 'b c d e' box -e FROM=a -e FROM=b --env X=c \
	--environment=Y='d e' bb:1 sh -c 'echo $FROM $X $Y'
gives '-e NAME: as the caller has it' 0 mine env NAME=mine husk run --rm --network none -e NAME -e NONE \
	bb:1 sh -c 'echo $NAME$NONE'
gives '-e: a line break, quotes' 0 "a
b'\"" box -e "X=a
b'\"" bb:1 sh -c 'echo "$X"'
printf '# a comment\nA=1\n\n  # another\n  B=two words\n' >vars
gives '--env-file' 0 '1 two words' box --env-file vars bb:1 sh -c 'echo $A $B'
gives "nothing of the caller's environment" 0 '' env SECRET=1 husk run --rm --network none bb:1 \
	sh -c 'cat /proc/1/environ /proc/self/environ | grep SECRET; true'
run box -e SECRET=hidden bb:1 sh -c 'cat /proc/1/cmdline'
unlike 'and no variable on a command line' "$out" '*hidden*'
gives '--hostname' 0 'web web' box --hostname web bb:1 sh -c 'echo $(hostname) $HOSTNAME'
gives '-h' 0 web box -h web bb:1 hostname
like 'else the id' "$(box bb:1 hostname)" '????????????'
gives '-u: by name' 0 '1000 1000 /tmp' box -u user bb:1 sh -c 'echo $(id -u) $(id -g) $HOME'
gives '--user: by numbers' 0 '5 6' box --user 5:6 bb:1 sh -c 'echo $(id -u) $(id -g)'
gives '-w: made when missing' 0 /srv/app box -w /srv/app bb:1 pwd
gives '--workdir' 0 /tmp box --workdir /tmp bb:1 pwd
gives '--entrypoint' 0 'x y' box --entrypoint echo bb:1 x y
gives 'PID 1 is the init' 0 'cinit 2' box --init bb:1 sh -c 'read -r n </proc/1/comm; echo $n $$'

# ---- files
mkdir data
echo host >data/file
gives '-v: a directory' 0 host box -v "$tmp/data:/data" bb:1 cat /data/file
gives '--volume: relative, read-only' 0 ro box --volume ./data:/data:ro bb:1 \
	sh -c 'echo x 2>/dev/null >/data/file || echo ro'
is 'so the file is as it was' "$(cat data/file)" host
gives '--tmpfs' 0 'tmpfs 1777' box --tmpfs /scratch:size=1m,mode=1777 bb:1 \
	sh -c 'grep " /scratch " /proc/mounts | cut -d" " -f3 | tr "\n" " "; stat -c %a /scratch'
gives '--read-only' 0 ro box --read-only bb:1 sh -c 'echo x 2>/dev/null >/file || echo ro'
gives '--shm-size' 0 8192 box --shm-size 8m bb:1 sh -c 'df -k /dev/shm | tail -n 1 | { read -r _ n _; echo $n; }'
gives '--device' 0 '1:5' box --device /dev/zero:/dev/mine bb:1 sh -c 'stat -c %t:%T /dev/mine'
gives 'writes go to the container, not to the image' 0 gone sh -c '
	husk run --rm --network none bb:1 sh -c "rm /bin/nc; echo x >/new"
	husk run --rm --network none bb:1 sh -c "[ -e /new ] || [ ! -e /bin/nc ] || echo gone"'
gives '--rootfs: a directory' 0 'root:x:0:0:root:/root:/bin/sh' \
	husk run --rm --network none --rootfs ./fs head -n 1 /etc/passwd

# ---- names, ids, logs
ok '--cidfile' box --cidfile cid bb:1 true
like 'holds the id' "$(cat cid)" '*[0-9a-f]'
fails '--cidfile: is there' 125 'run: --cidfile */cid: is there already (*' box --cidfile cid bb:1 true
ok '--name' husk create --name web --network none bb:1
id=$(husk ps -aq --no-trunc)
fails '--name: taken' 125 "run: --name web: taken by container $(printf %.12s "$id") (*" \
	husk run --name web --network none bb:1
ok '--log-size, --log-files' husk run --name log --log-size 4k --log-files 2 --network none bb:1 \
	head -c 9000 /dev/zero
is 'the log was renamed' "$(cd "$HUSK_ROOT/c" && echo */log.1 | wc -w)" 1
husk run --name quiet --log-size 0 --network none bb:1 echo x >/dev/null
gives '--log-size 0: none' 0 '' husk logs quiet

# ---- a store by a path that is not absolute
ok 'a relative HUSK_ROOT: import' env HUSK_ROOT=store HUSK_RUN=state husk import fs bb:1
gives 'a relative HUSK_ROOT: run' 0 here env HUSK_ROOT=store HUSK_RUN=state \
	husk run --rm --network none bb:1 echo here

# ---- --dry-run prints what can be pasted
husk run --dry-run --network none -m 64m -e 'A=b c' bb:1 sh -c 'echo "$A" $(hostname)' >pipeline
like '--dry-run' "$(cat pipeline)" "cd * && husk cgexec *--memory 64m unshare *pivot *cinit -- sh -c *"
gives 'and it runs' 0 'b c me' sh -c 'sed -i "s/--hostname [^ ]*/--hostname me/" pipeline; . ./pipeline'
is 'nothing is left of it' "$(ls "$HUSK_ROOT/tmp")" ''

# ---- wrong command lines: one line, and nothing made
before=$(ls "$HUSK_ROOT/c" "$HUSK_ROOT/name")
fails 'no such image' 125 'run: none: no such image (husk images *' box none
fails 'no image' 125 'run: wants IMAGE (see husk run --help)' husk run
fails 'no command' 125 'run: */fs: names no command: give one *' box --rootfs fs
fails 'unknown option' 125 'run: unknown option --frobnicate *' box --frobnicate bb:1
fails 'a value is missing' 125 'run: option --name needs a value *' husk run --name
fails 'a named volume' 125 'run: --volume data:/x: named volumes *' box -v data:/x bb:1
fails 'a volume that is none' 125 'run: --volume data: not *' box -v data bb:1
fails 'a name that is none' 125 'run: --name ../x: *' box --name ../x bb:1
fails '--rm with --restart' 125 'run: --rm and --restart *' box --restart always bb:1
fails '--security-opt that is none' 125 'run: --security-opt x: *' box --security-opt x bb:1
fails 'a variable that is none' 125 'run: --env 1x: not a name *' box -e 1x bb:1
fails 'a variable without a name' 125 'run: --env =x: no name *' box -e =x bb:1
fails '--env-file: a directory' 125 'run: --env-file data: cannot be read' box --env-file data bb:1
printf 'A B=1\n' >badvars
fails '--env-file: a blank in a name' 125 'run: --env-file badvars: A B: a blank *' box --env-file badvars bb:1
echo 1x >badvars
fails '--env-file: a line of it' 125 'run: --env-file badvars: 1x: not a name *' box --env-file badvars bb:1
fails '--stop-signal that is none' 125 'run: --stop-signal FOO: not a signal *' box --stop-signal FOO bb:1
fails '--stop-timeout that is none' 125 'run: --stop-timeout 1x: not *' box --stop-timeout 1x bb:1
fails '--add-host without an address' 125 'run: --add-host a: not NAME:ADDRESS *' box --add-host a bb:1
fails '--add-host with none' 125 'run: --add-host a:b: b is not an address *' box --add-host a:b bb:1
fails '--dns that is none' 125 'run: --dns nope: not an address *' box --dns nope bb:1
fails '--cidfile: no directory' 125 'run: --cidfile /none/x: cannot be written' box --cidfile /none/x bb:1
fails 'a name that is too long' 125 'run: --name a*: longer than 128 letters *' box --name \
	"a$(printf %0128d 0)" bb:1
fails 'a store that no --volume can name' 125 'run: HUSK_ROOT /a:b: has a : *' env HUSK_ROOT=/a:b \
	husk run --network none bb:1
fails '--rootfs that is none' 125 'run: --rootfs none: not a directory' box --rootfs none
fails 'no such network' 125 'run: no network nope (*' husk run --rm --network nope bb:1
fails '--network none with -p' 125 'run: --network none takes no *' box -p 1:1 bb:1
fails 'a limit that is none' 125 'cgexec: *' box -m 1x bb:1
# What a link of the pipeline refuses is refused before there is a container.
for option in '-m 1x' '--cpus x' '--cpu-shares 1' '--pids-limit x' '--memory-swap 1g' '--ulimit nope=1' \
	'--cap-add nope' '-v /tmp:/x:nope' '-v /tmp:/x:ro,nope' '--restart sometimes' '--log-size 1' '--log-files 0' \
	'-p 80' '-p 99999:80' '-p 80:80/sctp' '--ip 1.2.3'; do
	# shellcheck disable=SC2086 # words
	fails "create $option" 125 '*: *(see husk * --help)' husk create $option bb:1
done
fails 'run -d: such a value' 125 'cmon: --restart x: *' husk run -d --restart x bb:1
ok 'values that only a start can judge are taken' husk create --name taken -m 1k -v /nonexistent:/x \
	--restart always --log-size 0 --ip 10.1.2.3 -p 8080-8082:80-82/udp -p '[::1]:8080:80' bb:1
husk rm taken >/dev/null
fails 'a source that is not there' 125 'pivot: *' box -v /nonexistent:/x bb:1
is 'nothing was made' "$(ls "$HUSK_ROOT/c" "$HUSK_ROOT/name")" "$before"
finish
