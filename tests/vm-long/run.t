#!/bin/sh
# SPDX-License-Identifier: MIT
# run.t - husk run and its family in a machine whose cgroups are v2 and whose `/` is an initramfs.
. "$(dirname "$0")/../lib.sh"
. "$top/tests/vm/guest.sh"
guest
isolate "$@"

HUSK_ROOT=$tmp/root HUSK_RUN=$tmp/run
export HUSK_ROOT HUSK_RUN
cd "$tmp" || exit
state_of() {
	husk inspect -f .State.Status "$1"
}

ok 'import' husk import /rootfs bb
ok 'save' husk save -o bb.tar bb
husk rmi bb >/dev/null
gives 'load' 0 'Loaded image: bb:latest' husk load -q -i bb.tar
gives 'run: output' 0 'hello' husk run --rm --network none bb echo hello
gives 'run: the status' 7 '' husk run --rm --network none bb sh -c 'exit 7'
gives 'run: what it writes is its own' 0 'x' husk run --name writes --network none bb sh -c 'echo x >/x; cat /x'
gives 'and not in the image' 1 '' husk run --rm --network none bb test -e /x
ok 'run -d' husk run -d --name web --network none -m 32M --pids-limit 20 bb sleep 1000
gives 'exec' 0 'in' husk exec web echo in
is 'limits' "$(husk inspect -f .Limits web)" '["--memory","32M","--pids-limit","20"]'
like 'ps' "$(husk ps)" '*bb *"sleep 1000" *Up *web*'
ok 'pause' husk pause web
is 'paused' "$(state_of web)" paused
ok 'unpause' husk unpause web
ok 'stop' husk stop -t 1 web
is 'stopped' "$(state_of web)" exited
ok 'start' husk start web
is 'runs again' "$(state_of web)" running
ok 'rm -f' husk rm -f web
husk rm -f -a >/dev/null
ok 'check' husk check
finish
