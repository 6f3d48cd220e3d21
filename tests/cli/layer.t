#!/bin/sh
# SPDX-License-Identifier: MIT
# layer: archives in and out of directories.  GNU tar, where there is one, is the judge.
. "$(dirname "$0")/../lib.sh"

cd "$tmp" || exit 1
[ "$(id -u)" = 0 ] || own='-o'
own=${own-}

# Everything that a copy must keep, one line a name; time in seconds.
list() {
	(cd "$1" && find . -mindepth 1 -exec stat -c '%n %a %u %g %h %F %N %Y' {} + |
		sed 's/regular empty file/regular file/' | sort)
}

unpack() {
	rm -rf "$2"
	mkdir "$2"
	# shellcheck disable=SC2086 # none or one option
	run husk layer unpack $own "$1" "$2"
}

mkdir -p a/d/e a/empty
echo hi >a/f
ln a/f a/hard
ln -s /etc/passwd a/link
ln -s ../../../.. a/up
head -c 200000 /dev/urandom | tr '\000' x >a/d/big
mkfifo a/p
chmod 4711 a/f
chmod 1777 a/empty
touch -d @981173106 a/d/e a/link -h
long=$(printf '%0150d' 0)
mkdir "a/$long"
echo l >"a/$long/$(printf '%0200d' 1)"
ln -s "$(printf '%0120d' 2)" a/longlink

# ---- pack and unpack
run husk layer pack a a.tar
like 'pack: prints digest, size, entries' "$out" "$(sha256sum a.tar | cut -d' ' -f1) [0-9]* 12"
unpack a.tar b
like 'unpack: prints digest, diffid, bytes, entries' "$out" \
	"$(sha256sum a.tar | cut -d' ' -f1) $(sha256sum a.tar | cut -d' ' -f1) [0-9]* 12"
is 'the copy has everything' "$(list b)" "$(list a)"
ok 'and the contents' sh -c 'for f in f d/big 0*/0*; do cmp a/$f b/$f || exit; done'
husk layer pack b b.tar >/dev/null
ok 'packing it again gives the same bytes' cmp a.tar b.tar
gives 'pack: to stdout, the same' 0 "$(sha256sum <a.tar)" sh -c 'husk layer pack a - | sha256sum'
husk layer pack --name some/where a/d/big one.tar >/dev/null
unpack one.tar one
ok 'pack --name: one file under a name' cmp a/d/big one/some/where
husk layer pack -n dir a/d - >onedir.tar
unpack onedir.tar onedir
ok 'pack --name: one directory' cmp a/d/big onedir/dir/big

# ---- diff
mkdir -p l1/d/e l1/gone l1/was/deep l1/file-dir l1/opaque/in l2/d l2/opaque l3/d/new l3/was l3/opaque
touch l1/d/f l1/d/g l1/dir-file l1/opaque/a l1/was/x l1/file-dir/x l2/.wh.gone l2/d/h l2/d/.wh.g \
	l2/opaque/b l2/opaque/.wh..wh..opq l3/d/f l3/d/g l3/d/.wh.h l3/was/.wh..wh..opq l3/was/y l3/opaque/c l3/file-dir \
	l3/gone l3/.wh.never
mkdir l3/dir-file
touch l3/dir-file/.wh..wh..opq l3/opaque/.wh..wh..opq
for layer in l1 l2 l3; do
	tar -cf $layer.tar -C $layer .
	unpack $layer.tar u$layer
done
gives 'diff: of two layers' 0 'C /d
D /d/g
A /d/h
D /gone
C /opaque
D /opaque/a
A /opaque/b
D /opaque/in' sh -c 'husk layer diff ul2 ul1 | sort -k 2'
gives 'diff: the highest comes first' 0 'C /d
C /d/f
A /d/g
D /d/h
A /d/new
C /dir-file
C /file-dir
A /gone
C /opaque
D /opaque/b
A /opaque/c
C /was
D /was/deep
D /was/x
A /was/y' sh -c 'husk layer diff ul3 ul2 ul1 | sort -k 2'
gives 'diff: of one that is empty' 0 '' sh -c 'mkdir bare && husk layer diff bare ul1'
fails 'diff: no such directory' 1 'layer: nowhere: No such *' husk layer diff ul1 nowhere

