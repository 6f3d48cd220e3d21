#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl.sh - a container's network: attach against what people type with ip, in one process or in
# nine; the end of many at once; publishing with few and with many ports there.
[ -n "${HUSK_BENCH_INSIDE-}" ] || HUSK_BENCH_INSIDE=1 exec unshare -m -n --propagation private sh "$0" "$@"
. "$(dirname "$0")/lib.sh"
have ip || exit 0

mount -t tmpfs husk-bench /run
mkdir /run/netns
vethctl up
vethctl bridge create br0 --ip 10.9.0.1/16
count=${ROUNDS:-100}
[ "$count" -le 200 ] || count=200
number=0

# TITLE COMMAND: it is run for $count namespaces; milliseconds each.
measure() {
	title=$1
	shift
	for i in $(seq "$count"); do vethctl netns add "n$i"; done
	number=$((number + 1))
	before=$(date +%s%N)
	for i in $(seq "$count"); do "$@" "$i" >/dev/null; done
	after=$(date +%s%N)
	took=$((after - before))
	[ -n "${ours-}" ] || ours=$took
	awk -v t="$title" -v n="$count" -v ns="$took" -v ours="$ours" \
		'BEGIN { printf "  %-44s %7.2f ms  x %.1f\n", t, ns / n / 1e6, ns / ours }'
	for i in $(seq "$count"); do vethctl netns del "n$i"; done
	while vethctl link show type veth | grep -q .; do sleep 0.1; done
}
with_attach() {
	vethctl attach --netns "n$1" --bridge br0 --ip "10.9.1.$1/16" --gw 10.9.0.1
}
with_nine() {
	ip link add "h$1" type veth peer name "g$1"
	ip link set "h$1" master br0
	ip link set "h$1" up
	ip link set "g$1" netns "n$1"
	ip -n "n$1" link set lo up
	ip -n "n$1" link set "g$1" name eth0
	ip -n "n$1" link set eth0 up
	ip -n "n$1" addr add "10.9.1.$1/16" dev eth0
	ip -n "n$1" route add default via 10.9.0.1
}
with_two_batches() {
	echo "link add h$1 up master br0 type veth peer name eth0 netns n$1" | ip -batch -
	ip -n "n$1" -batch - <<-EOT
		link set lo up
		link set eth0 up
		addr add 10.9.1.$1/16 dev eth0
		route add default via 10.9.0.1
	EOT
}

echo "attach, $count namespaces, one after the other:"
measure 'vethctl attach' with_attach
measure 'two ip -batch, made in place' with_two_batches
measure 'nine ip' with_nine
vethctl netns add calls
strace -o "$tmp/trace" vethctl attach --netns calls --bridge br0 --ip 10.9.2.1/16 --gw 10.9.0.1 >/dev/null
echo "  system calls between execve and exit           $(($(wc -l <"$tmp/trace") - 3))"

echo 'the end of 500 pairs:'
i=0
while [ "$i" -lt 500 ]; do
	i=$((i + 1))
	echo "link add e$i group 9 type veth peer name f$i"
done | vethctl -b -
before=$(date +%s%N)
vethctl link del group 9
echo "  one link del group                             $((($(date +%s%N) - before) / 1000000)) ms"

echo 'publish one more port:'
vethctl nat up --subnet 10.9.0.0/16 --bridge br0 >/dev/null
port() {
	before=$(date +%s%N)
	for i in 1 2 3 4 5 6 7 8 9 10; do vethctl publish add --id one --to 10.9.0.2 "$((100 + i)):80"; done
	echo "  with $1 ports there                          $((($(date +%s%N) - before) / 10000)) us"
	vethctl publish del --id one
}
port 0
before=$(date +%s%N)
vethctl -q publish add --id many --to 10.9.0.2 10000-14999:10000-14999
echo "  5000 of them in one call                       $((($(date +%s%N) - before) / 1000)) us"
port 5000
vethctl publish del --id many

have iperf3 || exit 0
echo 'throughput of one stream, Gbit/s:'
for ns in a b; do
	vethctl netns add "$ns"
	vethctl attach --netns "$ns" --bridge br0 --ip auto --id "$ns" >/dev/null
done
vethctl netns add out
vethctl link add up0 up type veth peer name up1 netns out up
vethctl addr add 192.0.2.1/24 dev up0
vethctl -n out addr add 192.0.2.2/24 dev up1
inside=$(vethctl ipam list | awk '$3 == "a" { print $2 }')
vethctl publish add --id a --to "$inside" 5201:5201
nsenter --net=/run/netns/a iperf3 -s >/dev/null 2>&1 &
server=$!
vethctl proxy 192.0.2.1:5202 "$inside:5201" &
proxy=$!
stream() { # TITLE NS ADDRESS PORT
	for try in 1 2 3 4 5 6 7 8 9 10; do
		nsenter --net="/run/netns/$2" iperf3 -c "$3" -p "$4" -t "${SECONDS_OF_STREAM:-3}" -f g >"$tmp/iperf" 2>&1 && break
		sleep 0.2
	done
	awk -v t="$1" '/receiver/ { printf "  %-44s %7.1f\n", t, $7 }' "$tmp/iperf"
}
stream 'container to container, veth and bridge' b "$inside" 5201
stream 'outside to a published port, DNAT' out 192.0.2.1 5201
stream 'outside to the proxy, splice' out 192.0.2.1 5202
kill "$server" "$proxy"
