#!/bin/sh
# SPDX-License-Identifier: MIT
# make install, and the completion that it installs.
. "$(dirname "$0")/../lib.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS
if [ ! -w "$HUSK_OUT" ]; then
	skip 'make install' 'the build belongs to another user'
	finish
fi
install() {
	run make -s -C "$top" OUT="$HUSK_OUT" install DESTDIR="$tmp/$1" PREFIX=/usr "LINKDIR=$2"
}

install here /usr/bin
is 'make install' "$rc $err" '0 '
usr=$tmp/here/usr
gives 'the binary' 0 ok "$usr/bin/husk" cinit echo ok
gives 'a link' 0 husk readlink "$usr/bin/cinit"
ok 'the page of the binary' test -s "$usr/share/man/man1/husk.1"
gives 'a page of its own name where the link is in PATH' 0 husk-cinit.1 readlink "$usr/share/man/man1/cinit.1"
is 'a page an applet' "$(cd "$usr/share/man/man1" && ls husk*.1)" \
	"$(cd "$top" && ls cmd/*.1.in init/*.1.in | sed 's|.*/||; s|^|husk-|; s|-husk\.|.|; s|\.in$||' | sort)"
is 'the verbs' "$(ls "$usr/libexec/husk" | grep '^husk-')" "$(cd "$top/scripts" && ls husk-* 2>/dev/null)"

install away /usr/lib/husk/bin
is 'make install LINKDIR=' "$rc $err" '0 '
gives 'the links are out of the way' 0 /usr/bin/husk readlink "$tmp/away/usr/lib/husk/bin/cinit"
is 'and so is every name of another package' "$(cd "$tmp/away/usr" && find bin share -type f -o -type l | sort)" \
	"$(cd "$tmp/away/usr" && find bin share -name 'husk*' | grep -v 'share/man$' | sort)"

# What the completion offers for the words given; the last one is being typed.
offers() {
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _husk; printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$usr/share/bash-completion/completions/husk" "$@"
}
is 'completion: an applet' "$(offers husk cini)" cinit
is 'completion: an option of husk' "$(offers husk --inst)" --install
is 'completion: of the last applet in a chain' "$(offers husk lock f lock --sh)" --shared
is 'completion: a path where one is wanted' "$(offers husk --install /et)" /etc
is 'completion: nothing where a value is wanted' "$(offers husk lock --wait '')" ''
finish
