#!/bin/sh
# SPDX-License-Identifier: MIT
# mkrootfs.t - scripts/mkrootfs: the four kinds of output, the same bytes everywhere, bad input: check 58
# of pivot.md.
# shellcheck disable=SC2317 # functions are called by those of lib.sh
. "$(dirname "$0")/../lib.sh"

skel=$top/rootfs-skel
busybox=/bin/busybox
chmod 777 "$tmp"

mkrootfs() {
	"$top/scripts/mkrootfs" "$@"
}

make_all() {
	for kind in $kinds; do
		"$@" -t "$kind" -o "$tmp/$prefix.$kind" -b "$HUSK" -b "$busybox" "$skel" || return
	done
}

# What an archive keeps of a tree, but for the times, which tar(1) does not give to links.
tree() {
	(cd "$1" && find . ! -name . -exec stat -c '%A %n' {} + | sort -k 2
		find . -type f -exec sha256sum {} + | sort -k 2
		find . -type l -exec ls -l {} + | sed 's/.* \.\//.\//' | sort)
}

# ---- what is made

prefix=one kinds='dir tar cpio oci'
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
ok 'dir, tar, cpio, oci from the skeleton' make_all mkrootfs
root=$tmp/one.dir

is 'modes that git does not keep' "$(cd "$root" && stat -c '%a' tmp var/tmp root proc sys dev/shm | paste -s -d ' ' -)" \
	'1777 1777 700 555 555 755'
is 'modes of files' "$(cd "$root" && stat -c '%a' . init etc/passwd bin/busybox | paste -s -d ' ' -)" \
	'755 755 644 755'
ok 'PERMS itself is not copied' [ ! -e "$root/PERMS" ]
is 'a link for each applet of husk' "$(readlink "$root/bin/cinit")" husk
is 'a link in a folder of its own' "$(readlink "$root/usr/bin/env")" ../../bin/busybox
is 'no binary is a link to itself' "$(find "$root/bin/busybox" "$root/bin/husk" -type l)" ''
is 'a link of the skeleton' "$(readlink "$root/var/run")" ../run
is 'every link leads somewhere' "$(cd "$root" && find . -type l ! -name mtab ! -exec test -e {} \; -print)" ''
is 'all times are SOURCE_DATE_EPOCH' "$(find "$root" -exec stat -c %Y {} + | sort -u)" 1700000000

mkdir "$tmp/tar"
ok 'tar can be read' tar -xpf "$tmp/one.tar" -C "$tmp/tar"
chmod 755 "$tmp/tar"
tree "$root" >"$tmp/want"
tree "$tmp/tar" >"$tmp/got"
ok 'tar holds what dir has' cmp "$tmp/got" "$tmp/want"
is 'all of tar is owned by root' "$(tar --numeric-owner -tvf "$tmp/one.tar" | awk '{ print $2 }' | sort -u)" 0/0

# A header of cpio: magic, 13 numbers of 8 digits (mode the 2nd, device the 10th and 11th), name.
is 'cpio: console, kmsg and null, made with no privilege' "$(tr '\0' '\n' <"$tmp/one.cpio" |
	sed -n 's,^070701.\{8\}\(.\{8\}\).\{56\}\(.\{16\}\).\{16\}\(dev/[cnk].*\),\1 \2 \3,p')" \
'00002180 0000000500000001 dev/console
00002180 000000010000000B dev/kmsg
000021B6 0000000100000003 dev/null'
mkdir "$tmp/cpio"
(cd "$tmp/cpio" && $busybox cpio -idm <../one.cpio 2>/dev/null)
rm -f "$tmp/cpio/dev/console" "$tmp/cpio/dev/kmsg" "$tmp/cpio/dev/null"
chmod 755 "$tmp/cpio"
is 'cpio holds what dir has' "$(cd "$tmp/cpio" && find . -type f -exec sha256sum {} + | sort -k 2)" \
	"$(cd "$root" && find . -type f -exec sha256sum {} + | sort -k 2)"
