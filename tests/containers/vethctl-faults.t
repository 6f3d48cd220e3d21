#!/bin/sh
# SPDX-License-Identifier: MIT
# vethctl attach with a fault, a SIGKILL or a SIGTERM at its system calls: all or nothing.  Of each
# call that matters most the first and the last; HUSK_FULL=1 for every one.
. "$(dirname "$0")/../lib.sh"
isolate "$@"
mount -t tmpfs husk-test /run || exit 1

attach() { # STRACE-EXPRESSION
	run strace -qq -o /dev/null -e "$1" vethctl attach --netns c --bridge br0 --ip auto --id c --gw 10.9.0.1 \
		--publish 8080:80 --publish 8081-8083:81-83/udp
}
links() { vethctl link show type veth; }
no_link_inside() { [ "$(vethctl -n c link show | wc -l)" = 1 ]; }
# What there must be nothing of, after gc: a half-made claim is its to sweep.
left() {
	links | grep -v 'alias husk:lives$'
	vethctl publish list | grep -v '^lives '
	find /run/husk -type f ! -name last ! -path '*/br0/ip/10.9.0.2' ! -path '*/pub/lives'
	find /run/husk -type l ! -name lives
	within 10 no_link_inside || vethctl -n c link show
}
works() {
	within 10 vethctl netns exec c busybox ping -c 1 -W 1 10.9.0.1 &&
		[ "$(vethctl publish list | grep -c '^c ')" = 4 ] && [ -s /run/husk/net/br0/id/c ]
}

vethctl bridge create br0 --ip 10.9.0.1/24
vethctl nat up --subnet 10.9.0.0/24 --bridge br0 >/dev/null
vethctl netns add lives
vethctl attach --netns lives --bridge br0 --ip 10.9.0.2/24 --id lives --publish 9000:80 >/dev/null
vethctl netns add c
strace -qq -o "$tmp/trace" vethctl attach --netns c --bridge br0 --ip auto --id c --gw 10.9.0.1 \
	--publish 8080:80 --publish 8081-8083:81-83/udp >/dev/null
ok 'it works without' works
vethctl detach --id c
is 'and leaves nothing' "$(left)" ''

# strace counts the calls of a name: NAME:...:when=N.  What happens before the applet aside.
points() { # WHAT [NAMES]: all names in the full version
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$tmp/trace" |
		grep -vxE 'execve|exit_group|arch_prctl|set_tid_address|brk|mmap|munmap|poll' |
		awk -v what="$1" -v names="${2:-.}" -v full="${HUSK_FULL-}" '{ n[$1]++ } END {
			for (name in n) for (i = 1; i <= n[name]; i++)
				if (full || (name ~ "^(" names ")" && (i == 1 || i == n[name])))
					print name ":" what ":when=" i }' | sort
}

# ---- 24: each call fails

bad='' tried=0 refused=0
for at in $(points error=EIO) setns:error=EPERM:when=1 sendto:error=ENOBUFS:when=2 socket:error=EMFILE:when=2 \
	recvmmsg:error=ENOBUFS:when=3 link:error=ENOSPC:when=1 symlink:error=ENOSPC:when=1; do
	tried=$((tried + 1))
	attach "inject=$at"
	vethctl -q gc
	if [ "$rc" = 1 ]; then
		refused=$((refused + 1))
		case $err in
		*"
"*) bad="$bad $at: more than one message: $err" ;;
		'husk vethctl: '*) ;;
		*) bad="$bad $at: no message" ;;
		esac
	elif [ "$rc" = 0 ]; then
		# What does not matter may fail; then all is there.
		works || bad="$bad $at: status 0, and it does not work"
		vethctl detach --id c
	else
		bad="$bad $at: status $rc: $err"
	fi
	[ -z "$(left)" ] || bad="$bad $at: left: $(left)"
done
is "24 a call that fails: status 1, one message, nothing left" "$bad" ''
if [ "$refused" -gt 15 ]; then pass '24 most calls matter'; else fail '24 most calls matter' "$refused of $tried"; fi
attach inject=setsockopt:error=ENOPROTOOPT
is '25 a kernel without extended ACKs' "$rc" 0
ok '25 it works' works
vethctl detach --id c
is '25 nothing is left' "$(left)" ''
attach inject=recvmmsg:error=EINTR:when=1+2
is '26 interrupted system calls' "$rc" 0
ok '26 it works' works
vethctl detach --id c
is '26 nothing is left' "$(left)" ''

# ---- 27, 34: killed

for signal in KILL TERM; do
	bad='' died=0
	[ "$signal" = KILL ] && number=27 names='open|link|sendto|setns|symlink|unlink|write' ||
		number=34 names='link|sendto|setns'
	for at in $(points "signal=$signal" "$names"); do
		attach "inject=$at"
		[ "$rc" = 0 ] || died=$((died + 1))
		vethctl -q gc || bad="$bad $at: gc"
		# Or it had come to its end: then it is whole.
		if links | grep -q 'alias husk:c$'; then
			works || bad="$bad $at: half of it: $(links) $(vethctl publish list)"
			vethctl detach --id c
		fi
		[ -z "$(left)" ] || bad="$bad $at: left: $(left)"
	done
	is "$number SIG$signal at a system call: all, or nothing after gc" "$bad" ''
	# A signal that comes while it works waits until that is done.
	if [ "$died" -ge 5 ]; then pass "$number of which it dies"; else fail "$number of which it dies" "$died times"; fi
done
gives '27 gc once more finds nothing' 0 '' vethctl gc
is '27 what lives is untouched' "$(vethctl publish list) $(links | wc -l)" 'lives *:9000/tcp 10.9.0.2:80 1'

vethctl nat down
vethctl link del group 18795
vethctl link del br0
for ns in lives c; do vethctl netns del "$ns"; done
umount -l -R /run
finish
