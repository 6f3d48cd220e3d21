#!/bin/sh
# SPDX-License-Identifier: MIT
# Each header can be the only one that is included.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
cc=$(command -v musl-gcc || echo gcc)

for header in lib/*.h init/*.h cmd/*.h; do
	[ -e "$header" ] || continue
	# A list for the preprocessor, not a header.
	[ "$header" != cmd/applets.h ] || continue
	echo "#include \"$header\"" >"$tmp/alone.c"
	ok "$header compiles alone" "$cc" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -iquote . \
		-iquote lib -iquote init -iquote cmd -idirafter build/uapi -fsyntax-only "$tmp/alone.c"
done

for source in lib/*.c init/*.c cmd/*.c; do
	header=${source%.c}.h
	[ ! -e "$header" ] || [ "$header" = cmd/husk.h ] ||
		echo "$source: $(grep -m 1 '^#include' "$source")" | grep -v "\"${header##*/}\""
done >"$tmp/order"
is 'each source includes its own header first' "$(cat "$tmp/order")" ''
finish
