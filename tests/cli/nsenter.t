#!/bin/sh
# SPDX-License-Identifier: MIT
# nsenter without root: every message about a wrong command line.
. "$(dirname "$0")/../lib.sh"

fails 'no namespace' 1 'nsenter: no namespace is named*' nsenter -t $$ true
fails 'no target' 1 'nsenter: no target: --target PID, or a file*' nsenter -m true
fails 'no target for -r' 1 'nsenter: no target: --target PID *' nsenter --uts=/proc/self/ns/uts --root true
fails 'no target for --join-cgroup' 1 'nsenter: no target: *' nsenter --uts=/proc/self/ns/uts --join-cgroup true
for target in '' x -1 0 4194305 1:x 1: 1:0; do
	fails "--target '$target'" 1 "nsenter: --target: $target: not PID or PID:INODE*" nsenter --target="$target" -u true
done
fails '--target twice' 1 'nsenter: --target is given twice*' nsenter -t 1 -t 2 -u true
fails 'a process that is gone' 1 'nsenter: process 4194304: No such process' nsenter -t 4194304 -u true
fails 'a file that is missing' 1 'nsenter: /no/such: No such file*' nsenter --net=/no/such true
fails 'a file that is no namespace' 1 'nsenter: join the net namespace: *' "$HUSK_OUT/bin/nsenter" --net=/dev/null true
fails '--net-socket' 1 'nsenter: --net-socket: x: not a descriptor*' nsenter -t $$ --net-socket x true
fails '--setuid' 1 'nsenter: --setuid: root: not an ID*' nsenter -t $$ -u --setuid root true
fails '--setgid' 1 'nsenter: --setgid: x: not an ID*' nsenter -t $$ -u --setgid x true
fails '--setuid follow without a target' 1 'nsenter: --setuid: follow needs --target*' nsenter --uts=/proc/self/ns/uts -S follow true
fails '--caps' 1 'nsenter: --caps: no capability "nonsense"*' nsenter -t $$ -u --caps nonsense true
fails '--wd with a directory that is missing' 1 'nsenter: /no/such: No such file*' nsenter -t $$ -u --wd=/no/such true
fails 'an unknown option' 1 'nsenter: unknown option --bogus*' nsenter --bogus
fails 'a cluster with an unknown letter is a file' 1 'nsenter: pz: No such file*' nsenter -mpz true

"$HUSK_OUT/bin/unshare" -r sh -c ': >"$1"; while [ ! -e "$2" ]; do sleep 0.05; done' sh "$tmp/ready" "$tmp/stop" &
target=$!
within 10 test -e "$tmp/ready"
gives 'A39 into a user namespace of one'\''s own' 0 0 nsenter -t $target --user id -u
gives '--preserve-credentials' 0 0 nsenter -t $target -U --preserve-credentials id -u
gives 'the status of the command' 9 '' nsenter -t $target -U sh -c 'exit 9'
fails 'not found is 127' 127 'nsenter: /no/such: No such file*' nsenter -t $target -U /no/such
like '-v says what is done' "$(nsenter -v -t $target -U true 2>&1)" 'husk nsenter: *setns * user*'
: >"$tmp/stop"
wait $target

finish
