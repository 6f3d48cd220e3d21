#!/bin/sh
# SPDX-License-Identifier: MIT
# The verbs as an ordinary user: one with ids in /etc/subuid, and one without.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_rootfs fs
chown 1000 fs/www

make_users
is_up() {
	[ "$(as "$who" husk logs web)" = up ]
}
box() {
	as "$who" husk run --rm --network none "$@"
}
for who in many one; do
	ok "$who: import" as $who husk import -c 'CMD ["echo", "the default"]' fs bb:1
	ok "$who: the store is below the home folder" test -d "$tmp/$who/.local/share/husk/img"
	gives "$who: run" 0 'the default' box bb:1
	gives "$who: is root inside" 0 0 box bb:1 id -u
	gives "$who: and nobody outside" 0 "0 $(id -u $who) 1" box bb:1 sh -c 'read -r a b c </proc/self/uid_map; echo $a $b $c'
	gives "$who: its status" 7 '' box bb:1 sh -c 'exit 7'
	gives "$who: it can write" 0 x box bb:1 sh -c 'echo x >/etc/new; cat /etc/new'
	gives "$who: a volume" 0 'mine' box -v "$tmp/$who:/home" bb:1 sh -c 'echo mine >/home/f; cat /home/f'
	is "$who: belongs to the user" "$(stat -c %U "$who/f")" $who
	fails "$who: limits need a delegation" 125 'run: limits: *delegat*' box -m 64m bb:1 true
	fails "$who: networks need root" 1 'network: create: needs root (*' as $who husk network create x
	fails "$who: run --network bridge" 125 'run: --network bridge: needs root *' \
		as $who husk run --network bridge bb:1 true

	like "$who: info" "$(as $who husk info)" "*Storage: overlay*Rootless: yes
 Users: $([ $who = many ] && echo 'those of' || echo 'root only')* Network: * Limits: none (*"

	# ---- one that stays
	ok "$who: run -d" as $who husk run -d --name web --network none bb:1 \
		sh -c 'trap "exit 3" TERM; echo up; while :; do sleep 0.1; done'
	ok "$who: logs" within 20 is_up
	like "$who: ps" "$(as $who husk ps)" '*bb:1*Up *web*'
	gives "$who: exec" 0 'a b|0' as $who husk exec web sh -c 'echo "$1|$(id -u)"' sh 'a b'
	gives "$who: exec: its status" 4 '' as $who husk exec web sh -c 'exit 4'
	like "$who: top" "$(as $who husk top web)" '*cinit -- *
*sh -c trap*'
	fails "$who: pause needs a delegation" 1 'pause: web: has no cgroup *' as $who husk pause web
	ok "$who: cp in" as $who husk cp fs/etc/passwd web:/tmp/in
	gives "$who: cp: it is there" 0 0 as $who husk exec web sh -c 'stat -c %u /tmp/in'
	ok "$who: cp out" as $who husk cp web:/tmp/in "$who/out"
	is "$who: cp: it is here, and the user's" "$(stat -c %U "$who/out") $(cmp "$who/out" fs/etc/passwd && echo same)" "$who same"
	like "$who: stats" "$(as $who husk stats --no-stream)" '*web *--*'
	is "$who: --network container:X" "$(box --network container:web bb:1 readlink /proc/self/ns/net)" \
		"$(as $who husk exec web readlink /proc/self/ns/net)"
	gives "$who: inspect" 0 running as $who husk inspect -f .State.Status web
	ok "$who: commit" as $who husk commit web bb:2
	gives "$who: what was committed" 0 0 box bb:2 sh -c 'stat -c %u /tmp/in'
	ok "$who: save" as $who husk save -o "$who/bb.tar" bb:2
	ok "$who: rmi" as $who husk rmi bb:2
	ok "$who: load" as $who husk load -q -i "$who/bb.tar"
	gives "$who: what was saved" 0 0 box bb:2 sh -c 'stat -c %u /tmp/in'
	ok "$who: export" as $who husk export -o "$who/all.tar" web
	ok "$who: rename" as $who husk rename web site
	gives "$who: stop" 0 site as $who husk stop site
	gives "$who: its status is kept" 0 3 as $who husk wait site
	ok "$who: cp out of it at rest" as $who husk cp site:/tmp/in "$who/rest"
	ok "$who: start" as $who husk start site
	ok "$who: kill" as $who husk kill site
	gives "$who: was killed" 0 137 as $who husk wait site
	ok "$who: start and kill by cmon" as $who husk start site
	ok "$who: restart" as $who husk restart -t 0 site
	gives "$who: rm -f" 0 site as $who husk rm -f site
	is "$who: nothing is left" "$(ls $who/.local/share/husk/c $who/.local/share/husk/name $who/.local/share/husk/tmp | grep -v :)" ''
	ok "$who: check" as $who husk check --repair
done
remove_users
finish
