#!/bin/sh
# SPDX-License-Identifier: MIT
# Every script passes shellcheck(1); each also parses in dash and in busybox's shell.
. "$(dirname "$0")/../lib.sh"
cd "$top" || exit 1
mkdir -p build/shellcheck

cat >"$tmp/check" <<'EOT'
file=$1
key=$(cat "$file" .shellcheckrc | sha256sum)
done=build/shellcheck/${key%% *}
[ -e "$done" ] && exit 0
if shellcheck -S warning -f gcc "$file" >"$2/out.$$"; then
	: >"$done"
else
	cat "$2/out.$$" >>"$2/complaints"
fi
EOT
find scripts tests rootfs-skel .ci -type f -exec grep -lE '^#!/bin/(sh|bash)|^# shellcheck shell' {} + |
	sort >"$tmp/scripts"
xargs -P "${HUSK_JOBS:-2}" -I FILE sh "$tmp/check" FILE "$tmp" <"$tmp/scripts"
touch "$tmp/complaints"
is 'shellcheck has no complaint' "$(cat "$tmp/complaints")" ''

while read -r file; do
	head -n 1 "$file" | grep -q bash || sh -n "$file" || echo "dash: $file"
	head -n 1 "$file" | grep -q bash || busybox sh -n "$file" || echo "busybox: $file"
done <"$tmp/scripts" >"$tmp/syntax" 2>&1
is 'dash and busybox parse every script' "$(cat "$tmp/syntax")" ''
ok 'bash parses the completion' bash -n scripts/gen/complete.bash
finish
