
# The verbs: programs named husk-VERB where the binary looks for them.
_husk_verbs() {
	local IFS=: dir home
	home=$(readlink -f "$(type -P husk)")
	for dir in ${HUSK_LIBEXEC-} "${home%/*}/../libexec/husk" $PATH; do
		compgen -f -- "$dir/husk-" | sed -n 's/.*\/husk-\([a-z]*\)$/\1/p'
	done
}

# In a chain the last applet before the cursor says which options there are.
_husk() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} applet='' i
	for ((i = 0; i < COMP_CWORD; i++)); do
		[[ " $_husk_applets " != *" ${COMP_WORDS[i]##*/} "* ]] || applet=${COMP_WORDS[i]##*/}
	done
	COMPREPLY=()
	case $(_husk_value "$applet" "$prev"),$cur in
	value,*) ;;
	path,*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	,-*) mapfile -t COMPREPLY < <(compgen -W "$(_husk_options "$applet")" -- "$cur") ;;
	*)
		if [[ $prev == husk || $prev == */husk ]]; then
			i="${_husk_applets/husk/} help $(_husk_verbs)"
		else
			i=$_husk_links
		fi
		mapfile -t COMPREPLY < <(compgen -W "$i" -- "$cur" | sort -u
			[[ $prev == husk ]] || compgen -f -- "$cur")
		;;
	esac
}

# shellcheck disable=SC2086 # words
complete -o filenames -F _husk husk $_husk_links
