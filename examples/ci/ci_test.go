// Package ci_test runs the scripts of the CI recipes as a pipeline would: against a gateway (the
// emulator), with the program found on PATH.
package ci_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var tools string // the folder with the program

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "apigw-sync-ci")
	if err == nil {
		tools = folder
		var out []byte
		if out, err = exec.Command("go", "build", "-o", filepath.Join(folder, "apigw-sync"), "../../cmd/apigw-sync").CombinedOutput(); err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// workspace is a checkout of a user's repository, with a gateway for it.
type workspace struct {
	t      *testing.T
	folder string
	env    []string
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no POSIX shell here")
	}
	w := &workspace{t: t, folder: t.TempDir()}
	w.copy("../quickstart/emulator.yaml", "emulator.yaml")
	w.copy("../quickstart/gateway.yaml", "gateway/gateway.yaml")
	scripts, err := filepath.Glob("scripts/*.sh")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, s := range scripts {
		w.copy(s, "ci/"+filepath.Base(s))
	}
	w.env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "APIGW_SYNC_") || strings.HasPrefix(v, "GITHUB_") || strings.HasPrefix(v, "CI_") || strings.HasPrefix(v, "REPORTS=")
	}), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "APIGW_SYNC_FILE=gateway/", "APIGW_SYNC_PRUNE=true")
	return w
}

func (w *workspace) copy(from, to string) {
	w.t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(to, string(data))
}

func (w *workspace) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workspace) read(name string) string {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.folder, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(data)
}

// run runs a command and checks its exit code.
func (w *workspace) run(want int, env []string, args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), args[0], args[1:]...)
	if args[0] == "apigw-sync" {
		cmd = exec.CommandContext(w.t.Context(), filepath.Join(tools, args[0]), args[1:]...)
	}
	cmd.Dir, cmd.Env = w.folder, append(slices.Clone(w.env), env...)
	out, err := cmd.CombinedOutput()
	code := 0
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		code, err = ended.ExitCode(), nil
	}
	if err != nil || code != want {
		w.t.Fatalf("%s: %v, exit code %d where %d was expected\n%s", strings.Join(args, " "), err, code, want, out)
	}
	return string(out)
}

// onGateway runs a script against the workspace's gateway.
func (w *workspace) onGateway(want int, fault string, script ...string) string {
	w.t.Helper()
	args := []string{"apigw-sync", "emulator", "--state", "emulator.yaml"}
	if fault != "" {
		args = append(args, "--fault", fault)
	}
	return w.run(want, nil, append(append(args, "--", "sh"), script...)...)
}

// TestPlanApplyNightly runs the scripts that plan, apply and look for drift, and an undo, and checks the files that
// they write.
func TestPlanApplyNightly(t *testing.T) {
	w := newWorkspace(t)

	w.onGateway(0, "", "ci/plan.sh", "out")
	comment := w.read("out/comment.md")
	for _, want := range []string{"<!-- apigw-sync gateway -->\n**", " changes · ", " · lint 1 error, 1 warning**", "**Plan: ", "throttle/orders_old\n", "```diff\n", "</details>"} {
		if !strings.Contains(comment, want) {
			t.Errorf("the comment lacks %q:\n%s", want, comment)
		}
	}
	w.onGateway(2, "", "ci/nightly.sh", "out")
	if page := w.read("out/drift.html"); !strings.Contains(page, "<html") || !strings.Contains(page, "throttle/orders_old") {
		t.Errorf("the report does not tell of drift:\n%.2000s", page)
	}
	if issue := w.read("out/issue.md"); !strings.HasPrefix(issue, "<!-- apigw-sync drift gateway -->\n") || !strings.Contains(issue, "throttle/orders_old") {
		t.Errorf("the issue does not tell of drift:\n%s", issue)
	}
	w.onGateway(0, "", "ci/apply.sh", "out")
	if report := w.read("out/apply.md"); !strings.Contains(report, "0 failed") {
		t.Errorf("what became of the plan:\n%s", report)
	}
	w.onGateway(0, "", "ci/nightly.sh", "out")
	w.onGateway(0, "", "ci/plan.sh", "out")
	if comment := w.read("out/comment.md"); !strings.Contains(comment, "**no changes · lint ") || !strings.Contains(comment, "**No changes.") || strings.Contains(comment, "```diff") {
		t.Errorf("nothing is left to do, but the comment says:\n%s", comment)
	}

	w.onGateway(0, "", "-c", "apigw-sync apply --yes --plan out/undo.plan")
	w.onGateway(2, "", "ci/nightly.sh", "out")
}

