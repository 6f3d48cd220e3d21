#!/bin/sh
# SPDX-License-Identifier: MIT
# An image of 500 layers, which are as many as an overlay takes: load, run, save; and one of 501.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
# In memory: on a disk each layer is written out before the next.
mkdir "$tmp/memory"
/bin/mount -t tmpfs tmpfs "$tmp/memory" || exit 1
cd "$tmp/memory" || exit 1
HUSK_ROOT=$PWD/root
defer 'husk rm -f -a >/dev/null 2>&1'

# The archive of two images.  Above a root of busybox are layers of one file: n/2, n/3, ...
make_rootfs base
mkdir tree
husk layer pack base tree/1 >packed
echo text >file
n=0 ids='' names=''
while [ "$n" -lt 501 ]; do
	n=$((n + 1))
	[ "$n" = 1 ] || husk layer pack --name "n/$n" file "tree/$n" >packed
	read -r id _ <packed
	ids=$ids${ids:+,}\"sha256:$id\" names=$names${names:+,}\"$n\"
	[ "$n" -ge 500 ] || continue
	printf '{"os":"linux","config":{"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":[%s]}}' "$ids" >"tree/config.$n"
	printf '{"Config":"config.%s","RepoTags":["deep:%s"],"Layers":[%s]}\n' "$n" "$n" "$names" >"image.$n"
done
paste -d , image.500 image.501 | sed 's/.*/[&]/' >tree/manifest.json
rm -r base
gives 'load' 0 'Loaded image: deep:500
Loaded image: deep:501' husk load -q -i tree
rm -r tree

box() {
	husk run --rm --network none "$@"
}
gives '500 layers: all of them are there' 0 499 box deep:500 sh -c 'ls /n | wc -l'
gives '500 layers: by the mount call of older kernels' 0 499 env HUSK_MOUNT_API=old \
	husk run --rm --network none deep:500 sh -c 'ls /n | wc -l'
ok '500 layers: one that is kept' husk run --name kept --network none deep:500 sh -c 'echo mine >/n/2'
gives 'export' 0 499 sh -c 'husk export kept | tar -t | grep -c "^n/[0-9]"'
husk rm kept >/dev/null
fails '501 layers: run' 125 'run: deep:501: has 501 layers, and an overlay takes 500 (HUSK_STORAGE=copy takes more)' \
	box deep:501 true
fails '501 layers: create' 125 'create: deep:501: has 501 layers*' husk create deep:501 true
is '501 layers: no container is left' "$(husk ps -a -q)" ''
gives '501 layers: as a copy' 0 500 env HUSK_STORAGE=copy \
	husk run --rm --network none deep:501 sh -c 'ls /n | wc -l'

ok 'save' husk save -o deep.tar deep:500
ok 'rmi' husk rmi deep:500 deep:501
is 'rmi: every layer' "$(ls "$HUSK_ROOT/lay")" ''
gives 'load what was saved' 0 'Loaded image: deep:500' husk load -q -i deep.tar
gives 'and run it' 0 499 box deep:500 sh -c 'ls /n | wc -l'
ok 'clean' husk check
husk rmi deep:500 >/dev/null
cd / && /bin/umount "$tmp/memory"
finish
