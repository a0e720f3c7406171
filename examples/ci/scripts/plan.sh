#!/bin/sh
# Checks the files, runs their test cases, shows what apply.sh would change and what that means to callers, and saves
# the plan. It only reads.
#
#   plan.sh FOLDER     writes FOLDER/gateway.plan, the plan for apply.sh
#                             FOLDER/comment.md, the whole report as a comment
#                             FOLDER/level, what the plan means to callers: exposure, outage, change or none
#                             FOLDER/diff.FORM for each FORM in REPORTS, such as "junit sarif"
#
# Address and credentials of the gateway come from the environment or the config file, as always. With
# APIGW_SYNC_PRUNE=true the plan deletes what was removed from the files. Test cases come from APIGW_SYNC_CASES, or else
# from cases.yaml or cases/, if there are any. Findings of lint are reported, but stop nothing. With APIGW_SYNC_AGAINST, an
# export of the gateway, no credentials are needed and no plan is saved; if the export is missing, only the files are checked.
#
# Exit codes: 0 the diff was made, with or without changes; 2 a test case does not pass; else those of apigw-sync.
set -eu
folder=$1
here=$(dirname "$0")
mkdir -p "$folder"
rm -f "$folder/gateway.plan" "$folder/diff".* "$folder/test".* "$folder/lint".* "$folder/comment.md" "$folder/level"

# number prints a number from a report, or 0 if the report has none.
number() {
	n=$(sed -n "s/^$2=//p" "$folder/$1.md.out" 2>/dev/null | head -n 1)
	echo "${n:-0}"
}

# says adds a number of things to the verdict, if there are any.
says() {
	case $1 in
	0) ;;
	1) verdict="$verdict · 1 $2" ;;
	*) verdict="$verdict · $1 $3" ;;
	esac
}

# part adds a folded report below the diff, unless the comment would become longer than sites accept.
part() {
	if [ -s "$folder/$1.md" ] && [ "$(($(wc -c <"$folder/diff.md") + $(wc -c <"$folder/$1.md")))" -lt 64000 ]; then
		printf '\n<details><summary>%s</summary>\n\n' "$2"
		sed '/^<!-- apigw-sync:/d' "$folder/$1.md"
		printf '\n</details>\n'
	fi
}

# report writes a part of the comment. The comment becomes the job summary, so the part must not write its own.
report() {
	file=$folder/$1
	shift
	GITHUB_STEP_SUMMARY='' sh "$here/report.sh" "$file" "$@"
}

checked=0 tested=0 compared=0 has_cases=
# If the export is missing, the files are still checked.
exported=${APIGW_SYNC_AGAINST:-}
if [ -n "$exported" ] && ! [ -s "$exported" ]; then
	APIGW_SYNC_AGAINST=
fi
apigw-sync validate || checked=$?
report lint.md validate --lint >"$folder/lint.log" || true # risky findings are reported, but stop nothing
if [ "$checked" != 0 ] || [ -n "${GITHUB_ACTIONS:-}" ]; then
	cat "$folder/lint.log"
fi
rm -f "$folder/lint.log"

for cases in ${APIGW_SYNC_CASES:-cases.yaml cases}; do
	if [ -z "$has_cases" ] && [ -e "$cases" ]; then
		has_cases=$cases
	fi
done
if [ "$checked" = 0 ] && [ -n "$has_cases" ]; then
	report test.md test --cases "$has_cases" || tested=$?
fi

set -- diff --traffic apis
if [ "$checked" != 0 ]; then
	set --
elif [ -z "$exported" ]; then
	set -- "$@" --out "$folder/gateway.plan"
elif [ -n "$APIGW_SYNC_AGAINST" ]; then
	set -- diff
else
	echo "the files are valid; there is no diff, as there is no export $exported" >&2
	exit "$tested"
fi
if [ "$#" != 0 ]; then
	report diff.md "$@" || compared=$?
fi

# The most important part comes first.
verdict= level=none
says "$(number diff impact_exposure)" exposure exposures
says "$(number diff impact_outage)" outage outages
if [ "$(number diff changes)" = 0 ] && [ "$checked$compared" = 00 ]; then
	verdict="$verdict · no changes"
fi
says "$(number diff changes)" change changes
if [ -n "$has_cases" ] && [ "$checked" = 0 ]; then
	verdict="$verdict · tests $(number test passed)/$(($(number test passed) + $(number test failed) + $(number test uncertain)))"
fi
if [ "$checked" != 0 ]; then
	says "$(number lint errors)" 'error in the files' 'errors in the files'
else
	found=
	for word in error warning; do
		n=$(number lint "${word}s")
		if [ "$n" != 0 ]; then
			found="$found, $n $word$([ "$n" = 1 ] || echo s)"
		fi
	done
	verdict="$verdict${found:+ · lint ${found#, }}"
fi
if [ "$compared" != 0 ]; then
	verdict="$verdict · the gateway could not be compared"
fi
verdict=${verdict# · }
if [ "$(number diff impact_exposure)" != 0 ]; then
	level=exposure
elif [ "$(number diff impact_outage)" != 0 ]; then
	level=outage
elif [ "$(number diff changes)" != 0 ]; then
	level=change
fi
case $level:$checked$tested$compared in
exposure:*) sign='🔴 ' ;;
outage:*) sign='🟠 ' ;;
*:000) sign= ;;
*) sign='❌ ' ;;
esac
echo "$level" >"$folder/level"
if [ -n "${GITHUB_OUTPUT:-}" ]; then
	printf 'verdict=%s\nlevel=%s\n' "$verdict" "$level" >>"$GITHUB_OUTPUT"
fi

# The first line names the gateway, so that the next run finds and replaces its own comment. The rest is short
# enough for a comment, however many changes there are.
if [ "$#" = 0 ]; then
	cp "$folder/lint.md" "$folder/diff.md"
	rm -f "$folder/lint.md"
fi
{
	echo "<!-- apigw-sync ${APIGW_SYNC_TARGET:-gateway} -->"
	printf '**%s%s**\n\n' "$sign" "${APIGW_SYNC_TARGET:+$APIGW_SYNC_TARGET: }$verdict"
	sed '/^<!-- apigw-sync:/d' "$folder/diff.md"
	part test "Tests: $(number test passed) hold, $(($(number test failed) + $(number test uncertain))) do not"
	if [ "$(number lint errors)$(number lint warnings)" != 00 ]; then
		part lint 'Lint: what is allowed, but risky'
	fi
} >"$folder/comment.md"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
	cat "$folder/comment.md" >>"$GITHUB_STEP_SUMMARY"
fi
if [ "$checked$compared" != 00 ]; then
	rm -f "$folder/gateway.plan"
	exit "$((checked > 0 ? checked : compared))"
fi

for form in ${REPORTS:-}; do
	apigw-sync diff -o "$form" --output-file "$folder/diff.$form"
done
exit "$tested"
