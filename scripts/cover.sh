#!/bin/sh
# Prints the percentage of covered statements for each package, from a profile made with -coverpkg. Such a profile lists a
# block once for each tested package. The block counts as covered if at least one of them covers it.
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
