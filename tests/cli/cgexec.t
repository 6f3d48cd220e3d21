#!/bin/sh
# SPDX-License-Identifier: MIT
# cgexec.t - what a command line must say, before anything is made.
. "$(dirname "$0")/../lib.sh"

# Each of these is refused with 125 and one line, and the command does not run.
refuses() { # NAME PATTERN OPTION...
	name=$1 pattern=$2
	shift 2
	fails "$name" 125 "cgexec: $pattern" cgexec "$@" touch "$tmp/ran"
}

refuses '08 a size with an unknown unit' "--memory '64Q': not understood*" -m 64Q
refuses '08 an empty size' "--memory '': not understood*" -m ''
refuses '08 a negative size' "--memory '-5': not understood*" -m -5
refuses '08 a size above 64 bits' "--memory '99999999999999999999': out of range*" -m 99999999999999999999
refuses '08 a size above 63 bits' "--memory '9000000000G': out of range*" -m 9000000000G
refuses '08 more than all memory' "--memory '101%': out of range*" -m 101%
refuses '11 memory and swap below memory' '--memory-swap: memory and swap together are below --memory*' -m 64M --memory-swap 32M
refuses '11 --memory-swap alone' '--memory-swap needs*' --memory-swap 32M
refuses 'two ways to limit swap' '--swap and --memory-swap exclude*' -m 64M --swap 1M --memory-swap 80M
refuses 'a number that is none' "--pids 'ten': not understood*" --pids ten
refuses 'too many processes' '--pids 4194305: not in 1..4194304*' --pids 4194305
refuses '21 no cpu at all' "--cpus '0': out of range*" --cpus 0
refuses '21 negative cpu' "--cpus '-1': not understood*" --cpus -1
refuses '20 less than the kernel can do' '--cpus: the least is 0.001*' --cpus 0.0009
refuses '21 a dot is no number' "--cpus '.': not understood*" --cpus .
refuses '20 a quota that is too short' '--cpu-quota 999: not in*' --cpu-quota 999
refuses 'a period that is too long' '--cpu-period 1000001: not in 1000..1000000*' --cpu-period 1000001
refuses 'two ways to limit cpu' '--cpus and --cpu-quota*' --cpus 1 --cpu-quota 5000
refuses 'a weight out of range' '--cpu-weight 10001: not in 1..10000*' -c 10001
refuses '23 shares that the kernel would clamp' '--cpu-shares 999999: not in 2..262144*' --cpu-shares 999999
refuses 'weight and idle' '--cpu-weight, --cpu-shares and --cpu-idle exclude*' -c 5 --cpu-idle
refuses 'shares and weight' '--cpu-weight, --cpu-shares and --cpu-idle exclude*' -c 5 --cpu-shares 1024
refuses 'a burst that is none' "--cpu-burst 'x': not understood*" --cpu-burst x
refuses 'a list of cpus with a hole' "--cpuset-cpus '0,,1': not understood*" --cpuset-cpus 0,,1
refuses 'a list of cpus backwards' "--cpuset-cpus '3-1': not understood*" --cpuset-cpus 3-1
refuses 'a list of nodes that is none' "--cpuset-mems 'a': not understood*" --cpuset-mems a
refuses 'swappiness out of range' '--swappiness 201: not in 0..200*' --swappiness 201
refuses 'an io weight out of range' '--io-weight 0: not in 1..10000*' --io-weight 0
refuses 'a rate without a device' "--device-read-bps '1M': not understood*" --device-read-bps 1M
refuses 'a rate of zero' "--device-write-bps '/dev/null:0': out of range*" --device-write-bps /dev/null:0
refuses 'a rate with a unit where requests count' "--device-read-iops '254:0:1M': not understood*" --device-read-iops 254:0:1M
refuses 'a rate for a device that is not there' '--device-write-iops /nowhere:5: No such file or directory' --device-write-iops /nowhere:5
refuses 'a rate for what is on no disk' '--device-read-bps /proc:1M: not on a disk*' --device-read-bps /proc:1M
refuses 'huge pages without a size' "--hugetlb '2MB': not understood*" --hugetlb 2MB
refuses 'huge pages that there are not' '--hugetlb 3MB=6M: no such page size*' --hugetlb 3MB=6M
refuses 'a class that is none' "--net-classid '0xg': not understood*" --net-classid 0xg
refuses 'a priority without interface' "--net-prio '5': not understood*" --net-prio 5
refuses 'a real-time runtime that is none' "--rt-runtime 'x': not understood*" --rt-runtime x
refuses 'a real-time period of zero' '--rt-period 0: not in*' --rt-period 0
refuses '33 a file of another directory' '--option ../x=1: FILE is a name*' -o ../x=1
refuses '33 a file of no controller' '--option foo.max=1: no such controller*' -o foo.max=1
refuses '33 a file without value' "--option 'pids.max': not understood*" -o pids.max
refuses 'a device policy that is none' '--devices some: not none, closed or default*' --devices some
refuses 'a device rule that is none' "--device 'x 1:3 r': neither*" --device 'x 1:3 r'
refuses 'a device access that is none' "--device '/dev/null:x': neither*" --device /dev/null:x
refuses 'a file that is no device' "--device '/etc/passwd': not a device*" --device /etc/passwd
refuses 'a device that is not there' '--device /dev/nowhere: No such*' --device /dev/nowhere
refuses '31 allowing and denying' "--device 'c 1:3 r': allowing and denying exclude*" --device-deny 'b *:* rw' --device 'c 1:3 r'
refuses 'a resource that is none' '--rlimit files=5: not NAME=*' --rlimit files=5
refuses 'a resource without a limit' '--rlimit nofile: not NAME=*' --rlimit nofile
refuses 'a soft limit above the hard one' '--rlimit nofile=9:5: the soft limit is above*' --rlimit nofile=9:5
refuses 'an oom score out of range' '--oom-score-adj 1001: not in -1000..1000*' --oom-score-adj 1001
refuses 'a time that is none' '--timeout 5x: not a time*' --timeout 5x -m 1G
refuses 'a time of zero' '--timeout 0: not a time*' --timeout 0 -m 1G
refuses 'a name that is a path' "--name 'a/b': a name has no*" --name a/b -m 1G
refuses 'a name that is too long' "--name '0*0': a name has no*255 bytes*" --name "$(printf %0256d 0)" -m 1G
refuses 'a parent above' '--parent*' --parent ../x -m 1G
refuses 'a descriptor that is not open' '--stats=fd:77: no such descriptor*' --stats=fd:77 -m 1G
refuses 'a file in no directory' '--stats=/nowhere/x: No such file or directory' --stats=/nowhere/x -m 1G
# The file is put in place by rename(2): of a device nothing would be left.
refuses 'a file that is a device' '--stats=/dev/null: not a file (*' --stats=/dev/null -m 1G
refuses '--json for nothing' '--json is for --stats*' --json -m 1G
refuses '-g without a path' '-g memory: not CONTROLLERS:PATH*' -g memory
refuses '-g with an unknown controller' "-g: no controller is called 'nope'*" -g memory,nope:x
refuses '-g with a controller of the past' '-g ns: gone since Linux 3.0*' -g ns:x
refuses '-g and what is for our groups' '-g joins a group that is not ours*' -g memory:x --kill
refuses 'a limit that is not in -g' 'pids has a limit but is not in -g*' -g memory:x --pids 5
refuses '-C without -g' '-C is for the groups of -g*' -C -m 1G
refuses 'nothing to do' 'no limit and no group*'
refuses 'a verb with a command' 'a verb runs no command: touch*' --ls
fails 'two verbs' 125 'cgexec: one verb at a time*' cgexec --ls --gc
fails 'a verb with a limit' 125 'cgexec: a verb takes no limit*' cgexec --ls -m 5M
fails '--info with a limit that is none' 125 "cgexec: --memory '1X': not understood*" cgexec --info -m 1X
ok '--info with one that is' cgexec --info -m 64M
for option in --wait --kill '-g memory:x'; do
	# shellcheck disable=SC2086 # words
	fails "--info with $option" 125 'cgexec: a verb takes no limit*' cgexec --info $option
done
fails 'a verb with --wait' 125 'cgexec: a verb takes no limit*' cgexec --gc --wait
for verb in --kill-group --freeze --thaw --stat --procs --rm; do
	for name in '' . ..; do
		fails "$verb '$name'" 125 "cgexec: '$name' is no name of a group (*" cgexec $verb "$name"
	done
done
for verb in --freeze --thaw; do
	fails "$verb of all" 125 "cgexec: '/' is the root of all groups (*" cgexec $verb /
done
fails '--add without a name' 125 'cgexec: --add PID moves*' cgexec --add 5
fails '58 no command' 125 'cgexec: missing operand: COMMAND*' cgexec -m 64M
fails 'an unknown option' 125 'cgexec: unknown option*' cgexec --nope
fails 'a value is missing' 125 'cgexec: option*needs a value*' cgexec -m
ok 'none of them ran' [ ! -e "$tmp/ran" ]

lines=$(cgexec --help | wc -l)
ok '--help fits two screens' [ "$lines" -le 72 ]
finish
