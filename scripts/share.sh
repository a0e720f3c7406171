#!/bin/sh
# Writes what comes with the program in packages: manual pages, plain and compressed, completion, copyright and
# changelog. Given the same sources the files are the same, whenever and wherever this runs.
#
#	share.sh FOLDER VERSION EPOCH
set -eu

to=$1 version=$2
export SOURCE_DATE_EPOCH=$3

rm -rf "$to"
mkdir -p "$to/completion"
program=$to/apigw-sync
${GO:-go} build -trimpath -buildvcs=false -ldflags "-X main.version=$version" -o "$program" ./cmd/apigw-sync
"$program" man "$to/man/man1"
"$program" completion bash >"$to/completion/apigw-sync.bash"
"$program" completion fish >"$to/completion/apigw-sync.fish"
"$program" completion zsh >"$to/completion/_apigw-sync"
"$program" completion powershell >"$to/completion/apigw-sync.ps1"
rm "$program"

for page in "$to"/man/man1/*.1; do
	gzip -9n <"$page" >"$page.gz"
done
gzip -9n <CHANGELOG.md >"$to/CHANGELOG.md.gz"

# Debian's form of a copyright file: the text of the license is on every machine already.
cat >"$to/copyright" <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: apigw-sync
Source: https://github.com/apigw-sync/apigw-sync

Files: *
Copyright: 2026 The apigw-sync authors
License: Apache-2.0
 On Debian systems, the complete text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
END
