#!/bin/sh
# SPDX-License-Identifier: MIT
# The files of a container: cp, commit, export; deletions, attributes and owners intact.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
mkdir -p fs/old/deep
echo below >fs/old/deep/file
make_image

box() {
	husk run --rm --network none "$@"
}

# ---- commit
husk run --name work --network none bb:1 sh -c '
	rm -r /old && mkdir /old && echo new >/old/new
	rm /bin/nc; echo changed >/etc/group; ln /etc/group /etc/link
	chown 5:6 /tmp; chmod 4755 /bin/busybox; dd if=/dev/zero of=/sparse bs=1 count=1 seek=5000000' 2>/dev/null
gives 'diff: added, changed, deleted' 0 'C /bin
C /bin/busybox
D /bin/nc
C /etc
C /etc/group
A /etc/link
C /old
D /old/deep
A /old/new
A /sparse
C /tmp' husk diff work
fails 'diff: no such container' 1 'diff: nope: no such container (*' husk diff nope
run husk commit --change 'CMD ["echo", "committed"]' -c 'ENV X=y' -m 'a message' \
	--author 'me <me@x>' work bb:2
like 'commit: prints the id' "$rc $out" '0 sha256:????????*'
gives 'commit: what --change said' 0 committed box bb:2
gives 'commit: deleted files stay deleted, changed ones changed' 0 'new changed 2 5:6 4755 y' box bb:2 sh -c '
	[ ! -e /bin/nc ] && echo $(ls /old) $(cat /etc/link) $(stat -c %h /etc/group) \
		$(stat -c %u:%g /tmp) $(stat -c %a /bin/busybox) $X'
gives 'commit: a sparse file stays sparse' 0 1 box bb:2 sh -c \
	'echo $(($(du -k /sparse | cut -f1) < 100))'
is 'commit: one layer more' "$(husk inspect -f .rootfs.diff_ids bb:2 | husk json len - .)" 2
is 'commit: message and author' "$(husk inspect -f '{{.history[1].created_by}} by {{.author}}' bb:2)" \
	'a message by me <me@x>'
run husk commit work
like 'commit: without a name' "$rc $(husk images | grep '<none>')" "0 <none> *<none> *$(printf '%.19s' "$out" | cut -c 8-)*"
husk rmi "$out" >/dev/null
ok 'and back through save and load' sh -c '
	husk save -o two.tar bb:2 && husk rmi -f bb:2 >/dev/null && husk load -q -i two.tar >/dev/null'
gives 'the deletions came along' 0 new box bb:2 sh -c '[ ! -e /bin/nc ] && ls /old'
husk run -d --name live --network none bb:1 sleep 1000 >/dev/null
husk exec live sh -c 'echo live >/live'
ok 'commit: of one that runs' husk commit --pause=false live bb:3
gives 'has what it had' 0 live box bb:3 cat /live
is 'and it still runs' "$(husk inspect -f .State.Status live)" running
ok 'commit: pauses meanwhile' husk commit --message x live bb:3
is 'and lets it go on' "$(husk inspect -f .State.Status live) $(husk exec live echo yes)" 'running yes'
husk create --name dir --rootfs fs --network none true >/dev/null
fails 'commit: of a directory' 1 'commit: dir: runs in a directory *' husk commit dir x
fails 'commit: no such container' 1 'commit: none: no such *' husk commit none x

# ---- cp
mkdir -p from/sub
echo one >from/one
echo two >from/sub/two
chmod 640 from/one
ok 'cp: a file into one that runs' husk cp from/one live:/tmp
gives 'cp: is there, as it was' 0 'one 640' husk exec live sh -c 'echo $(cat /tmp/one) $(stat -c %a /tmp/one)'
ok 'cp: under another name' husk cp from/one live:/tmp/renamed
gives 'cp: the name' 0 one husk exec live cat /tmp/renamed
ok 'cp: a directory' husk cp from live:/tmp
gives 'cp: with what is in it' 0 two husk exec live cat /tmp/from/sub/two
husk exec live sh -c 'echo out >/tmp/out; ln -s /etc /tmp/trap'
ok 'cp: a file out' husk cp live:/tmp/out got
is 'cp: is here' "$(cat got)" out
ok 'cp: a directory out' husk cp live:/tmp/from here
is 'cp: with all in it' "$(cat here/sub/two)" two
ok 'cp: into a directory' husk cp live:/tmp/out from
is 'cp: in it' "$(cat from/out)" out
ok 'cp: into one that does not run' husk cp from/one work:/etc
gives 'cp: and out again' 0 one sh -c 'husk cp work:/etc/one back && cat back'
is "cp: the container's links stay in the container" \
	"$(husk cp from/one live:/tmp/trap && husk exec live cat /etc/one; ls /etc/one 2>/dev/null)" one
gives 'cp: to stdout, as an archive' 0 'out' sh -c 'husk cp live:/tmp/out - | tar t'
gives 'cp: an archive from stdin' 0 one sh -c 'tar c -C from one | husk cp - live:/tmp/from/sub && husk exec live cat /tmp/from/sub/one'
ln -s /nowhere dangling
gives 'cp: a link that leads nowhere' 0 /nowhere sh -c 'husk cp dangling live:/tmp && husk exec live readlink /tmp/dangling'
fails 'cp: nothing there' 1 'layer: /none: No such file or directory' husk cp live:/none x
fails 'cp: no such source' 1 'cp: none: no such file or directory' husk cp none live:/tmp
fails 'cp: no container' 2 'cp: one of the two is CONTAINER:PATH *' husk cp a b
fails 'cp: whole file system' 2 'cp: the whole file system: husk export *' husk cp live:/ x

# ---- export
ok 'export' husk export --output all.tar live
mkdir all
husk layer unpack --plain all.tar all >/dev/null
is 'export: layers and changes in one' "$(cat all/live all/old/deep/file)" 'live
below'
is 'export: to stdout' "$(husk export work | husk layer unpack --plain - "$(mktemp -d "$tmp/e.XXXXXX")" | wc -w)" 4
ok 'import of an export' husk import all.tar again
gives 'runs' 0 live box again cat /live

# ---- volumes are not committed, and nothing but the container changed
is 'the image is as it was' "$(box bb:1 sh -c 'cat /old/deep/file; ls /live 2>/dev/null')" below

# ---- what every container sees
is 'a user may read the files below /etc' \
	"$(box -u user bb:1 cat /etc/hosts /etc/hostname /etc/resolv.conf 2>&1 | head -n 1)" '127.0.0.1	localhost'
is 'umask' "$(box bb:1 sh -c umask)" 0022
is 'a value with a line break reaches exec' "$(husk run -d --name lines --network none -e "A=1
2" bb:1 sleep 1000 >/dev/null; husk exec lines sh -c 'echo "$A" | tr "\n" " "')" '1 2 '
husk rm -f -a >/dev/null
finish
