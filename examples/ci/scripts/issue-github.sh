#!/bin/sh
# Keeps one issue about drift: opens it if there is none, edits it while the drift lasts, and closes it afterwards.
#
#   issue-github.sh open FILE
#   issue-github.sh close FILE
#
# The first line of FILE identifies the issue. The script needs gh, which GitHub's runners have, GH_TOKEN
# with the permission issues: write, and GITHUB_REPOSITORY.
set -eu
what=$1
file=$2
mark=$(head -n 1 "$file")

id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues?state=open&per_page=100" \
	--jq ".[] | select(.pull_request == null) | select((.body // \"\") | startswith(\"$mark\")) | .number" | head -n 1)
case $what:$id in
open:) gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues" \
	--raw-field "title=The gateway differs from its files" --field "body=@$file" ;;
open:*) gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/$id" --field "body=@$file" ;;
close:) ;;
close:*) gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/$id" --raw-field "state=closed" ;;
*)
	echo "open or close, not $what" >&2
	exit 1
	;;
esac
