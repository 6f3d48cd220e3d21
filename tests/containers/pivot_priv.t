#!/bin/sh
# SPDX-License-Identifier: MIT
# pivot: users, capabilities, filters, limits, environment, descriptors.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"
# Filters are counted and looked through here.
older=''

status() { sed -n "s/^$1:[[:blank:]]*//p" "$tmp/status" | tr '\t' ' '; }
seen() {
	run Q "$@" "$R" cat /proc/self/status
	printf '%s\n' "$out" >"$tmp/status"
}

seen --caps=none
is '38 --caps=none' "$(status CapEff) $(status CapBnd)" '0000000000000000 0000000000000000'
seen --caps=all
is '38 --caps=all is what the caller has' "$(status CapBnd)" \
	"$(sed -n 's/^CapBnd:[[:blank:]]*//p' /proc/self/status)"
seen --caps=+sys_admin,-CAP_NET_RAW
is '38 signs change the default' "$(status CapBnd)" 00000000a82405fb
seen --caps=-mknod --caps=-net_raw
is '38 two lists, one after the other' "$(status CapBnd)" 00000000a00405fb
seen --privileged --caps=-mknod --caps=-net_raw
is '38 and from all' "$(status CapBnd)" \
	"$(printf '%016x' $((0x$(sed -n 's/^CapBnd:[[:blank:]]*//p' /proc/self/status) & ~0x8002000)))"
seen --caps=chown,1
is '38 a list of names and numbers is that' "$(status CapEff)" 0000000000000003
seen -u 1000:1000 --groups 5
is '39 ids' "$(status Uid)/$(status Gid)/$(status Groups)" '1000 1000 1000 1000/1000 1000 1000 1000/5 '
is '39 a user has no capability' "$(status CapPrm) $(status CapEff) $(status CapAmb)" \
	'0000000000000000 0000000000000000 0000000000000000'
seen -u app
is '39 a name, and its groups' "$(status Uid)/$(status Groups)" '1000 1000 1000 1000/29 1000 '
seen -u app:audio --ambient net_bind_service
is '39 --ambient stays' "$(status Gid)/$(status CapEff) $(status CapAmb)" \
	'29 29 29 29/0000000000000400 0000000000000400'
seen -u 4711
is 'a number that is not in the passwd of the root' "$(status Uid)/$(status Gid)" \
	'4711 4711 4711 4711/0 0 0 0'
run Q -u app "$R" cinit sh -c 'echo $HOME; cat /proc/1/status'
printf '%s\n' "$out" >"$tmp/status"
is '39 cinit as that user, in the same process' "$(head -n 1 "$tmp/status") $(status CapPrm)" \
	'/home/app 0000000000000000'
run /usr/bin/setpriv --groups 27,29 "$HUSK" unshare -pnmu pivot "$R" cat /proc/self/status
printf '%s\n' "$out" >"$tmp/status"
is 'the supplementary groups of the caller are gone' "$(status Groups)" ''
seen --securebits +noroot
is '--securebits: noroot, so root has nothing after execve' "$(status CapEff)" 0000000000000000
seen --allow-setuid
is '40 --allow-setuid' "$(status NoNewPrivs) $(status Seccomp)" '0 2'
seen --privileged
is '--privileged' "$(status NoNewPrivs) $(status Seccomp)" '0 0'
seen --privileged --no-new-privs
is '--no-new-privs with it' "$(status NoNewPrivs)" 1
seen --tiocsti
is '--tiocsti is without a filter' "$(status Seccomp)" 0
cp "$HUSK_OUT/probes/attack" "$R/bin/suid"
chmod 4755 "$R/bin/suid"
echo secret >"$R/etc/secret"
chmod 600 "$R/etc/secret"
gives '40 setuid files do nothing' 1 'Permission denied' Q -u 1000 "$R" suid write /etc/secret
gives '40 but where it is allowed' 0 PWNED Q -u 1000 --allow-setuid "$R" suid write /etc/secret

run unshare -pmu pivot "$R" cat /proc/self/status
printf '%s\n' "$out" >"$tmp/status"
case $(readlink /proc/self/ns/net) in
"$(readlink /proc/1/ns/net)") is 'NET_RAW is dropped on a network that is not its own' \
	"$(status CapBnd)" 00000000a80405fb ;;
*) pass 'this test has a network of its own' ;;
esac
run unshare -pmuU --map-root-user pivot "$R" cat /proc/self/status
printf '%s\n' "$out" >"$tmp/status"
is 'and kept in a user namespace, where it has no power over that' "$(status CapBnd)" 00000000a80425fb

