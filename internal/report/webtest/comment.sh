#!/bin/sh
# Runs the script of the CI recipes for a made-up pull request, and renders its comment as GitHub does.
#
#   comment.sh FOLDER     works in FOLDER and writes FOLDER/comment.html
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..
mkdir -p "$1"
cp -R "$here/comment/." "$1"
(cd "$root" && go build -o "$1/bin/apigw-sync" ./cmd/apigw-sync)
(cd "$1" && PATH=$1/bin:$PATH APIGW_SYNC_TARGET=prod GITHUB_STEP_SUMMARY='' GITHUB_OUTPUT='' sh "$root/examples/ci/scripts/plan.sh" out >log)
(cd "$root/tools/site" && go run ./comment) <"$1/out/comment.md" >"$1/comment.html"
