# SPDX-License-Identifier: MIT
# man.awk - completes a manual page from the option tables:
#
#	husk --dump | awk -f man.awk - cmd/pivot.1.in >pivot.1
#
# .Nd TEXT		becomes the summary in the table
# @SYNOPSIS		name, options and operands
# @OPTION NAME		the forms of the option with that long name or letter, as a list item
#
# Fails where an @OPTION is in no table, and where an option has no prose here.

BEGIN { FS = "\t" }

function complain(text) {
	print page ": " text >"/dev/stderr"
	status = 1
}

# The operands as mdoc: [X...] is optional, upper case words are arguments.
function operands(text,	words, count, i, word, line) {
	count = split(text, words, " ")
	line = ""
	for (i = 1; i <= count; i++) {
		word = words[i]
		if (word ~ /^\[.*\]$/)
			line = line "\n.Op Ar " substr(word, 2, length(word) - 2)
		else
			line = line "\n.Ar " word
		sub(/\.\.\.$/, " ...", line)
	}
	return line
}

function value_of(row) {
	if (kind[row] == "optional")
		return " Ns Op = Ns Ar \\&" value[row]
	return value[row] == "-" ? "" : " Ar \\&" value[row]
}

# "Fl r , Fl -read-only Ar DIR", with the other spellings of the option.
function forms(row,	other, text) {
	text = form(row)
	for (other = 1; other <= rows; other++)
		if (same_as[other] == long[row] && long[row] != "-")
			text = text " , " form(other)
	return text value_of(row)
}

function form(row,	text) {
	text = letter[row] == "-" ? "" : "Fl " letter[row]
	if (long[row] != "-")
		text = text (text ? " , " : "") "Fl -" long[row]
	return text
}

FNR == NR {
	all[NR] = $0
	next
}

FNR == 1 {
	page = FILENAME
	name = page
	sub(/.*\//, "", name)
	sub(/\.1\.in$/, "", name)
	for (i = 1; i in all; i++) {
		split(all[i], field, "\t")
		if (field[1] == "applet" && field[2] == name) {
			synopsis = field[3]
			summary = field[4]
		} else if (field[1] == name) {
			rows++
			letter[rows] = field[2]
			long[rows] = field[3]
			kind[rows] = field[4]
			value[rows] = field[5]
			same_as[rows] = field[7]
			if (field[2] != "-" && !(field[2] in row_of))
				row_of[field[2]] = rows
			if (field[3] != "-")
				row_of[field[3]] = rows
		}
	}
	if (!summary)
		complain("no applet " name)
}

/^\.Nd / {
	print ".Nd " summary
	next
}

$0 == "@SYNOPSIS" {
	print ".Nm"
	if (rows)
		print ".Op Ar OPTION ..."
	if (synopsis != "-")
		print substr(operands(synopsis), 2)
	next
}

/^@OPTION / {
	key = substr($0, 9)
	if (!(key in row_of)) {
		complain("no option " key " in the table")
		next
	}
	described[row_of[key]] = 1
	print ".It " forms(row_of[key])
	next
}

/^@/ {
	complain("what is " $0 "?")
}

{ print }

END {
	for (i = 1; i <= rows; i++)
		if (same_as[i] == "-" && !described[i])
			complain("no prose for " (long[i] == "-" ? "-" letter[i] : "--" long[i]))
	exit status
}
