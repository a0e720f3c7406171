package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

var recipes = []string{
	"github/gateway.yml", "github/apigw-sync.yml", "github/apigw-sync/action.yml",
	"gitlab/.gitlab-ci.yml", "codearts/build.yml", "jenkins/Jenkinsfile",
}

func tree(t *testing.T, file string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.UnmarshalStrict(data, &tree); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return tree
}

// dig follows keys and indices, and returns nil if there is nothing.
func dig(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func texts(v any) []string {
	var list []string
	for i := 0; dig(v, i) != nil; i++ {
		s, _ := dig(v, i).(string)
		list = append(list, s)
	}
	return list
}

var (
	scriptCall = regexp.MustCompile(`(?:ci|\$here)/([a-z-]+\.sh)`)
	anyScript  = regexp.MustCompile(`ci/\$RUN\.sh`)
)

// TestRecipesAndScripts checks that recipes call only scripts that exist, and that a recipe calls every script.
func TestRecipesAndScripts(t *testing.T) {
	scripts, err := filepath.Glob("scripts/*.sh")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, file := range append(slices.Clone(recipes), scripts...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range scriptCall.FindAllStringSubmatch(string(data), -1) {
			used[call[1]] = true
			if _, err := os.Stat("scripts/" + call[1]); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		if anyScript.Match(data) {
			for _, name := range []string{"plan.sh", "apply.sh", "nightly.sh"} {
				used[name] = true
			}
		}
	}
	for _, s := range scripts {
		if !used[filepath.Base(s)] {
			t.Errorf("nothing calls %s", s)
		}
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range recipes {
		if !strings.Contains(string(readme), "("+file+")") {
			t.Errorf("README.md does not tell of %s", file)
		}
	}
}

// TestActionlint copies the files to where a user puts them, so that actionlint also checks calls of the workflow and
// the action.
func TestActionlint(t *testing.T) {
	actionlint, err := filepath.Abs("../../bin/actionlint")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(actionlint); err != nil {
		t.Skip("make lint builds actionlint")
	}
	w := newWorkspace(t)
	if err := os.Mkdir(filepath.Join(w.folder, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.copy("github/gateway.yml", ".github/workflows/gateway.yml")
	w.copy("github/apigw-sync.yml", ".github/workflows/apigw-sync.yml")
	w.copy("github/apigw-sync/action.yml", ".github/actions/apigw-sync/action.yml")
	w.run(0, nil, actionlint, "-no-color")
}

// pipeline runs the commands of a recipe unchanged, against the emulator; commands that install programs do nothing.
func pipeline(w *workspace, want int, env []string, commands ...string) string {
	w.t.Helper()
	for _, name := range []string{"go", "apt-get"} {
		w.write("bin/"+name, "#!/bin/sh\nexit 0\n")
	}
	path := strings.Join([]string{filepath.Join(w.folder, "bin"), tools, os.Getenv("PATH")}, string(os.PathListSeparator))
	return w.run(want, append([]string{"PATH=" + path}, env...),
		"apigw-sync", "emulator", "--state", "emulator.yaml", "--", "sh", "-e", "-c", strings.Join(commands, "\n"))
}

func TestGitHubAction(t *testing.T) {
	w := newWorkspace(t)
	w.env = append(w.env, "GITHUB_OUTPUT="+filepath.Join(w.folder, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(w.folder, "summary"))
	var script string
	action := tree(t, "github/apigw-sync/action.yml")
	for i := 0; dig(action, "runs", "steps", i) != nil; i++ {
		step := dig(action, "runs", "steps", i)
		if dig(step, "id") == "run" {
			script, _ = dig(step, "run").(string)
		}
		if dig(step, "run") != nil && dig(step, "shell") != "sh" {
			t.Errorf("step %d of a composite action names no shell", i+1)
		}
	}
	for _, run := range []struct {
		name string
		code int
	}{{"nightly", 0}, {"plan", 0}, {"apply", 0}, {"apply", 4}, {"nightly", 0}} {
		pipeline(w, run.code, []string{"RUN=" + run.name}, script)
	}
	if got := w.read("output"); !strings.Contains(got, "\ndrifted=true\n") || !strings.Contains(got, "\nchanges=18\n") || !strings.Contains(got, "\ndrifted=false\n") {
		t.Errorf("outputs:\n%s", got)
	}
	w.write("gateway/gateway.yaml", "version: apigw-sync/v1\nthrottels: []\n")
	pipeline(w, 1, []string{"RUN=nightly"}, script)
}

// TestForkOnGitHub checks that a fork which changes the export is compared with the export of the base branch.
func TestForkOnGitHub(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here")
	}
	var script string
	steps := dig(tree(t, "github/apigw-sync.yml"), "jobs", "plan", "steps")
	for i := 0; dig(steps, i) != nil; i++ {
		if run, _ := dig(steps, i, "run").(string); strings.Contains(run, "HEAD^1") {
			script = run
		}
	}
	w := newWorkspace(t)
	w.run(0, nil, "sh", "-e", "-c", `
		apigw-sync export --endpoint emulator:emulator.yaml --with-apis --output-file gateway-export.yaml
		git init -q -b main . && git config user.name T && git config user.email t@example.com
		git add gateway-export.yaml && git commit -q -m base
		git checkout -q -b fork && echo 'throttels: []' > gateway-export.yaml && git commit -q -a -m fork
		git checkout -q main && git merge -q --no-ff -m merge fork`)
	env := []string{"RUNNER_TEMP=" + w.folder, "GITHUB_ENV=" + filepath.Join(w.folder, "env")}
	w.run(0, append(env, "AGAINST=gateway-export.yaml"), "sh", "-e", "-c", script)
	if strings.Contains(w.read("export.yaml"), "throttels") {
		t.Error("the export is the fork's")
	}
	w.run(0, strings.Fields(w.read("env")), "sh", "ci/plan.sh", "out")
	if comment := w.read("out/comment.md"); !strings.Contains(comment, "**Plan: ") {
		t.Errorf("no diff against the export:\n%s", comment)
	}
	w.run(0, append(env, "AGAINST=missing.yaml"), "sh", "-e", "-c", script)
	w.run(0, strings.Fields(w.read("env")), "sh", "ci/plan.sh", "out")
	if w.has("out/comment.md") {
		t.Error("a diff without an export")
	}
}

// TestGitLab checks for what GitLab refuses, which is jobs without a script or in an unlisted stage, and runs the
// jobs.
func TestGitLab(t *testing.T) {
	file := tree(t, "gitlab/.gitlab-ci.yml")
	jobs := map[string][]string{}
	for name, job := range file {
		if slices.Contains([]string{"stages", "default", "variables"}, name) {
			continue
		}
		if len(texts(dig(job, "script"))) == 0 {
			t.Errorf("%s has no script", name)
		}
		if stage, _ := dig(job, "stage").(string); !slices.Contains(texts(file["stages"]), stage) {
			t.Errorf("%s is in the stage %q, which is not listed", name, stage)
		}
		jobs[name] = append(texts(dig(file, "default", "before_script")), texts(dig(job, "script"))...)
	}
	if dig(file, "apply", "resource_group") == nil {
		t.Error("two applies could run at a time")
	}
	w := newWorkspace(t)
	env := []string{"REPORTS=junit"}
	pipeline(w, 2, env, jobs["nightly"]...)
	pipeline(w, 0, append(env, "APIGW_SYNC_AGAINST=gateway-export.yaml"), jobs["fork"]...)
	pipeline(w, 0, env, jobs["apply"]...)
	pipeline(w, 0, env, jobs["nightly"]...)
	for _, name := range []string{"plan", "fork", "nightly"} {
		if dig(file, name, "artifacts", "reports", "junit") == nil {
			t.Errorf("%s gives GitLab no test report", name)
		}
	}
	for _, name := range []string{"plan", "nightly"} {
		report, _ := dig(file, name, "artifacts", "reports", "junit").(string)
		if !w.has(report) {
			t.Errorf("%s: there is no %s", name, report)
		}
	}
}

// TestCodeArts checks that the file has only keys that the user guide of CodeArts Build describes, and runs its
// commands.
func TestCodeArts(t *testing.T) {
	file := tree(t, "codearts/build.yml")
	if file["version"] != 2.0 {
		t.Errorf("version %v", file["version"])
	}
	known := map[string]map[string][]string{
		"PRE_BUILD": {"checkout": {"scm", "url", "branch"}, "sh": {"command"}},
		"BUILD":     {"go": {"command"}, "upload_artifact": {"path"}},
	}
	stages, _ := dig(file, "steps").(map[string]any)
	var commands []string
	for stage := range stages {
		for i := 0; dig(stages, stage, i) != nil; i++ {
			step, _ := dig(stages, stage, i).(map[string]any)
			if len(step) != 1 {
				t.Errorf("step %d of %s is not one action", i+1, stage)
			}
			for action, v := range step {
				inputs, _ := dig(v, "inputs").(map[string]any)
				for _, key := range known[stage][action] {
					if s, _ := inputs[key].(string); s == "" {
						t.Errorf("%s in %s lacks %s", action, stage, key)
					}
				}
				if len(inputs) != len(known[stage][action]) {
					t.Errorf("%s in %s has inputs or is an action that we do not know", action, stage)
				}
				if c, ok := inputs["command"].(string); ok {
					commands = append(commands, c)
				}
			}
		}
	}
	w := newWorkspace(t)
	for _, run := range []struct {
		job  string
		code int
	}{{"nightly", 2}, {"plan", 0}, {"apply", 0}, {"nightly", 0}, {"dance", 1}} {
		if w.has("out/exit-code") {
			if err := os.RemoveAll(filepath.Join(w.folder, "out")); err != nil {
				t.Fatal(err)
			}
		}
		pipeline(w, run.code, []string{"GATEWAY_JOB=" + run.job}, commands...)
		if !w.has("out/exit-code") {
			t.Errorf("%s leaves nothing to upload", run.job)
		}
	}
}

var groovyShell = regexp.MustCompile(`sh(?:\(script:)? '([^']+)'`)

// TestJenkinsfile checks that brackets and quotes match and that shell steps are valid shell. Nothing here can parse
// Groovy.
func TestJenkinsfile(t *testing.T) {
	data, err := os.ReadFile("jenkins/Jenkinsfile")
	if err != nil {
		t.Fatal(err)
	}
	if err := balanced(string(data)); err != "" {
		t.Error(err)
	}
	for _, broken := range []string{"a { b( }", "a }", "a { 'b }\n", "{"} {
		if balanced(broken) == "" {
			t.Errorf("%q passes for balanced", broken)
		}
	}
	for _, word := range []string{"pipeline {", "agent {", "stages {", "disableConcurrentBuilds()", "post {"} {
		if !strings.Contains(string(data), word) {
			t.Errorf("there is no %s", word)
		}
	}
	calls := groovyShell.FindAllStringSubmatch(string(data), -1)
	if len(calls) != 5 {
		t.Errorf("%d calls of the shell, not 5", len(calls))
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no POSIX shell here")
	}
	for _, call := range calls {
		if out, err := exec.CommandContext(t.Context(), "sh", "-n", "-c", call[1]).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", call[1], err, out)
		}
	}
}

// balanced describes the first bracket or quote without a match. It knows only quotes that end on the same line.
func balanced(text string) string {
	const pairs = "(){}[]"
	var open []byte
	for line := range strings.SplitSeq(text, "\n") {
		quote := byte(0)
		for i := 0; i < len(line); i++ {
			c := line[i]
			switch {
			case quote != 0 && c == '\\':
				i++
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '\'' || c == '"':
				quote = c
			case strings.HasPrefix(line[i:], "//"):
				i = len(line)
			case strings.IndexByte(pairs, c) < 0:
			case strings.IndexByte(pairs, c)%2 == 0:
				open = append(open, pairs[strings.IndexByte(pairs, c)+1])
			case len(open) == 0 || open[len(open)-1] != c:
				return "unexpected " + string(c) + " in: " + line
			default:
				open = open[:len(open)-1]
			}
		}
		if quote != 0 {
			return "open quote in: " + line
		}
	}
	if len(open) > 0 {
		return "missing at the end: " + string(open)
	}
	return ""
}