// TestOnGitHub checks what GitHub Actions receives besides the files: outputs, annotations and the job summary.
func TestOnGitHub(t *testing.T) {
	w := newWorkspace(t)
	w.env = append(w.env, "GITHUB_OUTPUT="+filepath.Join(w.folder, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(w.folder, "summary"))
	out := w.onGateway(0, "", "ci/plan.sh", "out")
	if !strings.Contains(out, "::notice title=apigw-sync update,file=gateway/gateway.yaml,line=") {
		t.Errorf("no annotations in\n%s", out)
	}
	w.onGateway(0, "", "ci/apply.sh", "out")
	w.onGateway(0, "", "ci/nightly.sh", "out")
	for _, f := range []string{"out/comment.md", "out/apply.md", "out/drift.md"} {
		if part := w.read(f); part == "" || !strings.Contains(w.read("summary"), part) {
			t.Errorf("the summary lacks what %s says", f)
		}
	}
	for _, want := range []string{"\nchanges=18\n", "\nconverged=true\n", "\ndrifted=false\n"} {
		if !strings.Contains(w.read("output"), want) {
			t.Errorf("the outputs lack %q:\n%s", want, w.read("output"))
		}
	}
}

// TestStalePlanIsRefused checks that a plan is refused, with no write, if the gateway has changed since it was made.
func TestStalePlanIsRefused(t *testing.T) {
	w := newWorkspace(t)
	w.onGateway(0, "", "ci/plan.sh", "out")
	w.onGateway(0, "", "-c", "apigw-sync apply --yes --kind throttle --name orders_basic") // simulates a change by hand
	before := w.read("emulator.yaml")
	out := w.onGateway(4, "", "ci/apply.sh", "out")
	if !strings.Contains(out, "throttle/orders_basic: refused (stale-plan)") || !strings.Contains(out, "make, review and apply a new one") {
		t.Errorf("it does not say what is stale, and what to do:\n%s", out)
	}
	if report := w.read("out/apply.md"); !strings.Contains(report, "stale-plan") {
		t.Errorf("the report does not say what is stale:\n%s", report)
	}
	if w.read("emulator.yaml") != before {
		t.Error("a stale plan has changed the gateway")
	}
	w.onGateway(0, "", "ci/plan.sh", "out")
	w.onGateway(0, "", "ci/apply.sh", "out")
	w.onGateway(0, "", "ci/nightly.sh", "out")
}

// TestGuardsHoldForPlans checks that guards refuse saved plans, and that the comment about the plan announces it.
func TestGuardsHoldForPlans(t *testing.T) {
	w := newWorkspace(t)
	w.env = append(w.env, "APIGW_SYNC_MAX_DELETES=0")
	w.onGateway(0, "", "ci/plan.sh", "out")
	if comment := w.read("out/comment.md"); !strings.Contains(comment, "max-deletes") {
		t.Errorf("the comment does not say that the plan will be refused:\n%s", comment)
	}
	w.onGateway(4, "", "ci/apply.sh", "out")
}

// TestNewPlanHoldsWhatFailed checks that after a failed change a new plan and apply finish the rest.
func TestNewPlanHoldsWhatFailed(t *testing.T) {
	w := newWorkspace(t)
	w.onGateway(0, "", "ci/plan.sh", "out")
	out := w.onGateway(3, "op=UpdateRequestThrottlingPolicyV2 count=1 status=400 code=APIG.2011", "ci/apply.sh", "out")
	if !strings.Contains(out, "the new plan holds the rest") {
		t.Errorf("it does not say what to do:\n%s", out)
	}
	w.onGateway(0, "", "ci/plan.sh", "out")
	w.onGateway(0, "", "ci/apply.sh", "out")
	w.onGateway(0, "", "ci/nightly.sh", "out")
}

// TestForks runs the plan of a fork, which has neither a gateway nor credentials.
func TestForks(t *testing.T) {
	w := newWorkspace(t)
	w.onGateway(0, "", "-c", "apigw-sync export --with-apis --output-file export.yaml")
	w.run(0, []string{"APIGW_SYNC_AGAINST=export.yaml"}, "sh", "ci/plan.sh", "out")
	if comment := w.read("out/comment.md"); !strings.Contains(comment, "**Plan: ") {
		t.Errorf("no diff against the export:\n%s", comment)
	}
	if w.has("out/gateway.plan") {
		t.Error("there is a plan that was made without a gateway")
	}
	w.run(0, []string{"APIGW_SYNC_AGAINST=no-export.yaml"}, "sh", "ci/plan.sh", "out")
	if w.has("out/comment.md") {
		t.Error("there is a comment about a diff that was not made")
	}
	w.write("gateway/gateway.yaml", "version: apigw-sync/v1\nthrottels: []\n")
	w.run(1, []string{"APIGW_SYNC_AGAINST=no-export.yaml"}, "sh", "ci/plan.sh", "out")
}

// TestFurtherReports checks the report formats that the variable REPORTS adds.
func TestFurtherReports(t *testing.T) {
	w := newWorkspace(t)
	w.env = append(w.env, "REPORTS=junit sarif")
	w.onGateway(0, "", "ci/plan.sh", "out")
	w.onGateway(2, "", "ci/nightly.sh", "out")
	for _, f := range []string{"out/diff.junit", "out/drift.junit"} {
		var suites struct {
			XMLName xml.Name `xml:"testsuites"`
		}
		if err := xml.Unmarshal([]byte(w.read(f)), &suites); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	for _, f := range []string{"out/diff.sarif", "out/drift.sarif"} {
		if !json.Valid([]byte(w.read(f))) {
			t.Errorf("%s is no JSON", f)
		}
	}
}

// TestErrorsAreNoDifferences checks that an error in the files is reported as such, and that no plan or issue of an
// earlier run is left.
func TestErrorsAreNoDifferences(t *testing.T) {
	w := newWorkspace(t)
	w.onGateway(0, "", "ci/plan.sh", "out")
	w.write("gateway/gateway.yaml", "version: apigw-sync/v1\nthrottels: []\n")
	for _, script := range [][]string{{"ci/plan.sh", "out"}, {"ci/nightly.sh", "out"}, {"ci/apply.sh", "out"}} {
		w.onGateway(1, "", script...)
	}
	if comment := w.read("out/comment.md"); !strings.Contains(comment, "**❌ 1 error in the files**") || !strings.Contains(comment, "throttels") {
		t.Errorf("the comment does not say what is wrong:\n%s", comment)
	}
	for _, f := range []string{"out/gateway.plan", "out/issue.md"} {
		if w.has(f) {
			t.Errorf("%s is left from an earlier run", f)
		}
	}
	if page := w.read("out/drift.html"); !strings.Contains(page, "throttels") {
		t.Error("the report does not say why there was no comparison")
	}
}

func (w *workspace) has(name string) bool {
	_, err := os.Stat(filepath.Join(w.folder, name))
	return err == nil
}

// comments replaces gh and curl. It records each request, and returns the existing comments.
const comments = `#!/bin/sh
printf '%s ' "$@" >>"$LOG"
echo >>"$LOG"
case "$*" in
*POST* | *PATCH* | *PUT*) ;;
*) printf '%s' "$COMMENTS" ;;
esac
`

// TestCommentGitHub checks that the script creates a comment, or edits the first one that has the marker.
func TestCommentGitHub(t *testing.T) {
	for _, tc := range []struct{ name, comments, want string }{
		{"first", "", "--method POST repos/shop/gateway/issues/7/comments --field body=@out/comment.md"},
		{"again", "31\n32\n", "--method PATCH repos/shop/gateway/issues/comments/31 --field body=@out/comment.md"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorkspace(t)
			w.write("out/comment.md", "<!-- apigw-sync gateway -->\nPlan\n")
			w.write("bin/gh", comments)
			w.run(0, w.fake("GITHUB_REPOSITORY=shop/gateway", "COMMENTS="+tc.comments), "sh", "ci/comment-github.sh", "7", "out/comment.md")
			if log := w.read("log"); !strings.Contains(log, tc.want) || !strings.Contains(log, `startswith("<!-- apigw-sync gateway -->")`) {
				t.Errorf("want %s in\n%s", tc.want, log)
			}
		})
	}
}

func TestCommentGitLab(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq here")
	}
	const notes = "https://gitlab.example.com/api/v4/projects/3/merge_requests/7/notes"
	for _, tc := range []struct{ name, comments, want string }{
		{"first", `[{"id": 30, "body": "looks good"}]`, "--request POST --data-urlencode body@out/comment.md " + notes + " \n"},
		{"again", `[{"id": 30, "body": "looks good"}, {"id": 31, "body": "<!-- apigw-sync gateway -->\nold"}]`, "--request PUT --data-urlencode body@out/comment.md " + notes + "/31 \n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorkspace(t)
			w.write("out/comment.md", "<!-- apigw-sync gateway -->\nPlan\n")
			w.write("bin/curl", comments)
			env := w.fake("CI_API_V4_URL=https://gitlab.example.com/api/v4", "CI_PROJECT_ID=3", "CI_MERGE_REQUEST_IID=7", "GITLAB_TOKEN=very-secret", "COMMENTS="+tc.comments)
			w.run(0, env, "sh", "ci/comment-gitlab.sh", "out/comment.md")
			if log := w.read("log"); !strings.Contains(log, tc.want) || strings.Contains(log, "very-secret") {
				t.Errorf("want %s, and no token, in\n%s", tc.want, log)
			}
		})
	}
}

