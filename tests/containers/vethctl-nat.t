#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl nat, publish and proxy, with real traffic: who reaches whom, and as whom.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
NET=$HUSK_OUT/probes/net
[ -x "$NET" ] || make -C "$top" probes >/dev/null 2>&1
mount -t tmpfs husk-test /run || exit 1

pids=''
server() { # NS KIND ADDRESS PORT NAME; NS - is the host
	case $1 in
	-) "$NET" "$2" "$3" "$4" "$5" & ;;
	*) nsenter --net="/run/netns/$1" "$NET" "$2" "$3" "$4" "$5" & ;;
	esac
	pids="$pids $!"
}
ask() { # NS KIND ADDRESS PORT [SPORT]
	from=$1
	shift
	case $from in
	-) "$NET" "$@" ;;
	*) nsenter --net="/run/netns/$from" "$NET" "$@" ;;
	esac
}
hears() { # WANT NS KIND ADDRESS PORT [SPORT]
	want=$1
	shift
	[ "$(ask "$@")" = "$want" ]
}
reaches() { # NAME WANT NS KIND ADDRESS PORT: in the end
	name=$1
	shift
	if within 15 hears "$@"; then pass "$name"; else fail "$name" "$*: $(cat "$tmp/.within")"; fi
}
not_reached() { # NAME NS KIND ADDRESS PORT
	name=$1
	shift
	if ask "$@" >"$tmp/heard" 2>&1; then fail "$name" "$(cat "$tmp/heard")"; else pass "$name"; fi
}

# Outside 192.0.2.2 - host 192.0.2.1, 10.9.0.1 - containers a .2, b .3.  Outside has a route to them.
for ns in out a b; do vethctl netns add "$ns"; done
vethctl link add up0 up type veth peer name up1 netns out up
vethctl addr add 192.0.2.1/24 dev up0
vethctl addr add 2001:db8::1/64 dev up0 nodad
vethctl -n out addr add 192.0.2.2/24 dev up1
vethctl -n out addr add 2001:db8::2/64 dev up1 nodad
vethctl -n out link set lo up
vethctl -n out route add 10.9.0.0/24 via 192.0.2.1
vethctl bridge create br0 --ip 10.9.0.1/24 --ip fd00:9::1/64
echo 0 >/proc/sys/net/ipv4/ip_forward

fails '60 publish without tables' 1 'vethctl: publish: the nftables table husk is not there (vethctl nat up*' \
	vethctl publish add --id x --to 10.9.0.2 8080:80
gives '52 nat up' 0 'net/ipv4/ip_forward = 1
net/ipv4/conf/br0/route_localnet = 1
net/ipv6/conf/all/forwarding = 1' vethctl nat up --subnet 10.9.0.0/24 --subnet fd00:9::/64 --bridge br0
gives '52 twice' 0 '' vethctl nat up --subnet 10.9.0.0/24 --subnet fd00:9::/64 --bridge br0
is '52 one table a family' "$(nft list tables | grep -c husk)" 2
ok '53 attach and publish' vethctl attach --netns a --bridge br0 --ip 10.9.0.2/24 --ip fd00:9::2/64 --id a \
	--publish 8080:80 --publish 8081:81/udp --publish 192.0.2.1:9090:80
like '53 which it says' "$out" '*"published":\["8080:80","8081:81/udp","192.0.2.1:9090:80"\]*'
vethctl attach --netns b --bridge br0 --ip 10.9.0.3/24 --ip fd00:9::3/64 --id b >/dev/null
nft list ruleset >"$tmp/rules"
ok '52 nft reads what it lists' nft -c -f "$tmp/rules"
like '52 with whose port it is' "$(cat "$tmp/rules")" '*tcp . 8080 comment "a" : 10.9.0.2 . 80*'
gives '53 publish list' 0 'a *:8080/tcp 10.9.0.2:80
a *:8080/tcp fd00:9::2:80
a *:8081/udp 10.9.0.2:81
a *:8081/udp fd00:9::2:81
a 192.0.2.1:9090/tcp 10.9.0.2:80' sh -c 'vethctl publish list | sort'
ok '53 publish list -j is JSON' sh -c 'vethctl -j publish list | husk json get - ".[0].id"'

