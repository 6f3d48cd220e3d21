#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl's objects leave the kernel in the same state as ip's: each line is run by ip in one pair
# of namespaces, by vethctl in another, and what `ip -j -d` then says is compared.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
if ! command -v jq >/dev/null; then
	skip 'the same state as by ip' 'no jq here'
	finish
fi
mount -t tmpfs husk-test /run || exit 1
for ns in i j v w; do vethctl netns add "$ns"; done

# Indexes, chosen MACs, timers and counters differ, and say nothing.
normal='walk(if type == "object" then del(.ifindex, .link_index, .link_netnsid, .address_random,
	.valid_life_time, .preferred_life_time, .stats64, .promiscuity, .used, .updated, .probes,
	.gc_timer, .hello_timer, .tcn_timer, .topology_change_timer, .bridge_id, .root_id,
	.designated_bridge, .designated_root, .hold_timer, .message_age_timer,
	.forward_delay_timer, .carrier_changes, .tentative, .permaddr, .cacheinfo, .expires)
	else . end)'
view() { # NS...
	for ns; do
		for what in 'link' 'addr' 'route show table all' '-6 route show table all' 'neigh' 'neigh show proxy'; do
			# shellcheck disable=SC2086 # words
			nsenter --net="/run/netns/$ns" ip -j -d $what
		done
	done | sed 's/"fe80::[^"]*"/"LINKLOCAL"/g; s/"address":"[^"]*"/"address":"X"/g' |
		jq -cS "$normal | if type == \"array\" then sort | .[] else . end"
}
alike() { # NAME LINE...: each through ip in i and vethctl in v
	name=$1 bad=''
	shift
	for line; do
		# shellcheck disable=SC2086 # words
		nsenter --net=/run/netns/i ip $line >"$tmp/ip" 2>&1 || bad="$bad ip $line: $(cat "$tmp/ip")"
		other=$(echo "$line" | sed 's/ netns j/ netns w/')
		# shellcheck disable=SC2086
		vethctl -n v $other >"$tmp/vethctl" 2>&1 || bad="$bad vethctl $line: $(cat "$tmp/vethctl")"
	done
	if [ -n "$bad" ]; then fail "$name" "$bad"; elif soon_alike >"$tmp/diff"; then pass "$name"; else
		fail "$name" "$(cat "$tmp/diff")"
	fi
}
same_views() {
	view i j >"$tmp/i"
	view v w >"$tmp/v"
	cmp -s "$tmp/i" "$tmp/v"
}
soon_alike() {
	for try in 1 2 3 4 5 6 7 8 9 10; do
		same_views && return 0
		sleep "0.$try"
	done
	diff "$tmp/i" "$tmp/v"
	return 1
}
says() { # WANTED-LINES-OF-STDERR...: the kernel's own words
	name=$1 pattern=$2
	shift 2
	fails "$name" 1 "vethctl: $pattern" vethctl -n v "$@"
}

alike '1 a pair' 'link set lo up' 'link add p1 address 02:00:00:00:01:01 type veth peer name q1 address 02:00:00:00:01:02'
alike '2 words of the peer alone' 'link add p2 address 02:00:00:00:02:01 type veth peer name q2 address 02:00:00:00:02:02 mtu 1400 txqueuelen 77 netns j'
alike '8 properties of a link' 'link set p1 mtu 1300' 'link set p1 txqueuelen 33' 'link set p1 promisc on' \
	'link set p1 alias some-words' 'link set p1 group 12' 'link set p1 arp off' 'link set p1 addrgenmode none' \
	'link set p1 address 02:00:00:00:01:09' 'link set dev q1 up' 'link set p1 up'
alike '8 and back' 'link set p1 promisc off' 'link set p1 arp on'
# Before Linux 6.2 only what is down is renamed: vethctl sees to that, ip does not.
in_i() { nsenter --net=/run/netns/i ip link set "$@"; }
in_i p1 name p1b 2>/dev/null || { in_i p1 down && in_i p1 name p1b && in_i p1b up; }
ok '7 renamed while up' vethctl -n v link set p1 name p1b
ok '7 as by ip' soon_alike
alike '9 bridge' 'link add bridge9 address 02:00:00:00:09:01 type bridge stp_state 0 forward_delay 0 mcast_snooping 0' 'link set bridge9 up'
alike '10 ports' 'link set p1b master bridge9'
nsenter --net=/run/netns/i ip link set p1b type bridge_slave hairpin on isolated on
ok '10 hairpin and isolated' vethctl -n v link set p1b hairpin on isolated on
ok '10 as ip sets them' soon_alike
alike '10 no port any more' 'link set p1b nomaster'
alike '10 a port by bridge, and by brctl in its words' 'link set p1b master bridge9' 'link set p1b nomaster'
nsenter --net=/run/netns/i busybox brctl addif bridge9 p1b
ok '10 bridge add' vethctl -n v bridge add bridge9 p1b
ok '10 is brctl addif' soon_alike
nsenter --net=/run/netns/i busybox brctl delif bridge9 p1b
ok '10 bridge remove' vethctl -n v bridge remove bridge9 p1b
ok '10 is brctl delif' soon_alike
for n in 1 2 3; do
	ip -n i link add "s11$n" address "02:00:00:00:11:0$n" master bridge9 type veth peer name "t11$n" address "02:00:00:00:11:1$n"
	vethctl -n v link add "s11$n" address "02:00:00:00:11:0$n" master bridge9 type veth peer name "t11$n" address "02:00:00:00:11:1$n"
