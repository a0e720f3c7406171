#!/bin/sh
# Makes the gateway match the files: for the main branch, after a merge.
#
# Applying again finishes what is incomplete (exit code 3) and repeats nothing, so that is tried once
# more. A refusal (4) is for people to look at.
#
# Exit codes: those of apigw-sync apply.
set -eu

code=0
apigw-sync apply --yes --color never || code=$?
if [ "$code" = 3 ]; then
	echo 'incomplete; trying once more' >&2
	sleep "${RETRY_AFTER:-15}"
	code=0
	apigw-sync apply --yes --color never || code=$?
fi
exit "$code"
