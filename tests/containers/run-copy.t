#!/bin/sh
# SPDX-License-Identifier: MIT
# Containers where there is no overlay file system: the layers are copied.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
mkdir -p fs/old/deep
echo below >fs/old/deep/file
make_image
# A second layer, which deletes: a file, a folder with another in its place.
husk run --name work --network none bb:1 sh -c 'rm -r /old && mkdir /old && echo new >/old/new; rm /bin/nc'
husk commit work bb:2 >/dev/null
husk rm work >/dev/null

export HUSK_STORAGE=copy
box() {
	husk run --rm --network none "$@"
}
gives 'all layers, with their deletions' 0 new box bb:2 sh -c '[ ! -e /bin/nc ] && ls /old'
gives 'its root is no overlay' 0 0 box bb:1 sh -c 'grep -c "^overlay / " /proc/mounts; true'
gives 'what one writes another does not see' 0 below sh -c '
	husk run --rm --network none bb:1 sh -c "echo x >/old/deep/file"
	husk run --rm --network none bb:1 cat /old/deep/file'
ok 'one that stays' husk run -d --name web --network none bb:1 \
	sh -c '[ -e /mine ] || echo mine >/mine; exec sleep 1000'
gives 'exec' 0 below husk exec web cat /old/deep/file
written() {
	husk exec web test -s /mine
}
ok 'it has written' within 20 written
ok 'cp' husk cp web:/mine out
is 'what it wrote' "$(cat out)" mine
gives 'a restart keeps it' 0 mine sh -c 'husk restart -t 0 web >/dev/null && husk exec web head -n 1 /mine'
ok 'commit' husk commit web bb:3
is 'commit: of one layer' "$(husk inspect -f .rootfs.diff_ids bb:3 | husk json len - .)" 1
husk rm -f web >/dev/null
gives 'what was committed, by an overlay' 0 mine env HUSK_STORAGE=overlay husk run --rm --network none bb:3 cat /mine
fails 'diff: not without an overlay' 1 'diff: web: has no layer of its own*' sh -c 'husk run -d --name web --network none bb:1 true >/dev/null; husk diff web'
husk rm -f web >/dev/null
fails 'another word' 125 'run: HUSK_STORAGE=zfs: not overlay, fuse-overlayfs or copy' env HUSK_STORAGE=zfs husk run bb:1 true
ok 'nothing is left' husk check
unset HUSK_STORAGE

# ---- chosen by itself: an overlay cannot be written on another
like 'info: overlay' "$(husk info)" '*Storage: overlay*'
mkdir low up work over
mount -t overlay none -o "lowerdir=low,upperdir=up,workdir=work" over
(
	HUSK_ROOT=$tmp/over/root HUSK_RUN=$tmp/run2
	husk import fs bb:1 >/dev/null
	husk run --rm --network none bb:1 cat /old/deep/file
	husk info
) >by-itself
like 'where it cannot be: copies' "$(cat by-itself)" 'below*Storage: copy*'
umount over

# ---- a disk that is too small
mkdir small
mount -t tmpfs -o size=$(($(stat -c %s fs/bin/busybox) * 3 / 2)) none small
(
	export HUSK_ROOT="$tmp/small/root" HUSK_STORAGE=copy
	husk import fs bb:1 >/dev/null
	run husk run --name full --network none bb:1 true
	like 'a full disk: one line' "$rc|$out|$err" '125||husk layer: *the disk is full*'
	is 'and nothing half-made' "$(ls "$HUSK_ROOT/c" "$HUSK_ROOT/name" "$HUSK_ROOT/tmp" | grep -v :)" ''
	echo "$count $failed" >counts
)
read -r count failed <counts
umount small
finish
