#!/bin/sh
# Shows what a merge would change: for pull requests and merge requests. It only reads.
#
#   plan.sh FOLDER     writes FOLDER/comment.md, the diff as a comment
#
# Address and credentials of the gateway come from the environment or the config file, as always. With
# APIGW_SYNC_PRUNE=true the diff counts what apply would delete, which is what apply.sh does as well.
#
# Exit codes: 0 the diff was made, whether it holds changes or not; else those of apigw-sync.
set -eu
folder=$1
mkdir -p "$folder"
rm -f "$folder/diff.md" "$folder/comment.md"

apigw-sync validate

code=0
apigw-sync diff --detailed-exitcode -o markdown --output-file "$folder/diff.md" || code=$?
case $code in
0) changes=false ;;
2) changes=true ;;
*) exit "$code" ;;
esac

# The first line tells comments about several gateways apart, so that the next run finds and replaces its
# own. The rest is short enough for a comment, however much there is to change.
{
	echo "<!-- apigw-sync ${APIGW_SYNC_TARGET:-gateway} -->"
	cat "$folder/diff.md"
} >"$folder/comment.md"
cat "$folder/comment.md"

# Where later steps ask whether there is anything to do.
if [ -n "${GITHUB_OUTPUT:-}" ]; then
	echo "changes=$changes" >>"$GITHUB_OUTPUT"
fi
