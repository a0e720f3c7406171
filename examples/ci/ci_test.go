// Package ci_test runs the scripts of the CI recipes as a pipeline would: against a gateway (the
// emulator), with the program found on PATH.
package ci_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

var tools string // folder with apigw-sync in it

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

// workspace is a checkout of somebody's gateway repository, with a gateway to go with it.
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
		return strings.HasPrefix(v, "APIGW_SYNC_") || strings.HasPrefix(v, "GITHUB_") || strings.HasPrefix(v, "CI_")
	}), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "APIGW_SYNC_FILE=gateway/", "APIGW_SYNC_PRUNE=true", "RETRY_AFTER=0")
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

// run runs a command and insists on its exit code.
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

// onGateway runs a script while the gateway is there.
func (w *workspace) onGateway(want int, fault string, script ...string) string {
	w.t.Helper()
	args := []string{"apigw-sync", "emulator", "--state", "emulator.yaml"}
	if fault != "" {
		args = append(args, "--fault", fault)
	}
	return w.run(want, nil, append(append(args, "--", "sh"), script...)...)
}

func TestPlanApplyNightly(t *testing.T) {
	w := newWorkspace(t)
	w.env = append(w.env, "GITHUB_OUTPUT="+filepath.Join(w.folder, "github-output"))

	w.onGateway(0, "", "ci/plan.sh", "out")
	comment := w.read("out/comment.md")
	for _, want := range []string{"<!-- apigw-sync gateway -->\n", "**Plan: ", "throttle/orders_old\n", "```diff\n", "</details>"} {
		if !strings.Contains(comment, want) {
			t.Errorf("the comment lacks %q:\n%s", want, comment)
		}
	}
	w.onGateway(2, "", "ci/nightly.sh", "out")
	w.onGateway(0, "", "ci/apply.sh")
	w.onGateway(0, "", "ci/nightly.sh", "out")
	w.onGateway(0, "", "ci/plan.sh", "out")
	if comment := w.read("out/comment.md"); !strings.Contains(comment, "**No changes.") || strings.Contains(comment, "<details>") {
		t.Errorf("nothing is left to do, but the comment says:\n%s", comment)
	}
	if got := w.read("github-output"); got != "changes=true\nchanges=false\n" {
		t.Errorf("outputs: %q", got)
	}
}

func TestApplyFinishesWhatFailed(t *testing.T) {
	w := newWorkspace(t)
	out := w.onGateway(0, "op=UpdateRequestThrottlingPolicyV2 count=1 status=400 code=APIG.2011", "ci/apply.sh")
	if !strings.Contains(out, "trying once more") {
		t.Errorf("the first try was to fail:\n%s", out)
	}
	w.onGateway(0, "", "ci/nightly.sh", "out")
}

func TestErrorsAreNoDifferences(t *testing.T) {
	w := newWorkspace(t)
	w.write("gateway/gateway.yaml", "version: apigw-sync/v1\nthrottels: []\n")
	for _, script := range [][]string{{"ci/plan.sh", "out"}, {"ci/nightly.sh", "out"}, {"ci/apply.sh"}} {
		w.onGateway(1, "", script...)
	}
	if _, err := os.Stat(filepath.Join(w.folder, "out", "comment.md")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("there is a comment about a plan that was not made", err)
	}
}

// comments stands for gh and curl: it writes down what it is asked, and says which comments there are.
const comments = `#!/bin/sh
printf '%s ' "$@" >>"$LOG"
echo >>"$LOG"
case "$*" in
*POST* | *PATCH* | *PUT*) ;;
*) printf '%s' "$COMMENTS" ;;
esac
`

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

// fake is the environment in which programs under bin are found first.
func (w *workspace) fake(more ...string) []string {
	return append(more, "LOG="+filepath.Join(w.folder, "log"), "PATH="+filepath.Join(w.folder, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
}

var scriptCall = regexp.MustCompile(`sh ci/([a-z-]+\.sh)`)

// TestRecipes holds recipes and scripts together: what one calls is there, and all of it is YAML.
func TestRecipes(t *testing.T) {
	used := map[string]bool{}
	for _, file := range []string{"github/gateway.yml", "gitlab/.gitlab-ci.yml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := yaml.UnmarshalStrict(data, &tree); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, call := range scriptCall.FindAllStringSubmatch(string(data), -1) {
			used[call[1]] = true
			if _, err := os.Stat("scripts/" + call[1]); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
	scripts, _ := filepath.Glob("scripts/*.sh")
	for _, s := range scripts {
		if !used[filepath.Base(s)] {
			t.Errorf("no recipe calls %s", s)
		}
	}
}

// TestGitLabJobs looks for what GitLab refuses: jobs without a script, or in a stage that is not listed.
func TestGitLabJobs(t *testing.T) {
	data, err := os.ReadFile("gitlab/.gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	stages, _ := tree["stages"].([]any)
	for name, v := range tree {
		if slices.Contains([]string{"stages", "default", "variables"}, name) {
			continue
		}
		job, _ := v.(map[string]any)
		if script, _ := job["script"].([]any); len(script) == 0 {
			t.Errorf("%s has no script", name)
		}
		if !slices.Contains(stages, job["stage"]) {
			t.Errorf("%s is in the stage %v, which is not listed", name, job["stage"])
		}
	}
}
