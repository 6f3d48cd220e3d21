# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# image.sh - images, their names and layers, for the verbs that deal with them.

# is_name NAME: can an image have it?  $repo (/ as %2F) and $tag then.
is_name() {
	local rest
	repo=${1%:*} tag=${1##*:}
	case $tag in
	*/* | "$1") repo=$1 tag=latest ;;
	esac
	case $repo:$tag in
	*[!A-Za-z0-9._:/@-]* | *..* | :* | *: | /* | -*) return 1 ;;
	esac
	rest=$repo repo=''
	while :; do
		case $rest in
		*/*)
			repo=$repo${rest%%/*}%2F
			rest=${rest#*/}
			;;
		*) break ;;
		esac
	done
	repo=$repo$rest
}

split_name() {
	is_name "$1" || die "$1: not a name of an image"
}

# find_image NAME|ID: $image is its SHA; false when there is none.
find_image() {
	local dir
	image=''
	if is_name "$1"; then
		get "$HUSK_ROOT/tag/$repo/$tag"
		image=$value
	fi
	[ -z "$image" ] || return 0
	case ${1#sha256:} in
	*[!0-9a-f]* | '') return 1 ;;
	esac
	for dir in "$HUSK_ROOT/img/${1#sha256:}"*; do
		[ -d "$dir" ] || continue
		[ -z "$image" ] || die "$1: more than one image begins so"
		image=${dir##*/}
	done
	[ -n "$image" ]
}

need_image() {
	find_image "$1" || die "$1: no such image (husk images lists them; husk load or husk import makes one)"
}

set_tag() { # NAME SHA
	split_name "$1"
	mkdir -p "$HUSK_ROOT/tag/$repo" 2>/dev/null
	"$HUSK" put --sync "$HUSK_ROOT/tag/$repo/$tag" "$2" || exit 1
}

# tags_of SHA: $tags is every name of an image, one a line.
tags_of() {
	local file name
	tags=''
	for file in "$HUSK_ROOT"/tag/*/*; do
		[ -f "$file" ] || continue
		get "$file"
		[ "$value" = "$1" ] || continue
		name=${file#"$HUSK_ROOT"/tag/}
		tag_text "$name"
		tags=$tags$text$nl
	done
}

# tag_text REPO/TAG: $text as a user writes it.
tag_text() {
	local rest="${1%/*}"
	text=''
	while :; do
		case $rest in
		*%2F*)
			text=$text${rest%%%2F*}/
			rest=${rest#*%2F}
			;;
		*) break ;;
		esac
	done
	text=$text$rest:${1##*/}
}

# add_layer DIR: makes DIR/fs, unpacked, a layer.  $diffid and $bytes say what it is.
number='' # the last one that was given
add_layer() {
	[ -d "$HUSK_ROOT/lay/$diffid" ] && return
	: "${number:=$(find "$HUSK_ROOT/l" -name '[0-9]*' | wc -l)}"
	number=${number:-0} # they were killed: it is only where the search begins
	# -n: a link that is there is not followed, or the new one would be made in another layer.
	while ! ln -sn "../lay/$diffid/fs" "$HUSK_ROOT/l/$number" 2>/dev/null; do
		number=$((number + 1))
		[ "$number" -lt 100000 ] || die "cannot write $HUSK_ROOT/l"
	done
	echo "$number" >"$1/n"
	echo "$bytes" >"$1/size"
	chmod 755 "$1" "$1/fs" 2>/dev/null
	"$HUSK" put -d --sync "$HUSK_ROOT/lay/$diffid" "$1" || exit 1
}

# add_image DIR: DIR/config.json and DIR/layers become an image.  $image is its SHA.
add_image() {
	local json="$1/config.json"
	image=$("$HUSK" layer digest "$json") || exit 1
	field() {
		"$HUSK" json get --missing "$@" >"$work/field" || exit 1
	}
	if [ ! -d "$HUSK_ROOT/img/$image" ]; then
		for key in Env Cmd Entrypoint; do
			field -q "$json" ".config.$key"
			mv "$work/field" "$1/$key"
		done
		for key in User WorkingDir StopSignal; do
			field "$json" ".config.$key"
			mv "$work/field" "$1/$key"
		done
		field "$json" .created
		mv "$work/field" "$1/created"
		"$HUSK" put -d --sync "$HUSK_ROOT/img/$image" "$1" || exit 1
	fi
}

# progress_label NAME: $progress are two words for `layer`, to show how far it is with that.
progress_label() {
	local name="${1##*/}"
	case $name in
	sha256:*)
		short_of "${name#sha256:}"
		name=sha256:$short
		;;
	*[!A-Za-z0-9_.:@+-]* | '') name=archive ;;
	-) name=stdin ;;
	esac
	progress="--progress $name"
}

architecture() {
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	armv7*) echo arm ;;
	i?86) echo 386 ;;
	*) uname -m ;;
	esac
}

now() {
	date -u +%Y-%m-%dT%H:%M:%SZ
}
