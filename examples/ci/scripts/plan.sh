#!/bin/sh
# Shows what apply.sh would change, and saves it as a plan. It only reads.
#
#   plan.sh FOLDER     writes FOLDER/gateway.plan, the plan for apply.sh
#                             FOLDER/comment.md, the diff as a comment
#                             FOLDER/diff.FORM for each FORM in REPORTS, such as "junit sarif"
#
# Address and credentials of the gateway come from the environment or the config file, as always. With
# APIGW_SYNC_PRUNE=true the plan deletes what is gone from the files. With APIGW_SYNC_AGAINST, an export of the
# gateway, no credentials are needed, and there is no plan to apply; without the export only files are checked.
#
# Exit codes: 0 the diff was made, whether it holds changes or not; else those of apigw-sync.
set -eu
folder=$1
here=$(dirname "$0")
mkdir -p "$folder"
rm -f "$folder/gateway.plan" "$folder/diff".* "$folder/comment.md"

apigw-sync validate

set -- diff
if [ -z "${APIGW_SYNC_AGAINST:-}" ]; then
	set -- diff --out "$folder/gateway.plan"
elif ! [ -s "$APIGW_SYNC_AGAINST" ]; then
	echo "the files are valid; there is no diff, as there is no export $APIGW_SYNC_AGAINST" >&2
	exit 0
fi
sh "$here/report.sh" "$folder/diff.md" "$@"

# The first line tells comments about several gateways apart, so that the next run finds and replaces its
# own. The rest is short enough for a comment, however much there is to change.
{
	echo "<!-- apigw-sync ${APIGW_SYNC_TARGET:-gateway} -->"
	cat "$folder/diff.md"
} >"$folder/comment.md"

for form in ${REPORTS:-}; do
	apigw-sync diff -o "$form" --output-file "$folder/diff.$form"
done
