#!/bin/sh
# Runs the tests that keep expected outputs in files, with -update.
set -eu
go=${GO:-go}

packages=$(grep -rl --include='*_test.go' 'flag\.Bool("update"' cmd docs internal | xargs -n 1 dirname | sort -u)
for package in $packages; do
	$go test "./$package" -update
done
git status --short || true