# ---- progress: on a terminal, and wiped at the end
head -c 8000000 /dev/urandom >big
husk layer pack -n big big big.tar >/dev/null
gzip -1 <big.tar >big.tar.gz
# Gives its input bit by bit until it has been seen how far that is.
cat >slowly <<'EOF'
dd bs=65536 count=16 2>/dev/null
i=0
until [ -e seen ] || [ $i = "${1-500}" ]; do
	dd bs=65536 count=1 2>/dev/null
	sleep 0.02
	i=$((i + 1))
done
cat
EOF
# progress PATTERN COMMAND: what it shows.
progress() {
	rm -rf seen into typescript
	mkdir into
	NO_COLOR='' TERM=xterm script -qfec "$2" typescript </dev/null >/dev/null 2>&1 &
	within 30 grep -qE "$1" typescript
	shown=$?
	: >seen
	wait $!
	return $shown
}
if command -v script >/dev/null && [ -c /dev/ptmx ]; then
	ok 'unpack --progress: bytes, share, rate and time' progress \
		'big [0-9.]+ [KM]iB/8.0 MiB [0-9]+% [0-9.]+ [KM]iB/s eta [0-9]+[sm]' \
		'sh slowly <big.tar | husk layer unpack --progress big --total 8M - into'
	like 'and the line is wiped before the result' "$(tail -n 3 typescript | tr -d '\0')" "*$(printf '\r\033')\[K[0-9a-f]*"
	ok 'of what is read, where that is compressed' progress 'big [0-9.]+ [KM]iB/.* eta' \
		'sh slowly <big.tar.gz | husk layer unpack -P big --total 8M - into'
	ok 'pack --progress' progress 'big [0-9.]+ [KM]iB [0-9.]+ [KM]iB/s' \
		'mv big into && husk layer pack --progress big into - | sh slowly >/dev/null'
	for plain in NO_COLOR=1 TERM=dumb; do
		rm -rf seen into
		mkdir into
		TERM=xterm script -qec "export $plain; sh slowly 15 <big.tar | husk layer unpack --progress big - into" \
			typescript </dev/null >/dev/null
		is "with $plain there is none" "$(grep -c 'iB/s' typescript)" 0
	done
else
	skip '--progress' 'no script(1), or no /dev/ptmx'
fi
rm -rf seen into
mkdir into
run sh -c 'sh slowly 15 <big.tar | husk layer unpack --progress big - into'
is 'nor without a terminal' "$rc $err" '0 '
fails '--total: not a size' 2 'layer: --total x: not a size *' husk layer unpack --total x big.tar into
rm -r big.tar big.tar.gz into slowly

gzip -k a.tar
unpack a.tar.gz b
like 'unpack: gzip, with both digests' "$out" \
	"$(sha256sum a.tar.gz | cut -d' ' -f1) $(sha256sum a.tar | cut -d' ' -f1) *"
is 'gzip: everything' "$(list b)" "$(list a)"
rm -rf b && mkdir b
# shellcheck disable=SC2086
gives 'unpack: gzip from a pipe' 0 "$out" sh -c "cat a.tar.gz | husk layer unpack $own - b"
sum=$(sha256sum a.tar.gz | cut -d' ' -f1)
# shellcheck disable=SC2086
ok 'unpack --digest: it is that' husk layer unpack $own --digest "sha256:$sum" a.tar.gz b
# shellcheck disable=SC2086
fails 'unpack -s: it is another' 1 "layer: a.tar: damaged, or not what was asked for: *" \
	husk layer unpack $own -s "$sum" a.tar b

if tar --version 2>/dev/null | grep -q GNU; then
	truncate -s 1M a/sparse
	echo x >>a/sparse
	truncate -s 3M a/sparse
	for form in gnu pax 'pax --sparse-version=0.1' 'pax --sparse-version=0.0'; do
		# shellcheck disable=SC2086
		tar -C a --format=$form -S -cf t.tar .
		unpack t.tar b
		is "GNU tar, $form, sparse: everything" "$(list b)" "$(list a)"
		ok "GNU tar, $form, sparse: the contents" cmp a/sparse b/sparse
		is "GNU tar, $form: the holes stay holes" "$(($(du -k b/sparse | cut -f1) < 100))" 1
	done
	tar -C a --exclude=longlink --exclude='0*' --format=ustar -cf t.tar .
	unpack t.tar b
	is 'GNU tar, ustar: everything' "$(list b | wc -l)" "$(($(list a | wc -l) - 3))"
	tar -C a -cf t.tar --transform='s,^\./,/,' -P .
	unpack t.tar b
	is 'absolute names land inside' "$(list b)" "$(list a)"
	rm a/sparse
