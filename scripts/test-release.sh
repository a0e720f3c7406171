#!/bin/sh
# Checks a release that was built into a folder: installs the package for this machine, runs it, and checks everything else
# for which the tools are installed. Changes nothing outside a temporary folder, except with INSTALL=real.
#
#	test-release.sh FOLDER
#	INSTALL=real test-release.sh FOLDER     # dpkg --install, as root; removed again
set -eu

dist=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
commit=$(git rev-parse HEAD)

say() { echo "ok: $*"; }
fail() { echo "test-release: $*" >&2; exit 1; }
have() { command -v "$1" >/dev/null || { echo "skipped, as $1 is not here: $2"; return 1; }; }
only() { [ $# -eq 1 ] && [ -e "$1" ] || fail "expected one file, not: $*"; echo "$1"; }

case $(uname -m) in
x86_64) arch=amd64 machine=x86_64 ;;
aarch64) arch=arm64 machine=aarch64 ;;
*) fail "there are no packages for $(uname -m)" ;;
esac
deb=$(only "$dist"/*_"$arch".deb)
rpm=$(only "$dist"/*."$machine".rpm)
binary=$(only "$dist"/apigw-sync_linux_"$arch"*/apigw-sync)

answers() { # PROGRAM...: it reports the commit that it was built from
	"$@" version -o json >"$work/version.json"
	grep -q '"version": "v[0-9]' "$work/version.json" || fail "no version: $(cat "$work/version.json")"
	grep -q "\"commit\": \"$commit\"" "$work/version.json" || fail "not from $commit: $(cat "$work/version.json")"
	grep -Eq '"date": "[0-9]{4}-[0-9]{2}-[0-9]{2}T' "$work/version.json" || fail "no date: $(cat "$work/version.json")"
	say "$* version: $(tr -d '\n' <"$work/version.json")"
}

brings() { # ROOT ZSH-FOLDER: manual pages and completion are where man and shells look for them
	gzip -dc "$1/usr/share/man/man1/apigw-sync-diff.1.gz" | grep -q APIGW_SYNC_MAX_DELETES || fail "no manual page in $1"
	for f in "bash-completion/completions/apigw-sync" "fish/vendor_completions.d/apigw-sync.fish" "zsh/$2/_apigw-sync"; do
		grep -q __complete "$1/usr/share/$f" || fail "no completion $f in $1"
	done
	say "${1:-/} has manual pages and completion"
}

# The checksums match, and every file has one.
(cd "$dist" && sha256sum --check --quiet checksums.txt)
for f in "$dist"/*.deb "$dist"/*.rpm "$dist"/*.zip "$dist"/*.tar.gz "$dist"/*.cdx.json; do
	grep -q "  $(basename "$f")\$" "$dist/checksums.txt" || fail "no checksum of $f"
done
say "checksums of $(wc -l <"$dist/checksums.txt") files"

# The archives for all six platforms contain the program, its manual pages and what the license requires.
for f in "$dist"/*_linux_*.tar.gz "$dist"/*_darwin_*.tar.gz; do
	tar -tzf "$f" >"$work/list"
	for want in /apigw-sync /LICENSE /README.md /man/man1/apigw-sync-apply.1 /completion/_apigw-sync; do
		grep -q "$want\$" "$work/list" || fail "$f lacks $want"
	done
done
[ "$(ls "$dist"/*_linux_*.tar.gz "$dist"/*_darwin_*.tar.gz "$dist"/*_windows_*.zip | wc -l)" -eq 6 ] || fail "expected six archives"
say "archives"

# Binaries are static and run in an empty root folder.
if have ldd "is the binary static?"; then
	if ldd "$binary" >"$work/ldd" 2>&1; then fail "needs libraries: $(cat "$work/ldd")"; fi
	say "$binary is static"
fi
if [ "$(id -u)" -eq 0 ]; then
	mkdir -p "$work/empty/work"
	cp "$binary" "$work/empty/apigw-sync"
	answers chroot --userspec=65532:65532 "$work/empty" /apigw-sync
	echo 'version: apigw-sync/v1' | chroot --userspec=65532:65532 "$work/empty" /apigw-sync diff -f - --endpoint emulator: | grep -q '^No changes' || fail "no diff in an empty root"
	say "runs in an empty root as nobody"
fi

# Bills of materials list the dependencies.
for f in "$dist"/*.cdx.json; do
	grep -q '"name": "github.com/spf13/cobra"' "$f" || fail "$f lacks cobra"
	grep -q '"bomFormat": "CycloneDX"' "$f" || fail "$f is no CycloneDX"
done
say "bills of materials"

if have dpkg-deb "the deb"; then
	dpkg-deb --extract "$deb" "$work/deb"
	brings "$work/deb" vendor-completions
	answers "$work/deb/usr/bin/apigw-sync"
	[ -s "$work/deb/usr/share/doc/apigw-sync/copyright" ] || fail "the deb has no copyright"
	[ "$(dpkg-deb --field "$deb" Architecture)" = "$arch" ] || fail "wrong architecture"
fi
if [ "${INSTALL:-}" = real ]; then
	dpkg --install "$deb"
	trap 'dpkg --remove apigw-sync >/dev/null; rm -rf "$work"' EXIT
	brings "" vendor-completions
	answers apigw-sync
	if have man "where man finds the pages"; then
		[ -n "$(man -w apigw-sync-diff)" ] || fail "man does not find the page"
	fi
fi
if have rpm "the rpm"; then
	rpm -qlp "$rpm" | grep -qx /usr/bin/apigw-sync || fail "the rpm has no program"
	if have rpm2cpio "the rpm's files" && have cpio "the rpm's files"; then
		mkdir "$work/rpm"
		(cd "$work/rpm" && rpm2cpio "$rpm" | cpio --quiet -idm --no-absolute-filenames)
		brings "$work/rpm" site-functions
		answers "$work/rpm/usr/bin/apigw-sync"
	fi
fi
