#!/bin/sh
# Prints the share of statements reached, package by package, from a profile made with -coverpkg. Such a
# profile tells a block once for each package that was tested: it counts as reached when any of them did.
set -eu
module=$(sed -n 's/^module //p' go.mod)

awk -v module="$module/" '
	NR > 1 {
		statements[$1] = $2
		reached[$1] += $3
	}
	END {
		for (block in statements) {
			package = block
			sub(/\/[^\/]*$/, "", package)
			sub(module, "", package)
			all[package] += statements[block]
			if (reached[block] > 0) hit[package] += statements[block]
		}
		for (package in all) printf "%5.1f%%  %s\n", 100 * hit[package] / all[package], package
	}
' "$1" | sort -k 2
