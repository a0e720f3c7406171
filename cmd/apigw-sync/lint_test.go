package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/apigw-sync/apigw-sync/internal/checks/lint"
)

// linted runs validate --lint on an example in a folder, and returns the output and the exit code.
func linted(t *testing.T, name string, e lint.Example, more ...string) (out string, code int) {
	t.Helper()
	keep(t, name+".yaml", e.File)
	args := append([]string{"validate", "--lint", "-f", name + ".yaml"}, more...)
	if e.Gateway != "" {
		keep(t, name+"-export.yaml", e.Gateway)
		args = append(args, "--against", name+"-export.yaml")
	}
	if e.Config != "" {
		keep(t, name+"-config.yaml", e.Config)
		args = append(args, "--config", name+"-config.yaml", "--target", "prod")
	}
	var stdout, stderr bytes.Buffer
	p := &program{Stdin: &bytes.Buffer{}, Stdout: &stdout, Stderr: &stderr, Environ: e.Environ}
	code = p.Main(args)
	if stderr.Len() > 0 {
		t.Fatalf("%s: %s", name, &stderr)
	}
	return stdout.String(), code
}

// TestLintExamples checks that the bad example of each rule has a finding of that rule, and that the good one has
// none.
func TestLintExamples(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, r := range lint.Rules {
		for name, e := range map[string]lint.Example{"bad": r.Bad(), "good": r.Good()} {
			out, _ := linted(t, name, e, "-o", "json")
			if err := valid("validation", []byte(out)); err != nil {
				t.Errorf("%s, %s example: %v", r.ID, name, err)
			}
			var d struct {
				Lint struct {
					Findings []struct{ Rule, Severity string }
				}
			}
			if err := json.Unmarshal([]byte(out), &d); err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, f := range d.Lint.Findings {
				found = append(found, f.Rule)
			}
			if slices.Contains(found, r.ID) != (name == "bad") {
				t.Errorf("the %s example of %s yields %v", name, r.ID, found)
			}
		}
	}
}

// TestLintNumbers checks that no rule changes its number or name.
func TestLintNumbers(t *testing.T) {
	for i, r := range lint.Rules {
		if r.ID != fmt.Sprintf("AGS%03d", i+1) {
			t.Errorf("rule %d is %s", i+1, r.ID)
		}
		if r.Bad().File == "" || r.Good().File == "" || r.Name == "" || r.Title == "" || r.Reason == "" || strings.ToLower(r.Name) != r.Name {
			t.Errorf("%s lacks something: %+v", r.ID, r)
		}
	}
}

// TestLintPage compares the page about the rules with the rules and with the program's output.
func TestLintPage(t *testing.T) {
	path, err := filepath.Abs("../../docs/reference/lint.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	got := lintPage(t)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(content(t, path), got); d != "" {
		t.Errorf("%s is not what `make golden` writes (-want +got):\n%s", path, d)
	}
}

func lintPage(t *testing.T) string {
	var b strings.Builder
	b.WriteString(lintPageHead)
	for _, r := range lint.Rules {
		fmt.Fprintf(&b, "| [%s](#%s) | `%s` | %s | %s | %s |\n", r.ID, anchor(r), r.Name, r.Severity, r.Title, lintNeeds[r.Gateway])
	}
	for _, r := range lint.Rules {
		fmt.Fprintf(&b, "\n## %s %s\n\n%s. Severity: %s.%s\n\n%s\n", r.ID, r.Name, r.Title, r.Severity, lintSays[r.Gateway], r.Reason)
		for _, x := range []struct {
			title, name string
			lint.Example
		}{{"Reported", "bad", r.Bad()}, {"Not reported", "good", r.Good()}} {
			fmt.Fprintf(&b, "\n%s:\n", x.title)
			lintExample(t, &b, r, x.name, x.Example)
		}
	}
	return b.String()
}

// lintExample writes an example's files, its command, and the output about the rule.
func lintExample(t *testing.T, b *strings.Builder, r *lint.Rule, which string, e lint.Example) {
	name := strings.ToLower(r.ID) + "-" + which
	block := func(file, text string) { fmt.Fprintf(b, "\n```yaml file=%s\n%s```\n", file, text) }
	block(name+".yaml", e.File)
	out, code := linted(t, name, e)
	command := strings.Join(append(slices.Clone(e.Environ), "apigw-sync validate --lint -f "+name+".yaml"), " ")
	if e.Gateway != "" {
		b.WriteString("\nwith this export:\n")
		block(name+"-export.yaml", e.Gateway)
		command += " --against " + name + "-export.yaml"
	}
	if e.Config != "" {
		b.WriteString("\nwith this config file:\n")
		block(name+"-config.yaml", e.Config)
		command += " --config " + name + "-config.yaml --target prod"
	}
	fmt.Fprintf(b, "\n```console\n$ %s\n%s", command, out)
	if code != 0 {
		fmt.Fprintf(b, "(exit code %d)\n", code)
	}
	b.WriteString("```\n")
}

func anchor(r *lint.Rule) string { return strings.ToLower(r.ID) + "-" + r.Name }

var lintNeeds = map[lint.Need]string{lint.FilesOnly: "", lint.MoreWithExport: "finds more", lint.OnlyWithExport: "needed"}

var lintSays = map[lint.Need]string{
	lint.MoreWithExport: " Finds more with an export (`--against`).", lint.OnlyWithExport: " Needs an export (`--against`).",
}

const lintPageHead = `<!-- Written by ` + "`make golden`" + ` from the rules themselves; edit internal/checks/lint, not this page. -->
# Lint rules

` + "`apigw-sync validate --lint`" + ` checks files that have no errors for settings that are allowed but risky. It
prints one line for each finding, sorted by file and line:

    FILE:LINE:COLUMN: SEVERITY: NUMBER NAME: OBJECT: problem; hint

` + "`-o json`, `sarif`, `github`, `junit` and `markdown`" + ` give the same findings to other programs.

**Exit code.** 1 if any finding has the severity error, else 0. If the files themselves have errors, these are reported and
lint does not run.

**Severities.** ` + "`--lint-severity RULE=SEVERITY`" + ` changes the severity of a rule to ` + "`error`, `warning`, `note` or `off`" + `. RULE is
the number or the name of a rule. The flag can be repeated; ` + "`APIGW_SYNC_LINT_SEVERITY`" + ` takes several settings, separated by commas.

**The gateway.** Rules never guess what the gateway holds, and lint never contacts it. Some rules find more with an export of the
gateway, and some need one: make it with ` + "`apigw-sync export --with-apis`, and pass it with `--against FILE`" + `.

**Comments** suppress findings. They must give a reason:

    api_call_limits: 800 # apigw-sync:ignore AGS001 all callers are ours

A comment applies to its own line or, if it is alone on its line, to the line below. Above an object or an ignore rule, it
applies to all of it, and ` + "`# apigw-sync:ignore-file RULE reason`" + ` applies to the whole file. Separate several rules by commas.
A comment that suppresses nothing is itself a finding ([AGS016](#ags016-ignore-comment-unused)), and so is a comment that
cannot be read ([AGS017](#ags017-ignore-comment-broken)).

` + "`apigw-sync validate --explain-rule RULE`" + ` prints what this page says about a rule.

| Rule | Name | Severity | Finds | Export |
|---|---|---|---|---|
`
