# SPDX-License-Identifier: MIT
# plot.awk - an SVG of one table of turns:  awk -v title=pipeline -f plot.awk results.tsv >FILE
# A bar a command, as long as its median; of several runs the last one counts.

BEGIN { FS = "\t" }

$1 == title {
	if (!($2 in median)) name[++n] = $2
	median[$2] = $5 ? $4 : 0
	ratio[$2] = $7
	if ($4 > longest) longest = $4
}

END {
	row = 26; left = 190; width = 420
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" " \
		"font-family=\"sans-serif\" font-size=\"13\">\n", left + width + 130, n * row + 12
	print "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
	for (i = 1; i <= n; i++) {
		y = 8 + (i - 1) * row
		length_ = median[name[i]] * width / longest
		printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 8, y + 15, name[i]
		printf "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" fill=\"%s\"/>\n", left, y, \
			length_, row - 6, name[i] == "husk" ? "#2a7" : name[i] == "floor" ? "#999" : "#69c"
		printf "<text x=\"%.0f\" y=\"%d\">%.1f ms (%.2f)</text>\n", left + length_ + 6, y + 15, \
			median[name[i]] / 1000, ratio[name[i]]
	}
	print "</svg>"
}
