#!/bin/sh
# SPDX-License-Identifier: MIT
# The holes of other container tools, each tried twice: against a naive set-up, where it must work,
# else the test proves nothing, and against pivot.  A number names the hole that a check is about, a
# row of the table in pivot.md 3.  The checks of its list in 8 are among them: 35 is row 18, 36 row 9,
# 41 row 11, 42 row 6, 43 row 13, 44 row 15, 45 row 1.
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
# As root and as a user, where both can be told to pivot.
denied() {
	case $2 in
	[PQ])
		who=user
		denied_once "$@"
		who=root
		;;
	esac
	denied_once "$@"
}
denied_once() {
	label="$1 ($who)"
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
injections='prctl:error=EINVAL:when=3 prctl:error=EINVAL:when=4 open_tree:error=EINVAL:when=1'
for inject in $injections; do
	denied "1 CVE-2019-5736, $inject" exe strace -qq -o "$tmp/trace" -e trace=prctl,open_tree,execveat,memfd_create \
		-e inject=$inject "$tmp/copy" unshare -mu pivot "$R"
	ok "1 another way was taken, $inject" grep -qE '^(execveat|memfd_create)\(.* = [0-9]' "$tmp/trace"
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
	P attack fd "$marker" <"$top/tests"
fails '2 a working directory by such a link' 125 'pivot: -w: /proc/self/fd/9 is not inside of the new root' \
	Q -w /proc/self/fd/9 "$R" true 9<"$top/tests"

# 4, 22: a link in place of a directory, exchanged while places for mounts are looked up and made.
mkdir "$R/race" "$R/race/a" "$tmp/decoy"
ln -s "$tmp/decoy" "$R/race/b"
"$attack" exchange "$R/race/a" "$R/race/b" &
racer=$!
tries=0
naive_place() {
	mkdir -p "$R/race/a/$((tries += 1))" 2>/dev/null
	[ -n "$(ls "$tmp/decoy")" ]
}
ok '4 22 a naive tool makes a place outside' within 60 naive_place
rm -rf "$tmp/decoy"/* "$R/race/a"/* 2>/dev/null
binds=''
i=0
while [ $((i += 1)) -le 100 ]; do
	binds="$binds -v $tmp/marker:/race/a/$i/file -v $R/bin:/race/b/$i"
done
i=0
while [ $((i += 1)) -le "${HUSK_RACES:-10}" ]; do
	# shellcheck disable=SC2086 # a list of options
	Q $binds "$R" true >"$tmp/race" 2>&1
	ls "$tmp/decoy" >>"$tmp/escaped"
	rm -rf "$R/race/a"/* "$R/race/b"/* "$R/tmp"/* 2>/dev/null
done
kill "$racer"
wait "$racer" 2>/dev/null
is "4 26 CVE-2021-30465, 22 CVE-2024-45310: ${HUSK_RACES:-10} times 200 places, none outside" "$(cat "$tmp/escaped")" ''
[ ! -s "$tmp/escaped" ] || successes=$((successes + 1))
rm -rf "$R/race"

# 5: CVE-2026-41579.
umount "$R/proc"
rmdir "$R/dev"
touch "$tmp/decoy/ptmx"
ln -s "$tmp/decoy" "$R/dev"
ln -s pts/ptmx "$R/dev/tty"
is '5 a naive tool changes what /dev of the image leads to' "$(ls "$tmp/decoy")" 'ptmx
tty'
rm "$tmp/decoy/tty"
run P true
is '5 /dev as a link to a directory of the host: refused' "$rc" 125
is '5 and nothing there has changed' "$(ls "$tmp/decoy")" ptmx
rm "$R/dev"
mkdir "$R/dev"

# 21: CVE-2019-19921 and its kin.
rmdir "$R/proc"
ln -s tmp "$R/proc"
run naive sh -c 'mount -t proc proc /proc; test -e /tmp/self && echo PWNED'
is '21 a naive tool mounts proc where the link of the image leads' "$out" PWNED
run P true
like '21 pivot does not' "$rc $err" "125 husk pivot: $R/proc: Not a directory (*"
rm "$R/proc"
mkdir "$R/proc"

# 8: a /proc/sys of the image.
mount -t tmpfs fake "$R/proc"
mkdir -p "$R/proc/sys/net/ipv4"
echo 0 >"$R/proc/sys/net/ipv4/ip_forward"
run naive sh -c 'echo 7 >/proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward'
is '8 CVE-2025-52881: a naive tool writes to what the image has in its place' "$out" 7
gives '8 --sysctl goes to the kernel' 0 1 Q --sysctl net.ipv4.ip_forward=1 "$R" \
	cat /proc/sys/net/ipv4/ip_forward
is '8 and not to the image' "$(cat "$R/proc/sys/net/ipv4/ip_forward")" 7
umount "$R/proc"
for place in /proc/sys /proc /proc/../proc/self/attr; do
	fails "8 27 a volume over $place" 125 "pivot: --volume /tmp:$place: *" Q -v "/tmp:$place" "$R" true
done

# 7: CVE-2025-31133.
ln -s /proc/sys/kernel/core_pattern "$R/dev/null"
mount -t proc proc "$R/proc"
run naive sh -c 'mount -o bind /dev/null /proc/keys; cat /proc/keys'
is '7 what a naive tool covers is what the image wants' "$out" "$(cat /proc/sys/kernel/core_pattern)"
umount "$R/proc"
gives '7 masks are our null device, not the one of the image' 0 '1:3 1:3' \
	P sh -c 'echo $(stat -c %t:%T /proc/keys /dev/null)'
rm "$R/dev/null"
mount -t proc proc "$R/proc"

run naive attack release-agent
case $out in
PWNED) pass '6 CVE-2022-0492, release_agent: works against a naive set-up' ;;
*) pass "6 this machine has no hierarchy of cgroup v1 to show it with: $out" ;;
esac
denied '6 CVE-2022-0492, release_agent' P attack release-agent
denied '6 of a user' as_user "$HUSK" unshare -UrpnmuiC pivot "$R" attack release-agent

tty() { "$attack" pty "$@"; }
run tty "$HUSK" unshare -m -R "$R" attack tiocsti
is '9 TIOCSTI: works against a naive set-up' "$out" 'PWNED
typed'
if [ "$(uname -m)" = x86_64 ]; then
	# if nr is ioctl and all 64 bits of the request are TIOCSTI: errno 1.
	for word in '40 0 0 0 0 0 0 0' '25 0 0 5 20 0 0 0' '40 0 0 0 30 0 0 0' '25 0 0 3 22 124 0 0' \
		'40 0 0 0 34 0 0 0' '25 0 0 1 0 0 0 0' '6 0 0 0 1 0 5 0' '6 0 0 0 0 0 377 177'; do
		# shellcheck disable=SC2059,SC2086 # eight bytes in octal
		printf "$(printf '\\%s' $word)"
	done >"$tmp/naive.bpf"
	run tty "$HUSK" unshare -pnmu pivot --seccomp "$tmp/naive.bpf" "$R" attack tiocsti
	is '10 a naive filter refuses TIOCSTI' "${out##*
}" 'nothing typed'
	run tty "$HUSK" unshare -pnmu pivot --seccomp "$tmp/naive.bpf" "$R" attack tiocsti64
	is '10 CVE-2019-10063: and lets it through with a high bit' "${out##*
}" typed
fi
for how in tiocsti setsid tiocsti64; do
	for caps in default all; do
		run tty "$HUSK" unshare -pnmu pivot --caps=$caps "$R" attack $how
		is "9 10 $how with $caps capabilities: nothing typed" "$out" 'Operation not permitted
nothing typed'
		[ "${out##*typed}" = "$out" ] || [ "${out##*nothing typed}" != "$out" ] ||
			successes=$((successes + 1))
	done
done
ln -s "$tmp/decoy/ptmx" "$R/dev/console"
gives '8 CVE-2025-52565: /dev/console is the terminal, whatever the image has there' 0 '136 nothing typed' sh -c "echo \$('$attack' pty '$HUSK' \
	unshare -pnmu pivot '$R' sh -c 'echo \$((0x\$(stat -c %t /dev/console)))')"
rm "$R/dev/console"

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
mkdir "$tmp/shared"
mount --bind "$R" "$tmp/shared"
mount --make-shared "$tmp/shared"
unshare -m --propagation unchanged mount -t tmpfs leaked "$tmp/shared/tmp"
is '14 what a naive tool mounts is seen outside' "$(grep -c ' leaked ' /proc/self/mountinfo)" 1
umount "$tmp/shared/tmp"
outside=$(wc -l </proc/self/mountinfo)
unshare -pmu --propagation unchanged pivot --mount tmpfs:leaked:/tmp "$tmp/shared" true
is '14 nothing of what pivot mounts' "$(wc -l </proc/self/mountinfo)" "$outside"
umount "$tmp/shared"
denied '15 out of the root' P attack chroot "$marker"
denied '15 with all privileges' Q --privileged "$R" attack chroot "$marker"
denied '16 what is at the bottom' P attack bottom "/$marker"
# An initramfs stays below every other root; only switch_root --to-tmpfs has it emptied.
if grep -q '^rootfs / ' /proc/mounts; then
	for who in user root; do
		run Q --privileged "$R" attack bottom "/$marker"
		like "16 with all privileges ($who), on an initramfs: works, and pivot says so" "$out $err" \
			'PWNED husk pivot: the initramfs stays below the new root*switch_root --to-tmpfs*'
	done
else
	denied '16 with all privileges' Q --privileged "$R" attack bottom "/$marker"
fi
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
run "$HUSK" setpriv --inh-caps +all "$HUSK" unshare -m -R "$R" sh -c 'grep CapInh /proc/self/status'
unlike '19 a naive tool passes inheritable capabilities on' "$out" '*0000000000000000'
gives '19 CVE-2022-24769: nothing inheritable' 0 0000000000000000 \
	"$HUSK" setpriv --inh-caps +all "$HUSK" unshare -pnmu pivot "$R" \
	sh -c 'grep CapInh /proc/self/status | cut -f 2'
run "$HUSK" setpriv --groups 27 "$HUSK" unshare -m -R "$R" id -G
is '20 CVE-2022-36109: a naive tool passes supplementary groups on' "$out" '0 27'
gives '20 pivot does not' 0 0 "$HUSK" setpriv --groups 27 "$HUSK" unshare -pmu pivot "$R" id -G
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
