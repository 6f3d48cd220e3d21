#!/bin/sh
# SPDX-License-Identifier: MIT
# What the binaries are: static, no writable code, small, and the same wherever they are built.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
unset MAKEFLAGS MAKELEVEL MFLAGS

check_elf() {
	headers=$(readelf -lW "$1")
	unlike "$1: no interpreter" "$headers" '*INTERP*'
	unlike "$1: no dynamic section, so nothing needed" "$headers" '*DYNAMIC*'
	unlike "$1: no segment is writable and executable" "$headers" '* RWE *'
	like "$1: the stack is not executable" "$headers" '*GNU_STACK*'
}
check_elf "$HUSK"
readelf -SW "$HUSK" >"$tmp/sections"

# From .data to the end of .bss.first: see lib/layout.ld.  A second page is 4 KiB of each PID 1.
ok 'what every applet writes to is in one page' awk '
	function hex(s, i, n) { for (i = 1; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1; return n }
	{ sub(/^ *\[ *[0-9]*\] /, "") }
	$1 == ".data" { from = hex($3) }
	$1 == ".bss.first" { end = hex($3) + hex($5) }
	END { exit !(from && end > from && int(from / 4096) == int((end - 1) / 4096)) }' "$tmp/sections"

size() {
	stat -c %s "$1"
}
budget() {
	awk -v name="$1" '$1 == name { print $2 }' tests/size.txt
}
ok "all applets fit into $(budget husk) bytes" test "$(size "$HUSK")" -le "$(budget husk)"

ok 'every applet can be built alone' make -s -j2 "OUT=$HUSK_OUT" one
for applet in $(sed -n 's/^APPLET(\(.*\))$/\1/p' cmd/applets.h); do
	ok "$applet alone fits into $(budget one) bytes" \
		test "$(size "$HUSK_OUT/one/$applet")" -le "$(budget one)"
	[ "$applet" = cgwatch ] || # not for the command line
		like "$applet alone has its help" "$("$HUSK_OUT/one/$applet" --help 2>&1)" '*[Uu]sage*'
done

# Elsewhere, in a path of another length.  The commit is a part of the version.
elsewhere=$tmp/another/place
mkdir -p "$elsewhere"
cp -R Makefile cmd init lib tests "$elsewhere"
ok 'it builds in another directory' make -s -j2 -C "$elsewhere" out/husk \
	"COMMIT=$(sed 's/^[^-]*-*//' "$HUSK_OUT/version")"
ok 'the same sources give the same bytes' cmp "$HUSK" "$elsewhere/out/husk"
finish
