#!/bin/sh
# Runs the checks and tests that are named, or all of them, and ends with the
# totals.
#
#   .ci/test.sh [part...]
#
# format      gofumpt would change nothing
# vet         go vet, with the window and without
# staticcheck
# headless    the command line alone builds without cgo and without Fyne
# layers      packages import only what the table of rooms allows
# servers     everything that speaks FTP, against the real servers
# firewalls  data connections behind real firewalls, in network namespaces; needs root
# window      the real window under Xvfb
# unit        all tests with the race detector; layers, servers, firewalls and window too
#
# GOTESTFLAGS is given to go test, for example GOTESTFLAGS='-run Matrix -v'.
set -u
cd "$(dirname "$0")/.."
# A checkout that belongs to another account, as on build machines, cannot be
# asked for its revision.
GOFLAGS="$(go env GOFLAGS) -buildvcs=false"
export GOFLAGS

# check runs a command as one test of the totals; its output is shown when it
# fails.
check() {
	name=$1
	shift
	start=$(date +%s)
	if out=$("$@" 2>&1); then verdict=pass; else verdict=fail; fi
	[ $verdict = pass ] || printf '%s\n' "$out"
	printf '{"Action":"%s","Package":"%s","Test":"%s"}\n' $verdict "$name" "$name"
	printf '{"Action":"%s","Package":"%s","Elapsed":%d}\n' $verdict "$name" $(($(date +%s) - start))
}

format() {
	unformatted=$(go tool gofumpt -l .) || return 1
	[ -z "$unformatted" ] || {
		echo "make fmt would change:"
		echo "$unformatted"
		return 1
	}
}

vet() { go vet ./... && CGO_ENABLED=0 go vet -tags headless . ./sync/...; }

static() { go tool staticcheck ./... && CGO_ENABLED=0 go tool staticcheck -tags headless . ; }

headless() {
	CGO_ENABLED=0 go build -tags headless -o /dev/null . || return 1
	fyne=$(CGO_ENABLED=0 go list -deps -tags headless . | grep '^fyne\.io/')
	[ -z "$fyne" ] || {
		echo "the headless build holds:"
		echo "$fyne"
		return 1
	}
}

# tests runs go test; the totals learn its exit code, since a build that fails
# in a new way might print no event.
tests() {
	go test -json -timeout 40m ${GOTESTFLAGS-} "$@"
	printf '{"Action":"exit","Code":%d}\n' $?
}

part() {
	case $1 in
	format) check format format ;;
	vet) check vet vet ;;
	staticcheck) check staticcheck static ;;
	headless) check headless headless ;;
	layers) tests -count=1 -run Layers . ;;
	servers) tests -race -count=1 ./sync/ftptest/... ./sync/ftpfs/... ;;
	firewalls) tests -race -count=1 ./sync/ftpfs/netns ;;
	window) tests -count=1 -run Window ./ui ;;
	unit) tests -race -p 2 ./... ;;
	*)
		printf '{"Action":"exit","Code":2}\n'
		echo "there is no part $1; see the head of .ci/test.sh"
		;;
	esac
}

[ $# -gt 0 ] || set -- format headless vet staticcheck unit
totals=$(mktemp -d)
trap 'rm -rf "$totals"' EXIT
trap 'exit 130' HUP INT TERM
go build -o "$totals/totals" .ci/totals.go || exit 1
for name in "$@"; do part "$name" 2>&1; done | "$totals/totals"
