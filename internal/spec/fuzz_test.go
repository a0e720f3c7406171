package spec

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzLoad: Load and ReadOutline never panic, findings point into the file, loading again gives the same result, and
// a state without errors can be resolved.
func FuzzLoad(f *testing.F) {
	f.Add([]byte("version: apigw-sync/v1 # mark one\n# mark two\nignore: [{kind: acl, name: \"# mark\"}]\n"), []byte("a: |\n  # mark"))
	for _, file := range corpus(f) {
		if data := contents(f, file); len(data) < 4096 {
			f.Add(data, []byte("version: apigw-sync/v1\nacls: [{name: office, remark: null}]\n"))
		}
	}
	f.Fuzz(func(t *testing.T, data, overlay []byte) {
		if len(data) > 1<<14 {
			return
		}
		inputs := []Input{{Name: "base", Data: data}, {Name: "over", Data: overlay, Overlay: true}}
		state, findings := Load(inputs, Options{Lookup: lookup})
		for _, finding := range findings {
			in := inputs[0]
			if finding.Source.File == "over" {
				in = inputs[1]
			}
			inside(t, in, finding)
		}
		outline := ReadOutline(inputs, Options{Lookup: lookup})
		again, repeated := Load(inputs, Options{Lookup: lookup})
		if diff := cmp.Diff(findings, repeated); diff != "" {
			t.Fatal(diff)
		}
		placed, places, same := LoadPlaces(inputs, Options{Lookup: lookup}, "mark")
		if diff := cmp.Diff(findings, same); diff != "" {
			t.Fatal(diff)
		}
		for _, c := range places.Comments {
			if in := inputs[0]; c.Source.File == in.Name {
				inside(t, in, Finding{Source: c.Source, Problem: c.Text + "?"})
			}
		}
		if wrong(findings) {
			return
		}
		if diff := cmp.Diff(state, placed); diff != "" {
			t.Fatal(diff)
		}
		for i := range state.Objects {
			for pointer := range strings.FieldsSeq("/name /content/max_age /apis/0/name /values/0 /call_limits") {
				places.Of(&state.Objects[i], pointer)
				places.DeclarationOf(&state.Objects[i], pointer)
			}
			places.ItemStarts(&state.Objects[i])
		}
		for i := range state.References {
			places.OfReference(&state.References[i], "/name")
		}
		if diff := cmp.Diff(state, again); diff != "" {
			t.Fatal(diff)
		}
		if d := cmp.Diff(state.References, outline.References, cmpopts.IgnoreFields(Reference{}, "Pointer")); d != "" {
			t.Fatalf("the outline of files without mistakes differs:\n%s", d)
		}
		state.Resolve(gateway)
	})
}

// inside fails the test unless a finding points to a character of its file, or just after one.
func inside(t *testing.T, in Input, f Finding) {
	t.Helper()
	if f.Problem == "" || f.Source.File != in.Name || f.Source.Line < 1 || f.Source.Column < 1 {
		t.Fatalf("no position: %+v", f)
	}
	if !utf8.Valid(in.Data) || bytes.ContainsAny(in.Data, "\u0085\u2028\u2029") || bytes.ContainsRune(in.Data, '\r') {
		return // line ends that only the YAML parser recognises
	}
	lines := strings.Split(string(in.Data), "\n")
	if f.Source.Line > len(lines) {
		t.Fatalf("beyond the last line: %s in %q", f, in.Data)
	}
	if width := utf8.RuneCountInString(lines[f.Source.Line-1]); f.Source.Column > width+1 {
		t.Fatalf("beyond the end of the line: %s in %q", f, in.Data)
	}
}
