#!/bin/sh
# SPDX-License-Identifier: MIT
# husk run, killed in each of its steps: nothing is half-made, and husk check finds nothing after it
# has repaired once.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image
ok 'check: a fresh store is clean' husk check
husk run --rm bb:1 true
before=$(links)

# 1 name, 2 folder, 3 moved, 4 monitor, 5 cgroup, 6 namespaces, 7 network, 8 published, 9 released,
# 11 clean-up
for step in 1 2 3 4 5 6 7 8 9 11; do
	run env HUSK_CRASH=$step husk run --name "crash$step" -p 18080:80 bb:1 true
	# In step 11 the container has ended already: its status is told.
	[ "$step" = 11 ] || unlike "step $step: it was killed" "$rc" 0
	husk rm -f "crash$step" >/dev/null 2>&1
	husk rm -a >/dev/null
	ok "step $step: clean after a removal" husk check
	is "step $step: no link is left" "$(links)" "$before"
	ok "step $step: name and port are free again" \
		husk run --rm --name "crash$step" -p 18080:80 bb:1 true
done
HUSK_CRASH=1 husk run --name again bb:1 true >/dev/null 2>&1
gives 'a name that was claimed by the killed is free' 0 hi husk run --rm --network none --name again bb:1 echo hi
# 10: the monitor of one that runs
husk run -d --name crash10 -p 18080:80 bb:1 sleep 1000 >/dev/null
id=$(husk inspect -f .Id crash10)
husk sig "$(cat "$HUSK_RUN/c/$id/mon")" "$(cat "$HUSK_RUN/c/$id/monstart")" KILL
ok 'step 10: the container is dead' within 20 sh -c '[ "$(husk inspect -f .State.Status crash10)" = dead ]'
husk rm -f crash10 >/dev/null
ok 'step 10: clean' husk check
ok 'step 10: the link goes with its namespace' within 20 sh -c '[ "$(sed -n "s/^ *\([^ :]*\):.*/\1/p" /proc/net/dev | sort | xargs echo)" = "$1" ]' sh "$before"

# ---- an image that was never finished: its layer is there, and a number of another
mkdir half
echo half >half/file
image=$(husk import half half:1)
rm -r "$HUSK_ROOT/tag/half" "$HUSK_ROOT/img/${image#sha256:}"
ln -s ../lay/none/fs "$HUSK_ROOT/l/77"
mkdir "$HUSK_ROOT/tag/half"
: >"$HUSK_ROOT/tag/half/empty"
: >"$HUSK_ROOT/tag/half/.1.new-99999999"
is 'images: shows no half of a name' "$(husk images | grep -c half)" 0
run husk check
like 'check: a layer without an image, and halves of names' "$rc|$out" "1|left: the tag half/empty
left: $HUSK_ROOT/tag/half/.1.new-99999999
left: layer *
left: the number 77 of a layer"
run husk check --repair
like 'check: all of it is removed' "$rc|$(echo "$out" | grep -c '^removed:')" '0|4'
ok 'check: and their folder' [ ! -e "$HUSK_ROOT/tag/half" ]
ok 'check: and then it is clean' husk check

# ---- damage is named
mv "$HUSK_ROOT"/lay/* "$tmp/away"
run husk check
like 'check: a layer is missing' "$rc $out" '1 *damaged: image *: layer * is missing*'
fails 'check: an operand' 2 'check: x: one operand too many *' husk check x
network_down
finish
