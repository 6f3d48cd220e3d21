#!/bin/sh
# SPDX-License-Identifier: MIT
# husk network: networks of users, their addresses and names.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image

# ---- networks of users
gives 'network create' 0 app husk network create --subnet 10.84.5.0/24 --gateway 10.84.5.9 --driver bridge app
fails 'network create: is there' 1 'network: network app is there *' husk network create app
like 'network ls' "$(husk network ls)" '*app *bridge *10.84.5.0/24 *hk*'
gives 'network ls -q' 0 'app
bridge' husk network list --quiet
husk run -d --name db --network app bb:1 sh -c 'echo data >/www/index.html; exec httpd -f -h /www' >/dev/null
gives 'two containers, by name' 0 data husk run --rm --name front --network app bb:1 \
	sh -c "$try" sh wget -q -O - http://db/
like '--ip' "$(husk run --rm --network app --ip 10.84.5.77 bb:1 ip -o addr show eth0)" '*inet 10.84.5.77/24 *'
like '--dns' "$(husk run --rm --network app --dns 192.0.2.53 bb:1 cat /etc/resolv.conf)" 'nameserver 192.0.2.53'
like '--add-host' "$(husk run --rm --network none --add-host far:192.0.2.9 bb:1 cat /etc/hosts)" '*192.0.2.9	far*'
gives 'its gateway' 0 10.84.5.9 husk run --rm --network app bb:1 sh -c 'ip route | sed -n "s/default via \([^ ]*\).*/\1/p"'
is 'network inspect: its members' "$(husk network inspect app | husk json get - '.Containers[0].Name' .Gateway | xargs echo)" 'db 10.84.5.9'
like "a member's hosts name the others" "$(husk exec db cat /etc/hosts)" '*	db *'
fails 'network rm: is used' 1 'network: network app: container * is of it *' husk network rm app
husk stop -t 0 db >/dev/null
husk start db >/dev/null
gives 'after a restart it is found again' 0 data husk run --rm --network app bb:1 \
	sh -c "$try" sh wget -q -O - http://db/
husk rm -f db >/dev/null
gives 'network rm' 0 app husk network rm app
is 'no link is left' "$(links)" lo
is 'no lease is left' "$(find "$HUSK_RUN/net" -path '*/ip/10*' ! -path '*/10.83.0.1' | wc -l)" 0
like 'network create: a free subnet' "$(husk network create a >/dev/null; husk network create b >/dev/null
	husk network inspect b | husk json get - .Subnet; husk network rm a b >/dev/null)" 10.83.2.0/24
for bad in 10.1.2.3/24 10.1.2.0 10.1.2.0/33 10.1.2.0/8 300.1.2.0/24 x/24; do
	fails "network create: --subnet $bad" 1 "network: --subnet $bad: not a network *" \
		husk network create --subnet $bad bad
done
fails 'network create: overlaps' 1 'network: --subnet 10.83.0.0/16: overlaps with network bridge' \
	husk network create --subnet 10.83.0.0/16 bad
fails 'network create: another gateway' 1 'network: --gateway 10.9.9.9: not an address of 10.85.0.0/24' \
	husk network create --subnet 10.85.0.0/24 --gateway 10.9.9.9 bad
fails 'network create: another driver' 2 'network: --driver macvlan: *' husk network create -d macvlan bad
fails 'network rm: the default' 1 'network: bridge: stays *' husk network rm bridge
fails 'network rm: none' 1 'network: no network none *' husk network rm none
fails 'network inspect: none' 1 'network: no network none *' husk network inspect none
fails 'network: no verb' 2 'network: frob: not *' husk network frob
network_down
finish
