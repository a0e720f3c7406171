package content

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// problems checks c against everything that its type declares, as the loader does.
func problems(t Type, c map[string]any) []shape.Problem {
	found := walk(t.Shape, "", c)
	if t.Check != nil {
		found = append(found, t.Check(c)...)
	}
	return found
}

func walk(s *shape.Shape, at string, v any) []shape.Problem {
	if v == nil && (s.Nullable || s.Type == shape.AnyValue) {
		return nil
	}
	if s.Type == shape.Either {
		for _, c := range s.Choices {
			if fits(c, v) {
				return walk(c, at, v)
			}
		}
	}
	if !fits(s, v) {
		return []shape.Problem{{Path: at, Text: fmt.Sprintf("is %T, not %s", v, s.Type)}}
	}
	var found []shape.Problem
	for _, r := range s.Rules {
		if b := r.Check(v); b != "" {
			found = append(found, shape.Problem{Path: at, Text: b, Hint: r.Hint, Warning: r.Warning})
		}
	}
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			if s.Type == shape.List {
				found = append(found, walk(s.Items, at+"/"+strconv.Itoa(i), item)...)
			}
		}
	case map[string]any:
		if s.Type == shape.Map {
			found = append(found, walkMap(s, at, v)...)
		}
	}
	return found
}

func walkMap(s *shape.Shape, at string, m map[string]any) []shape.Problem {
	var found []shape.Problem
	for _, f := range s.Fields {
		if v, ok := m[f.Name]; ok {
			found = append(found, walk(f.Shape, at+"/"+f.Name, v)...)
		} else if f.Required {
			found = append(found, shape.Problem{Path: at + "/" + f.Name, Text: "is missing"})
		}
	}
	for name := range m {
		if s.Field(name) == nil && s.UnknownKeys != shape.AllowUnknown {
			found = append(found, shape.Problem{Path: at + "/" + name, Text: "is not known", Warning: s.UnknownKeys == shape.WarnUnknown})
		}
	}
	return found
}

func fits(s *shape.Shape, v any) bool {
	var ok bool
	switch s.Type {
	case shape.Text:
		_, ok = v.(string)
	case shape.Integer:
		_, ok = v.(int64)
	case shape.Number:
		_, ok = v.(float64)
		if _, whole := v.(int64); whole {
			ok = true
		}
	case shape.Bool:
		_, ok = v.(bool)
	case shape.List:
		_, ok = v.([]any)
	case shape.Map:
		_, ok = v.(map[string]any)
	case shape.AnyValue:
		ok = true
	case shape.Either:
		ok = slices.ContainsFunc(s.Choices, func(c *shape.Shape) bool { return fits(c, v) })
	}
	return ok
}

// strangers lists the members that s does not describe, except those in values that are passed on unchanged.
func strangers(s *shape.Shape, at string, v any) (found []string) {
	for _, p := range walk(s, at, v) {
		if p.Text == "is not known" {
			found = append(found, p.Path)
		}
	}
	return found
}

// places calls f for s and everything in it; at has the form of the keys of Type.forms.
func places(s *shape.Shape, at string, f func(at string, s *shape.Shape)) {
	f(at, s)
	for _, field := range s.Fields {
		places(field.Shape, at+"/"+field.Name, f)
	}
	for _, c := range s.Choices {
		places(c, at, f)
	}
	if s.Items != nil {
		places(s.Items, at+"/*", f)
	}
}

// put writes v at the pointer path of c, or removes the member if v is absent.
func put(t *testing.T, c map[string]any, path string, v any) {
	t.Helper()
	steps := strings.Split(path, "/")[1:]
	var at any = c
	for _, step := range steps[:len(steps)-1] {
		switch in := at.(type) {
		case map[string]any:
			if in[step] == nil {
				in[step] = map[string]any{}
			}
			at = in[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(in) {
				t.Fatalf("%s: no entry %s", path, step)
			}
			at = in[i]
		default:
			t.Fatalf("%s: nothing at %s", path, step)
		}
	}
	last := steps[len(steps)-1]
	switch in := at.(type) {
	case map[string]any:
		if v == absent {
			delete(in, last)
		} else {
			in[last] = v
		}
	case []any:
		i, err := strconv.Atoi(last)
		if err != nil || i >= len(in) {
			t.Fatalf("%s: no entry %s", path, last)
		}
		in[i] = v
	default:
		t.Fatalf("%s: nothing to write into", path)
	}
}

// absent makes put remove a member.
var absent any = new(int)

// repeated returns a list that contains v n times.
func repeated(n int, v any) []any { return slices.Repeat([]any{v}, n) }
