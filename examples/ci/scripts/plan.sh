#!/bin/sh
# Shows what a merge would change: for pull requests and merge requests. It only reads.
#
#   plan.sh FOLDER     writes FOLDER/plan.txt, the diff, and FOLDER/comment.md, the same for people
#
# Address and credentials of the gateway come from the environment or the config file, as always. With
# APIGW_SYNC_PRUNE=true the diff counts what apply would delete, which is what apply.sh does as well.
#
# Exit codes: 0 the diff was made, whether it holds changes or not; else those of apigw-sync.
set -eu
folder=$1
mkdir -p "$folder"
rm -f "$folder/plan.txt" "$folder/comment.md"

apigw-sync validate

code=0
apigw-sync diff --detailed-exitcode --color never --output-file "$folder/plan.txt" || code=$?
cat "$folder/plan.txt" 2>/dev/null || true
case $code in
0) changes=false ;;
2) changes=true ;;
*) exit "$code" ;;
esac

# The first line marks the comment, so that the next run finds and replaces it. Platforms limit the
# length of comments; the log has the whole.
{
	echo "<!-- apigw-sync ${APIGW_SYNC_TARGET:-gateway} -->"
	echo "### Gateway ${APIGW_SYNC_TARGET:-}"
	echo
	echo "**$(tail -n 1 "$folder/plan.txt")**"
	if [ "$changes" = true ]; then
		echo
		echo '<details><summary>Changes</summary>'
		echo
		echo '``````text'
		head -c 60000 "$folder/plan.txt"
		echo '``````'
		echo
		echo '</details>'
	fi
} >"$folder/comment.md"

# Where later steps ask whether there is anything to do.
if [ -n "${GITHUB_OUTPUT:-}" ]; then
	echo "changes=$changes" >>"$GITHUB_OUTPUT"
fi
