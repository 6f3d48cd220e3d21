#!/bin/sh
# SPDX-License-Identifier: MIT
# A wrong command line, for every applet and every option in its table: one line that names the
# word, nothing on stdout, and the status that scripts expect of that applet.
. "$(dirname "$0")/../lib.sh"

usage_status() {
	case $1 in
	unshare | nsenter | setpriv | switch_root) echo 1 ;;
	cgexec | cgwatch | chroot | cinit | cmon | pivot | ready) echo 125 ;;
	*) echo 2 ;;
	esac
}

# Not for the command line: cgexec starts it.
for applet in $(husk --list | grep -vx cgwatch); do
	status=$(usage_status "$applet")
	see="(see husk $applet --help)"
	fails "$applet: unknown long option" "$status" "$applet: unknown option --no-such-thing $see" \
		husk "$applet" --no-such-thing
	fails "$applet: unknown letter" "$status" "$applet: unknown option -% $see" husk "$applet" -%
	ok "$applet --help" husk "$applet" --help
	like "$applet --help: how to call it" "$out" "Usage: $applet *"
	is "$applet --help: no line is wider than a terminal" "$(printf '%s\n' "$out" | awk 'length > 80')" ''
	ok "$applet --version" husk "$applet" --version
	is "$applet --version is husk's" "$out" "$(husk --version | head -n 1)"
done

husk --dump | awk -F '\t' '$1 != "applet" && $3 != "-" && $3 != "help" && $3 != "version"' >"$tmp/options"
while IFS='	' read -r applet _ name kind value _ <&3; do
	case $kind,$value in
	value,* | list,[!-]*) set -- "--$name" "option --$name needs a value" ;;
	flag,* | count,* | list,-) set -- "--$name=x" "option --$name takes no value" ;;
	*) continue ;;
	esac
	who=" $applet"
	[ "$applet" != husk ] || who=''
	fails "$applet $1" "$(usage_status "$applet")" "${who:-:}${who:+:} $2 (see husk$who --help)" husk "$applet" "$1"
done 3<"$tmp/options"
finish
