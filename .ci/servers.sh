#!/bin/sh
# Brings the FTP servers of the tests into a cache folder without installing
# them: vsftpd, ProFTPD and Pure-FTPd conflict as packages, and an installed
# one would start a service. Their .deb files are downloaded and unpacked, with
# whatever libraries this system lacks. Needs no root. Does nothing when the
# folder is complete.
#
#   WHERRY_TEST_SERVERS   the folder; default $XDG_CACHE_HOME/wherry-test
#
# Exit: 0 all four are there, 1 some are not (said on stderr).
set -eu

cache=${WHERRY_TEST_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/wherry-test}
packages="vsftpd proftpd-core proftpd-mod-crypto pure-ftpd pure-ftpd-common python3-pyftpdlib python3-openssl"
# Raise when the list or the way of unpacking changes.
edition=2
root=$cache/root
stamp=$cache/complete-$edition

say() { echo "servers: $*" >&2; }

missing() {
	for file in usr/sbin/vsftpd usr/sbin/proftpd usr/lib/proftpd/mod_tls.so usr/lib/proftpd/mod_digest.so \
		usr/sbin/pure-ftpd usr/bin/pure-pw usr/lib/python3/dist-packages/pyftpdlib/__init__.py; do
		[ -e "$root/$file" ] || echo "$file"
	done
}

if [ -e "$stamp" ] && [ -z "$(missing)" ]; then
	exit 0
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
	say "this system has no apt-get; install vsftpd, proftpd, pure-ftpd and pyftpdlib (python3) by hand."
	say "Tests use those found on the PATH and skip the others."
	exit 1
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/unpack.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/deb" "$work/root"

# apt's own lists serve where they are fresh; private ones otherwise, so that
# a person without root can refresh them.
aptopts=
private_lists() {
	mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial"
	aptopts="-o Dir::State::Lists=$work/apt/lists -o Dir::Cache=$work/apt -o Dir::Cache::Archives=$work/apt/archives -o APT::Sandbox::User="
	apt-get $aptopts -qq update
}

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# wanted prints the packages and, walking down only through libraries and
# Python modules, those that the system does not have. Below a virtual package
# apt-cache lists who provides it, four spaces in.
wanted() {
	seen=" $packages "
	level=$packages
	while [ -n "$level" ]; do
		next=
		for name in $(apt-cache $aptopts depends --important $level |
			sed -n -e 's/^ [ |]*\(Pre\)\{0,1\}Depends: //p' -e 's/^    //p' | sed 's/:[a-z0-9]*$//' |
			grep -E '^(lib|python3-)' | sort -u); do
			case $seen in *" $name "*) continue ;; esac
			seen="$seen$name "
			if ! installed "$name" && candidate "$name"; then next="$next $name"; fi
		done
		level=$next
		echo $next
	done
	echo $packages
}

# candidate says whether apt can fetch the name; virtual packages cannot be.
candidate() { apt-cache $aptopts policy "$1" | grep -q '^  Candidate: [^(]'; }

fetch() {
	list=$(wanted) && (cd "$work/deb" && apt-get $aptopts -qq -o APT::Sandbox::User= download $list)
}

if ! fetch 2>"$work/log"; then
	say "apt's package lists are old or empty, fetching them anew"
	if ! private_lists 2>>"$work/log" || ! fetch 2>>"$work/log"; then
		say "apt-get cannot download the servers:"
		tail -n 5 "$work/log" | sed 's/^/    /' >&2
		exit 1
	fi
fi
for deb in "$work"/deb/*.deb; do
	dpkg -x "$deb" "$work/root"
done
# A moment's gap at most, should tests be running.
[ ! -e "$root" ] || mv "$root" "$work/old"
mv "$work/root" "$root"

lost=$(missing)
if [ -n "$lost" ]; then
	say "unpacked, but these files are not where they are on Debian and Ubuntu:" $lost
	exit 1
fi
touch "$stamp"
say "unpacked into the cache:" $(cd "$work/deb" && ls | sed 's/_.*//')
