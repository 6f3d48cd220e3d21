# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# apt.sh - packages from this machine's own mirror through an apt tree of our own in $apt: neither
# /etc/apt nor dpkg's database is touched, and no privilege is needed.
#
#	apt_tree TYPE ARCH ARCHIVE SUITE	reads the list of deb or deb-src packages of debian or
#						debian-security; then apt-get and apt-cache know those
#	bounded CMD...				all of it within three minutes: who waits for this has
#						a time limit, too
#
# Ends with `die REASON`, which whoever reads this file has.
# shellcheck disable=SC2154

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
command -v apt-get >/dev/null || die 'no apt-get to fetch it with'
[ -e "$keyring" ] || die "no $keyring to check it with"
# shellcheck disable=SC2016 # a field of apt's
mirror=$(apt-get indextargets --format '$(REPO_URI)' | sed -n 's|/debian/*$||p' | head -n 1)
mirror=${mirror:-http://deb.debian.org}
started=$(date +%s)

bounded() {
	left=$((started + 180 - $(date +%s)))
	[ $left -gt 0 ] && timeout $left "$@"
}

apt_tree() {
	rm -rf "$apt"
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/etc/apt.conf.d"
	: >"$apt/status"
	echo "$1 [signed-by=$keyring] $mirror/$3 $4 main" >"$apt/sources.list"
	cat >"$apt/conf" <<-END
		Dir::State "$apt"; Dir::State::status "$apt/status"; Dir::Cache "$apt"; Dir::Etc "$apt/etc";
		Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "/dev/null";
		APT::Architecture "$2"; APT::Architectures { "$2"; }; APT::Sandbox::User "";
		Acquire::Languages "none"; Acquire::Retries "3"; Acquire::http::Timeout "20";
		END
	export APT_CONFIG="$apt/conf"
	bounded apt-get -qq update
}
