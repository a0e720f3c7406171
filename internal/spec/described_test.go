package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// unitless are the numbers that have no unit because they count or identify something.
var unitless = map[string]string{
	"vpc_channel_enabled": "true or false as a number",
	"sample_ratio":        "a part of one",
	"status_code":         "an HTTP status",
	"http_status":         "an HTTP status",
}

// everyShape calls f with the shape of every possible key of a document, including the contents of all plugin types.
func everyShape(f func(path string, s *shape.Shape)) {
	var walk func(path string, s *shape.Shape)
	walk = func(path string, s *shape.Shape) {
		f(path, s)
		for _, field := range s.Fields {
			walk(path+"."+field.Name, field.Shape)
		}
		for i, c := range s.Choices {
			walk(fmt.Sprintf("%s|%d", path, i), c)
		}
		if s.Items != nil {
			walk(path+"[]", s.Items)
		}
		if s.Cases != nil {
			for by, inner := range s.Cases.Shapes {
				walk(path+"."+s.Cases.Field+"("+by+")", inner)
			}
		}
	}
	walk("", Document())
}

// TestEveryKeyIsDescribed: an editor can show for each key what it is, its unit and its rules, and an example to copy.
func TestEveryKeyIsDescribed(t *testing.T) {
	types := map[string]bool{}
	everyShape(func(path string, s *shape.Shape) {
		name := path[strings.LastIndexAny(path, ".")+1:]
		name = strings.TrimRight(name, "[]|0123456789")
		if open := strings.Index(path, ".content("); open >= 0 {
			types[path[open:open+strings.Index(path[open:], ")")]] = true
		}
		if len(s.Doc) < 5 || !strings.HasSuffix(s.Doc, ".") {
			t.Errorf("%s: the description is not a sentence: %q", path, s.Doc)
		}
		if (s.Type == shape.Integer || s.Type == shape.Number) && s.Unit == "" && unitless[name] == "" {
			t.Errorf("%s: the number has no unit", path)
		}
		if s.Type <= shape.Number && s.Default == nil && s.Example == nil && s.Words() == nil {
			t.Errorf("%s: there is no example", path)
		}
		for i, r := range s.Rules {
			if r.Text == "" {
				t.Errorf("%s: rule %d has no description", path, i)
			}
		}
	})
	if got := len(types); got != len(kind.Of("plugin").Shape.Cases.Shapes) {
		t.Errorf("walked through the contents of %d types of plugins", got)
	}
}

// TestFixedAsReplaced: the fields that shapes mark as fixed are those whose change replaces the object.
func TestFixedAsReplaced(t *testing.T) {
	for _, k := range kind.All {
		var fixed []string
		var walk func(at string, s *shape.Shape)
		walk = func(at string, s *shape.Shape) {
			for _, f := range s.Fields {
				if f.Shape.Immutable {
					fixed = append(fixed, at+"/"+f.Name)
				}
				walk(at+"/"+f.Name, f.Shape)
			}
		}
		walk("", k.Shape)
		if k.Owner == "" && !slices.Equal(fixed, k.Immutable) {
			t.Errorf("%s: the shape marks %v as fixed, but %v cause a replace", k.Name, fixed, k.Immutable)
		}
	}
}

// TestExamplesAreRight: no rule refuses an example or a default.
func TestExamplesAreRight(t *testing.T) {
	everyShape(func(path string, s *shape.Shape) {
		for _, v := range []any{s.Example, s.Default} {
			if text, _ := v.(string); v == nil || strings.Contains(text, "${") {
				continue
			}
			for _, r := range s.Rules {
				if r.Check != nil && r.Check(v) != "" {
					t.Errorf("%s: %v %s", path, v, r.Check(v))
				}
			}
		}
	})
}
