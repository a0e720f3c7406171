#!/bin/sh
# Labels a pull request by what its plan means to callers, such as "gateway: exposure", and removes the labels of
# earlier runs.
#
#   label-github.sh NUMBER LEVEL     LEVEL is exposure, outage, change or none
#
# It needs gh, which GitHub's runners have, GH_TOKEN with the permission pull-requests: write, and GITHUB_REPOSITORY.
# If APIGW_SYNC_TARGET is set, labels begin with it, so that each gateway has its own.
set -eu
number=$1
level=$2
labels="repos/$GITHUB_REPOSITORY/issues/$number/labels"
name=${APIGW_SYNC_TARGET:-gateway}

there=$(gh api --paginate "$labels?per_page=100" --jq '.[].name')
for old in exposure outage change; do
	if [ "$old" != "$level" ] && printf '%s\n' "$there" | grep -qxF "$name: $old"; then
		gh api --silent --method DELETE "$labels/$(printf '%s' "$name: $old" | sed 's/%/%25/g; s/ /%20/g; s/:/%3A/g; s|/|%2F|g')"
	fi
done
if [ "$level" != none ] && ! printf '%s\n' "$there" | grep -qxF "$name: $level"; then
	gh api --silent --method POST "$labels" --raw-field "labels[]=$name: $level"
fi
