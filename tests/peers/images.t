#!/bin/sh
# SPDX-License-Identifier: MIT
# Images between husk and others: what husk saves, podman and skopeo read; what they write, husk loads.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/containers/rootfs.sh"
cd "$tmp" || exit 1
make_image -c 'ENV A=b c' -c 'CMD ["echo", "it is"]' -c 'LABEL k=v w'
husk run --name live --network none bb:1 sh -c 'echo new >/new; rm /bin/nc; rm -r /www; mkdir /www; echo w >/www/w'
husk commit live bb:2 >/dev/null
husk save -o bb.tar bb:2
for id in $(husk images -q --no-trunc); do
	[ "$(wc -l <"$HUSK_ROOT/img/$id/layers")" = 2 ] && break
done
# What a container of it says: of both layers, what is gone, and of the environment.
say='[ ! -e /bin/nc ] && echo $(cat /new) $(ls /www) it is $A'
says='new w it is b c'
reload() { # NAME-OF-TEST ARGUMENT-OF-LOAD
	husk rm -f -a >/dev/null
	husk rmi -f bb:1 bb:2 >/dev/null 2>&1
	ok "$1: loads" husk load -q -i "$2"
	loaded=${out#Loaded image: }
	gives "$1: runs" 0 "$says" husk run --rm --network none "$loaded" sh -c "$say"
	husk rmi -f "$loaded" >/dev/null
	husk load -q -i bb.tar >/dev/null
}

if ! command -v skopeo >/dev/null; then
	skip 'skopeo' 'skopeo is not installed'
else
	policy='--insecure-policy'
	ok 'skopeo inspects it' skopeo $policy inspect --config oci-archive:bb.tar
	is 'skopeo: the environment' "$(printf %s "$out" | husk json get - '.config.Env[1]')" 'A=b c'
	ok 'skopeo copies it' skopeo $policy copy -q oci-archive:bb.tar oci:layout:bb
	ok 'skopeo copies it as docker has it' skopeo $policy copy -q docker-archive:bb.tar docker-archive:docker.tar:bb:3
	reload 'an OCI layout of skopeo' layout
	reload 'a docker archive of skopeo' docker.tar
fi

if ! command -v podman >/dev/null; then
	skip 'podman' 'podman is not installed'
else
	pod() {
		podman --root="$tmp/pod" --runroot="$tmp/podrun" --storage-driver=vfs \
			--cgroup-manager=cgroupfs --events-backend=none "$@" 2>"$tmp/pod.err"
	}
	defer 'chmod -R u+rwX pod podrun 2>/dev/null; rm -rf pod podrun'
	run pod load -q -i bb.tar
	like 'podman loads it' "$rc $out" '0 Loaded image: localhost/bb:2'
	is 'podman: it is the same image' "$(pod images -q --no-trunc)" "sha256:$id"
	pod save -q -o pod.tar localhost/bb:2
	reload 'what podman saves' pod.tar
	pod save -q --format oci-archive -o pod-oci.tar localhost/bb:2
	reload 'what podman saves as OCI' pod-oci.tar
fi

# ---- daemons, with all that is theirs below $tmp, and no network
/bin/mount -t tmpfs tmpfs /run || exit 1
daemon() { # NAME CLIENT COMMAND...: starts it, in a cgroup of this test; false when it does not start
	name=$1 client=$2
	shift 2
	for program in "$1" "${client%% *}"; do
		command -v "$program" >/dev/null || {
			skip "$name" "$program is not installed (scripts/deps daemons, which starts services)"
			return 1
		}
	done
	"$@" >"$name.log" 2>&1 &
	daemon=$!
	within 60 $client version && return
	skip "$name" "$1 does not start here: $(tail -n 1 "$name.log")"
	end_daemon
	return 1
}
end_daemon() {
	kill "$daemon"
	wait "$daemon"
}

mkdir docker containerd
d="docker -H unix://$tmp/docker/sock"
if daemon docker "$d" dockerd --data-root "$tmp/docker/data" --exec-root "$tmp/docker/exec" \
	--pidfile "$tmp/docker/pid" -H "unix://$tmp/docker/sock" --storage-driver vfs --bridge none \
	--iptables=false --ip6tables=false --cgroup-parent "$HUSK_CGROUP_PARENT"; then
	gives 'docker loads it' 0 'Loaded image: bb:2' $d load -q -i bb.tar
	is 'docker: it is the same image' "$($d images -q --no-trunc)" "sha256:$id"
	gives 'docker runs it' 0 "$says" $d run --rm --network none bb:2 sh -c "$say"
	$d save -o docker.tar bb:2
	end_daemon
	reload 'what docker saves' docker.tar
fi

cat >containerd/config <<-END
	version = 2
	root = "$tmp/containerd/root"
	state = "$tmp/containerd/state"
	disabled_plugins = ["io.containerd.grpc.v1.cri"]
	[grpc]
	address = "$tmp/containerd/sock"
	END
c="ctr -a $tmp/containerd/sock"
if daemon containerd "$c" containerd -c containerd/config; then
	ok 'containerd imports it' $c images import --snapshotter native bb.tar
	gives 'containerd: by its name' 0 bb:2 $c images ls -q
	gives 'containerd runs it' 0 "$says" $c run --rm --snapshotter native \
		--cgroup "$HUSK_CGROUP_PARENT/one" bb:2 one sh -c "$say"
	$c images export ctr.tar bb:2
	end_daemon
	reload 'what containerd exports' ctr.tar
fi
/bin/umount /run
finish
