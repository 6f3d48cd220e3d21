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

# ---- a group of v2 counts who was killed

run husk run --name big --network none -m 16M bb sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=1'
is 'out of memory: the status' "$rc" 137
like 'ps says so' "$(husk ps -a)" '*Exited (137) * ago (out of memory)*big*'
is 'inspect, too' "$(husk inspect -f .State.OOMKilled big)" true
is 'and of no other' "$(husk inspect -f .State.OOMKilled writes)" false

# ---- a bridge, with veth, bridge and nftables as modules

husk run -d --name net -p 18080:80 -p 18081:81/udp bb \
	sh -c 'mkdir /www; echo works >/www/index.html; exec httpd -f -h /www' >/dev/null
like 'a container has an address' "$(husk inspect -f .Network.IPAddress net)" '10.83.0.*'
fetch() { [ "$(timeout 10 wget -q -O - "http://$1/")" = works ]; }
ok 'a published port: at the address of the bridge' within 20 fetch 10.83.0.1:18080
ok 'at localhost' within 20 fetch 127.0.0.1:18080
gives 'from another container' 0 works husk run --rm bb wget -q -O - http://10.83.0.1:18080/
vethctl netns add far
vethctl link add cable type veth peer name eth0 netns far
vethctl addr add 192.0.2.1/24 dev cable && vethctl link set cable up
vethctl -n far addr add 192.0.2.2/24 dev eth0 && vethctl -n far link set eth0 up
gives 'from another machine' 0 works vethctl netns exec far wget -q -O - http://192.0.2.1:18080/
like 'ps: the ports' "$(husk ps)" '*:18080->80/tcp, *:18081->81/udp*net'
fails 'the port is taken' 125 'vethctl: *18080*' husk run --rm -p 18080:80 bb true
gives 'by name, on a network of its own' 0 works sh -c 'husk network create app >/dev/null
	husk run -d --name db --network app bb sh -c "mkdir /www; echo works >/www/index.html; exec httpd -f -h /www" >/dev/null
	husk run --rm --network app bb sh -c "i=0; until wget -q -O - http://db/; do i=\$((i + 1)); [ \$i -lt 200 ] || exit 1; sleep 0.1; done" 2>/dev/null'
husk rm -f -a >/dev/null
husk network rm app >/dev/null
vethctl link del cable
vethctl netns del far
umount /run/netns
vethctl -q nat down
is 'no port is left' "$(vethctl publish list 2>/dev/null)" ''
vethctl link del husk0
ok 'check' husk check
finish
