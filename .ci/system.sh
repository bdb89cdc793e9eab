#!/bin/sh
# Installs the system packages that Wherry needs to be built and run, or to be
# tested. Asks nothing. On systems without apt-get it names the packages and
# stops.
#
#   .ci/system.sh run | test | bench
#
# bench is what Wherry is measured against.
set -eu

build="gcc libc6-dev pkg-config libgl1-mesa-dev libx11-dev libxrandr-dev libxxf86vm-dev libxi-dev libxcursor-dev libxinerama-dev libwayland-dev libxkbcommon-dev"
show="libgl1 libgl1-mesa-dri"
test="xvfb openbox xdotool imagemagick pcmanfm dbus dbus-x11 gnome-keyring libsecret-tools python3 iproute2 nftables"
# The C compiler builds what lets vsftpd run without accounts of the system.
bench="gcc libc6-dev iproute2 lftp curl"

case ${1-} in
run) wanted="$build $show" ;;
test) wanted="$build $show $test" ;;
bench) wanted="$bench" ;;
*)
	echo "usage: .ci/system.sh run|test|bench" >&2
	exit 2
	;;
esac

say() { echo "packages: $*" >&2; }

names_elsewhere() {
	cat >&2 <<-END
	packages: this system has no apt-get. Install these by hand, then run the command again with SYSTEM=skip.
	  Fedora:  sudo dnf install gcc pkgconf mesa-libGL-devel mesa-dri-drivers libX11-devel libXrandr-devel libXxf86vm-devel libXi-devel libXcursor-devel libXinerama-devel wayland-devel libxkbcommon-devel
	  Arch:    sudo pacman -S gcc pkgconf mesa libx11 libxrandr libxxf86vm libxi libxcursor libxinerama wayland libxkbcommon
	  macOS:   xcode-select --install
	  Windows: MSYS2 with mingw-w64-x86_64-gcc on the PATH
	and for make bench, beside a C compiler: lftp curl iproute2
	END
	[ "$1" = test ] || return 0
	cat >&2 <<-END
	and for the tests:
	  Fedora:  sudo dnf install xorg-x11-server-Xvfb openbox xdotool ImageMagick pcmanfm dbus-daemon gnome-keyring libsecret python3 iproute nftables vsftpd proftpd pure-ftpd python3-pyftpdlib python3-pyOpenSSL
	  Arch:    sudo pacman -S xorg-server-xvfb openbox xdotool imagemagick pcmanfm dbus gnome-keyring libsecret python iproute2 nftables vsftpd proftpd pure-ftpd python-pyopenssl
	  macOS, Windows: the window, the real servers and the firewalls are not tested there
	END
}

if [ "${SYSTEM-}" = skip ]; then
	exit 0
fi
if ! command -v apt-get >/dev/null; then
	names_elsewhere "$1"
	exit 1
fi

missing=
for name in $wanted; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing="$missing $name"
done
if [ -z "$missing" ]; then
	exit 0
fi

as_root=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		say "missing, and neither root nor sudo is at hand; as root: apt-get install$missing"
		exit 1
	fi
	as_root="sudo"
fi

install() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 install $missing
}

say "installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# An old list names packages that the archive no longer has.
if ! install >"$log" 2>&1 && ! { $as_root apt-get -qq update && install; } >"$log" 2>&1; then
	say "apt-get failed:"
	tail -n 15 "$log" | sed 's/^/    /' >&2
	exit 1
fi
