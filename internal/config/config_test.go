package config

import (
	"os"
	"path/filepath"
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
            prune: false, max_deletes: 0, max_rps: 2.5, timeout: 10m, name: ["a*"], vars: {LIMIT: "100", EMPTY: ""}}
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
	if d := cmp.Diff(vars{"LIMIT": "100", "EMPTY": ""}, target.Vars); d != "" {
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
	folder := t.TempDir()
	path := filepath.Join(folder, "c.yaml")
	for text, want := range map[string]string{
		"target: {}":                               "the key target is not known; did you mean targets?",
		"targets: []":                              "targets: is a list, but must be a mapping",
		"targets: {x: {regoin: a}}":                "targets.x: the key regoin is not known; did you mean region?",
		"targets: {x: {zzzzzzzzz: a}}":             "targets.x: the key zzzzzzzzz is not known; known keys are endpoint, against, region, cloud, project_id, instance_id, environment, file, overlay, kind, name, prune, max_deletes, allow_empty, parallelism, max_rps, timeout, request_timeout, vars",
		"targets: {x: {prune: maybe}}":             "targets.x: prune: is text, but must be true or false",
		"targets: {x: {file: a.yaml}}":             "targets.x: file: is text, but must be a list",
		"targets: {x: {max_deletes: 1.5}}":         "targets.x: max_deletes: is a number, but must be a whole number",
		"targets: {x: {vars: {A: 1}}}":             "targets.x: vars.A: is a number, but must be text; quote it",
		"targets: {x: {vars: [A]}}":                "targets.x: vars: is a list, but must be a mapping",
		"targets: {x: {}, x: {}}":                  `line 1: key "x" already set in map`,
		"targets: {x: {region: a":                  "line 1: did not find expected ',' or '}'",
		"targets: {x: {region: a}}\ninstances: {}": "the key instances is not known; known keys are targets",
	} {
		write(t, path, text)
		_, err := Read(path)
		if err == nil {
			t.Errorf("%s: no error", text)
			continue
		}
		if d := cmp.Diff("config file "+path+": "+want, err.Error()); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

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
