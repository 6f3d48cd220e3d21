# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# rootfs.sh - for tests of the verbs: a store of their own, and a small root with busybox in it.

HUSK_ROOT=$tmp/root
HUSK_RUN=$tmp/run
export HUSK_ROOT HUSK_RUN

# make_rootfs DIR
make_rootfs() {
	mkdir -p "$1/bin" "$1/etc" "$1/tmp" "$1/www" "$1/root"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for applet in sh ls cat echo sleep id ps httpd wget true false hostname env touch rm mkdir \
		tty stty ip head tail kill readlink mount dd chmod pwd printf mkfifo nc seq test grep; do
		ln -s busybox "$1/bin/$applet"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$1/etc/group"
	chmod -R a+rX "$1"
	chmod 1777 "$1/tmp"
}

# The image bb:1 in the store, and nothing running when the test ends.
make_image() {
	make_rootfs "$tmp/fs"
	husk import "$@" "$tmp/fs" bb:1 >/dev/null || exit 1
	defer 'husk rm -f -a >/dev/null 2>&1'
}

# Takes the default network down: it stays when the last container has gone.
network_down() {
	husk rm -f -a >/dev/null
	vethctl -q nat down
	vethctl -q --if-exists link del husk0
}