server a tcpd 0.0.0.0 80 a
server a udpd 0.0.0.0 81 a
server a tcpd fd00:9::2 80 a6
server b tcpd 0.0.0.0 80 b
server out tcpd 0.0.0.0 8080 out
server out tcpd :: 8082 out6
server - tcpd 127.0.0.1 7000 host

reaches '53 from outside, tcp: the true client address' 'a 192.0.2.2' out tcp 192.0.2.1 8080
reaches '53 from outside, udp' 'a 192.0.2.2' out udp 192.0.2.1 8081
reaches '53 from outside, on one address' 'a 192.0.2.2' out tcp 192.0.2.1 9090
reaches '53 from outside, IPv6' 'a6 2001:db8::2' out tcp 2001:db8::1 8080
reaches '53 from another container' 'a 10.9.0.1' b tcp 192.0.2.1 8080
reaches '53 from itself (hairpin)' 'a 10.9.0.1' a tcp 192.0.2.1 8080
reaches '53 from the host' 'a 192.0.2.1' - tcp 192.0.2.1 8080
reaches '53 from the host, on 127.0.0.1' 'a 10.9.0.1' - tcp 127.0.0.1 8080
vethctl -n b route add 127.0.0.0/8 via 10.9.0.1 2>/dev/null
echo 1 | nsenter --net=/run/netns/b sh -c 'cat >/proc/sys/net/ipv4/conf/all/route_localnet'
nsenter --net=/run/netns/b ip route del local 127.0.0.0/8 table local 2>/dev/null
not_reached '53 no way to the loopback of the host' b tcp 127.0.0.1 7000
reaches '53 another machine at the same port' 'out 192.0.2.1' b tcp 192.0.2.2 8080
reaches '53 masqueraded, IPv6' 'out6 2001:db8::1' b tcp 2001:db8::2 8082
not_reached '53 a port that is not published' out tcp 10.9.0.3 80
reaches '53 which is there inside' 'b 10.9.0.2' a tcp 10.9.0.3 80

# ---- who owns a port

fails '54 a taken port' 1 'vethctl: publish: port 8080/tcp is taken by a' vethctl publish add --id b --to 10.9.0.3 8080:80
reaches '54 the first stays' 'a 192.0.2.2' out tcp 192.0.2.1 8080
fails '55 three ports, the last taken' 1 'vethctl: publish: port 8080/tcp is taken by a' \
	vethctl publish add --id b --to 10.9.0.3 8090:80 8091:80 8080:80
is '55 none is published' "$(vethctl publish list | grep -c '^b ')" 0
ok '56 publish' vethctl publish add --id b --to 10.9.0.3 8092:80
ok '56 unpublish' vethctl publish del --id b
ok '56 the next owner' vethctl publish add --id a2 --to 10.9.0.2 8092:80
: >/run/husk/pub/b # as if that del had been killed
ok '56 a late unpublish' vethctl publish del --id b
like '56 does not hit it' "$(vethctl publish list)" '*a2 \*:8092/tcp*'
ok '56 one port of several' vethctl publish add --id a2 --to 10.9.0.2 8093:80
ok '56 is taken back' vethctl publish del --id a2 8092:80
is '56 and only that' "$(vethctl publish list | grep '^a2 ')" 'a2 *:8093/tcp 10.9.0.2:80'
vethctl publish del --id a2

# ---- 57: udp flows follow at once