gives 'limits' 0 '100 200 10 7 0027 5' Q --rlimit nofile=100:200 --rlimit core=0 --nice 10 \
	--oom-score-adj 7 --umask 027 "$R" sh -c 'echo $(ulimit -n) $(ulimit -Hn) \
	$(cut -d " " -f 19 /proc/self/stat 2>/dev/null || echo 10) $(cat /proc/self/oom_score_adj) \
	$(umask) 5'
gives '50 the parent death signal survives a change of user' 0 KILL sh -c "'$HUSK' unshare -pnmu \
	pivot -u 1000 '$R' setpriv -d | sed -n 's/^Parent death signal: //p'"
gives '--pdeathsig' 0 'TERM [none]' sh -c "echo \$(for s in TERM clear; do '$HUSK' unshare -pnmu \
	pivot --pdeathsig \$s '$R' setpriv -d | sed -n 's/^Parent death signal: //p'; done)"

printf 'A=1\n# no\n\nB=two words\n' >"$tmp/env"
gives 'the environment' 0 'A=1
B=two words
C=3
HOME=/x
PATH=/bin
container=husk' sh -c "Z=1 '$HUSK' unshare -pnmu pivot -E --env-file '$tmp/env' -e C=3 --env HOME=/x \
	-e PATH=/bin '$R' env | sort"
# PID 1 is not executed anew: what the kernel shows of it must not be the host's environment.
gives 'of the environment of the host PID 1 shows nothing' 0 none sh -c "HOST_SECRET=1 '$HUSK' \
	unshare -pnmu pivot -E '$R' cinit sh -c 'grep -q HOST_SECRET /proc/1/environ || echo none'"
gives '49 -w' 0 /etc Q -w /etc "$R" pwd
gives '49 --mkdir-cwd' 0 /var/new Q -w /var/new --mkdir-cwd "$R" pwd
rm -r "${R:?}/var"
gives '33 descriptors are closed' 0 '0 1 2 3' Q "$R" sh -c 'cd /proc/self/fd; echo *' 8</etc 9</
gives '33 --keep-fd=9' 0 '0 1 2 3 9' Q --keep-fd=9 "$R" sh -c 'cd /proc/self/fd; echo *' 8</etc 9</dev/null
gives '48 --sysctl of our network and host name' 0 '1 box dom' Q --sysctl net.ipv4.ip_forward=1 \
	--hostname box --domainname dom "$R" sh -c 'echo $(cat /proc/sys/net/ipv4/ip_forward \
	/proc/sys/kernel/hostname /proc/sys/kernel/domainname)'

cp "$HUSK_OUT/probes/calls" "$R/bin/calls"
basic=$(Q --seccomp=basic "$R" calls)
is '51 basic: what is refused' "$(echo "$basic" | awk '$2 == "EPERM" { printf "%s ", $1 }')" \
	'mount umount2 pivot_root open_tree fsopen mount_setattr setns unshare keyctl add_key request_key bpf perf_event_open userfaultfd open_by_handle_at process_vm_readv io_uring_setup init_module kexec_load reboot clone-newuts socket-alg socket-vsock '
is '51 basic: what does not exist' "$(echo "$basic" | awk '$2 == "ENOSYS" { printf "%s ", $1 }')" \
	"clone3 number-5000 $([ "$(uname -m)" != x86_64 ] || echo 'x32 ')"
is '51 basic: what works' "$(echo "$basic" | awk '$2 == "ok" { printf "%s ", $1 }')" \
	'getpid socket-unix thread '
is '51 basic with SYS_ADMIN leaves mounts and namespaces' "$(Q --seccomp=basic --caps=+sys_admin "$R" \
	calls | awk '$1 ~ /^(mount|umount2|setns|unshare|clone3)$/ { printf "%s ", $2 }')" \
	'other other other ok other '
is '51 the default filter refuses none of them' "$(Q --caps=all "$R" calls | grep -c ENOSYS)" \
	"$(Q --caps=all --seccomp=none "$R" calls | grep -c ENOSYS)"
# ld nr; if mkdir: errno 1; allow.
printf '\040\0\0\0\0\0\0\0\025\0\0\001\123\0\0\0\006\0\0\0\001\0\005\0\006\0\0\0\0\0\377\177' >"$tmp/mkdir.bpf"
if [ "$(uname -m)" = x86_64 ]; then
	run Q --seccomp "$tmp/mkdir.bpf" "$R" mkdir /x
	like '52 a filter from a file' "$rc $err" '1 *Operation not permitted'
fi
finish
