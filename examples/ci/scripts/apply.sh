#!/bin/sh
# Carries out the plan that plan.sh has saved: as it was shown, or not at all.
#
#   apply.sh FOLDER    reads  FOLDER/gateway.plan
#                      writes FOLDER/apply.md, what became of it
#                             FOLDER/undo.plan, which apply --plan takes to take it back
#
# When somebody has touched the gateway since, the plan is stale: nothing is written, exit code 4. That is for
# people to look at, so this script never makes a plan itself.
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
4) echo 'refused, and nothing was changed; when the plan is stale, make, read and apply a new one' >&2 ;;
esac
exit "$code"