not_reached '57 udp before it is published' out udp 192.0.2.1 8085 5555
ok '57 published' vethctl publish add --id u --to 10.9.0.2 8085:81/udp
reaches '57 the same flow gets through' 'a 192.0.2.2' out udp 192.0.2.1 8085 5555
ok '57 taken back' vethctl publish del --id u
not_reached '57 the same flow ends' out udp 192.0.2.1 8085 5555

# ---- 58, 60: many ports; a ruleset that somebody flushed

calls() { # WORDS...: what one more port costs
	strace -qq -o "$tmp/trace" vethctl -q publish "$@"
	# Reading on is a matter of time: what comes in one call or in two.
	sed -n 's/^\([a-z0-9]*\)(.*/\1/p' "$tmp/trace" | grep -v recvmmsg | sort | uniq -c
}
calls add --id few --to 10.9.0.2 19999:80 >"$tmp/first"
ok '58 2000 ports in one call, by a range' vethctl publish add --id many --to 10.9.0.2 20000-21999:30000-31999
is '58 are published' "$(vethctl publish list | grep -c '^many')" 2000
like '58 each to its own' "$(vethctl publish list)" '*many \*:21998/tcp 10.9.0.2:31998
*'
calls add --id few --to 10.9.0.2 19998:80 >"$tmp/last"
is '58 the next costs what the first did' "$(cat "$tmp/last")" "$(cat "$tmp/first")"
fails '58 a range, of which one is taken' 1 'vethctl: publish: port 21999/tcp is taken by many' \
	vethctl publish add --id b --to 10.9.0.3 21999-23000:80-1081
is '58 publishes none' "$(vethctl publish list | grep -c '^b ')" 0
fails '58 one port twice' 1 'vethctl: publish: a port is named twice' \
	vethctl publish add --id b --to 10.9.0.3 24000-24010:80-90 24010:80
ok '58 a part of a range is taken back' vethctl publish del --id many 20000-20999:30000-30999
is '58 the rest stays' "$(vethctl publish list | grep -c '^many')" 1000
fails '58 what is not published' 1 'vethctl: publish del: many has no such port' vethctl publish del --id many 20000:1
ok '58 with --if-exists' vethctl --if-exists publish del --id many 20000:1
ok '58 the same again with --if-missing' vethctl --if-missing publish add --id many --to 10.9.0.2 20990-21009:30990-31009
is '58 adds what was missing' "$(vethctl publish list | grep -c '^many')" 1010
fails '58 but not what differs' 1 'vethctl: publish: port 21000/tcp is taken by many' \
	vethctl --if-missing publish add --id many --to 10.9.0.3 21000:31000
ok '58 --replace leads it elsewhere' vethctl --replace publish add --id many --to 10.9.0.3 21000:80
reaches '58 at once' 'b 192.0.2.2' out tcp 192.0.2.1 21000
is '58 and no other port' "$(vethctl publish list | grep -c '^many')" 1010
fails '58 --replace takes nothing of another' 1 'vethctl: publish: port 8080/tcp is taken by a' \
	vethctl --replace publish add --id many --to 10.9.0.3 8080:80
is '58 the file says the same' "$(wc -l </run/husk/pub/many)" 1010
vethctl publish del --id few
nft flush ruleset
nft add table ip others
ok '60 nat up repairs it' vethctl nat up --subnet 10.9.0.0/24 --subnet fd00:9::/64 --bridge br0
is '60 all of it' "$(vethctl publish list | grep -c '^many')" 1010
reaches '60 also what was led elsewhere' 'b 192.0.2.2' out tcp 192.0.2.1 21000
ok '60 taken back' vethctl publish del --id many
is '60 no file is left' "$(find /run/husk/pub -name many)" ''
reaches '60 works again' 'a 192.0.2.2' out tcp 192.0.2.1 8080
reaches '60 over IPv6, too' 'a6 2001:db8::2' out tcp 2001:db8::1 8080
nft add chain ip others fw '{ type filter hook forward priority 0; policy drop; }'
run vethctl nat up --subnet 10.9.0.0/24 --bridge br0
like '53 a foreign policy of drop is named' "$err" \
	'husk vethctl: nat up: the chain others fw drops what is forwarded (iptables -I FORWARD *)'
