#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing drifts from the option tables: each applet has a manual page that describes each option
# and no other, and tests in which each option occurs.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
"$HUSK" --dump >"$tmp/options"

# cgwatch is not for the command line: cgexec starts it.
for applet in $(sed -n 's/^APPLET(\(.*\))$/\1/p' cmd/applets.h | grep -vx cgwatch); do
	page=cmd/$applet.1.in
	[ -e "$page" ] || page=init/$applet.1.in
	ok "$applet: page and table agree" awk -f scripts/gen/man.awk "$tmp/options" "$page"
	printf '%s\n' "$out" >"$tmp/$applet.1"
	is "$applet: the page is clean" \
		"$(mandoc -T lint -W warning "$tmp/$applet.1" 2>&1 | grep -vE 'mandoc.db|Xr order|reference to self')" ''
	for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES; do
		grep -q "^\.Sh $section\$" "$page" || echo "$page: no section $section"
	done >>"$tmp/missing" 2>&1
done
is 'each page has the sections that one looks for' "$(cat "$tmp/missing")" ''

# The tests of an applet are the files that run it.
awk -F '\t' '
	FNR == 1 { file++ }
	file == 1 && $1 != "applet" { row[++rows] = $0 }
	file > 1 { text[file] = text[file] "\n" $0 }
	END {
		for (i = 1; i <= rows; i++) {
			split(row[i], f, "\t")
			tested = 0
			for (t = 2; t <= file && !tested; t++) {
				if (text[t] !~ ("(^|[^a-z_])" f[1] "([^a-z_]|$)"))
					continue
				if (f[3] != "-" && text[t] ~ ("--" f[3] "([^-a-z]|$)"))
					tested = 1
				if (f[2] != "-" && text[t] ~ ("[ (\"\047]-[a-zA-Z0-9]*" f[2]))
					tested = 1
			}
			if (!tested)
				print f[1] " " (f[3] == "-" ? "-" f[2] : "--" f[3])
		}
	}' "$tmp/options" tests/*/*.t >"$tmp/untested"
is 'each option occurs in a test' "$(sort "$tmp/untested")" ''
finish
