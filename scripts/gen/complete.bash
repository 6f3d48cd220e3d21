
# Verbs of others, too: programs named husk-VERB where the binary looks for them.
_husk_verbs() {
	local IFS=: dir home
	home=$(readlink -f "$(type -P husk)")
	for dir in ${HUSK_LIBEXEC-} "${home%/*}/../libexec/husk" $PATH; do
		compgen -f -- "$dir/husk-" | sed -n 's/.*\/husk-\([a-z]*\)$/\1/p'
	done
}

# Containers, images, networks by name, from the store as the verbs find it.
_husk_names() {
	local store=${HUSK_ROOT-} name
	[[ -n $store || $EUID != 0 ]] || store=/var/lib/husk
	store=${store:-${XDG_DATA_HOME:-$HOME/.local/share}/husk}
	case $1 in
	containers) compgen -G "$store/name/*" ;;
	networks) compgen -G "$store/net/*" ;;
	images)
		compgen -G "$store/tag/*/*" | while read -r name; do
			name=${name#"$store/tag/"}
			echo "/${name%/*}:${name##*/}"
		done | sed 's/%2F/%/g; s/:latest$//'
		;;
	esac | sed 's|.*/||; s|%|/|g'
}

# What a word of a line of usage stands for, one a line.
_husk_kind() {
	case $1 in
	CONTAINER:PATH | SOURCE | DESTINATION) _husk_names containers | sed 's/$/:/' ;;&
	CONTAINER | CONTAINER[.\|]*) _husk_names containers ;;&
	IMAGE* | *\|IMAGE*) _husk_names images ;;&
	NETWORK* | *:NAME\|NAME) _husk_names networks ;;&
	*:NAME\|NAME) _husk_names containers | sed 's/^/container:/' ;;&
	VERB*) echo "$_husk_verb_names" && _husk_verbs && echo "${_husk_applets// /$'\n'}" ;;
	SIGNAL) compgen -A signal SIG ;;
	*FILE* | *DIR* | *ARCHIVE* | SRC* | SOURCE | DESTINATION | CONTAINER:PATH) compgen -f -- "$2" ;;
	*[a-z]*) tr '|' '\n' <<<"$1" | grep -v '[A-Z]' ;;
	esac
}

# husk VERB ...  Bash takes a word apart at : and =, so the words are found in the line itself; what
# precedes the last of these is not offered again.
_husk_verb() {
	local line=${COMP_LINE:0:COMP_POINT} words cur verb value='' kind='' operands n=0 word subverb=''
	read -ra words <<<"$line"
	[[ $line != *[[:space:]] ]] || words+=('')
	cur=${words[-1]}
	verb=${words[1]/#create/run}
	if [[ $verb == network ]] && ((${#words[@]} > 3)); then
		subverb=" ${words[2]}"
		words=("${words[@]:0:2}" "${words[@]:3}")
	fi
	for word in "${words[@]:2:${#words[@]}-3}"; do
		if [[ -n $value ]]; then
			value=''
		elif [[ $word == --*=* ]]; then
			:
		elif ((n == 0)) && [[ $word == -?* ]]; then
			[[ $word == --* ]] || word=-${word: -1}
			value=$(_husk_verb_value "$verb" "$word")
		else
			n=$((n + 1))
		fi
	done
	if [[ -n $value ]]; then
		kind=$value
	elif ((n == 0)) && [[ $cur == --*=* ]]; then
		kind=$(_husk_verb_value "$verb" "${cur%%=*}")
		cur=${cur#*=}
	elif ((n == 0)) && [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_husk_verb_options "$verb")" -- "$cur")
		return
	else
		read -ra operands <<<"$(_husk_operands "$verb$subverb")"
		kind=${operands[n < ${#operands[@]} ? n : ${#operands[@]} - 1]}
		((n < ${#operands[@]})) || [[ $kind == *... ]] || kind=''
	fi
	mapfile -t COMPREPLY < <(compgen -W "$(_husk_kind "$kind" "$cur")" -- "$cur" | sort -u)
	[[ $cur != *:* || $COMP_WORDBREAKS != *:* ]] || COMPREPLY=("${COMPREPLY[@]#"${cur%:*}:"}")
	# No blank behind what goes on.
	[[ ${COMPREPLY[0]-} != *: ]] || compopt -o nospace 2>/dev/null
}

# In a chain the last applet before the cursor says which options there are.
_husk() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} applet='' i
	for ((i = 0; i < COMP_CWORD; i++)); do
		[[ " $_husk_applets " != *" ${COMP_WORDS[i]##*/} "* ]] || applet=${COMP_WORDS[i]##*/}
	done
	COMPREPLY=()
	if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[0]##*/} == husk && " $_husk_verb_names " == *" ${COMP_WORDS[1]} "* ]]; then
		_husk_verb
		return
	fi
	case $(_husk_value "$applet" "$prev"),$cur in
	value,*) ;;
	path,*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	,-*) mapfile -t COMPREPLY < <(compgen -W "$(_husk_options "$applet")" -- "$cur") ;;
	*)
		if [[ $prev == husk || $prev == */husk ]]; then
			i="${_husk_applets/husk/} $_husk_verb_names $(_husk_verbs)"
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
