# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# config.sh - the config of an image, for the verbs that make one: import, commit, save.
#
# c_env, c_cmd, c_entrypoint, c_labels are quoted words; c_user, c_workdir, c_stopsignal, c_expose,
# c_history, c_author text.

new_config() {
	c_env="'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "
	c_cmd="'/bin/sh' " c_entrypoint='' c_labels='' c_user='' c_workdir='' c_stopsignal=''
	c_expose='' c_history='' c_author='' c_created=$(now)
}

# config_of SHA: starts from the config of an image.
config_of() {
	local d="$HUSK_ROOT/img/$1" key
	new_config
	c_env=$(cat "$d/Env") c_cmd=$(cat "$d/Cmd") c_entrypoint=$(cat "$d/Entrypoint")
	get "$d/User" && c_user=$value
	get "$d/WorkingDir" && c_workdir=$value
	get "$d/StopSignal" && c_stopsignal=$value
	c_author=$("$HUSK" json get -m "$d/config.json" .author)
	c_labels=$(map "$d/config.json" .config.Labels)
	c_expose=$("$HUSK" json keys -m "$d/config.json" .config.ExposedPorts)
	c_history=$("$HUSK" json get -m "$d/config.json" .history)
	c_history=${c_history#\[}
	c_history=${c_history%\]}
	[ -z "$c_history" ] || c_history=$c_history,
}

# map FILE PATH: the members of an object as quoted words KEY=VALUE.
map() {
	local key
	eval "set -- \"\$1\" \"\$2\" $("$HUSK" json keys -q -m "$1" "$2")"
	for key in "$@"; do
		case $key in
		"$1" | "$2") continue ;;
		esac
		quote "$key=$("$HUSK" json get "$1" "$2.\"$key\"")"
		printf '%s ' "$q"
	done
}

history() {
	c_history="$c_history{\"created\":\"$c_created\",\"created_by\":$("$HUSK" json string "$1")},"
}

# as_words TEXT: the words of a JSON array, or of a command for the shell.
as_words() {
	case $1 in
	'['*) q=$(printf '%s' "$1" | "$HUSK" json get -q - .) || exit 1 ;;
	*) words /bin/sh -c "$1" ;;
	esac
}

# change 'KEY VALUE': as in a Dockerfile.
change() {
	local key="${1%% *}" text="${1#* }"
	case $key in
	CMD | cmd)
		as_words "$text"
		c_cmd=$q
		;;
	ENTRYPOINT | entrypoint)
		as_words "$text"
		c_entrypoint=$q
		;;
	ENV | env)
		case $text in
		*=*) quote "$text" ;;
		*) quote "${text%% *}=${text#* }" ;;
		esac
		c_env="$c_env $q "
		;;
	LABEL | label)
		quote "$text"
		c_labels="$c_labels $q "
		;;
	USER | user) c_user=$text ;;
	WORKDIR | workdir) c_workdir=$text ;;
	STOPSIGNAL | stopsignal) c_stopsignal=$text ;;
	EXPOSE | expose)
		case $text in
		*/*) ;;
		*) text=$text/tcp ;;
		esac
		c_expose="$c_expose$nl$text"
		;;
	*) usage_die "--change $key: not one of CMD ENTRYPOINT ENV LABEL USER WORKDIR EXPOSE STOPSIGNAL" ;;
	esac
}

# object WORD...: KEY=VALUE words as the members of a JSON object.
object() {
	local comma='' word
	for word; do
		printf '%s%s:%s' "$comma" "$("$HUSK" json string "${word%%=*}")" \
			"$("$HUSK" json string "${word#*=}")"
		comma=,
	done
}

# array WORD...: a JSON array, null of none.
array() {
	if [ $# = 0 ]; then echo null; else "$HUSK" json array "$@"; fi
}

# write_config DIR: DIR/config.json, for the diffids in DIR/layers.
write_config() {
	local comma='' line
	{
		printf '{"architecture":"%s","created":"%s","os":"linux",' "$(architecture)" "$c_created"
		[ -z "$c_author" ] || printf '"author":%s,' "$("$HUSK" json string "$c_author")"
		printf '"config":{'
		eval "printf '\"Env\":%s,\"Cmd\":%s,\"Entrypoint\":%s,\"Labels\":{%s}' \
			\"\$(array $c_env)\" \"\$(array $c_cmd)\" \"\$(array $c_entrypoint)\" \"\$(object $c_labels)\""
		printf ',"User":%s,"WorkingDir":%s' "$("$HUSK" json string "$c_user")" \
			"$("$HUSK" json string "$c_workdir")"
		[ -z "$c_stopsignal" ] || printf ',"StopSignal":%s' "$("$HUSK" json string "$c_stopsignal")"
		printf ',"ExposedPorts":{'
		for line in $c_expose; do
			printf '%s%s:{}' "$comma" "$("$HUSK" json string "$line")"
			comma=,
		done
		printf '}},"rootfs":{"type":"layers","diff_ids":['
		comma=''
		while read -r line; do
			printf '%s"sha256:%s"' "$comma" "$line"
			comma=,
		done <"$1/layers"
		printf ']},"history":[%s]}\n' "${c_history%,}"
	} >"$1/config.json"
	"$HUSK" json get "$1/config.json" .os >/dev/null
}