done
ok '11 three ports' soon_alike
ip -n i link del bridge9
ok '11 a bridge is deleted with its ports on it' vethctl -n v bridge delete bridge9
ok '11 as ip does it' soon_alike
is '11 the ports are there, without a master' "$(vethctl -n v link show | grep '^index [0-9]* s11[123] ' | grep -vc master)" 3
for n in 1 2 3; do
	ip -n i link del "s11$n"
	vethctl -n v link del "s11$n"
done
alike '12 addresses' 'addr add 10.1.0.1/24 dev p1b' 'addr add 10.1.1.1/24 broadcast + dev p1b label p1b:1 scope link' \
	'addr add 10.1.2.1/32 peer 10.1.2.2/32 dev p1b' 'addr add fd00:1::1/64 dev p1b nodad' 'addr add 127.9.0.1/8 dev lo'
unlike '13 without DAD it is there at once' "$(vethctl -n v addr show dev p1b)" '*fd00:1::1/64*tentative*fd00*'
alike '14 routes' 'route add default via 10.1.0.2' 'route add default dev p1b metric 50' \
	'route add 10.5.0.0/16 via 10.1.0.9 dev p1b metric 7 src 10.1.0.1 mtu 1200'
alike '15 more routes' 'route add 10.6.0.0/16 via 10.99.0.1 dev p1b onlink' 'route add 10.7.0.0/16 dev p1b table 100' \
	'route add 10.7.0.0/16 dev p1b table 1000' 'route add blackhole 10.8.0.0/16' 'route add unreachable 10.9.0.0/16' \
	'route add fd00:5::/64 via fd00:1::2' 'route replace 10.5.0.0/16 via 10.1.0.8 dev p1b metric 7' \
	'route append 10.5.0.0/16 via 10.1.0.7 dev p1b metric 7' 'route add unicast 10.10.0.0/16 dev p1b scope link' \
	'route add 10.11.0.0/16 via 10.99.0.1 dev p1b onlink metric 3 src 10.1.0.1 table 100' \
	'route add blackhole 10.12.0.0/16 table 100 metric 9' 'route add 10.13.0.1/32 dev p1b' 'route add default via 10.1.0.3 table 100'
alike '15 of IPv6' 'route add fd00:6::/64 via fd00:1::3 dev p1b metric 77 src fd00:1::1 mtu 1300' \
	'route add fd00:7::/64 via fd00:99::1 dev p1b onlink' 'route add fd00:8::/64 dev p1b table 100' \
	'route add blackhole fd00:9::/64' 'route add unreachable fd00:a::/64' '-6 route add default via fd00:1::4' \
	'-6 route add default via fd00:1::5 metric 2048' 'route replace fd00:5::/64 via fd00:1::6'
is '16 two defaults' "$(vethctl -n v route show | grep -c ^default)" 2
is '16 with their metrics' "$(vethctl -n v route show | grep ^default)" 'default via 10.1.0.2 dev p1b protocol boot scope global
default dev p1b protocol boot scope link metric 50'
is '16 of IPv6' "$(vethctl -6 -n v route show | grep -c ^default)" 2
alike '17 neighbours' 'neigh add 10.1.0.50 lladdr 02:00:00:00:00:50 dev p1b nud permanent' \
	'neigh add fd00:1::50 lladdr 02:00:00:00:00:51 dev p1b nud permanent' 'neigh add proxy 10.1.0.60 dev p1b' \
	'neigh add proxy fd00:1::60 dev p1b' 'neigh add 10.1.0.51 lladdr 02:00:00:00:00:52 dev p1b nud noarp' \
	'neigh replace 10.1.0.50 lladdr 02:00:00:00:00:53 dev p1b nud permanent'
