# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# rootfs.sh - for tests of the verbs: a store of their own, and a small root with busybox in it.

HUSK_ROOT=$tmp/root
HUSK_RUN=$tmp/run
export HUSK_ROOT HUSK_RUN

# make_rootfs DIR
make_rootfs() {
	mkdir -p "$1/bin" "$1/etc" "$1/tmp" "$1/www" "$1/root"
	cp "$("$top/scripts/deps" static busybox)" "$1/bin/busybox"
	for applet in sh ls cat echo sleep id ps httpd wget true false hostname env touch rm mkdir \
		tty stty ip head tail kill readlink mount dd chmod pwd printf mkfifo nc seq test grep stat; do
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

status() { # NAME
	husk inspect -f .State.Status "$1"
}
has() { # NAME STATUS
	[ "$(status "$1")" = "$2" ]
}

# Two users in this test's own /etc, with homes below $tmp: "many" has ids in /etc/subuid, "one"
# has none.  Undone by remove_users.
make_users() {
	local file who
	mkdir "$tmp/etc"
	for file in passwd group subuid subgid; do
		cat "/etc/$file" >"$tmp/etc/$file"
	done
	printf 'many:x:4242:4242::%s/many:/bin/sh\none:x:4243:4243::%s/one:/bin/sh\n' "$tmp" "$tmp" >>"$tmp/etc/passwd"
	printf 'many:x:4242:\none:x:4243:\n' >>"$tmp/etc/group"
	echo many:3000000:65536 | tee -a "$tmp/etc/subuid" >>"$tmp/etc/subgid"
	for file in passwd group subuid subgid; do
		mount --bind "$tmp/etc/$file" "/etc/$file"
	done
	for who in many one; do
		mkdir "$tmp/$who" "$tmp/$who/run"
		chown "$who" "$tmp/$who" "$tmp/$who/run"
		chmod 700 "$tmp/$who/run"
	done
	defer 'for who in many one; do as $who husk rm -f -a; done >/dev/null 2>&1'
}

remove_users() {
	as many husk rm -f -a
	as one husk rm -f -a
	umount /etc/passwd /etc/group /etc/subuid /etc/subgid
}

# as USER COMMAND...
as() {
	local who="$1"
	shift
	/usr/bin/setpriv --reuid "$who" --regid "$who" --clear-groups env -u HUSK_ROOT -u HUSK_RUN \
		-u XDG_DATA_HOME HOME="$tmp/$who" XDG_RUNTIME_DIR="$tmp/$who/run" "$@"
}

# The network links of this namespace.
links() {
	sed -n 's/^ *\([^ :]*\):.*/\1/p' /proc/net/dev | sort | xargs echo
}

# For sh -c "$try" sh COMMAND...: until it works, as a server may still be starting.
try='i=0; until "$@" 2>/dev/null; do i=$((i + 1)); [ $i -lt 200 ] || exit 1; sleep 0.1; done'

# Another machine on the other end of a cable: it is 192.0.2.2, here is 192.0.2.1.
make_far() {
	far=far
	# The names of the machine's own are not touched, and a test that is killed leaves none.
	mkdir -p /run/netns
	/bin/mount -t tmpfs husk-test /run/netns
	vethctl netns add "$far"
	vethctl link add cable type veth peer name eth0 netns "$far"
	vethctl addr add 192.0.2.1/24 dev cable && vethctl link set cable up
	vethctl -n "$far" addr add 192.0.2.2/24 dev eth0 && vethctl -n "$far" link set eth0 up
}
in_far() { # COMMAND...
	vethctl netns exec "$far" "$@"
}
remove_far() {
	vethctl -q link del cable
	vethctl netns del "$far"
	/bin/umount -l /run/netns
}

# Takes the default network down: it stays when the last container has gone.
network_down() {
	husk rm -f -a >/dev/null
	vethctl -q nat down
	vethctl -q --if-exists link del husk0
}