// fake returns an environment in which the programs under bin are found first.
func (w *workspace) fake(more ...string) []string {
	return append(more, "LOG="+filepath.Join(w.folder, "log"), "PATH="+filepath.Join(w.folder, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// site replaces gh and curl, too, but stores comments in a file, as a real site does.
const site = `#!/bin/sh
set -eu
method=GET filter=. body= state=
for a; do
	case ${last:-} in
	--method | --request) method=$a ;;
	--jq) filter=$a ;;
	--field | --data-urlencode) body=${a#*@} ;;
	--raw-field) case $a in state=*) state=${a#state=} ;; esac ;;
	esac
	case $a in repos/* | https://*) address=$a ;; esac
	last=$a
done
echo "$method $address" >>"$LOG"
[ -f "$STORE" ] || echo '[{"id": 1, "number": 1, "body": "looks good"}, {"id": 2, "number": 2, "body": null, "pull_request": {}}]' >"$STORE"
id=${address##*/}
case $method in
GET) jq -r "$filter" "$STORE" ;;
POST) jq --rawfile b "$body" '. + [{id: (length + 1), number: (length + 1), body: $b}]' "$STORE" >"$STORE.new" && mv "$STORE.new" "$STORE" ;;
*)
	if [ -n "$state" ]; then
		jq --argjson id "$id" 'map(select(.id != $id))' "$STORE" >"$STORE.new"
	else
		jq --argjson id "$id" --rawfile b "$body" 'map(if .id == $id then .body = $b else . end)' "$STORE" >"$STORE.new"
	fi
	mv "$STORE.new" "$STORE"
	;;
esac
`

// TestOneComment runs each script several times against a site that stores comments. The first run must create a
// comment, and later runs must edit that comment and none of somebody else.
func TestOneComment(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq here")
	}
	for _, tc := range []struct {
		name, program, mark string
		script              []string
		want                string
	}{
		{
			"GitHub comment", "gh", "<!-- apigw-sync gateway -->",
			[]string{"ci/comment-github.sh", "7", "out/text.md"},
			"GET repos/shop/gateway/issues/7/comments?per_page=100 POST repos/shop/gateway/issues/7/comments " +
				"GET repos/shop/gateway/issues/7/comments?per_page=100 PATCH repos/shop/gateway/issues/comments/3 ",
		},
		{
			"GitHub issue", "gh", "<!-- apigw-sync drift gateway -->",
			[]string{"ci/issue-github.sh", "open", "out/text.md"},
			"GET repos/shop/gateway/issues?state=open&per_page=100 POST repos/shop/gateway/issues " +
				"GET repos/shop/gateway/issues?state=open&per_page=100 PATCH repos/shop/gateway/issues/3 ",
		},
		{
			"GitLab note", "curl", "<!-- apigw-sync gateway -->",
			[]string{"ci/comment-gitlab.sh", "out/text.md"},
			"GET https://git.example.com/api/v4/projects/3/merge_requests/7/notes?per_page=100&sort=asc&page=1 POST https://git.example.com/api/v4/projects/3/merge_requests/7/notes " +
				"GET https://git.example.com/api/v4/projects/3/merge_requests/7/notes?per_page=100&sort=asc&page=1 PUT https://git.example.com/api/v4/projects/3/merge_requests/7/notes/3 ",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorkspace(t)
			w.write("bin/"+tc.program, site)
			store := filepath.Join(w.folder, "store")
			env := w.fake("STORE="+store, "GITHUB_REPOSITORY=shop/gateway", "CI_API_V4_URL=https://git.example.com/api/v4",
				"CI_PROJECT_ID=3", "CI_MERGE_REQUEST_IID=7", "GITLAB_TOKEN=very-secret")
			for _, text := range []string{"one\n", "two \"quoted\" $HOME\n"} {
				w.write("out/text.md", tc.mark+"\n"+text)
				w.run(0, env, append([]string{"sh"}, tc.script...)...)
			}
			if log := strings.ReplaceAll(w.read("log"), "\n", " "); log != tc.want {
				t.Errorf("it asked\n%s\nwhere this was expected\n%s", log, tc.want)
			}
			var got []struct{ Body string }
			if err := json.Unmarshal([]byte(w.read("store")), &got); err != nil {
				t.Fatal(err)
			}
			if len(got) != 3 || got[0].Body != "looks good" || got[2].Body != tc.mark+"\ntwo \"quoted\" $HOME\n" {
				t.Errorf("in the end there is %q", got)
			}
			if tc.script[1] == "open" {
				for range 2 { // the second time, the comment is closed already
					w.run(0, env, "sh", tc.script[0], "close", "out/text.md")
				}
				if strings.Contains(w.read("store"), tc.mark) || strings.Count(w.read("log"), "PATCH") != 2 {
					t.Errorf("it was not closed once:\n%s", w.read("log"))
				}
			}
		})
	}
}

// TestGitLabPages checks that the note is found if it is not on the first page.
func TestGitLabPages(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("no jq here")
	}
	w := newWorkspace(t)
	w.write("out/comment.md", "<!-- apigw-sync gateway -->\nPlan\n")
	w.write("full", "["+strings.Repeat(`{"id": 1, "body": "added 1 commit"}, `, 99)+`{"id": 2, "body": "hm"}]`)
	w.write("bin/curl", `#!/bin/sh
printf '%s ' "$@" >>"$LOG"
case "$*" in
*PUT*) ;;
*page=1) cat full ;;
*page=2) printf '%s' '[{"id": 31, "body": "<!-- apigw-sync gateway -->\nold"}]' ;;
*) exit 22 ;;
esac
`)
	w.run(0, w.fake("CI_API_V4_URL=https://git.example.com/api/v4", "CI_PROJECT_ID=3", "CI_MERGE_REQUEST_IID=7", "GITLAB_TOKEN=x"), "sh", "ci/comment-gitlab.sh", "out/comment.md")
	if !strings.Contains(w.read("log"), "--request PUT --data-urlencode body@out/comment.md https://git.example.com/api/v4/projects/3/merge_requests/7/notes/31 ") {
		t.Errorf("the note on the second page was not edited:\n%s", w.read("log"))
	}
}