not_reached '53 which nothing gets through' out tcp 192.0.2.1 8080
nft delete chain ip others fw
# The same by the old iptables, which nftables does not show; and that the hint is right.
if iptables-legacy -P FORWARD DROP 2>"$tmp/legacy"; then
	run vethctl nat up --subnet 10.9.0.0/24 --bridge br0
	like '53 a policy of iptables-legacy is named' "$err" \
		'husk vethctl: nat up: the chain filter FORWARD of iptables-legacy drops what is forwarded (*)'
	not_reached '53 that stops it, too' out tcp 192.0.2.1 8080
	hint=${err##*"("}
	ok '53 the hint' sh -c "${hint%)}"
	reaches '53 is right' 'a 192.0.2.2' out tcp 192.0.2.1 8080
	iptables-legacy -F FORWARD
	iptables-legacy -P FORWARD ACCEPT
else
	skip '53 a policy of iptables-legacy is named' "$(cat "$tmp/legacy")"
fi
gives '53 nothing to say then' 0 '' vethctl nat up --subnet 10.9.0.0/24 --bridge br0
iptables-nft -P FORWARD DROP
run vethctl nat up --subnet 10.9.0.0/24 --bridge br0
like '53 a policy of iptables-nft is named' "$err" 'husk vethctl: nat up: the chain filter FORWARD drops*'
hint=${err##*"("}
ok '53 its hint' sh -c "$(echo "${hint%)}" | sed 's/iptables/iptables-nft/g')"
reaches '53 is right, too' 'a 192.0.2.2' out tcp 192.0.2.1 8080
nft delete table ip filter
run vethctl publish add --id late --to 10.9.0.2 7001:80
server - tcpd 0.0.0.0 7002 host
within 10 hears 'host 127.0.0.1' - tcp 127.0.0.1 7002
run vethctl publish add --id late --to 10.9.0.2 7002:80
like 'a process that is cut off is named' "$err" 'husk vethctl: publish: a process of this host listens on port 7002*'

# ---- 61: proxy

server - tcpd ::1 1 none 2>/dev/null
vethctl proxy '[::1]:8888' 10.9.0.2:80 &
pids="$pids $!"
reaches '61 ::1 by proxy' 'a 10.9.0.1' - tcp ::1 8888
server a sink 0.0.0.0 82 ''
vethctl proxy 127.0.0.1:8889 10.9.0.2:82 &
pids="$pids $!"
back() { [ "$(ask - pump 127.0.0.1 8889 1048576)" = 1048576 ]; }
ok '61 1 MiB both ways, and a half-closed connection' within 15 back
vethctl proxy 127.0.0.1:8890 10.9.0.3:80 netns a &
pids="$pids $!"
reaches '61 from another namespace' 'b 10.9.0.2' - tcp 127.0.0.1 8890
fails '61 an address that is taken' 1 'vethctl: proxy: listen on 127.0.0.1 port 7000: Address*in use' \
	vethctl proxy 127.0.0.1:7000 10.9.0.2:80

# ---- the end

ok '59 detach' vethctl detach --id a
is '59 takes its ports' "$(vethctl publish list | grep -c '^a ')" 0
ok '59 nat down' vethctl nat down
is '59 leaves the tables of others' "$(nft list tables)" 'table ip others'
is '59 and forwarding' "$(cat /proc/sys/net/ipv4/ip_forward)" 1
ok '59 twice' vethctl nat down
nft delete table ip others
echo 0 >/proc/sys/net/ipv4/ip_forward
# shellcheck disable=SC2086 # a list
kill $pids 2>/dev/null
wait
vethctl link del group 18795
vethctl link del br0
vethctl link del up0
for ns in out a b; do vethctl netns del "$ns"; done
umount -l -R /run
finish
