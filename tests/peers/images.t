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
id=$(husk images -q --no-trunc | sed -n 1p)
for id in $(husk images -q --no-trunc); do
	[ "$(wc -l <"$HUSK_ROOT/img/$id/layers")" = 2 ] && break
done
reload() { # NAME-OF-TEST ARGUMENT-OF-LOAD
	husk rm -f -a >/dev/null
	husk rmi -f bb:1 bb:2 >/dev/null 2>&1
	ok "$1: loads" husk load -q -i "$2"
	loaded=${out#Loaded image: }
	gives "$1: runs" 0 'new w it is b c' husk run --rm --network none "$loaded" \
		sh -c '[ ! -e /bin/nc ] && echo $(cat /new) $(ls /www) it is $A'
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
finish
