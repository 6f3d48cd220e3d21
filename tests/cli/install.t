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
# ---- verbs: from the line, as : and = part a word there
line() {
	HUSK_ROOT=$tmp/store bash -c '. "$1"; COMP_LINE=$2 COMP_POINT=${#2}; read -ra COMP_WORDS <<<"$2"
		[[ $2 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _husk; printf "%s\n" "${COMPREPLY[@]}" | xargs echo' \
		bash "$usr/share/bash-completion/completions/husk" "$1"
}
mkdir -p "$tmp/store/name" "$tmp/store/net/bridge" "$tmp/store/tag/bb" "$tmp/store/tag/reg%2Fteam%2Fweb"
touch "$tmp/store/name/web" "$tmp/store/name/weak" "$tmp/store/name/db" "$tmp/store/tag/bb/latest" \
	"$tmp/store/tag/bb/1" "$tmp/store/tag/reg%2Fteam%2Fweb/2" "$tmp/file"
cd "$tmp" || exit 1
is 'completion: a verb' "$(line 'husk unp')" unpause
is 'of its options' "$(line 'husk run --memory')" '--memory --memory-swap --memory-reservation'
is 'create has those of run' "$(line 'husk create --cpus')" '--cpus --cpuset-cpus --cpuset-mems'
is 'of containers' "$(line 'husk stop -t 5 we')" 'weak web'
is 'of several' "$(line 'husk rm web ')" 'db weak web'
is 'of one only' "$(line 'husk export web ')" ''
is 'of images' "$(line 'husk run -it --name x b')" 'bb bb:1'
is 'of images: behind the colon' "$(line 'husk rmi bb:')" 1
is 'of images: with folders' "$(line 'husk save reg')" reg/team/web:2
is 'of both' "$(line 'husk inspect ')" 'bb bb:1 db reg/team/web:2 weak web'
is 'not of the command in it' "$(line 'husk run bb -')" ''
is 'of words that a value may be' "$(line 'husk run --restart ')" 'always no on-failure'
is 'of networks' "$(line 'husk run --network=b')" bridge
is 'of the network of a container' "$(line 'husk run --network container:w')" 'weak web'
is 'of nothing where a value is wanted' "$(line 'husk run --name ')" ''
is 'of files' "$(line 'husk load -i fi')" file
is 'of files or containers' "$(line 'husk cp w')" 'weak: web:'
is 'of what network does' "$(line 'husk network in')" inspect
is 'of networks to remove' "$(line 'husk network rm ')" bridge
is 'of options of network' "$(line 'husk network create --sub')" --subnet
is 'of signals' "$(line 'husk kill -s SIGTE')" SIGTERM
is 'of what has help' "$(line 'husk help vethc')" vethctl

# What it offers is what the verb takes: a flag goes on to the next option, a value is missed.
bash -c '. "$1"
	for verb in $_husk_verb_names; do
		for option in $(_husk_verb_options $verb); do
			case $option in -h | --help) continue ;; esac
			what=$(_husk_verb_value $verb $option)
			sub=""
			[ $verb != network ] || sub=create
			if [ -n "$what" ]; then
				said=$(husk $verb $sub $option 2>&1 </dev/null)
			else
				said=$(husk $verb $sub $option --none 2>&1 </dev/null)
			fi
			case $what,$said in
			,*"unknown option --none"* | ?*,*"option $option needs a value"*) ;;
			*) echo "$verb $option ($what): $said" ;;
			esac
		done
	done' bash "$usr/share/bash-completion/completions/husk" >drift
is 'what is completed is what the verbs take' "$(cat drift)" ''
finish
