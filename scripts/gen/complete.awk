# SPDX-License-Identifier: MIT
# complete.awk - what complete.bash needs to know of the applets, from their option tables:
#
#	husk --dump | awk -f complete.awk | cat - complete.bash >husk.bash

BEGIN {
	FS = "\t"
}

$1 == "applet" {
	applets = applets " " $2
	if ($5 == "link")
		links = links " " $2
	options[$2] = "--help"
	next
}

{
	if ($2 != "-")
		options[$1] = options[$1] " -" $2
	if ($3 != "-" && $3 != "help")
		options[$1] = options[$1] " --" $3 ($4 == "optional" ? "=" : "")
	if (($4 == "value" || $4 == "list") && $5 ~ /DIR|FILE|PATH|SRC|ROOT/)
		paths[$1] = paths[$1] ($2 == "-" ? "" : "|-" $2) ($3 == "-" ? "" : "|--" $3)
	else if ($4 == "value" || $4 == "list")
		values[$1] = values[$1] ($2 == "-" ? "" : "|-" $2) ($3 == "-" ? "" : "|--" $3)
}

END {
	print "# bash completion for husk.  Made from the option tables, do not edit."
	print "_husk_applets=\"" substr(applets, 2) "\""
	print "_husk_links=\"" substr(links, 2) "\""
	count = split(substr(applets, 2), applet, " ")
	print "\n_husk_options() {\n\tcase $1 in"
	for (i = 1; i <= count; i++)
		print "\t" applet[i] ") echo '" options[applet[i]] "' ;;"
	print "\tesac\n}\n\n_husk_value() {\n\tcase $1,$2 in"
	for (i = 1; i <= count; i++) {
		if (applet[i] in paths)
			print "\t" pattern(applet[i], paths[applet[i]]) ") echo path ;;"
		if (applet[i] in values)
			print "\t" pattern(applet[i], values[applet[i]]) ") echo value ;;"
	}
	print "\tesac\n}\n"
}

function pattern(name, forms) {
	forms = substr(forms, 2)
	gsub(/\|/, "|" name ",", forms)
	return name "," forms
}
