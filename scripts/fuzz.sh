#!/bin/sh
# Runs each fuzz test of the module for FUZZTIME.
set -eu
go=${GO:-go}

$go list ./... | while read -r package; do
	$go test -list '^Fuzz' "$package" | grep '^Fuzz' | while read -r test; do
		echo "== $package $test"
		$go test -run '^$' -fuzz "^$test\$" -fuzztime "${FUZZTIME:-20s}" -fuzzminimizetime 100x "$package"
	done || exit 1
done
