#!/bin/sh
# Finds out whether somebody changed the gateway by hand: for a schedule. It only reads.
#
#   nightly.sh FOLDER  writes FOLDER/drift.txt
#
# Exit codes: 0 the gateway matches the files, 2 it does not, 1 it could not be compared.
set -eu
folder=$1
mkdir -p "$folder"
rm -f "$folder/drift.txt"

code=0
apigw-sync diff --detailed-exitcode --prune --color never --output-file "$folder/drift.txt" || code=$?
cat "$folder/drift.txt" 2>/dev/null || true
exit "$code"
