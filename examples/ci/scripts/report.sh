#!/bin/sh
# Runs apigw-sync with its report as Markdown in a file, and in the log. On GitHub there are annotations, the
# job summary and outputs of the step, too.
#
#   report.sh FILE COMMAND [FLAG...]
#
# Exit codes: those of apigw-sync.
set -eu
file=$1
shift
rm -f "$file"

code=0
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
	# The summary is written to where the Markdown is wanted, so that the gateway is asked only once.
	GITHUB_STEP_SUMMARY=$file apigw-sync "$@" -o github || code=$?
	if [ -f "$file" ]; then
		cat "$file" >>"$GITHUB_STEP_SUMMARY"
	fi
else
	apigw-sync "$@" -o markdown --output-file "$file" || code=$?
	if [ -f "$file" ]; then
		cat "$file"
	fi
fi
exit "$code"
