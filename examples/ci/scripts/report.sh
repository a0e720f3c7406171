#!/bin/sh
# Runs apigw-sync, and writes its report as Markdown to FILE and to the log, and its numbers as NAME=VALUE to
# FILE.out. On GitHub the log gets annotations instead, and the job summary and the step's outputs are set, too.
#
#   report.sh FILE COMMAND [FLAG...]
#
# Exit codes: those of apigw-sync.
set -eu
file=$1
shift
rm -f "$file" "$file.out"

# The format for GitHub gives Markdown and numbers in one run, so the gateway is read only once.
code=0
GITHUB_STEP_SUMMARY=$file GITHUB_OUTPUT=$file.out apigw-sync "$@" -o github >"$file.log" || code=$?
if [ -n "${GITHUB_ACTIONS:-${GITHUB_OUTPUT:-}}" ]; then
	cat "$file.log"
elif [ -f "$file" ]; then
	cat "$file"
fi
rm -f "$file.log"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$file" ]; then
	cat "$file" >>"$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITHUB_OUTPUT:-}" ] && [ -f "$file.out" ]; then
	cat "$file.out" >>"$GITHUB_OUTPUT"
fi
exit "$code"