else
	skip 'GNU tar' 'there is no GNU tar'
fi

# ---- hostile and damaged archives
hostile() {
	rm -rf in
	mkdir in
	# shellcheck disable=SC2086
	fails "refused: $1" 1 "layer: $3" husk layer unpack $own "$2" in
	is "refused: $1: nothing outside" "$(cat outside/* 2>/dev/null)" untouched
}
mkdir outside
echo untouched >outside/file
# A header by hand: name, type, link, size, mode as octal texts.
header() {
	printf '%s' "$1" >h.name
	{
		printf '%s' "$1" | head -c 100
		head -c $((100 - $(wc -c <h.name))) /dev/zero
		printf '0000644\0000000000\0000000000\000%s\00000000000000\000        %s%s' \
			"${4:-00000000000}" "$2" "$3"
		head -c $((100 - ${#3})) /dev/zero
		printf 'ustar\00000'
		head -c 247 /dev/zero
	} >h.raw
	sum=$(od -An -v -tu1 h.raw |
		awk '{ for (i = 1; i <= NF; i++) s += $i } END { printf "%06o", s }')
	head -c 148 h.raw
	printf '%s\000 ' "$sum"
	tail -c +157 h.raw
}
end() {
	head -c 1024 /dev/zero
}
{ header ../outside/file 0 '' && end; } >t.tar
hostile 'a path with ..' t.tar 't.tar: refused: it holds a path with ..'
{ header x 1 ../outside/file && end; } >t.tar
hostile 'a hard link with ..' t.tar 't.tar: refused: it holds a path with ..'
{ header x 1 nowhere && end; } >t.tar
hostile 'a hard link to nothing' t.tar 't.tar: link x to nowhere: No such file or directory'
{ header out 2 "$tmp/outside" && header out/file 0 '' && end; } >t.tar
hostile 'a file behind an absolute symlink' t.tar 't.tar: *the folder of out/file: *'
{ header out 2 ../outside && header out/file 0 '' && end; } >t.tar
hostile 'a file behind a relative symlink' t.tar 't.tar: *the folder of out/file: *'
{ header out 2 "$tmp/outside/file" && header x 1 out && header x 0 '' && end; } >t.tar
unpack t.tar in
is 'a link to a symlink is replaced, not written through' "$(cat outside/file)" untouched
{ header out 2 "$tmp/outside" && header out 5 '' && header out/new 0 '' && end; } >t.tar
unpack t.tar in
is 'a directory replaces a symlink' "$(ls outside) $(ls in/out)" 'file new'
{ header x 0 '' 77777777777 && end; } >t.tar
hostile 'a file longer than the archive' t.tar 't.tar: cut short*'
{ header x x '' 77777777777 && end; } >t.tar
hostile 'a huge extended header' t.tar 't.tar: an extended header is damaged or too long'
{ header x L '' 00000010001 && head -c 8192 /dev/zero && end; } >t.tar
hostile 'a huge long name' t.tar 't.tar: an extended header is damaged or too long'
{ header x 0 '' "$(printf '\377\377\377\377\377\377\377\377\377\377\377')" && end; } >t.tar
hostile 'a negative size' t.tar 't.tar: a number in a header is out of range'
{ header x 0 '' 0000000000z && end; } >t.tar
hostile 'a size that is no number' t.tar 't.tar: a number in a header is out of range'
{ header x Q '' && end; } >t.tar
hostile 'an unknown type' t.tar "t.tar: x: unknown type 'Q'"
pax() { # RECORD...: an extended header that says so
	printf '%b' "$1" >pax.data
	header x x '' "$(printf '%011o' "$(wc -c <pax.data)")"
	cat pax.data
	head -c $((512 - $(wc -c <pax.data))) /dev/zero
}
for record in '999 path=a' '8 path=a' 'path=a' '4 a' '13 path=a\0000bcd' \
	'12 size=-1' '31 GNU.sparse.map=5,5,1,1,9,9'; do
	{ pax "$record\n" && header x 0 '' && end; } >t.tar
	hostile "a PAX record $record" t.tar 't.tar: a PAX record or a map of a sparse file is damaged'
done
head -c 3000 a.tar >t.tar
hostile 'an archive cut short' t.tar 't.tar: cut short*'
{ head -c 600 a.tar && head -c 5000 /dev/urandom; } >t.tar
hostile 'damaged bytes' t.tar 't.tar: *'
head -c 5000 a.tar.gz >t.tar
rm -rf in && mkdir in
# shellcheck disable=SC2086
run husk layer unpack $own t.tar in
is 'a compressed archive cut short' "$rc" 1
: >t.tar
hostile 'an empty file' t.tar 't.tar: empty'
hostile 'no archive' a/d/big 'a/d/big: not a tar archive, *'
fails 'no such file' 1 'layer: none.tar: No such file or directory' husk layer unpack none.tar b
fails 'no such directory' 1 'layer: none: No such file or directory' husk layer unpack a.tar none
fails 'pack: no such directory' 1 'layer: none: No such file or directory' husk layer pack none -
fails 'a verb that is none' 2 'layer: list: not unpack, pack, diff or digest*' husk layer list a b
gives 'digest: of a file' 0 "$(sha256sum a.tar | cut -d' ' -f1)" husk layer digest a.tar
fails 'digest: no file' 1 'layer: none: No such file or directory' husk layer digest none
fails 'an operand is missing' 2 'layer: layer pack: an operand is missing*' husk layer pack b
fails 'one operand too many' 2 'layer: d: one operand too many*' husk layer pack b c d

# ---- whiteouts that are carried out, or are names
{
	header d/.wh.big 0 '' && header f/.wh.x 0 '' && end
} >wh.tar
mkdir c && cp -R a/d c && mkdir c/f
# shellcheck disable=SC2086
husk layer unpack $own --apply wh.tar c >/dev/null
is '--apply: a whiteout removes' "$(ls c/d)" e
{ header d/.wh..wh..opq 0 '' && header d/new 0 '' && end; } >opq.tar
# shellcheck disable=SC2086
husk layer unpack $own -a opq.tar c >/dev/null
is '--apply: an opaque mark empties' "$(ls c/d)" new
mkdir plain
# shellcheck disable=SC2086
run husk layer unpack $own --plain wh.tar plain
is '--plain: they are names' "$(ls -A plain/d)" .wh.big
like '--plain: without digests' "$out" "- - $(wc -c <wh.tar) *"
# shellcheck disable=SC2086
run husk layer unpack $own --plain --digest "$(husk layer digest wh.tar)" wh.tar plain
like '--plain: with one that is asked for' "$out" "$(husk layer digest wh.tar) *"
# shellcheck disable=SC2086
fails '--plain: and that is another' 1 'layer: wh.tar: damaged*' \
	husk layer unpack $own --plain --digest "$(husk layer digest a.tar)" wh.tar plain
{ header .wh... 0 '' && end; } >t.tar
hostile 'a whiteout of ..' t.tar 't.tar: refused: a whiteout of .wh...'
ok '--no-owner: mine' husk layer unpack --no-owner a.tar one
is '--no-owner: is the owner' "$(stat -c %u one/f)" "$(id -u)"

# ---- what is removed while it is packed
mkdir -p alive/dir
head -c 300000 /dev/zero >alive/a
touch alive/file alive/dir/inside
ln -s a alive/link
mkfifo slowly
"$HUSK" layer pack alive - >slowly &
packer=$!
exec 6<slowly
dd bs=512 count=1 <&6 >alive.tar 2>/dev/null # it has read all names, and is at the first
rm -r alive/file alive/link alive/dir
cat <&6 >>alive.tar
wait $packer
is 'pack: what goes meanwhile is left out' "$? $(tar tf alive.tar)" '0 a'
exec 6<&-

finish
