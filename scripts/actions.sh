#!/bin/sh
# Checks our own workflows, and the recipes for GitHub laid out as in a repository that has copied them.
set -eu
actionlint=$PWD/bin/actionlint

"$actionlint" .github/workflows/*.yml
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/.git" "$copy/.github/workflows" "$copy/.github/actions"
cp examples/ci/github/*.yml "$copy/.github/workflows"
cp -r examples/ci/github/apigw-sync "$copy/.github/actions"
cd "$copy"
"$actionlint" .github/workflows/*.yml
