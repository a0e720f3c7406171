#!/bin/sh
# Finds out whether somebody changed the gateway by hand, and what else needs a person, such as a
# certificate that ends soon: for a schedule. It only reads.
#
#   nightly.sh FOLDER  writes FOLDER/drift.md
#
# Exit codes: 0 the gateway matches the files, 2 it does not, 1 it could not be compared.
set -eu
folder=$1
mkdir -p "$folder"
rm -f "$folder/drift.md"

code=0
apigw-sync drift -o markdown --output-file "$folder/drift.md" || code=$?
cat "$folder/drift.md" 2>/dev/null || true
exit "$code"