alike 'what was added is deleted' 'route del 10.7.0.0/16 table 100' 'route del blackhole 10.8.0.0/16' \
	'addr del 10.1.1.1/24 dev p1b' 'neigh del 10.1.0.50 dev p1b' 'neigh del proxy 10.1.0.60 dev p1b'
alike 'flushed' 'addr flush dev p1b'
alike '5 moved' 'link set p1b netns j'
alike 'gone' 'link del p2'

# ---- what only vethctl does

ok '3 the peer comes up with the pair' vethctl -n v link add c3 type veth peer name d3 netns w up
like '3 up inside' "$(vethctl -n w link show d3)" '*,UP*'
gives '4 a peer that the kernel names' 0 'c4 veth0' vethctl -n v link add c4 type veth
gives '4 in JSON' 0 '{"ifname":"c4b","link":"veth1"}' vethctl -j -n v link add c4b type veth
sleep 1000 &
sleeper=$!
vethctl netns attach mine $$
for ns in mine $$ pid:$$ /proc/$$/ns/net fd:9; do
	n=$((${n:-0} + 1))
	vethctl -n v link add "c5$n" type veth peer name "d5$n"
	# shellcheck disable=SC2016 # for the inner shell
	ok "5 netns $ns" sh -c 'vethctl -n v link set "$1" netns "$2" 9</proc/self/ns/net' sh "c5$n" "$ns"
	ok "5 it is here" vethctl link show "c5$n"
	vethctl link del "c5$n"
done
vethctl netns del mine
vethctl -n v link add c6 type veth peer name d6
vethctl -n w link add c6 type veth peer name d6
fails '6 moved to where the name is taken' 1 'vethctl: link set c6: File exists[: ]*' vethctl -n v link set c6 netns w
ok '6 moved and renamed' vethctl -n v link set c6 netns w name c6b
vethctl -n v link add c7 up type veth peer name d7
run strace -qq -o /dev/null -e inject=recvmmsg:error=EINTR:when=1 vethctl -n v link set c7 name c7b
is '7 an interrupted call' "$rc" 0
vethctl -n v bridge create b9
mac=$(vethctl -n v -j link show b9 | husk json get - '.[0].address')
for n in 1 2 3 4 5; do
	vethctl -n v link add "c9$n" master b9 type veth peer name "d9$n"
	vethctl -n v link del "c9$n"
done
is '9 a bridge keeps its MAC' "$(vethctl -n v -j link show b9 | husk json get - '.[0].address')" "$mac"

# ---- 18 to 20: namespaces

ip netns add made-by-ip
ok '18 those of ip' vethctl -n made-by-ip link show lo
is '18 and it sees ours' "$(nsenter --net=/run/netns/i ip netns list | cut -d ' ' -f 1 | grep -x v)" v
i=0
while [ "$i" -lt 50 ]; do
	vethctl netns add "p19.$i" 2>>"$tmp/err19" &
	adders="${adders-} $!"
	i=$((i + 1))
done
# shellcheck disable=SC2086 # a list
wait $adders
is '19 in parallel: all' "$(vethctl netns list | grep -c '^p19')" 50
is '19 none fails' "$(cat "$tmp/err19")" ''
is '19 one mount of the directory' "$(grep -c ' /run/netns ' /proc/self/mountinfo)" 1
fails '19 one that is there' 1 'vethctl: netns add v: File exists' vethctl netns add v
ok '19 with --if-missing' vethctl --if-missing netns add v
nsenter --net=/run/netns/p19.0 sleep 1000 &
inside=$!
within 10 sh -c "[ \$(vethctl netns pids p19.0 | wc -l) = 1 ]"
gives '18 who is inside' 0 "$inside" vethctl netns pids p19.0
gives '18 where is it' 0 p19.0 vethctl netns identify "$inside"
ok '18 deleted while somebody is inside' vethctl netns del p19.0
ok '18 who stays' kill -0 "$inside"
kill "$inside"
fails '40 deleted twice' 1 'vethctl: /run/netns/p19.0: No such file or directory' vethctl netns del p19.0
ok '40 with --if-exists' vethctl --if-exists netns del p19.0
gives '20 the status of the command' 1 '' vethctl netns exec v false
run vethctl netns exec v husk-no-such-command
is '20 not found' "$rc" 127
: >"$tmp/plain"
run vethctl netns exec v "$tmp/plain"
is '20 not executable' "$rc" 126
run vethctl netns exec husk-none true
is '20 no such namespace' "$rc" 125
like '20 its links in /sys, too' "$(vethctl netns exec v ls /sys/class/net)" '*c7b*'

