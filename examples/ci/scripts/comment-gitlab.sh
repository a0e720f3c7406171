#!/bin/sh
# Puts a note on a merge request, and replaces the one from an earlier run.
#
#   comment-gitlab.sh FILE
#
# The first line of FILE identifies the note. The script needs curl and jq, GITLAB_TOKEN (a project token
# with the scope api), and the variables that GitLab gives to the jobs of a merge request.
set -eu
file=$1
mark=$(head -n 1 "$file")
notes="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"

# The token is passed in a file, because other processes can see arguments.
header=$(mktemp)
trap 'rm -f "$header"' EXIT
printf 'PRIVATE-TOKEN: %s\n' "$GITLAB_TOKEN" >"$header"

call() {
	curl --silent --show-error --fail --retry 3 --header "@$header" "$@"
}

page=1
while :; do
	list=$(call "$notes?per_page=100&sort=asc&page=$page")
	id=$(printf '%s' "$list" | jq -r --arg mark "$mark" '[.[] | select((.body // "") | startswith($mark)) | .id][0] // empty')
	if [ -n "$id" ] || [ "$(printf '%s' "$list" | jq length)" -lt 100 ]; then
		break
	fi
	page=$((page + 1))
done
if [ -n "$id" ]; then
	call --request PUT --data-urlencode "body@$file" "$notes/$id" >/dev/null
else
	call --request POST --data-urlencode "body@$file" "$notes" >/dev/null
fi
