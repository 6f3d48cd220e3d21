#!/bin/sh
# SPDX-License-Identifier: MIT
# Containers of an ordinary user where the kernel stacks no layers for one: fuse-overlayfs does.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
why=''
command -v fuse-overlayfs >/dev/null || why='fuse-overlayfs is not installed'
{ [ -c /dev/fuse ] && : <>/dev/fuse; } 2>/dev/null || why='no /dev/fuse'
if [ -n "$why" ]; then
	skip 'fuse-overlayfs' "$why"
	finish
fi
make_users
# Ours is for everybody, as udev makes it.
mknod -m 666 fuse c 10 229
mount --bind fuse /dev/fuse
make_rootfs fs
mkdir -p fs/old/deep
echo below >fs/old/deep/file
export HUSK_STORAGE=fuse-overlayfs
box() {
	as "$who" husk run --rm --network none "$@"
}
daemons() {
	ps -e -o args | grep -c '^fuse-overlayfs '
}
one_daemon() {
	[ "$(daemons)" = 1 ]
}
no_daemon() {
	[ "$(daemons)" = 0 ]
}
written() {
	as "$who" husk exec web test -s /mine
}
is_dead() {
	[ "$(as "$who" husk inspect -f .State.Status web)" = dead ]
}

for who in many one; do
	as $who husk import fs bb:1 >/dev/null
	gives "$who: run" 0 below box bb:1 cat /old/deep/file
	like "$who: its root" "$(box bb:1 cat /proc/mounts)" 'fuse-overlayfs / fuse.fuse-overlayfs *'
	gives "$who: its status" 7 '' box bb:1 sh -c 'exit 7'
	gives "$who: what one writes" 0 x box bb:1 sh -c 'echo x >/old/deep/file; cat /old/deep/file'
	gives "$who: another does not see" 0 below box bb:1 cat /old/deep/file
	ok "$who: the daemon ends with the container" within 20 no_daemon

	# ---- a second layer, which deletes
	as $who husk run --name work --network none bb:1 \
		sh -c 'rm -r /old && mkdir /old && echo new >/old/new; rm /bin/nc'
	is "$who: diff" "$(as $who husk diff work | grep -v /etc)" 'C /bin
D /bin/nc
C /old
D /old/deep
A /old/new'
	ok "$who: commit" as $who husk commit work bb:2
	is "$who: of two layers" "$(as $who husk inspect -f .rootfs.diff_ids bb:2 | husk json len - .)" 2
	as $who husk rm work >/dev/null
	for storage in fuse-overlayfs overlay copy; do
		gives "$who: what was committed, by $storage" 0 new as $who env HUSK_STORAGE=$storage \
			husk run --rm --network none bb:2 sh -c '[ ! -e /bin/nc ] && ls /old'
	done

	# ---- one that stays
	ok "$who: run -d" as $who husk run -d --name web --network none bb:1 \
		sh -c '[ -e /mine ] || echo mine >/mine; exec sleep 1000'
	ok "$who: it has written" within 20 written
	ok "$who: one daemon, for it" within 20 one_daemon
	gives "$who: which it does not see" 0 0 as $who husk exec web sh -c 'ps | grep -c "[f]use-overlayfs"; true'
	as $who husk stop -t 0 web >/dev/null
	ok "$who: stop: the daemon has ended" within 20 no_daemon
	ok "$who: export at rest" as $who husk export -o "$who/all.tar" web
	is "$who: what it wrote" "$(tar -xOf "$who/all.tar" mine)" mine
	ok "$who: and the daemon of that has ended" within 20 no_daemon
	as $who husk start web >/dev/null
	gives "$who: start keeps it" 0 mine as $who husk exec web head -n 1 /mine
	id=$(as $who husk inspect -f .Id web)
	husk sig "$(cat "$who/run/husk/c/$id/mon")" "$(cat "$who/run/husk/c/$id/monstart")" KILL
	ok "$who: its monitor is killed: the daemon ends" within 20 no_daemon
	ok "$who: so does the container" within 20 is_dead
	ok "$who: rm" as $who husk rm web
	ok "$who: nothing is left" as $who husk check
done
who=many
gives 'the user that the image names' 0 '1000 x' box -u user bb:1 sh -c 'echo x >/tmp/f; echo $(id -u) $(cat /tmp/f)'
fails 'root has no use for it' 125 'run: HUSK_STORAGE=fuse-overlayfs: is for ordinary users' sh -c '
	husk import fs bb:1 >/dev/null && exec husk run bb:1 true'

# ---- chosen by itself: an overlay cannot be written on another
unset HUSK_STORAGE
mkdir low up work over
mount -t overlay none -o lowerdir=low,upperdir=up,workdir=work over
chown many over
storage() { # ROOT
	rm -f many/run/husk/storage
	as many env HUSK_ROOT="$1" husk info | grep Storage
}
is 'the kernel comes first' "$(storage "$tmp/many/root")" 'Storage: overlay'
is 'where it cannot: the daemon' "$(storage "$tmp/over/root")" 'Storage: fuse-overlayfs'
chmod 600 fuse
is 'where that cannot: copies' "$(storage "$tmp/over/root")" 'Storage: copy'
umount over /dev/fuse
remove_users
finish
