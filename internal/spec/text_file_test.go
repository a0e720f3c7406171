package spec

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTextsOf: an input that a desired state names as a text is not read as desired state, names inside such a text do not
// count, and files that name each other are both read.
func TestTextsOf(t *testing.T) {
	in := func(name, names string) Input {
		return Input{Name: name, Data: []byte("x-a: \"${file:" + names + "}\"\n")}
	}
	for _, tc := range []struct {
		name   string
		inputs []Input
		want   []string
	}{
		{"none", []Input{{Name: "a.yaml", Data: []byte("x-a: ${file}")}}, nil},
		{"from its own folder", []Input{in("gateway/a.yaml", "texts/../b.yaml"), in("b.yaml", "c.yaml")}, []string{"c.yaml", "gateway/b.yaml"}},
		{"what a text names is read", []Input{in("a.yaml", "b.yaml"), in("b.yaml", "c.yaml"), in("c.yaml", "-no")}, []string{"b.yaml"}},
		{"each other", []Input{in("a.yaml", "b.yaml"), in("b.yaml", "a.yaml")}, nil},
		{"itself", []Input{in("a.yaml", "a.yaml")}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := slices.Sorted(maps.Keys(textFiles(tc.inputs)))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestTextOfAFile: the text of the file becomes the whole value, whatever it contains.
func TestTextOfAFile(t *testing.T) {
	texts := map[string]string{"a": "${B} and $$\n", "secret": "not-for-everybody", "number": "10"}
	load := func(value string) (*State, []Finding) {
		return Load([]Input{{Name: "gateway/x.yaml", Data: []byte("version: apigw-sync/v1\napps:\n  - {name: app_one, app_secret: \"${file:secret}\", remark: " + value + "}\n")}}, Options{
			Text: func(input, path string) (string, error) {
				if text, ok := texts[path]; ok && input == "gateway/x.yaml" {
					return text, nil
				}
				return "", errors.New("is not there")
			},
		})
	}
	state, findings := load(`"${file:a}"`)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	o := &state.Objects[0]
	origin := o.Secrets[0]
	if origin.PlainText || len(origin.Variables)+len(origin.AllVariables) > 0 {
		t.Errorf("the origin of a secret from a file is %+v", origin)
	}
	if _, findings := load(`"${file:b}"`); len(findings) != 1 || findings[0].Problem != "the file b is not there" {
		t.Errorf("findings for a missing file: %v", findings)
	}
	if _, findings := load(`"see ${file:a}"`); len(findings) != 1 {
		t.Errorf("findings for ${file:…} as a part of a value: %v", findings)
	}
}