is 'cpio has every name of dir' "$(cd "$tmp/cpio" && find . | sort)" "$(cd "$root" && find . | sort)"

# ---- OCI

oci=$tmp/one.oci
is 'oci: each blob is named by its digest' \
	"$(cd "$oci/blobs/sha256" && sha256sum -- * | awk '$1 != $2')" ''
is 'oci: three blobs' "$(find "$oci/blobs" -type f | wc -l)" 3

# Follows the digests: index, manifest, then config and layer.
digests() {
	sed -n 's/.*"digest": "sha256:\([0-9a-f]*\)", "size": \([0-9]*\).*/\1 \2/p' "$1"
}

# shellcheck disable=SC2046 # digest and size
set -- $(digests "$oci/index.json")
manifest=$oci/blobs/sha256/$1
is 'oci: the size of the manifest' "$(wc -c <"$manifest")" "$2"
# shellcheck disable=SC2046
set -- $(digests "$manifest")
config=$oci/blobs/sha256/$1 layer=$oci/blobs/sha256/$3
is 'oci: the sizes of config and layer' "$(wc -c <"$config") $(wc -c <"$layer")" "$2 $4"
is 'oci: the layer is its own diff_id' \
	"$(sed -n 's/.*"diff_ids": \["sha256:\([0-9a-f]*\)"\].*/\1/p' "$config")" "${layer##*/}"
ok 'oci: cinit is the entrypoint' grep -q '"Entrypoint": \["/bin/cinit", "--"\]' "$config"
is 'oci: no /init' "$(tar -tf "$layer" | grep -cx init)" 0
is 'oci: all else is in the layer' "$(tar -tf "$layer")" "$(tar -tf "$tmp/one.tar" | grep -vx init)"

# ---- the same bytes

# dir is what tar(1) makes of tar, see above.
same() {
	for kind in $kinds; do
		diff -r "$tmp/one.$kind" "$tmp/$prefix.$kind" || return
	done
}

prefix=two kinds='tar cpio oci'
cp -a "$skel" "$tmp/skel"
find "$tmp/skel" -exec touch -h -d @1234567890 {} +
elsewhere() {
	skel=$tmp/skel
	(umask 077 && TZ=Asia/Tokyo && export TZ && make_all mkrootfs)
}
ok 'again, from a copy, another umask and time zone' elsewhere
ok 'the same bytes' same
prefix=ash kinds='tar cpio'
ok 'with the tools of busybox alone' make_all $busybox sh "$top/scripts/mkrootfs"
ok 'the same bytes with busybox' same
if [ "$(id -u)" = 0 ]; then
	prefix=user kinds='tar cpio dir'
	ok 'as an ordinary user' make_all /usr/bin/setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$top/scripts/mkrootfs"
	kinds='tar cpio'
	ok 'the same bytes as an ordinary user' same
	tree "$tmp/user.dir" >"$tmp/got"
	ok 'the same tree as an ordinary user' cmp "$tmp/got" "$tmp/want"
fi

# ---- what a skeleton may hold

