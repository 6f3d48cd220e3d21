# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# table.sh - the tables that ps, images, network, stats and top print.

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
