#!/bin/sh
# Puts a comment on a pull request, and replaces the one from an earlier run.
#
#   comment-github.sh NUMBER FILE
#
# The first line of FILE identifies the comment. The script needs gh, which GitHub's runners have,
# GH_TOKEN with the permission pull-requests: write, and GITHUB_REPOSITORY.
set -eu
number=$1
file=$2
mark=$(head -n 1 "$file")

id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments?per_page=100" \
	--jq ".[] | select((.body // \"\") | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$id" ]; then
	gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$file"
else
	gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" --field "body=@$file"
fi
