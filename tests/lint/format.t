#!/bin/sh
# SPDX-License-Identifier: MIT
# How the sources look: format, line and file lengths, licence lines.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1

sources=$(find cmd init lib tests -name '*.[ch]' | sort)
scripts=$(find scripts tests .ci -type f -exec grep -lE '^#!/bin/(sh|bash)|^# shellcheck shell' {} + | sort)

# shellcheck disable=SC2086 # names without blanks, here and below
ok 'the C sources are as clang-format writes them' clang-format --dry-run -Werror $sources

too_long() {
	wc -l "$@" | awk '$2 != "total" && $1 > 400 { print $2 ": " $1 " lines" }'
}
# shellcheck disable=SC2086
is 'no file has more than 400 lines' "$(too_long $sources $scripts)" ''
# shellcheck disable=SC2086
is 'no line of C is wider than 100 columns, but for texts' \
	"$(for file in $sources; do expand -t 8 "$file" | awk -v f="$file" 'length > 100 && !/"/ { print f ":" NR }'; done)" ''
# shellcheck disable=SC2086
is 'each file names the licence' "$(grep -L 'SPDX-License-Identifier: MIT' $sources $scripts)" ''
# shellcheck disable=SC2086
is 'no blank ends a line' "$(grep -nE '[[:blank:]]$' $sources $scripts)" ''
# shellcheck disable=SC2086
is 'nothing is left to be done or switched off' "$(grep -nE '#if 0|\b(TODO|FIXME|XXX)\b' $sources $scripts | grep -v '^tests/lint/')" ''
finish
