#!/bin/sh
# SPDX-License-Identifier: MIT
# pipeline.sh - the pipeline of the README with `true` inside, start to end, against the floor and
# against what others make of the same root.  The floor, crun and runc make the same container;
# bwrap and util-linux set no limit and fewer mounts.

# crun refuses a machine that has v1 and an empty v2 hierarchy beside it: nobody sees that one.
if [ -d /sys/fs/cgroup/unified ] && [ -z "${HUSK_BENCH_ALONE-}" ]; then
	HUSK_BENCH_ALONE=1 exec /usr/bin/unshare -m --propagation private \
		sh -c 'umount /sys/fs/cgroup/unified; exec sh "$0"' "$0"
fi
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit
ln -s "$rootfs" rootfs
for parent in /sys/fs/cgroup/memory /sys/fs/cgroup; do
	[ ! -e "$parent/cgroup.procs" ] || { mkdir -p "$parent/husk-test"; break; }
done

bundle() {
	caps='"CAP_CHOWN","CAP_DAC_OVERRIDE","CAP_FSETID","CAP_FOWNER","CAP_MKNOD","CAP_NET_RAW",
		"CAP_SETGID","CAP_SETUID","CAP_SETFCAP","CAP_SETPCAP","CAP_NET_BIND_SERVICE",
		"CAP_SYS_CHROOT","CAP_KILL","CAP_AUDIT_WRITE"'
	mkdir bundle
	cat >bundle/config.json <<-END
	{ "ociVersion": "1.0.0",
	  "process": { "terminal": false, "user": { "uid": 0, "gid": 0 }, "args": ["true"],
	    "env": ["PATH=/bin:/usr/bin"], "cwd": "/", "noNewPrivileges": true,
	    "capabilities": { "bounding": [$caps], "effective": [$caps], "permitted": [$caps] } },
	  "root": { "path": "$rootfs" },
	  "hostname": "bench",
	  "mounts": [
	    { "destination": "/proc", "type": "proc", "source": "proc",
	      "options": ["nosuid", "nodev", "noexec"] },
	    { "destination": "/sys", "type": "sysfs", "source": "sysfs",
	      "options": ["nosuid", "nodev", "noexec", "ro"] },
	    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
	      "options": ["nosuid", "noexec", "mode=755", "size=64m"] },
	    { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
	      "options": ["nosuid", "noexec", "ptmxmode=0666", "mode=0620", "gid=5"] } ],
	  "linux": {
	    "cgroupsPath": "/husk-test/oci",
	    "resources": { "memory": { "limit": 67108864, "swap": 67108864 } },
	    "namespaces": [ { "type": "pid" }, { "type": "network" }, { "type": "uts" },
	      { "type": "mount" } ],
	    "maskedPaths": ["/proc/acpi", "/proc/interrupts", "/proc/keys", "/proc/timer_list",
	      "/sys/firmware"],
	    "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"] } }
	END
}

# The floor is no floor when it makes another container.
mounts() {
	"$@" cat /proc/self/mountinfo | sed 's/^[0-9]* [0-9]* [0-9:]* //; s/\.\{0,1\}empty//' | sort
}
mounts floor ./rootfs >floor.mounts
mounts cgexec -m 64M unshare -pnmu pivot ./rootfs cinit >husk.mounts
diff floor.mounts husk.mounts || echo '  (the floor makes other mounts than husk: see above)'

{
	echo 'floor: floor ./rootfs true'
	echo 'husk: cgexec -m 64M unshare -pnmu pivot ./rootfs cinit true'
	if have crun; then
		bundle
		echo 'crun: crun --cgroup-manager=cgroupfs --root crun run -b bundle bench@@'
	fi
	if have runc; then
		[ -d bundle ] || bundle
		echo 'runc: runc --root runc run -b bundle bench@@'
	fi
	if have bwrap; then
		echo 'bwrap (no limit): bwrap --unshare-pid --unshare-net --unshare-uts --bind ./rootfs /' \
			'--proc /proc --dev /dev true'
	fi
	if have tini-static; then
		mkdir tini && cp -a "$rootfs/." tini && cp "$(command -v tini-static)" tini/bin/tini
		echo 'unshare + tini (no limit): /usr/bin/unshare -pnmuf --kill-child --mount-proc' \
			'--root=./tini /bin/tini -- true'
	fi
} >list
grep '^  (' list || true
grep -v '^  (' list | turns -n "$rounds" -t pipeline -r "$results"