# ---- 39 to 43: messages

says '39 a link that is there' 'link add c7b: File exists (ifindex *, kind veth)' link add c7b type veth peer name x
vethctl -n v addr add 10.39.0.1/24 dev c7b
says '39 an address' 'addr add 10.39.0.1/24: File exists*' addr add 10.39.0.1/24 dev c7b
vethctl -n v link set d7 up
vethctl -n v route add 10.40.0.0/16 via 10.39.0.2
says '39 a route' 'route add 10.40.0.0/16: File exists' route add 10.40.0.0/16 via 10.39.0.2
for line in 'link add c7b type veth peer name x' 'addr add 10.39.0.1/24 dev c7b' 'route add 10.40.0.0/16 via 10.39.0.2'; do
	# shellcheck disable=SC2086
	ok "39 --if-missing $line" vethctl -n v --if-missing $line
done
says '39 which differs' 'link add c7b: exists but differs: mtu 1500, wanted mtu 1400' --if-missing link add c7b mtu 1400 type veth
says '39 in its kind' 'link add c7b: exists but differs: type veth, wanted type bridge' --if-missing link add c7b type bridge
says '39 in its gateway' 'route add 10.40.0.0/16: exists but differs: via 10.39.0.2, wanted via 10.39.0.3' \
	--if-missing route add 10.40.0.0/16 via 10.39.0.3
for line in 'link del none' 'addr del 10.41.0.1/24 dev c7b' 'route del 10.41.0.0/16' 'neigh del 10.41.0.1 dev c7b'; do
	# shellcheck disable=SC2086
	says "40 $line" "${line%% dev*}: *" $line
	# shellcheck disable=SC2086
	ok "40 --if-exists $line" vethctl -n v --if-exists $line
done
says '41 too small' 'link set c7b: Invalid argument: mtu less than device minimum' link set c7b mtu 67
says '41 too large' 'link set c7b: Invalid argument: mtu greater than device maximum' link set c7b mtu 65536
says '42 a multicast MAC' 'link set c7b: Address not available*' link set c7b address 01:00:00:00:00:01
vethctl -n v link add b43 type bridge
fails '43 bridge in bridge' 1 'vethctl: link set b43: Symbolic link loop: Can not enslave a bridge to a bridge' \
	vethctl -n v link set b43 master b9
fails '28 host bits in a route' 1 'vethctl: route add 10.0.0.1/8: Invalid argument: Invalid prefix for given prefix length' \
	vethctl -n v route add 10.0.0.1/8 dev c7b
run setpriv --reuid 65534 --clear-groups vethctl link add c44 type bridge
is '44 unprivileged' "$rc" 1
like '44 says what is needed' "$err" 'husk vethctl: link add c44: Operation not permitted (needs CAP_NET_ADMIN in the user namespace that owns net:*'
ok '44 in a user namespace' setpriv --reuid 65534 --clear-groups /usr/bin/unshare -U -r -n vethctl link add c44 type bridge

# ---- 49 to 51: lists, batches

i=0
while [ "$i" -lt 1000 ]; do
	echo "-n w link add c49.$i type bridge"
	i=$((i + 1))
done >"$tmp/batch"
ok '49 a batch' vethctl -b "$tmp/batch"
# shellcheck disable=SC2016 # for the inner shell
sh -c 'while :; do vethctl -n w addr add 10.49.0.1/24 dev c6; vethctl -n w addr del 10.49.0.1/24 dev c6; done' >/dev/null 2>&1 &
flap=$!
vethctl -n w link set lo up
# Each run reads both lists, the links' and the addresses': 200 in all.
n=0
i=0
while [ "$i" -lt 100 ]; do
	vethctl -q -n w link show >"$tmp/links" && vethctl -q -n w addr show >"$tmp/addrs" &&
		[ "$(grep -c ' c49' "$tmp/links")" = 1000 ] && grep -q '^lo inet 127' "$tmp/addrs" && n=$((n + 1))
	i=$((i + 1))
done
kill "$flap"
wait "$flap" 2>/dev/null
is '49 each list is whole while an address comes and goes' "$n" 100
# What -j is compared with: each kind of link, a port, addresses, routes of both families and tables.
# A kind of link that this kernel lacks is left out.
while read -r line; do
	# shellcheck disable=SC2086 # words
	vethctl -n v $line 2>>"$tmp/err50"
