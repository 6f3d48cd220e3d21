#!/bin/sh
# SPDX-License-Identifier: MIT
# What containers are for: an image made from Debian's own packages, its programs, a package removed
# and committed, a web server behind a published port, and an application of two containers.
. "$(dirname "$0")/../lib.sh"
# Before the network is its own.
[ -n "${HUSK_ISOLATED-}" ] || why=$(sh "$top/tests/debian" 2>&1) || export why
isolate "$@"
. "$top/tests/containers/rootfs.sh"
if [ -n "${why-}" ]; then
	skip 'Debian' "$why"
	finish
fi
cd "$tmp" || exit 1
defer 'husk rm -f -a >/dev/null 2>&1'
box() {
	husk run --rm --network none "$@"
}

# ---- what is in it
ok 'import' husk import -c 'CMD ["bash"]' -c 'ENV LANG=C.UTF-8' "$(sh "$top/tests/debian")" debian:12
like 'apt-get' "$(box debian:12 apt-get --version)" 'apt 2.* (*)*Supported modules:*'
gives 'dpkg finds nothing wrong' 0 '' box debian:12 dpkg --audit
gives 'a shell that reads a script' 0 '3 two /tmp' sh -c '
	echo '\''cd /tmp; words=(one two three); echo "${#words[@]} ${words[1]} $PWD"'\'' |
		husk run -i --rm --network none debian:12'
gives 'perl' 0 '1 4 9 16' box debian:12 perl -e 'print join " ", map { $_ ** 2 } 1 .. 4'
gives 'perl: processes and pipes' 0 '10 20 30' box debian:12 perl -e '
	for my $n (1 .. 3) { pipe my $r, my $w; if (!fork) { print $w $n * 10; exit } close $w; push @r, $r; }
	print join " ", map { scalar <$_> } @r; 1 while wait > 0'
gives 'Python' 0 '5050 debian' box debian:12 python3 -c '
import os
print(sum(range(101)), next(l for l in open("/etc/os-release") if l.startswith("ID="))[3:].strip())'
gives 'another user of its' 0 'www-data' box -u www-data debian:12 id -un

# ---- a layer above it
ok 'a package is removed' husk run --name less --network none debian:12 \
	dpkg --purge --force-depends python3-minimal python3.11-minimal
like 'commit' "$(husk commit less debian:less)" 'sha256:*'
husk rm less >/dev/null
gives 'what it removed has gone' 127 '' box debian:less python3 -V
gives 'and its folder' 0 '' box debian:less sh -c 'ls /usr/share/doc | grep python3-minimal; true'
husk save -o less.tar debian:less
husk rmi debian:less >/dev/null
gives 'save and load' 0 'Loaded image: debian:less' husk load -q -i less.tar
rm less.tar
gives 'the same after that' 127 '' box debian:less python3 -V
like 'and the rest works' "$(box debian:less perl -v)" '*This is perl 5*'

# ---- a server, and an application of two
mkdir site site/cgi-bin
echo 'it is served' >site/index.html
cat >site/cgi-bin/ask <<'END'
#!/usr/bin/perl
use IO::Socket::INET;
my $base = IO::Socket::INET->new(PeerAddr => 'base:7000') or die "base: $@";
print $base "$ENV{QUERY_STRING}\n";
print "Content-Type: text/plain\r\n\r\n", <$base>;
END
chmod 755 site/cgi-bin/ask
make_far
husk network create app >/dev/null
ok 'the one that knows' husk run -d --name base --network app debian:12 perl -MIO::Socket::INET -e '
	my %rows = (a => "apple", b => "berry");
	my $server = IO::Socket::INET->new(LocalPort => 7000, Listen => 5, ReuseAddr => 1) or die;
	while (my $client = $server->accept) {
		chomp(my $key = <$client>);
		print $client "$key is $rows{$key}\n";
		close $client;
	}'
ok 'the one that asks it' husk run -d --name web --network app -p 18080:80 -v "$tmp/site:/srv:ro" debian:12 \
	busybox httpd -f -h /srv
get() { # PATH
	in_far timeout 10 busybox wget -q -O - "http://192.0.2.1:18080/$1" 2>/dev/null
}
answers() { # PATH TEXT
	[ "$(get "$1")" = "$2" ]
}
ok 'the server answers another machine' within 20 answers index.html 'it is served'
ok 'the application, too' within 20 answers 'cgi-bin/ask?b' 'b is berry'
husk restart -t 0 base >/dev/null
ok 'after a restart of one of them' within 20 answers 'cgi-bin/ask?a' 'a is apple'
is 'both run' "$(husk ps -q | wc -l)" 2
ok 'rm' husk rm -f base web
husk network rm app >/dev/null
remove_far
ok 'clean' husk check
network_down
finish
