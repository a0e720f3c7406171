package spec

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files and the schema")

// variables are the variables that are set for the corpus.
var variables = map[string]string{
	"ENV": "STAGING", "LIMIT": "100", "TEAM": "orders", "WORDS": "many words", "EMPTY": "", "ON": "true",
	"KEY": "orders_key_1", "SECRET": "tops3cretvalue", "SHORT": "s3cr", "REF": "orders/create_order",
	"CODE": strings.Repeat("c0de", 16),
	"STAR": "*", "QUESTION": "a?", "CLASS": "[a-z]", "BRACES": "{a,b}", "BACKSLASH": `\\`, "COMMA": "a,", "DASH": "a-z",
}

func lookup(name string) (string, bool) { v, ok := variables[name]; return v, ok }

// TestCorpus loads each file of testdata/check, with NAME.overlay.yaml over NAME.yaml where there is one,
// and compares the findings or, without errors, what was declared, with NAME.out.
func TestCorpus(t *testing.T) {
	for _, file := range corpus(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			state, findings := Load(inputsOf(t, file), Options{Lookup: lookup})
			golden(t, strings.TrimSuffix(file, ".yaml")+".out", render(state, findings))
		})
	}
}

func corpus(t testing.TB) (files []string) {
	all, err := filepath.Glob("testdata/check/*.yaml")
	if err != nil || len(all) == 0 {
		t.Fatal("no corpus", err)
	}
	for _, f := range all {
		if !strings.HasSuffix(f, ".overlay.yaml") {
			files = append(files, f)
		}
	}
	return files
}

func inputsOf(t testing.TB, file string) []Input {
	inputs := []Input{{Name: filepath.Base(file), Data: contents(t, file)}}
	overlay := strings.TrimSuffix(file, ".yaml") + ".overlay.yaml"
	if _, err := os.Stat(overlay); err == nil {
		inputs = append(inputs, Input{Name: filepath.Base(overlay), Data: contents(t, overlay), Overlay: true})
	}
	return inputs
}

func contents(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(contents(t, file)), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func render(s *State, findings []Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&b, f)
	}
	if wrong(findings) {
		return b.String()
	}
	for _, o := range s.Objects {
		fmt.Fprintf(&b, "%s at %s: %+v", o.Address(), location(o.Source), o.Value)
		if o.Manages != nil {
			fmt.Fprintf(&b, " manages %v", o.Manages)
		}
		if o.Protected {
			fmt.Fprint(&b, " protected")
		}
		if o.MovedFrom != "" {
			fmt.Fprintf(&b, " moved from %s", o.MovedFrom)
		}
		fmt.Fprintln(&b)
	}
	for _, r := range s.References {
		fmt.Fprintf(&b, "%s %s: %s@%s at %s: %s", r.Kind, r.Owner, r.String(), r.Environment, location(r.Source), r.Pointer)
		if r.Optional {
			fmt.Fprint(&b, " optional")
		}
		fmt.Fprintln(&b)
	}
	for _, k := range sections {
		if globs, ok := s.Owns[k.Name]; ok {
			fmt.Fprintf(&b, "owns %s %q\n", k.Name, globs)
		}
	}
	for _, i := range s.Ignore {
		fmt.Fprintf(&b, "ignore %s %s %v until %q (%s) at %s\n", i.Kind, i.Name, i.Fields, i.Until, i.Reason, location(i.Source))
	}
	return b.String()
}

func wrong(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return !f.Warning })
}

// No finding about a file of the corpus may contain a secret from a variable.
func TestFindingsHoldNoSecret(t *testing.T) {
	for _, file := range corpus(t) {
		_, findings := Load(inputsOf(t, file), Options{Lookup: lookup})
		for _, f := range findings {
			for _, secret := range []string{"s3cr", "c0dec0de"} {
				if strings.Contains(f.String(), secret) {
					t.Errorf("%s shows a secret: %s", file, f)
				}
			}
		}
	}
}

// TestInputOrderKeepsFindings checks that findings do not depend on the order of the inputs.
func TestInputOrderKeepsFindings(t *testing.T) {
	a := Input{Name: "a.yaml", Data: []byte("version: apigw-sync/v1\nthrottles: [{name: x}]\n")}
	b := Input{Name: "b.yaml", Data: []byte("version: apigw-sync/v1\nacls: [{name: y}]\n")}
	_, first := Load([]Input{a, b}, Options{})
	_, second := Load([]Input{b, a}, Options{})
	if diff := cmp.Diff(first, second); diff != "" || len(first) == 0 {
		t.Error(diff, first)
	}
}
