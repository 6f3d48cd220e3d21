#!/bin/sh
# SPDX-License-Identifier: MIT
# The holes of other container tools, each tried twice: against a naive set-up, where it must work,
# else the test proves nothing, and against pivot.  A number names the hole that a check is about.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
. "$top/tests/rootfs.sh"

attack=$HUSK_OUT/probes/attack
cp "$attack" "$R/bin/attack"
touch "$tmp/marker"
marker=${tmp#/}/marker
successes=0

# What container tools of an afternoon do: chroot, with a proc and the host's devices.
mount -t proc proc "$R/proc"
naive() { unshare -m -R "$R" "$@"; }
works() {
	label=$1
	shift
	run "$@"
	is "$label: works against a naive set-up" "$out" PWNED
}
denied() {
	label=$1
	shift
	run "$@"
	[ "$out" != PWNED ] || successes=$((successes + 1))
	case $out in
	'' | PWNED) fail "$label: not against pivot" "said: $out" "stderr: $err" ;;
	*) pass "$label: not against pivot ($out)" ;;
	esac
}

# It ends its parent, so the verdict comes after that.
exe() {
	: >"$tmp/exe"
	"$@" cinit attack exe >"$tmp/exe" 2>/dev/null
	within 20 test -s "$tmp/exe"
	cat "$tmp/exe"
}

# 1: on a copy of the binary, since it works.
cp "$HUSK" "$tmp/copy"
works '1 CVE-2019-5736' exe "$tmp/copy" unshare -m -R "$R"
run cmp -s "$HUSK" "$tmp/copy"
is '1 the naive set-up lost its binary' "$rc" 1
rm "$tmp/copy"
cp "$HUSK" "$tmp/copy"
denied '1 CVE-2019-5736' exe "$tmp/copy" unshare -mu pivot "$R"
denied '1 with all privileges' exe "$tmp/copy" unshare -mu pivot --privileged "$R"
denied '1 through the old mount calls' exe env HUSK_MOUNT_API=old "$tmp/copy" unshare -mu pivot "$R"
# Where the kernel cannot exchange the executable, it is executed again; where a mount cannot be
# cloned, it is a copy in memory.
for inject in prctl:error=EINVAL:when=3 prctl:error=EINVAL:when=4 open_tree:error=EINVAL:when=1; do
	denied "1 CVE-2019-5736, $inject" exe strace -qq -o "$tmp/trace" -e trace=prctl,open_tree,execveat,memfd_create \
		-e inject=$inject "$tmp/copy" unshare -mu pivot "$R"
	is "1 another way was taken, $inject" "$(grep -cE '^(execveat|memfd_create)' "$tmp/trace")" 1
done
printf '#!/proc/self/exe --version\n' >"$R/bin/self"
chmod 755 "$R/bin/self"
run "$tmp/copy" unshare -mu pivot "$R" self
like '1 #!/proc/self/exe runs the sealed binary' "$out" 'husk *'
ok '1 the binary is as it was' cmp "$HUSK" "$tmp/copy"

works '2 CVE-2024-21626, an inherited directory' naive attack fd marker 9<"$tmp"
denied '2 CVE-2024-21626' P attack fd marker 9<"$tmp"
denied '2 with cinit as PID 1' P cinit attack fd marker 9<"$tmp"
fails '2 a directory on standard input' 125 'pivot: descriptor 0 is a directory of the host' \
	P attack fd "$marker" <"$top/lib"
fails '2 a working directory by such a link' 125 'pivot: -w: /proc/self/fd/9 is not inside of the new root' \
	Q -w /proc/self/fd/9 "$R" true 9<"$top/lib"

# 4, 22: a link in place of a directory, exchanged while places for mounts are looked up and made.
mkdir "$R/race" "$R/race/a" "$tmp/decoy"
ln -s "$tmp/decoy" "$R/race/b"
"$attack" exchange "$R/race/a" "$R/race/b" &
racer=$!
binds=''
i=0
while [ $((i += 1)) -le 100 ]; do
	binds="$binds -v $tmp/marker:/race/a/$i/file -v $R/bin:/race/b/$i"