// TestVerdict checks that one comment contains the effects of the plan, the results of the cases and the findings of
// lint, the worst first.
func TestVerdict(t *testing.T) {
	w := newWorkspace(t)
	w.onGateway(0, "", "-c", "apigw-sync apply --yes")
	files := w.read("gateway/gateway.yaml")
	w.write("cases.yaml", `
version: apigw-sync/cases/v1
cases:
  - {name: nobody may, call: {api: orders/delete_order, anonymous: true}, expect: {allowed: false}}
  - {name: everybody may, call: {api: orders/delete_order, anonymous: true}, expect: {allowed: true}}
`)
	w.write("gateway/gateway.yaml", strings.Replace(files, "192.168.1.0/24", "0.0.0.0/0", 1))
	output := filepath.Join(w.folder, "output")
	w.env = append(w.env, "APIGW_SYNC_TARGET=", "GITHUB_OUTPUT="+output)
	w.onGateway(2, "", "ci/plan.sh", "out")
	comment := w.read("out/comment.md")
	lines := strings.SplitN(comment, "\n", 15)
	if top := strings.Join(lines[:len(lines)-1], "\n"); !strings.HasPrefix(lines[1], "**🔴 1 exposure · ") || !strings.Contains(lines[1], " · tests ") || !strings.Contains(top, "orders/delete_order") {
		t.Errorf("the first lines do not show the exposure:\n%s", top)
	}
	for _, want := range []string{"<details><summary>Tests: ", "everybody may"} {
		if !strings.Contains(comment, want) {
			t.Errorf("the comment lacks %q:\n%s", want, comment)
		}
	}
	if level := w.read("out/level"); level != "exposure\n" {
		t.Errorf("the level is %q", level)
	}
	if out := w.read("output"); !strings.Contains(out, "\nlevel=exposure\n") || !strings.Contains(out, "\nverdict=1 exposure") {
		t.Errorf("the outputs lack level and verdict:\n%s", out)
	}
}

