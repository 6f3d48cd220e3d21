#!/bin/sh
# SPDX-License-Identifier: MIT
# import, load, save, images, tag, rmi: images in and out of the store, and nothing half-made.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"

cd "$tmp" || exit 1
make_rootfs fs
echo hidden >fs/etc/.wh.name
sha=$(printf '[0-9a-f]%.0s' $(seq 64))

# What the store holds, for before and after.
store() {
	(cd "$HUSK_ROOT" && find . -path './lay/*/fs' -prune -o -type f -print -o -type l -print | sort)
}

# ---- import
fails 'import: nothing to import' 1 'layer: none.tar: No such file or directory' \
	husk import none.tar x
rm fs/etc/.wh.name
run husk import --change 'ENV A=b c' -c 'CMD ["echo", "it is"]' -c 'LABEL k=v w' fs web:1
like 'import: a directory; prints the id' "$out" "sha256:$sha"
id=${out#sha256:}
is 'the config keeps what --change said' \
	"$(husk json get "$HUSK_ROOT/img/$id/config.json" .config.Env[1] .config.Cmd .config.Labels.k)" \
	'A=b c
["echo","it is"]
v w'
like 'and has a PATH' "$(husk json get "$HUSK_ROOT/img/$id/config.json" .config.Env[0])" 'PATH=/*'
husk layer pack fs fs.tar >/dev/null
for change in 'ENTRYPOINT ["/bin/sh"]' 'USER user' 'WORKDIR /tmp' 'EXPOSE 80' 'STOPSIGNAL INT' 'CMD a b'; do
	set -- "$@" -c "$change"
done
run husk import "$@" fs.tar all
is 'import: an archive' "$rc" 0
is 'every --change is in the config' "$(husk json get "$HUSK_ROOT/img/${out#sha256:}/config.json" \
	.config.Entrypoint .config.User .config.WorkingDir .config.ExposedPorts .config.StopSignal .config.Cmd)" \
	'["/bin/sh"]
user
/tmp
{"80/tcp":{}}
INT
["/bin/sh","-c","a b"]'
run husk import --message 'a text' fs.tar
is 'import: without a name; its history' "$rc $(husk images | grep -c '^<none> *<none>')
$(husk json get "$HUSK_ROOT/img/${out#sha256:}/config.json" '.history[0].created_by')" '0 1
a text'
husk rmi "$out" >/dev/null
ok 'import: stdin' sh -c 'husk import - stdin <fs.tar'
fails 'import: a change that is none' 2 'import: --change FROM: *' husk import -c 'FROM x' fs x
fails 'import: no operand' 2 'import: wants *' husk import
fails 'import: a name that is none' 1 'import: ../x: not a name of an image' husk import fs ../x
long=$(printf %0250d 0)
mkdir -p "deep/$long"
for level in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
	mkdir deep/new && mv "deep/$long" deep/new && mv deep/new "deep/$long"
done
fails 'import: a path that is too long' 1 'layer: deep: name of *: Filename too long' husk import deep deep
husk put -r deep deeper # rm(1) of busybox's shell does not go so deep
fails 'import: a damaged archive' 1 'layer: bad.tar: *' \
	sh -c 'head -c 2000 fs.tar >bad.tar; exec husk import bad.tar bad'
is 'import: one layer for the same files' "$(ls "$HUSK_ROOT/lay" | wc -l)" 1
gives 'help' 0 'Usage: husk import [-c CHANGE]... [-m TEXT] ARCHIVE|DIR|- [NAME[:TAG]]' \
	sh -c 'husk import --help | head -n 1'

# ---- names
ok 'tag: another name' husk tag web:1 reg.example/team/web
run husk images
is 'images: a row a name' "$(echo "$out" | grep -c 'web ')" 2
like 'images: repository, tag, id, size' "$(echo "$out" | grep 'reg.example')" \
	"reg.example/team/web *latest *$(printf %.12s "$id") *20??-??-?? *MB"
is 'images -q: ids' "$(husk images -q | grep -c "^$(printf %.12s "$id")$")" 1
is 'images --no-trunc: whole ids' "$(husk images -q --no-trunc | grep -c "^$id$")" 1
gives 'rmi: a name goes first' 0 'Untagged: reg.example/team/web' husk rmi reg.example/team/web
gives 'images: of a name' 0 "web:1 $(printf %.12s "$id")" husk images --format '{{.Repository}}:{{.Tag}} {{.ID}}' web
gives 'images: of a name and a tag' 0 'REPOSITORY   TAG
web          1' husk images --format 'table {{.Repository}}\t{{.Tag}}' web:1
gives 'images: of another tag' 0 '' husk images -q web:2
fails 'images --format: what it does not know' 2 'images: --format: unknown {{.Nope}} *' husk images --format '{{.Nope}}'
fails 'tag: no such image' 1 'tag: nope: no such image (*' husk tag nope x
fails 'rmi: no such image' 1 'rmi: nope:2: no such image (*' husk rmi nope:2

# ---- save and load
ok 'save' husk save --output web.tar web:1
ok 'save: either format is both' husk save --format oci-archive -o format.tar web:1
ok 'load: that one, too' husk load -q -i format.tar
husk layer pack --name x web.tar /dev/null >/dev/null
run husk rmi all stdin web:1
is 'rmi: the last name takes image and layers' "$rc $(ls "$HUSK_ROOT/img" "$HUSK_ROOT/lay" | grep -c "$sha")" '0 0'
is 'rmi: and nothing stays' "$(store)" ''
gives 'load: what was saved' 0 'Loaded image: web:1' husk load -q -i web.tar
ok 'the image is the same, id and all' test -d "$HUSK_ROOT/img/$id"
husk rmi web:1 >/dev/null
gives 'load: a line a layer without a terminal' 0 'husk load: layer 1/1 done
Loaded image: web:1' sh -c 'husk load -i web.tar 2>&1'
if command -v script >/dev/null; then
	terminal() {
		TERM=xterm NO_COLOR="$1" script -qec 'husk load -i web.tar' /dev/null </dev/null | tr -d '\r'
	}
	unlike 'load: none on a terminal, which shows how far it is' "$(terminal '')" '*done*'
	like 'load: with NO_COLOR it does not' "$(terminal 1)" 'husk load: layer 1/1 done*'
else
	skip 'load: on a terminal' 'no script(1)'
fi
ok 'load: from stdin, compressed' sh -c 'gzip <web.tar | husk load --quiet'
husk save web:1 >again.tar
ok 'save gives the same bytes again' cmp web.tar again.tar
mkdir layout
husk layer unpack --plain web.tar layout >/dev/null
rm layout/manifest.json
husk rmi web:1 >/dev/null
gives 'load: an OCI layout, a directory' 0 'Loaded image: web:1' husk load -q --input layout
gives 'load: the image again' 0 "sha256:$id" sh -c 'echo "sha256:$(husk images -q --no-trunc)"'
husk tag web:1 two
husk save -o both.tar web:1 two
husk rmi web:1 two >/dev/null
gives 'save and load several' 0 'Loaded image: web:1
Loaded image: two:latest' husk load -q -i both.tar
husk rmi web:1 two >/dev/null

# ---- what is damaged or hostile leaves nothing
refused() { # NAME PATTERN: of the layout in bad/
	husk layer pack bad bad.tar >/dev/null
	fails "load: $1" 1 "$2" husk load -q -i bad.tar
	is "load: $1: nothing is left" "$(store)" ''
}
again() {
	rm -rf bad
	mkdir bad
	husk layer unpack --plain web.tar bad >/dev/null
}
layer=$(husk layer unpack --plain web.tar "$(mktemp -d "$tmp/u.XXXXXX")" >/dev/null
	husk json get layout/blobs/sha256/"$id" '.rootfs.diff_ids[0]')
layer=${layer#sha256:}
again
head -c 100000 "bad/blobs/sha256/$layer" >bad/cut
mv bad/cut "bad/blobs/sha256/$layer"
refused 'a layer that is cut short' 'layer: *: cut short*'
again
printf 'x' | dd of="bad/blobs/sha256/$layer" bs=1 seek=30000 conv=notrunc 2>/dev/null
refused 'a layer with another digest' 'load: bad.tar: layer 1 is damaged: *'
again
rm "bad/blobs/sha256/$layer"
refused 'a layer that is missing' "load: bad.tar: damaged: blobs/sha256/$layer is missing"
again
echo '[{"Config":"../../etc/passwd","RepoTags":["x:1"],"Layers":[]}]' >bad/manifest.json
refused 'a config outside' 'load: bad.tar: refused: it names the file ../../etc/passwd'
again
echo '[{"Config":"/etc/passwd","RepoTags":["x:1"],"Layers":[]}]' >bad/manifest.json
refused 'an absolute config' 'load: bad.tar: refused: it names the file /etc/passwd'
again
mv "bad/blobs/sha256/$id" "$tmp/config.json"
ln -s "$tmp/config.json" "bad/blobs/sha256/$id"
refused 'a config that is a link to outside' 'load: bad.tar: refused: its file blobs/* is a link to outside'
again
mv bad/blobs "$tmp/blobs"
ln -s "$tmp/blobs" bad/blobs
refused 'blobs outside, by a folder that is a link' 'load: bad.tar: refused: its file blobs/* is a link to outside'
rm -rf "$tmp/blobs"
again
ln -sf /etc/passwd bad/manifest.json
refused 'a manifest that is a link' 'load: bad.tar: refused: its file manifest.json is a link'
again
sed -i 's/\[/{/' bad/manifest.json
refused 'a manifest that is no JSON' 'json: *: not JSON'
again
rm bad/manifest.json
echo ' ' >>"bad/blobs/sha256/$id"
refused 'a config with another digest' 'load: bad.tar: its config is damaged: *'
again
rm bad/manifest.json
sed -i 's/"sha256:/"md5:/' bad/index.json
refused 'another kind of digest' 'load: bad.tar: md5:*: not a SHA-256 digest'
again
rm bad/manifest.json
sed -i 's/"architecture":"[a-z0-9_]*"/"architecture":"pdp11"/' bad/index.json
refused 'no image for this machine' 'load: bad.tar: no image for this machine *'
rm bad/index.json
refused 'no image at all' 'load: bad.tar: neither manifest.json nor index.json in it *'
again
rm bad/index.json
mkdir -p "$HUSK_ROOT/lay" "$tmp/root/outside"
sed -i "s|sha256:$layer|sha256:../outside|" "bad/blobs/sha256/$id"
refused 'a layer named as a path' 'load: bad.tar: sha256:../outside: not a SHA-256 digest'
rmdir "$tmp/root/outside"
fails 'load: no such archive' 1 'layer: none.tar: No such file or directory' husk load -i none.tar
fails 'save: another format' 2 'save: --format zip: not docker or oci*' husk save --format zip -o x.tar web:1
fails 'save: no such image' 1 'save: none: no such image (*' husk save -o x.tar none

# ---- layers have numbers, and one that has gone leaves a hole
for name in a b c; do
	mkdir "$name"
	echo "$name" >"$name/which"
	husk import "$name" "$name" >/dev/null
done
husk rmi b >/dev/null
echo d >b/which
husk import b d >/dev/null
for name in a c d; do
	husk create --name "$name" "$name" x >/dev/null
	husk export "$name" | tar -xO which
done >which
is 'a layer after one that was removed is itself' "$(cat which)" 'a
c
d'
ok 'and the store is clean' husk check
husk rm a c d >/dev/null
husk rmi a c d >/dev/null

# ---- a full disk, a store that cannot be written
mkdir small
/bin/mount -t tmpfs -o size=1m tmpfs small
fails 'import: a full disk' 1 'layer: *No space left on device*' \
	env HUSK_ROOT="$tmp/small/root" husk import fs x
is 'and nothing is left' "$(HUSK_ROOT=$tmp/small/root store)" ''
/bin/umount small
/bin/mount -t tmpfs -o size=8m tmpfs small
full() {
	HUSK_ROOT=$tmp/small/root HUSK_RUN=$tmp/small/run husk "$@"
}
full import fs x >/dev/null
before=$(HUSK_ROOT=$tmp/small/root store)
cat /dev/zero >small/fill 2>/dev/null
fails 'run: a full disk' 125 '*: *(*disk full*' full run --rm --network none --name full x true
rm small/fill
is 'run: nothing is left' "$(HUSK_ROOT=$tmp/small/root store)" "$before"
ok 'run: and then it works' full run --rm --network none --name full x true
/bin/mount -o remount,ro small
fails 'run: a store that is read-only' 125 'run: cannot write *' full run --rm --network none x true
fails 'create: a store that is read-only' 125 'create: cannot write *' full create x true
/bin/umount small
mkdir ro
/bin/mount -t tmpfs -o ro tmpfs ro
fails 'import: a store that is read-only' 1 'import: cannot write *(set HUSK_ROOT*' \
	env HUSK_ROOT="$tmp/ro/root" husk import fs x
/bin/umount ro

finish