odd=$tmp/odd
deep=$odd/$(printf 'folder-with-a-long-name/%.0s' 1 2 3 4 5 6 7)
mkdir -p "$odd/a folder" "$deep"
# shellcheck disable=SC2016 # the name of a file
for name in 'a blank' "a'quote" '50%d' 'back\slash' '$HOME' 'é'; do echo "$name" >"$odd/a folder/$name"; done
echo deep >"$deep/file"
printf 'made/here/ 2750 3 4\n' >"$odd/PERMS"
ok 'odd names and long paths: dir' mkrootfs -t dir -o "$tmp/odd.dir" "$odd"
ok 'odd names and long paths: cpio' mkrootfs -t cpio -o "$tmp/odd.cpio" "$odd"
mkdir "$tmp/odd.out"
(cd "$tmp/odd.out" && $busybox cpio -id <../odd.cpio 2>/dev/null)
rm -rf "$tmp/odd.out/dev"
is 'odd names are kept' "$(cd "$tmp/odd.dir" && cat a\ folder/*)" "$(cd "$odd" && cat a\ folder/*)"
is 'tar and cpio agree' "$(cd "$tmp/odd.out" && find . | sort)" "$(cd "$tmp/odd.dir" && find . | sort)"
mkrootfs -t tar -o "$tmp/odd.tar" "$odd"
is 'PERMS: mode and owner of a folder that it makes' \
	"$(tar --numeric-owner -tvf "$tmp/odd.tar" | awk '$NF == "made/here/" { print $1, $2 }')" \
	'drwxr-s--- 3/4'

# ---- what bad input gets

# refused NAME PATTERN ARG...: status 1, one line, and neither OUT nor anything beside it.
refused() {
	name=$1 pattern=$2
	shift 2
	rm -rf "$tmp/out" && mkdir "$tmp/out"
	run mkrootfs -o "$tmp/out/x" "$@"
	is "$name: status" "$rc" 1
	like "$name: message" "$err" "$pattern"
	is "$name: nothing is left" "$(ls -A "$tmp/out")" ''
}

mkdir "$tmp/bad" "$tmp/bad2" "$tmp/bad3" "$tmp/bad4"
refused 'no skeleton' 'mkrootfs: *nowhere: no such folder' -t dir "$tmp/nowhere"
refused 'no such binary' 'mkrootfs: /nowhere/bin: no such program' -t dir -b /nowhere/bin "$skel"
refused 'a dynamic binary' 'mkrootfs: /bin/ls is not static*' -t tar -b /bin/ls "$skel"
printf '#!/bin/sh\nexit 1\n' >"$tmp/silent"
chmod 755 "$tmp/silent"
refused 'a binary without applets' 'mkrootfs: *silent lists no applets' -t tar -b "$tmp/silent" "$skel"
printf 'etc/ 755\n' >"$tmp/bad/PERMS"
refused 'a short line in PERMS' 'mkrootfs: PERMS: etc/ 755' -t dir "$tmp/bad"
printf 'etc/none 644 0 0\n' >"$tmp/bad2/PERMS"
refused 'PERMS for what is not there' 'mkrootfs: PERMS: no etc/none in the tree' -t cpio "$tmp/bad2"
: >"$tmp/bad3/$(printf 'a\tb')"
refused 'a control character in a name' 'mkrootfs: *: a control character in the name of *' -t dir "$tmp/bad3"
mkfifo "$tmp/bad4/fifo"
refused 'a fifo' 'mkrootfs: */fifo: neither a file nor a folder nor a link' -t dir "$tmp/bad4"
rm "$tmp/bad4/fifo"
ln -s "$(printf '%0101d' 0)" "$tmp/bad4/link"
refused 'a target too long for tar' '*link: its target is too long for tar' -t oci "$tmp/bad4"
mkdir "$tmp/there"
run mkrootfs -t dir -o "$tmp/there" "$skel"
is 'OUT is there: status' "$rc" 1
is 'OUT is there: message' "$err" "mkrootfs: $tmp/there: it is there already"
for args in '' "-t dir $skel" "-o $tmp/x $skel" "-t dir -o $tmp/x" "-z"; do
	# shellcheck disable=SC2086 # words
	run mkrootfs $args
	is "usage: mkrootfs $args" "$rc ${err##*usage}" \
		'2 : mkrootfs -t dir|tar|cpio|oci -o OUT [-b BIN]... SKEL'
done
refused_type() { mkrootfs -t iso -o "$tmp/x" "$skel"; }
run refused_type
is 'an unknown type: status' "$rc" 2
is 'an unknown type: nothing is left' "$(ls -d "$tmp"/x* 2>/dev/null)" ''

finish
