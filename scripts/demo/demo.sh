#!/bin/sh
# Shows the life of a change on the embedded emulator, and prints each command before it runs. Run it with `make demo`, which
# builds what it needs.
set -eu

if [ "${1:-}" != inside ]; then
	bin=${BIN:-$(cd "$(dirname "$0")/../../bin" && pwd)}
	here=$(cd "$(dirname "$0")" && pwd)
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	cp "$here"/gateway.yaml "$here"/console.yaml "$here"/../../examples/quickstart/emulator.yaml "$folder"
	cd "$folder"
	PATH=$bin:$PATH
	XDG_STATE_HOME=$folder # for undo files
	export PATH XDG_STATE_HOME
	# The emulator serves the gateway of emulator.yaml on a loopback port, and passes its address in environment variables. It
	# ends with the script.
	apigw-sync emulator --state emulator.yaml -- sh "$here/demo.sh" inside
	exit
fi

say() {
	printf '\n# %s\n' "$@"
}

# run EXIT-CODE COMMAND ... runs a command and fails if its exit code differs.
run() {
	want=$1
	shift
	printf '\n$ %s\n' "$*"
	got=0
	"$@" || got=$?
	if [ "$got" != "$want" ]; then
		echo "demo: exit code $got where $want was expected" >&2
		exit 1
	fi
	if [ "$want" != 0 ]; then
		echo "(exit code $got)"
	fi
}

say 'What the gateway shall hold:'
run 0 cat gateway.yaml
run 0 apigw-sync validate

say 'What would have to change?'
run 2 apigw-sync diff --detailed-exitcode

say 'Do it.'
run 0 apigw-sync apply --yes
run 0 apigw-sync diff --detailed-exitcode

say 'Somebody helps out in the console, in a hurry: raises a limit, takes the ACL off its API, leaves a try-out behind.'
apigw-sync apply -f console.yaml --yes --no-undo >/dev/null
run 2 apigw-sync diff --detailed-exitcode

say 'The files know better. With --prune, what they own but do not declare goes, too.'
run 0 apigw-sync apply --prune --yes
run 0 apigw-sync diff --prune --detailed-exitcode
