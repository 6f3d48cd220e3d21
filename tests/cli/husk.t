#!/bin/sh
# SPDX-License-Identifier: MIT
# The multicall binary: what it says of itself, its links, its verbs.
. "$(dirname "$0")/../lib.sh"
binary=$HUSK
unset HUSK

# ---- what it says

names=$(sed -n 's/^APPLET(\(.*\))$/\1/p' "$top/cmd/applets.h" | grep -vx husk)
gives '--list: the applets, one a line' 0 "$names" husk --list
run husk --version
like '--version: number and commit' "$out" "husk [0-9]*.[0-9]*.[0-9]*
libc: *"
like '--version: the kernel and what it can do' "$out" '*
kernel: *
features: *clone3*'
run husk --help
for applet in $names; do
	like "--help names $applet" "$out" "*
  $applet *"
done
is 'an abbreviated option' "$(husk --li)" "$names"

run husk --dump
is '--dump: a row an applet' "$(printf '%s\n' "$out" | awk -F '\t' '$1 == "applet" && NF == 5' | wc -l)" \
	"$(grep -c '^APPLET' "$top/cmd/applets.h")"
is '--dump: seven fields an option' \
	"$(printf '%s\n' "$out" | awk -F '\t' '$1 != "applet" && NF != 7')" ''
is '--dump=APPLET: that one only' "$(husk --dump=lock | cut -f 1 | sort -u)" "$(printf 'applet\nlock')"
fails '--dump of none' 1 ': no applet nosuch' husk --dump=nosuch

for option in --list --help --version --dump; do
	fails "$option says when it cannot be written" 1 ': standard output: No space left on device' \
		sh -c "husk $option >/dev/full"
done
fails 'nothing given' 2 ': no applet and no verb given (see husk --help)' husk
fails 'an unknown word' 2 ': nosuch: no such applet or verb (see husk --help)' husk nosuch
gives 'a name that is no applet is husk itself' 0 "$names" sh -c "ln -s $binary $tmp/other && $tmp/other --list"
gives 'and hands over as husk does' 0 ok "$tmp/other" cinit echo ok
gives 'as a login shell is called: with a dash' 0 ok bash -c "exec -a -cinit '$binary' echo ok"
gives 'by a path' 0 ok "$HUSK_OUT/bin/cinit" echo ok

# ---- links

mkdir "$tmp/bin"
cp "$binary" "$tmp/bin/husk"
is 'help without its script is --help' "$("$tmp/bin/husk" help)" "$(husk --help)"
is 'help APPLET is its --help' "$("$tmp/bin/husk" help cinit)" "$(husk cinit --help)"
fails 'help of nothing' 2 ': help: no such applet or verb*' "$tmp/bin/husk" help nosuch
ok '--install: makes the folder' "$tmp/bin/husk" --install "$tmp/links/deep"
gives '--install: elsewhere, the link is a path' 0 "$tmp/bin/husk" readlink "$tmp/links/deep/cinit"
ok '--install: beside the binary' "$tmp/bin/husk" --install "$tmp/bin"
gives '--install: there the link is relative' 0 husk readlink "$tmp/bin/cinit"
is '--install: no link for what only scripts use' "$(ls "$tmp/bin" | grep -x 'json\|lock\|put')" ''
gives 'a link runs' 0 ok "$tmp/bin/cinit" echo ok
ok '--install: again, over older links' "$tmp/bin/husk" --install "$tmp/bin"
rm "$tmp/bin/cinit"
echo mine >"$tmp/bin/cinit"
fails '--install: eats nothing of somebody else' 1 \
	": link $tmp/bin/cinit: File exists (it is not a link to husk)" "$tmp/bin/husk" --install "$tmp/bin"
gives '--install: what was there is still there' 0 mine cat "$tmp/bin/cinit"
ln -sf /bin/true "$tmp/bin/cinit"
fails '--install: nor another link' 1 ': link *' "$tmp/bin/husk" --install "$tmp/bin"
fails '--install: a file is no folder' 1 ": mkdir $tmp/bin/husk: Not a directory" husk --install "$tmp/bin/husk"

# ---- verbs

# verb DIR TEXT: a verb `husk hello` there.
verb() {
	mkdir -p "$1"
	printf '#!/bin/sh\necho "%s HUSK=$HUSK $*"\nexit 7\n' "$2" >"$1/husk-hello"
	chmod +x "$1/husk-hello"
}
prefix=$tmp/prefix
mkdir -p "$prefix/bin"
cp "$binary" "$prefix/bin/husk"
verb "$tmp/path" path
PATH=$tmp/path:$PATH
gives 'a verb in PATH; its status and arguments' 7 "path HUSK=$prefix/bin/husk a  b -x" \
	"$prefix/bin/husk" hello 'a  b' -x
verb "$prefix/scripts" tree
like 'before that: the tree' "$("$prefix/bin/husk" hello)" 'tree *'
verb "$prefix/libexec/husk" libexec
like 'before that: libexec of the installation' "$("$prefix/bin/husk" hello)" 'libexec *'
verb "$tmp/env" env
like 'before that: HUSK_LIBEXEC' "$(HUSK_LIBEXEC=$tmp/env "$prefix/bin/husk" hello)" 'env *'
like 'HUSK_LIBEXEC without it: the next one' "$(HUSK_LIBEXEC=$tmp "$prefix/bin/husk" hello)" 'libexec *'
chmod -x "$prefix/libexec/husk/husk-hello"
like 'what cannot be executed is passed over' "$("$prefix/bin/husk" hello)" 'tree *'
verb "$tmp/env" env
mv "$tmp/env/husk-hello" "$tmp/env/husk-cinit"
gives 'an applet comes before a verb' 0 ok env HUSK_LIBEXEC="$tmp/env" husk cinit echo ok
finish