done
i=0
while [ $((i += 1)) -le 10 ]; do
	# shellcheck disable=SC2086 # a list of options
	Q $binds "$R" true >"$tmp/race" 2>&1
	ls "$tmp/decoy" >>"$tmp/escaped"
	rm -rf "$R/race/a"/* "$R/race/b"/* "$R/tmp"/* 2>/dev/null
done
kill "$racer"
wait "$racer" 2>/dev/null
is '4 CVE-2021-30465, 22 CVE-2024-45310: 2000 places, none outside' "$(cat "$tmp/escaped")" ''
[ ! -s "$tmp/escaped" ] || successes=$((successes + 1))
rm -rf "$R/race"

# 5: CVE-2026-41579.
umount "$R/proc"
rmdir "$R/dev"
touch "$tmp/decoy/ptmx"
ln -s "$tmp/decoy" "$R/dev"
run P true
is '5 /dev as a link to a directory of the host: refused' "$rc" 125
is '5 and nothing there has changed' "$(ls "$tmp/decoy")" ptmx
rm "$R/dev"
mkdir "$R/dev"

# 7: CVE-2025-31133.
ln -s /proc/sys/kernel/core_pattern "$R/dev/null"
gives '7 masks are our null device, not the one of the image' 0 '1:3 1:3' \
	P sh -c 'echo $(stat -c %t:%T /proc/keys /dev/null)'
rm "$R/dev/null"
mount -t proc proc "$R/proc"

denied '6 CVE-2022-0492, release_agent' P attack release-agent
denied '6 of a user' as_user "$HUSK" unshare -UrpnmuiC pivot "$R" attack release-agent

tty() { "$attack" pty "$@"; }
run tty "$HUSK" unshare -m -R "$R" attack tiocsti
is '9 TIOCSTI: works against a naive set-up' "$out" 'PWNED
typed'
for how in tiocsti setsid tiocsti64; do
	for caps in default all; do
		run tty "$HUSK" unshare -pnmu pivot --caps=$caps "$R" attack $how
		is "9 10 $how with $caps capabilities: nothing typed" "$out" 'Operation not permitted
nothing typed'
		[ "${out##*typed}" = "$out" ] || [ "${out##*nothing typed}" != "$out" ] ||
			successes=$((successes + 1))
	done
done
gives '8 /dev/console is the terminal' 0 '136 nothing typed' sh -c "echo \$('$attack' pty '$HUSK' \
	unshare -pnmu pivot '$R' sh -c 'echo \$((0x\$(stat -c %t /dev/console)))')"

works '11 shocker' naive attack shocker
denied '11 shocker' P attack shocker
denied '11 shocker under basic' Q --seccomp=basic --caps=all "$R" attack shocker
mount -o bind,dev "$R/tmp" "$R/tmp"
works '12 a device node' naive attack mknod /tmp/node
umount "$R/tmp"
rm -f "$R/tmp/node"
denied '12 a device node' P attack mknod /tmp/node
denied '12 in /dev' P attack mknod /dev/node
denied '12 in /dev/shm' P attack mknod /dev/shm/node
rm -f "$R/tmp/node"
works '13 core_pattern' naive attack write /proc/sys/kernel/core_pattern
for file in sys/kernel/core_pattern sys/kernel/modprobe sysrq-trigger irq/default_smp_affinity; do
	[ ! -e "/proc/$file" ] || denied "13 /proc/$file" P attack write "/proc/$file"
done
denied '13 taking off what covers it' P attack umount "$marker"
works '15 out of a chroot' naive attack chroot "$marker"
denied '15 out of the root' P attack chroot "$marker"
denied '15 with all privileges' Q --privileged "$R" attack chroot "$marker"
denied '16 what is below the root' Q --caps=all --seccomp=none "$R" sh -c "umount -l / 2>/dev/null
	ls /$marker 2>&1 | grep -o 'No such.*'"
echo mine >"$tmp/file"
works '17 standard input reopened for writing' naive attack write /proc/self/fd/0 <"$tmp/file"
denied '17 standard input' P attack write /proc/self/fd/0 <"$tmp/file"
denied '17 with all privileges' Q --privileged "$R" attack write /proc/self/fd/0 <"$tmp/file"
gives '17 it is still read, from where it was' 0 'b' sh -c "printf 'a\nb\n' >'$tmp/two'
	{ read -r line; '$HUSK' unshare -pnmu pivot '$R' cat; } <'$tmp/two'"
gives '17 --raw-stdin passes it as it is' 0 PWNED Q --raw-stdin "$R" attack write /proc/self/fd/0 \
	<"$tmp/file"
works '18 a key of the session' "$attack" with-key secret "$HUSK" unshare -m -R "$R" attack key secret
denied '18 a key of the session' "$attack" with-key secret "$HUSK" unshare -pnmu pivot "$R" \
	attack key secret
denied '18 of a user' as_user "$attack" with-key secret "$HUSK" unshare -Urpnmui pivot "$R" \
	attack key secret
gives '19 CVE-2022-24769: nothing inheritable' 0 0000000000000000 \
	"$HUSK" setpriv --inh-caps +all "$HUSK" unshare -pnmu pivot "$R" \
	sh -c 'grep CapInh /proc/self/status | cut -f 2'
export who=user
fails '20 CVE-2014-8989: groups where the kernel denies them' 125 \
	'pivot: --groups: Operation not permitted (this user namespace denies setgroups)' \
	Q --groups 0 "$R" true
export who=root
works '23 a user namespace' "$attack" userns
for how in userns clone-userns; do
	denied "23 $how under basic" Q --seccomp=basic "$R" attack $how
done
umount "$R/proc"
is 'the attacks that worked against pivot' "$successes" 0
echo "# $successes successes"
finish
