#!/bin/sh
# SPDX-License-Identifier: MIT
# setpriv: what it shows, what it refuses, and, as root, what it sets.
. "$(dirname "$0")/../lib.sh"

# The shell of busybox would run its own.
setpriv() { "$HUSK" setpriv "$@"; }

fails 'a command is needed' 1 'setpriv: missing operand: COMMAND*' setpriv --no-new-privs
fails 'an option that is none' 1 'setpriv: unknown option --selinux*' setpriv --selinux x true
fails '25 an id must be a number as a whole' 1 'setpriv: --reuid: 0x is neither*' setpriv --reuid 0x true
fails '25 no negative id' 1 'setpriv: --reuid: -1 is neither*' setpriv --reuid -1 true
fails '25 4294967295 is no id' 1 'setpriv: --ruid: 4294967295 is neither*' \
	setpriv --ruid 4294967295 true
fails '25 nothing is no id' 1 'setpriv: --euid:  is neither*' setpriv --euid '' true
fails 'a user that is not there' 1 'setpriv: --reuid: husk-none is not known' \
	setpriv --reuid husk-none true
fails 'a group that is not there' 1 'setpriv: --egid: husk-none is not known' \
	setpriv --egid husk-none --keep-groups true
fails 'a user given twice' 1 'setpriv: --reuid: the user is given twice*' \
	setpriv --euid 1 --reuid 2 true
fails 'a group given twice' 1 'setpriv: --rgid: the group is given twice*' \
	setpriv --regid 1 --rgid 2 --keep-groups true
fails 'a group wants a word on the supplementary ones' 1 'setpriv: a group wants --init-groups*' \
	setpriv --regid 0 true
fails 'one word on groups only' 1 'setpriv: --init-groups, --clear-groups*' \
	setpriv --clear-groups --keep-groups true
fails '--init-groups wants a user' 1 'setpriv: --init-groups wants --ruid*' setpriv --init-groups true
fails 'a list of groups with a hole' 1 'setpriv: --groups: 1,,2 is neither*' \
	setpriv --groups 1,,2 true
fails '--dump goes with nothing' 1 'setpriv: --dump and --list-caps stand alone*' setpriv --dump --nnp
fails 'nor with a command' 1 'setpriv: --dump and --list-caps stand alone*' setpriv -d true
ok 'but twice it may be given' setpriv -d -d
fails 'a capability that is none' 1 'setpriv: --inh-caps: no capability "+root"*' \
	setpriv --inh-caps +chown,+root true
fails 'a signal that is none' 1 'setpriv: --pdeathsig: no signal 99*' setpriv --pdeathsig 99 true
fails 'a securebit that is none' 1 'setpriv: --securebits: no such bit in +x*' \
	setpriv --securebits +x true
gives '--nnp is --no-new-privs' 0 'no_new_privs: 1' sh -c '"$HUSK" setpriv --nnp setpriv -d | grep no_new'
gives '--no-new-privs' 0 'no_new_privs: 1' sh -c '"$HUSK" setpriv --no-new-privs setpriv --dump | grep no_new'
gives '--pdeathsig' 0 'Parent death signal: TERM' \
	sh -c '"$HUSK" setpriv --pdeathsig TERM setpriv -d | tail -n 1'
gives '--pdeathsig clear' 0 'Parent death signal: [none]' \
	sh -c '"$HUSK" setpriv --pdeathsig TERM setpriv --pdeathsig clear setpriv -d | tail -n 1'
gives '--pdeathsig keep' 0 'Parent death signal: TERM' \
	sh -c '"$HUSK" setpriv --pdeathsig TERM setpriv --pdeathsig keep setpriv -d | tail -n 1'
is '--list-caps names them by number' "$(setpriv --list-caps | sed -n '1p;22p;41p' | tr '\n' ' ')" \
	'chown sys_admin checkpoint_restore '
gives 'the status of the command' 7 '' setpriv --keep-groups sh -c 'exit 7'
run setpriv --keep-groups /nowhere/x
is 'a command that is not there' "$rc" 127
fails 'the environment of nobody known' 1 'setpriv: --reset-env: user 54321 is not in /etc/passwd' \
	setpriv --reuid 54321 --keep-groups --reset-env true

if [ "$(id -u)" != 0 ]; then
	skip 'changes of ids' 'needs root'
	finish
fi
gives 'ids and groups' 0 '1000 1000 1000 1000 5 5 5 5 7 9' setpriv --reuid 1000 --regid 5 --groups 9,7 \
	sh -c 'echo $(grep -E "^(Uid|Gid|Groups):" /proc/self/status | sed "s/^[^:]*://")'
is 'single ids' "$(setpriv --ruid 1 --euid 2 --rgid 3 --egid 4 --clear-groups cat /proc/self/status |
	awk '/^(Uid|Gid)/ { print $2, $3, $4, $5 }')" '1 2 2 2
3 4 4 4'
gives '--init-groups by name' 0 '65534 65534' sh -c \
	'"$HUSK" setpriv --reuid nobody --regid nogroup --init-groups sh -c "echo \$(id -u) \$(id -G)"'
# shellcheck disable=SC2086 # a command and its words
for next in 'cat /proc/self/status' 'cinit cat /proc/self/status'; do
	is "a user that is not 0 has no capability ($next)" \
		"$(setpriv --reuid 1000 --regid 1000 --clear-groups $next | awk '/^Cap(Prm|Eff)/ { print $2 }')" \
		'0000000000000000
0000000000000000'
	is "but the ambient ones ($next)" \
		"$(setpriv --reuid 1000 --clear-groups --inh-caps +kill --ambient-caps +kill $next |
			awk '/^Cap(Inh|Prm|Eff|Amb)/ { print $2 }' | sort -u)" 0000000000000020
	is "root has what the bounding set leaves ($next)" \
		"$(setpriv --bounding-set -all,+chown,+cap_kill $next |
			awk '/^Cap(Prm|Eff|Bnd)/ { print $2 }' | sort -u)" 0000000000000021
done
gives 'two lists, one after the other' 0 "$(printf '%016x' $((0x$(sed -n 's/^CapBnd:[[:blank:]]*//p' /proc/self/status) & ~0x21)))" \
	setpriv --bounding-set=-chown --bounding-set=-kill sed -n 's/^CapBnd:[[:blank:]]*//p' /proc/self/status
reset='HOME LOGNAME PATH SHELL TERM USER'
for user in root nobody; do
	is "--reset-env: $user" "$(env TERM=odd X=1 "$HUSK" setpriv --reuid $user --keep-groups --reset-env env |
		sed 's/=.*//' | sort | tr '\n' ' ')" "$reset "
	is "--reset-env: the home, shell and name of $user" \
		"$(env TERM=odd "$HUSK" setpriv --reuid $user --keep-groups --reset-env sh -c 'echo "$TERM:$USER:$HOME:$SHELL"')" \
		"odd:$(awk -F : -v user=$user '$1 == user { print $1 ":" $6 ":" $7 }' /etc/passwd)"
done
gives '--securebits' 0 'Securebits: noroot,noroot_locked' \
	sh -c '"$HUSK" setpriv --securebits +noroot,+noroot_locked setpriv -d | grep ^Secure'
fails 'what is not permitted is an error' 1 'setpriv: set the user id: Operation not permitted' \
	setpriv --reuid 1000 --clear-groups setpriv --reuid 0 true
finish
