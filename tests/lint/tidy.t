#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-tidy over each C file, with the checks of .clang-tidy.  What passed is remembered in
# build/tidy by a hash of what the compiler would see, so only what changed is looked at again.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
mkdir -p build/tidy

cat >"$tmp/tidy" <<'EOT'
file=$1
flags='-std=gnu11 -D_GNU_SOURCE -iquote lib -iquote init -iquote cmd -DHUSK_VERSION="x"'
# -C keeps the comments: a NOLINT counts.
key=$(clang -E -C $flags "$file" 2>/dev/null | cat - .clang-tidy | sha256sum)
done=build/tidy/${key%% *}
[ -e "$done" ] && exit 0
if clang-tidy --quiet "$file" -- $flags >"$2/out.$$" 2>/dev/null; then
	: >"$done"
else
	grep -E '(error|warning):' "$2/out.$$" >>"$2/complaints"
fi
EOT
find cmd init lib -name '*.c' | sort |
	xargs -P "${HUSK_JOBS:-2}" -I FILE sh "$tmp/tidy" FILE "$tmp"
touch "$tmp/complaints"
is 'clang-tidy has no complaint' "$(sed "s|$top/||" "$tmp/complaints")" ''
find build/tidy -mtime +14 -exec rm -f {} +
finish
