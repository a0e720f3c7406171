#!/bin/sh
# Runs apigw-sync with its report as Markdown in a file, and in the log. Its numbers come beside it, as NAME=VALUE in
# FILE.out. On GitHub the log has annotations instead, and there are the job summary and outputs of the step.
#
#   report.sh FILE COMMAND [FLAG...]
#
# Exit codes: those of apigw-sync.
set -eu
file=$1
shift
rm -f "$file" "$file.out"

# The form for GitHub gives Markdown and numbers at once, so that the gateway is asked only once.
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
