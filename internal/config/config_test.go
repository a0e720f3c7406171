package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTarget(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	write(t, path, `targets:
  staging: {region: cn-north-4, file: [gateway/, /abs.yaml, "-"], overlay: [], endpoint: "emulator:state.yaml", against: exports/a.yaml,
            prune: false, max_deletes: 0, max_rps: 2.5, timeout: 10m, name: ["a*"], vars: {LIMIT: "100", EMPTY: "", PRICE: "$5 ${A}"}}
  prod:
`)
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	target, err := f.Target("staging")
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(path)
	want := map[string][]string{
		"region": {"cn-north-4"}, "file": {filepath.Join(folder, "gateway"), "/abs.yaml", "-"}, "overlay": {},
		"against": {filepath.Join(folder, "exports", "a.yaml")}, "endpoint": {"emulator:" + filepath.Join(folder, "state.yaml")}, "prune": {"false"}, "max-deletes": {"0"},
		"max-rps": {"2.5"}, "timeout": {"10m"}, "name": {"a*"},
	}
	if d := cmp.Diff(want, target.Flags()); d != "" {
		t.Errorf("flags (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]string{"LIMIT": "100", "EMPTY": "", "PRICE": "$5 ${A}"}, target.Vars); d != "" {
		t.Errorf("vars (-want +got):\n%s", d)
	}
	for name, want := range map[string]string{
		"stagin": "target stagin is not in " + path + "; did you mean staging?", "elsewhere": "target elsewhere is not in " + path + "; it has prod, staging",
	} {
		if _, err := f.Target(name); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if target, err := f.Target("prod"); err != nil || len(target.Flags()) != 0 {
		t.Errorf("an empty target: %v, %v", target, err)
	}
}

func TestWrongFiles(t *testing.T) {
	for text, want := range map[string]string{
		"target: {}":                           "1:1: /target: the key target is not known; did you mean targets?",
		"targets: []":                          "1:10: /targets: is a list; expected a mapping",
		"- targets":                            "1:1: is a list; expected a mapping",
		"targets: {x: {regoin: a}}":            "1:15: /targets/x/regoin: the key regoin is not known; did you mean region?",
		"targets: {x: {prune: maybe}}":         "1:22: /targets/x/prune: is neither true nor false; write true or false",
		"targets: {x: {file: a.yaml}}":         "1:21: /targets/x/file: is text; expected a list; write it between [ and ]",
		"targets: {x: {file: [\"\"]}}":         "1:22: /targets/x/file/0: has 0 characters; at least 1 are needed",
		"targets: {x: {region: }}":             "1:23: /targets/x/region: has no value; give it text, or leave the key out",
		"targets: {x: {max_deletes: 1.5}}":     "1:28: /targets/x/max_deletes: is not spelled as a whole number should be",
		"targets: {x: {project_id: 012}}":      "1:27: /targets/x/project_id: is a number to some readers of YAML; expected text; quote it: \"012\"",
		"targets: {x: {vars: {A: 1}}}":         "1:25: /targets/x/vars/A: is a number to some readers of YAML; expected text; quote it: \"1\"",
		"targets: {x: {vars: [A]}}":            "1:21: /targets/x/vars: is a list; expected a mapping",
		"targets: {x: {}, x: {}}":              "1:18: the key x appears twice, first at c.yaml:1:11; remove one of them",
		"targets: {x: {region: a":              "1:20: a , or } is missing in the mapping; ",
		"targets: {}\n---\ntargets: {}":        "3:1: is a second document; a config file must have only one; put all targets into the first document",
		"a: 1\ntargets: {x: {prune: 1, b: 2}}": "1:1: /a: the key a is not known; known keys are defaults, targets; c.yaml:2:22: /targets/x/prune: is neither true nor false; write true or false; c.yaml:2:25: /targets/x/b: the key b is not known; known keys are endpoint, ",
	} {
		_, err := parse("c.yaml", []byte(text))
		if !strings.HasPrefix(fmt.Sprint(err), "c.yaml:"+want) {
			t.Errorf("%q gives\n%v\nwant\nc.yaml:%s", text, err, want)
		}
	}
}

// FuzzParse checks that no file makes the parser panic, that every error has a position, and that a valid file gives
// each flag a value.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "targets:\n  a:\n  b: {region: r, file: [x], vars: {A: b}, max_rps: 1.5, prune: true}\n", "targets: {x: &a {region: r}, y: {<<: *a}}",
		"targets: {x: {endpoint: \"emulator:\", against: a, max_deletes: -1}}", "targets: {支付: {vars: {\"\": \"\"}}}", "{", "targets: {x: {x: !!binary a}}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := parse("c.yaml", text)
		if wrong, ok := errors.AsType[*Wrong](err); ok {
			for _, finding := range wrong.Findings {
				if finding.Source.File != "c.yaml" || finding.Source.Line < 1 || finding.Problem == "" {
					t.Fatalf("no place: %v", finding)
				}
			}
			return
		}
		if err != nil {
			t.Fatalf("an error without places: %v", err)
		}
		for name := range file.Targets {
			target, err := file.Target(name)
			if err != nil {
				t.Fatal(err)
			}
			for flag, values := range target.Flags() {
				if slices.Contains(values, "") {
					t.Fatalf("%s of %s is empty", flag, name)
				}
			}
		}
	})
}

// TestFind checks that the config file is found in the folder or in a parent folder.
func TestFind(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "a", Name), "")
	write(t, filepath.Join(top, "a", "b", "c", "keep"), "")
	t.Chdir(filepath.Join(top, "a", "b", "c"))
	if got, err := Find("."); err != nil || got != filepath.Join("..", "..", Name) {
		t.Errorf("got %q, %v", got, err)
	}
	t.Chdir(top)
	if got, err := Find("."); err != nil || got != "" {
		t.Errorf("got %q, %v", got, err)
	}
	f, err := Read(filepath.Join("a", Name))
	if err != nil || len(f.Targets) != 0 {
		t.Errorf("an empty file: %v, %v", f, err)
	}
	if _, err := f.Target("x"); err == nil || err.Error() != "target x: "+filepath.Join("a", Name)+" has no targets" {
		t.Errorf("got %v", err)
	}
}
