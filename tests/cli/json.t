#!/bin/sh
# SPDX-License-Identifier: MIT
# json: values in and out of JSON, strictly.
. "$(dirname "$0")/../lib.sh"

doc=$tmp/doc.json
cat >"$doc" <<'EOF'
{"a":{"b":["x y","it's\u00e9\ud83d\ude00",""],"n":-1.5e3,"d":null,"t":true},
 "k.z":{"":1},"e":[],"o":{},"a2":"last","dup":1,"dup":2}
EOF

gives 'get: a string without its quotes' 0 'x y' husk json get "$doc" '.a.b[0]'
gives 'get: escapes and surrogate pairs are undone' 0 "it'sé😀" husk json get "$doc" '.a.b[1]'
gives 'get: several paths, one a line' 0 '-1.5e3
null
true' husk json get "$doc" .a.n .a.d .a.t
gives 'get: an object as it stands' 0 '[]' husk json get "$doc" .e
gives 'get: a key with a dot' 0 '{"":1}' husk json get "$doc" '."k.z"'
gives 'get: of equal keys the last counts' 0 2 husk json get "$doc" .dup
gives 'get -q: words for eval' 0 "'x y' 'it'\\''sé😀' '' " husk json --quote get "$doc" .a.b
gives 'get -q: null is nothing' 0 '' husk json -q get "$doc" .a.d
gives 'get: - is stdin' 0 2 sh -c 'echo "[1,2]" | husk json get - "[1]"'
gives 'get: an index of the document itself' 0 2 sh -c 'echo "[1,[2]]" | husk json get - ".[1][0]"'
gives 'keys' 0 'b
n
d
t' husk json keys "$doc" .a
gives 'len: arrays and objects, empty ones too' 0 '3
0
0' husk json len "$doc" .a.b .e .o
gives 'string: quotes, backslash and control bytes are escaped' 0 '"a\"\\\u000a"' \
	husk json string 'a"\
'
gives 'array: and back' 0 "'a b' 'c\"d' " sh -c 'husk json array "a b" "c\"d" | husk json -q get - .'

gives 'get -m: no such value is an empty line' 0 '
2' husk json get --missing "$doc" .a.x .dup

fails 'no such member' 1 'json: *: no .a.x' husk json get "$doc" .a.x
fails 'no such index' 1 'json: *: no .a.b\[3\]' husk json get "$doc" '.a.b[3]'
fails 'a member of a string' 1 'json: *: no .a2.x' husk json get "$doc" .a2.x
fails 'len of a string' 1 'json: *: .a2 is neither array nor object' husk json len "$doc" .a2
fails 'a path that is none' 2 'json: a: not a path *' husk json get "$doc" a
fails 'a verb that is none' 2 'json: put: not one of *' husk json put x y
fails 'no file' 1 'json: /nonexistent: No such file or directory' husk json get /nonexistent .
fails 'get without a path' 2 'json: json get wants *' husk json get "$doc"

bad() {
	printf '%b' "$2" >"$tmp/bad.json"
	fails "refused: $1" 1 "json: *: byte $3: $4" husk json get "$tmp/bad.json" .
}
bad 'an empty file' '' 0 'not JSON'
bad 'something after the value' '{} x' 3 'not JSON'
bad 'a trailing comma' '[1,]' 3 'not JSON'
bad 'a missing colon' '{"a" 1}' 5 'not JSON'
bad 'a leading zero' '[01]' 2 'not JSON'
bad 'a bare word' 'nul' 0 'not JSON'
bad 'a control byte in a string' '"a\0001"' 2 'not JSON'
bad 'a NUL byte' '"a\0000b"' 2 'not JSON'
bad 'an escape that is none' '"\\x"' 2 'not JSON'
bad 'an open string' '"abc' 4 'not JSON'
# shellcheck disable=SC1003 # a backslash is meant
bad 'an open string after a backslash' '"abc\\' 5 'not JSON'
bad 'an overlong UTF-8 form' '"\0300\0200"' 1 'not UTF-8'
bad 'a cut UTF-8 sequence' '"\0342\0202' 1 'not UTF-8'
bad 'an encoded surrogate' '"\0355\0240\0200"' 1 'not UTF-8'
bad 'half a surrogate pair' '"\\ud83dx"' 7 'not UTF-8'
bad 'an escaped NUL' '"\\u0000"' 7 'not UTF-8'

awk 'BEGIN { for (i = 0; i < 64; i++) printf "["; for (i = 0; i < 64; i++) printf "]" }' >"$tmp/64"
ok '64 levels are read' husk json get "$tmp/64" .
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "[" }' >"$tmp/deep"
fails '65 levels are not' 1 'json: *: byte 64: nested deeper than 64 levels' \
	husk json get "$tmp/deep" .
awk 'BEGIN { printf "["; for (i = 0; i < 99999; i++) printf "%d,", i; printf "7]" }' >"$tmp/long"
gives 'a long array' 0 100000 husk json len "$tmp/long" .

finish
