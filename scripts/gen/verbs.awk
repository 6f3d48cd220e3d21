# SPDX-License-Identifier: MIT
# verbs.awk - what complete.bash needs to know of the verbs, from the comment at the head of each,
# which is its help too:
#
#	awk -f verbs.awk scripts/husk-*
#
# An option stands in the line of usage or in an indented one.  It takes a value when one blank and a
# word follow, or a = ; more blanks, and what follows is prose.

FNR == 1 {
	verb = FILENAME
	sub(/.*\/husk-/, "", verb)
	head = 1
}

head && FNR > 2 && !/^#/ { head = 0 }
!head || FNR < 3 || verb == "hook" { next }

FNR == 3 {
	verbs[++count] = verb
	if (verb == "network")
		read_subverbs($0)
	else
		operands[verb] = plain($0)
}
FNR == 3 || /^#  / { read_options(substr($0, 2)) }

# The operands in a line of usage: its words in capitals that no option claims.
function plain(line,	words, n, i, result) {
	sub(/.*husk [a-z|]* ?/, "", line)
	while (match(line, /\[-[^]]*\](\.\.\.)?/))
		line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
	n = split(line, words, " ")
	for (i = 1; i <= n; i++)
		if (words[i] ~ /[A-Z]/ && words[i] !~ /OPTION/)
			result = result " " words[i]
	gsub(/[][]/, "", result)
	return substr(result, 2)
}

# "husk network create [OPTION] NAME | rm NAME...": each subverb has operands of its own.
function read_subverbs(line,	part, word, n, i) {
	sub(/.*husk network /, "", line)
	n = split(line, part, " [|] ")
	for (i = 1; i <= n; i++) {
		split(part[i], word, " ")
		operands[verb] = operands[verb] (i > 1 ? "|" : "") word[1]
		verbs_of[++parts] = verb " " word[1]
		operands[verb " " word[1]] = word[1] == "create" ? "NAME" : plain(part[i])
		sub(/^NAME/, word[1] == "create" ? "NAME" : "NETWORK", operands[verb " " word[1]])
	}
}

function read_options(line,	name, value, waiting) {
	waiting = ""
	while (match(line, /(^|[ [])--?[A-Za-z][a-z-]*/)) {
		name = substr(line, RSTART + 1, RLENGTH - 1)
		line = substr(line, RSTART + RLENGTH)
		waiting = waiting " " name
		if (line ~ /^, -/)
			continue
		value = ""
		if (match(line, /^( [^ (-]|=)[^] ,]*/))
			value = substr(line, 2, RLENGTH - 1)
		sub(/[[\047].*/, "", value)
		if (RSTART == 1 && value == "")
			value = "VALUE"
		add(waiting, value)
		waiting = ""
	}
}

function add(names, value,	name, n, i, all) {
	n = split(names, name, " ")
	for (i = 1; i <= n; i++) {
		if ((verb, name[i]) in seen)
			continue
		seen[verb, name[i]] = 1
		options[verb] = options[verb] " " name[i]
		all = all " | " verb "," name[i]
	}
	if (value != "" && all)
		values = values "\t" substr(all, 4) ") echo '" value "' ;;\n"
}

END {
	for (i = 1; i <= count; i++)
		names = names " " verbs[i]
	print "_husk_verb_names=\"" substr(names, 2) "\"\n"
	print "_husk_verb_options() {\n\tcase $1 in"
	for (i = 1; i <= count; i++)
		print "\t" verbs[i] ") echo '" (options[verbs[i]] ~ / --help/ ? "" : "--help") options[verbs[i]] "' ;;"
	print "\tesac\n}\n\n_husk_operands() {\n\tcase $1 in"
	for (i = 1; i <= count; i++)
		print "\t" verbs[i] ") echo '" operands[verbs[i]] "' ;;"
	for (i = 1; i <= parts; i++)
		print "\t'" verbs_of[i] "') echo '" operands[verbs_of[i]] "' ;;"
	print "\tesac\n}\n\n_husk_verb_value() {\n\tcase $1,$2 in"
	printf "%s", values
	print "\tesac\n}\n"
}
