#!/bin/sh
# SPDX-License-Identifier: MIT
# unshare without root: every message about a wrong command line, and what an ordinary user can do.
. "$(dirname "$0")/../lib.sh"

fails 'D04 an unknown option is 1' 1 'unshare: unknown option --bogus *' unshare --bogus
fails '--propagation' 1 'unshare: --propagation: some: not private, slave, shared or unchanged*' unshare -m --propagation some true
fails '--setgroups' 1 'unshare: --setgroups: some: neither allow nor deny*' unshare -U --setgroups some true
fails 'D15 --setgroups=allow with one group' 1 'unshare: --setgroups=allow does not go with*' unshare -r --setgroups allow true
fails '--kill-child' 1 'unshare: --kill-child: FOO: no such signal*' unshare --kill-child=FOO true
fails '--no-fork --kill-child' 1 'unshare: --no-fork does not go with *' unshare --no-fork --kill-child true
fails '-S' 1 'unshare: --setuid: root: not an ID*' unshare -S root true
fails '-G' 1 'unshare: --setgid: -1: not an ID*' unshare -G -1 true
fails '-S 4294967295' 1 'unshare: --setuid: 4294967295: not an ID*' unshare -S 4294967295 true
fails 'D28 --boottime needs --time' 1 'unshare: --boottime needs --time*' unshare --boottime 1 true
fails '--monotonic' 1 'unshare: --monotonic: 1.5: not a number of seconds*' unshare -T --monotonic 1.5 true
fails '--map-user' 1 'unshare: --map-user: no-such-user: neither an ID nor a name*' unshare --map-user no-such-user true
fails '--map-group' 1 'unshare: --map-group: no-such-group: neither an ID nor a name*' unshare --map-group no-such-group true
fails '--owner' 1 'unshare: --owner: 5: not USER:GROUP*' unshare --owner 5 true
fails '--pid=FILE with --no-fork' 1 'unshare: --pid=f has nothing to keep*' unshare --pid=f --no-fork true
for range in '' 1 1:2 1:2:3:4 1:2:x 1:2:0 -1:2:3 ' 1:2:3' 1,2 1:2,3 1,2,0; do
	fails "a range '$range' is refused" 1 "unshare: --map-users: $range: not INNER:OUTER:COUNT*" unshare --map-users="$range" true
done
for range in 4294967295:0:1 0:4294967295:1 1:0:4294967295 0:1:4294967295; do
	fails "a range $range is out of range" 1 "unshare: --map-groups: $range: an ID above*" unshare --map-groups=$range true
done
fails 'ranges that overlap inside' 1 'unshare: the map of users: 0:0:10 and 9:50:1 overlap*' unshare --map-users=0:0:10 --map-users=9:50:1 true
fails 'ranges that overlap outside' 1 'unshare: the map of groups: 0:0:10 and 50:9:1 overlap*' unshare --map-groups=0:0:10 --map-groups=50:9:1 true
ranges=$(i=0; while [ $i -lt 341 ]; do printf -- '--map-users=%d:%d:1 ' $i $i; i=$((i + 1)); done)
# shellcheck disable=SC2086
fails 'more ranges than the kernel takes' 1 'unshare: --map-users: 340:340:1: more than 340 ranges*' unshare $ranges true

gives 'D01 the status of the command is passed on' 7 '' unshare -r sh -c 'exit 7'
fails 'D02 a command that does not exist is 127' 127 'unshare: /no/such: No such file*' unshare -r /no/such
fails 'D03 a command that cannot be executed is 126' 126 'unshare: /dev/null: *' unshare -r /dev/null
gives 'A01 -p makes the command PID 1' 0 1 unshare -rp sh -c 'echo $$'
gives 'A03 PID 1 may fork more than once' 0 ok unshare -rp sh -c 'true; true; echo ok'
gives 'A14 --pid=FILE is refused without privilege, and nothing runs' 1 '' sh -c 'unshare -rp --pid="$1" echo ran 2>/dev/null' sh "$tmp/missing"
gives '--fork' 3 '' unshare -r --fork sh -c 'exit 3'
gives '--map-current-user' 0 "$(id -u)" unshare --map-current-user id -u
gives '-c with the same group' 0 "$(id -g)" unshare -c id -g
gives '--map-root-user with --all' 0 0 unshare --map-root-user -a id -u
gives '-w' 0 /usr unshare -r -w /usr pwd
gives '-R' 0 / unshare -r -R / pwd
gives '--cgroup --ipc --net --uts --mount --time' 0 ok unshare -r --cgroup --ipc --net --uts --mount --time echo ok
like '-v says what is done' "$(unshare -rv true 2>&1)" '*echo 0 * 1 > /proc/self/uid_map*'

gives 'A18 --clear-env' 0 CLEARED env UL=foo "$HUSK_OUT/bin/unshare" -r --clear-env /bin/sh -c 'echo ${UL:-CLEARED}'
gives '--whitelist-env keeps what it names' 0 foo env UL1=foo UL2=bar "$HUSK_OUT/bin/unshare" -r --whitelist-env UL1 /bin/sh -c 'echo "$UL1$UL2"'
gives 'the two together' 0 UL2=bar env -i UL1=foo UL2=bar "$HUSK_OUT/bin/unshare" -r --clear-env --whitelist-env HOME,UL2 /usr/bin/env
printf '#!/bin/sh\necho shell $#\n' >"$tmp/myshell"
chmod +x "$tmp/myshell"
gives 'D32 $SHELL without a command' 0 'shell 0' env SHELL="$tmp/myshell" unshare -r
gives 'A16 an empty SHELL with a command' 0 ok env SHELL= unshare -r echo ok
for shell in -uSHELL SHELL=; do
	gives "A30 A31 /bin/sh without SHELL ($shell)" 0 login sh -c 'echo "echo login" | env "$1" HOME=/nonexistent unshare -r 2>/dev/null | tail -n 1' sh "$shell"
done

finish
