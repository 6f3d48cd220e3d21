#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh - `husk run --rm` of `true`, start to end, without a network and on a bridge, against podman,
# docker, and crun alone, which has its bundle made already; `husk ps` of 200 containers; load of a
# layer of 100 MB against tar, podman and docker.  Of docker the CPU time is that of the client alone.

# In namespaces of its own: bridges, rules and a daemon end with it, and crun refuses a machine that
# has v1 and an empty v2 hierarchy beside it.
if [ -z "${HUSK_BENCH_ALONE-}" ]; then
	HUSK_BENCH_ALONE=1 exec /usr/bin/unshare -m -n -p -f --kill-child --mount-proc --propagation private \
		sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; mount -t tmpfs tmpfs /run
			ip link set lo up; sh "$0"' "$0"
fi
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit
HUSK_ROOT=$tmp/root HUSK_RUN=$tmp/run
export HUSK_ROOT HUSK_RUN
# Podman asks the networks of CNI first, whose programs may be missing.
export CONTAINERS_CONF="$tmp/podman.conf"
printf '[network]\nnetwork_backend = "netavark"\n' >podman.conf
PATH=$PATH:/usr/lib/podman
pod="podman --root=$tmp/pod --runroot=$tmp/podrun --cgroup-manager=cgroupfs --events-backend=none"
docker="docker -H unix://$tmp/docker/sock"
daemon=''
clean_up() {
	husk rm -f -a >/dev/null 2>&1 || :
	[ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } || :
	umount "$tmp/pod/overlay" 2>/dev/null || :
	rm -rf "$tmp"
}
trap clean_up EXIT

# The daemon, with the image in it.
start_docker() {
	have dockerd docker || return
	mkdir docker
	dockerd --data-root "$tmp/docker/data" --exec-root "$tmp/docker/exec" --pidfile "$tmp/docker/pid" -H "unix://$tmp/docker/sock" \
		--cgroup-parent "$HUSK_CGROUP_PARENT" >docker/log 2>&1 &
	daemon=$!
	for _ in $(seq 300); do
		$docker load -q -i bb.tar >/dev/null 2>&1 && return
		sleep 0.1
	done
	echo "  (without docker, whose daemon does not start: $(tail -n 1 docker/log))"
	return 1
}

husk import "$rootfs" bb >/dev/null
husk save bb >bb.tar
husk run --rm bb true # makes the bridge
{
	echo 'husk run, no network: husk run --rm --network none bb true'
	echo 'husk run, bridge: husk run --rm bb true'
	if have crun; then
		mkdir bundle && (cd bundle && crun spec && ln -s "$rootfs" rootfs &&
			sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"true"/' config.json)
		echo 'crun alone: crun --cgroup-manager=cgroupfs --root crun run -b bundle bench@@'
	fi
	if have podman; then
		$pod load -q -i bb.tar >/dev/null
		echo "podman, no network: $pod run --rm --network none --ulimit host --log-driver k8s-file bb true"
		if have netavark; then
			echo "podman, bridge: $pod run --rm --ulimit host --log-driver k8s-file bb true"
		fi
	fi
	if start_docker; then
		echo "docker, no network: $docker run --rm --network none bb true"
		echo "docker, bridge: $docker run --rm bb true"
	fi
} >list
grep '^  (' list || true
grep -v '^  (' list | turns -n "$rounds" -t run -r "$results"

i=0
while [ "$i" -lt 200 ]; do
	i=$((i + 1))
	husk create --network none bb true >/dev/null
done
echo 'husk ps, 200 containers: husk ps -a' | turns -n "$rounds" -t ps -r "$results"
husk rm -a >/dev/null

mkdir big
head -c 100000000 /dev/urandom >big/file
husk import big big >/dev/null
husk save big >big.tar
cat >load <<'END'
husk rmi "$1" >/dev/null 2>&1
exec husk load -q -i "$1.tar"
END
printf '%s\n' 'rm -rf out && mkdir out && exec tar -xf big.tar -C out' >tar
printf '%s\n' "$pod rmi -f big >/dev/null 2>&1" "exec $pod load -q -i big.tar" >pod-load
printf '%s\n' "$docker rmi -f big >/dev/null 2>&1" "exec $docker load -q -i big.tar" >docker-load
{
	echo 'husk load, 100 MB: sh load big'
	echo 'tar x, 100 MB: sh tar'
	[ ! -d pod ] || echo 'podman load, 100 MB: sh pod-load'
	[ -z "$daemon" ] || echo 'docker load, 100 MB: sh docker-load'
} | turns -n $((rounds / 10 + 1)) -t load -r "$results"