// TestLabelGitHub checks that a pull request has one label for the level of its plan, and keeps all other labels.
func TestLabelGitHub(t *testing.T) {
	for _, tc := range []struct{ name, there, level, want string }{
		{"first", "bug\n", "exposure", "GET POST labels[]=gateway: exposure"},
		{"the same", "gateway: exposure\n", "exposure", "GET"},
		{"another", "bug\ngateway: exposure\n", "change", "GET DELETE /gateway%3A%20exposure POST labels[]=gateway: change"},
		{"none any more", "gateway: outage\n", "none", "GET DELETE /gateway%3A%20outage"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorkspace(t)
			w.write("bin/gh", comments)
			w.run(0, w.fake("GITHUB_REPOSITORY=shop/gateway", "COMMENTS="+tc.there, "APIGW_SYNC_TARGET="), "sh", "ci/label-github.sh", "7", tc.level)
			var did []string
			for line := range strings.Lines(w.read("log")) {
				line = strings.TrimSpace(line)
				switch {
				case strings.Contains(line, "DELETE"):
					did = append(did, "DELETE "+line[strings.LastIndex(line, "/"):])
				case strings.Contains(line, "POST"):
					did = append(did, "POST "+line[max(0, strings.Index(line, "labels[]")):])
				default:
					did = append(did, "GET")
				}
			}
			if got := strings.Join(did, " "); got != tc.want {
				t.Errorf("did %s\nwant %s", got, tc.want)
			}
		})
	}
}
