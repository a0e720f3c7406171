#!/bin/sh
# Finds out whether somebody changed the gateway by hand, and what else needs attention, such as a
# certificate that expires soon. Run it on a schedule; it only reads.
#
#   nightly.sh FOLDER  writes FOLDER/drift.html, the report for people
#                             FOLDER/issue.md, the report for a ticket
#                             FOLDER/drift.FORM for each FORM in REPORTS, such as "junit prometheus"
#
# Exit codes: 0 the gateway matches the files, 2 it does not, 1 it could not be compared.
set -eu
folder=$1
here=$(dirname "$0")
mkdir -p "$folder"
rm -f "$folder/drift".* "$folder/issue.md"

code=0
sh "$here/report.sh" "$folder/drift.md" drift || code=$?

# The first report has already sent the messages that the target or APIGW_SYNC_NOTIFY asks for.
export APIGW_SYNC_NOTIFY=none

# If the gateway could not be compared, the reports say why.
for form in html ${REPORTS:-}; do
	apigw-sync drift -o "$form" --exit-zero --output-file "$folder/drift.$form" || true
done

case $code in
0 | 2)
	{
		echo "<!-- apigw-sync drift ${APIGW_SYNC_TARGET:-gateway} -->"
		cat "$folder/drift.md"
	} >"$folder/issue.md"
	;;
esac
exit "$code"
