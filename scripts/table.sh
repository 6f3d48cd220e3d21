# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# table.sh - what ps, images, network, stats and top print: tables, and lines as --format has them.

# table HEAD: tab-separated rows on stdin as columns as wide as they must be.  Colours have no width,
# and a letter of several bytes has that of one.
table() {
	LC_ALL=C awk -F '\t' -v head="$1" '
		function width(s) {
			gsub(/\033\[[0-9;]*m|[\200-\277]/, "", s)
			return length(s)
		}
		{ row[NR] = $0 }
		END {
			row[0] = head
			for (i = 0; i <= NR; i++) {
				n = split(row[i], f, "\t")
				for (j = 1; j <= n; j++)
					if (width(f[j]) > w[j]) w[j] = width(f[j])
			}
			for (i = 0; i <= NR; i++) {
				n = split(row[i], f, "\t")
				line = ""
				for (j = 1; j < n; j++)
					line = line f[j] sprintf("%" (w[j] + 3 - width(f[j])) "s", "")
				print line f[n]
			}
		}'
}

# fill TEXT: $line is it, with $value as `field KEY` sets it in place of each {{KEY}}.
fill() {
	local rest="$1" key
	line=''
	while :; do
		case $rest in
		*'{{'*'}}'*) ;;
		*) break ;;
		esac
		line=$line${rest%%'{{'*}
		rest=${rest#*'{{'}
		key=${rest%%'}}'*}
		rest=${rest#*'}}'}
		key=${key# }
		field "${key% }"
		line=$line$value
	done
	line=$line$rest
}

# format TEXT: $format is it; $head is '' when it makes lines, the head of their table when it begins with
# "table".  The fields have their headings now, and one that does not exist ends the verb.
format() {
	local line
	format=$(printf %b "$1")
	fill "${format#table }"
	head=''
	case $format in
	'table '*)
		format=${format#table }
		head=$line
		;;
	esac
}
