#!/bin/sh
# Applies the plan that plan.sh saved: exactly as it was shown, or not at all.
#
#   apply.sh FOLDER    reads  FOLDER/gateway.plan
#                      writes FOLDER/apply.md, the results
#                             FOLDER/undo.plan, with which apigw-sync undo takes them back
#
# If somebody has changed the gateway since, the plan is stale: nothing is written, and the exit code is 4. A person
# should look at a new plan, so this script never makes one itself.
#
# Exit codes: those of apigw-sync apply.
set -eu
folder=$1
here=$(dirname "$0")
rm -f "$folder/undo.plan"

code=0
sh "$here/report.sh" "$folder/apply.md" apply --yes --plan "$folder/gateway.plan" --undo-file "$folder/undo.plan" || code=$?
case $code in
3) echo 'incomplete; run plan and apply again: the new plan holds the rest' >&2 ;;
4) echo 'refused, and nothing was changed; if the plan is stale, make, review and apply a new one' >&2 ;;
esac
exit "$code"