done <<'EOT'
link add k50 type bridge stp_state 0
link add l50 up master k50 type veth peer name m50 up
link add link m50 name v50 type vlan id 7
link add link m50 name w50 type macvlan mode bridge
link set k50 up alias quo"ted
addr add 10.50.0.1/24 broadcast + dev k50
addr add 10.50.0.9/24 dev k50
addr add fd00:50::1/64 dev k50 nodad
route add 10.60.0.0/16 via 10.50.0.2 metric 5
route add 10.61.0.0/16 dev k50 table 50
route add fd00:60::/64 via fd00:50::2
neigh add 10.50.0.7 lladdr 02:00:00:00:50:07 dev k50
EOT
sub50() { # OURS THEIRS: what of ours is not in theirs
	vethctl -n v -j $1 >"$tmp/ours"
	nsenter --net=/run/netns/v ip -j -d $2 >"$tmp/theirs"
	# shellcheck disable=SC2016 # jq's own variables
	jq -c -n --slurpfile a "$tmp/ours" --slurpfile b "$tmp/theirs" '
		def flat: [paths(scalars) as $p | [($p | map(tostring) | join(".")), getpath($p)]];
		($a[0] | flat) - ($b[0] | flat)' >"$tmp/differ"
	[ "$(cat "$tmp/differ")" = '[]' ]
}
for what in link addr route 'route show table all' neigh '-6 route' '-6 route show table all'; do
	case $what in -6*) ours="-6 ${what#-6 }" ;; *) ours=$what ;; esac
	# The kernel changes things by itself between the two, if only the state of a link.
	within 20 sub50 "$ours" "$what"
	is "50 $what: keys, types and values are ip's" "$(cat "$tmp/differ")" '[]'
done
vethctl -n v link del k50
vethctl -n v link del l50
cat >"$tmp/batch" <<'EOT'
link add c51 type veth peer name d51
addr add 10.51.0.1/24 dev c51
link set c51 mtu 1200 up
link set c7b mtu 1300
route add 10.52.0.0/16 via 10.99.99.99
link add c51b type bridge
EOT
# Duplicate address detection goes on for seconds and ends with one more route of the kernel's own.
settled() { ! nsenter --net=/run/netns/v ip -6 addr show tentative | grep -q .; }
as_before() {
	view v >"$tmp/after51"
	cmp -s "$tmp/before51" "$tmp/after51"
}
within 20 settled
view v >"$tmp/before51"
fails '51 --atomic: a line that fails' 1 'vethctl: line 5: route add 10.52.0.0/16: Network unreachable: Nexthop has invalid gateway' \
	vethctl -n v -b "$tmp/batch" --atomic
ok '51 all is as before' within 15 sh -c '! vethctl -n v link show c51 2>/dev/null'
within 15 as_before
is '51 bit by bit' "$(diff "$tmp/before51" "$tmp/after51")" ''
ok '-v prints the lines as they are run' vethctl -v -n v link show lo
like 'as a command' "$err" 'husk vethctl: vethctl link show lo'
is '-4 and -6' "$(vethctl -4 -n v addr show dev c7b | wc -l) $(vethctl -6 -n v addr show dev c7b | grep -c inet6)" '1 1'
is 'addr show LINK' "$(vethctl -4 -n v addr show c7b)" "$(vethctl -4 -n v addr show dev c7b)"
fails 'addr show names who is missing' 1 'vethctl: addr show nope: No such device' vethctl addr show nope
fails 'link del names what' 1 'vethctl: link del of this group: No such device' vethctl link del group 4711
vethctl -n v route add 10.61.0.0/16 dev c7b
vethctl -n v route add 10.61.0.0/24 dev c7b
is 'route show of one destination' "$(vethctl -n v route show 10.61.0.0/24 | cut -d' ' -f1)" 10.61.0.0/24
is 'route show default shows no other' "$(vethctl -n v route show default | grep -vc ^default)" 0
vethctl -n v neigh add 10.61.0.1 lladdr 02:00:00:00:00:61 dev c7b
vethctl -n v neigh add 10.61.0.2 lladdr 02:00:00:00:00:62 dev c7b
ok 'neigh flush of one address' vethctl -n v neigh flush 10.61.0.1 dev c7b
is 'leaves the others' "$(vethctl -n v neigh show dev c7b | grep -o '10\.61\.0\..')" 10.61.0.2
is 'neigh show of one address' "$(vethctl -n v neigh show 10.61.0.2 | cut -d' ' -f1)" 10.61.0.2
gives 'gc --dry-run' 0 '' vethctl gc --dry-run
ok 'replace' vethctl -n v addr replace 10.39.0.1/24 dev c7b

kill "$sleeper"
for ns in $(vethctl netns list); do vethctl netns del "$ns"; done
umount -l -R /run
finish
