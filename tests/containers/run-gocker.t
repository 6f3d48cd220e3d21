#!/bin/sh
# SPDX-License-Identifier: MIT
# Every command and flag of gocker in its own spelling, and each of its defects, which are not here.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image

gives 'network create' 0 app husk network create --driver bridge --subnet 10.84.0.0/21 app
like 'network list' "$(husk network list)" '*app *bridge *10.84.0.0/21*'
mkdir data
run husk run --detach --name one --memory 64m --cpuset 0 --cpushare 512 --environment A=b --network app \
	--port 18080:80 --volume "$tmp/data:/data" bb:1 sh -c 'trap "exit 0" TERM; echo "out $A"; echo err >&2
		touch /data/mark; while :; do sleep 0.1; done'
is 'run, with every flag' "$rc" 0
id=$out
run husk run -d --name two --network app bb:1 sh -c 'exit 3'
is 'the second on one network, also with a name' "$rc" 0
unlike 'ids are not empty, nor from a clock' "$id" "$out"
written() {
	husk logs one 2>&1 | grep -q err && [ -e data/mark ]
}
ok 'logs: stderr too' within 20 written
like 'logs' "$(husk logs one 2>/dev/null)" 'out b'
ok 'one that ends by itself is seen to' within 20 has two exited
gives 'and can be removed' 0 two husk rm two
gives 'exec: words stay words' 0 'a b' husk exec one sh -c 'echo "$1"' sh 'a b'
gives 'exec: its status' 5 '' husk exec one sh -c 'exit 5'
gives 'options behind IMAGE are those of the command' 0 '-l --name' husk run --rm --network none bb:1 echo -l --name
gives 'each has a cgroup of its own, which outlives the command line' 0 "$id" sh -c '
	husk run --rm --network none bb:1 true; husk exec one cat /proc/self/cgroup | grep -o "[0-9a-f]\{64\}" | sort -u'
unlike 'what -v mounts is not mounted here' "$(cat /proc/mounts)" '*/data*'
ok 'commit' husk commit one made
gives 'stop' 0 one husk stop one
ok 'and it has stopped' has one exited
gives 'ps: it is no secret' 0 one husk ps -a --format '{{.Names}}'
gives 'rm' 0 one husk rm one
is 'no lease is left' "$(find "$HUSK_RUN/net/app" -path '*/ip/10*' ! -path '*/10.84.0.1' | wc -l)" 0
is 'no port is left' "$(vethctl publish list)" ''
gives 'network rm' 0 app husk network rm app

# ---- a dead container: its monitor was killed
husk run -d --name dead --network none bb:1 sleep 1000 >/dev/null
id=$(husk inspect -f .Id dead)
husk sig "$(cat "$HUSK_RUN/c/$id/mon")" "$(cat "$HUSK_RUN/c/$id/monstart")" KILL
ok 'dead' within 20 has dead dead
like 'ps' "$(husk ps -a)" '*Dead (unknown)*dead'
fails 'exec in it' 125 'exec: dead: not running (husk start dead)' husk exec dead true
fails 'pause it' 1 'pause: dead: not running (husk start dead)' husk pause dead
fails 'kill it' 1 'kill: dead: not running (husk start dead)' husk kill dead
fails 'wait for it' 1 'wait: dead: has not ended by itself (dead)' husk wait dead
gives 'start it' 0 dead husk start dead
gives 'rm -f' 0 dead husk rm -f dead

# ---- a store that cannot be written
fails 'run: read-only' 125 'run: cannot write *(set HUSK_ROOT *' env HUSK_ROOT=/proc/none husk run bb:1 true
husk rmi made >/dev/null
ok 'nothing is left' husk check
network_down
finish
