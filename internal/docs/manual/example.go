package manual

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// example renders a file that has the key, and apart from it only what is needed.
func example(p *target) (string, error) {
	if len(p.steps) == 0 {
		return "", nil // an example with all keys would be too long
	}
	document, _ := sampler{}.value(spec.Document(), p.steps).(map[string]any)
	if !valid(document) {
		rich, _ := shape.Copy(sampler{rich: true}.value(spec.Document(), p.steps)).(map[string]any)
		document = minimize(rich, p.steps)
	}
	if p.steps[0].name != "version" {
		delete(document, "version")
	}
	raw, err := spec.Snippet(document)
	return strings.TrimRight(string(raw), "\n"), err
}

// valid reports whether a file with this content is valid, whatever the values of its variables are.
func valid(document map[string]any) bool {
	raw, err := spec.Snippet(document)
	if err != nil {
		return false
	}
	anything := func(string) (string, bool) { return strings.Repeat("a", 64), true } // long enough for a code
	_, findings := spec.Load([]spec.Input{{Data: raw}}, spec.Options{Lookup: anything})
	return len(findings) == 0
}

// sampler makes example values. A rich one uses whole examples of mappings, not only the required keys.
type sampler struct{ rich bool }

// value makes a value for s that has the keys which steps name.
func (m sampler) value(s *shape.Shape, steps []step) any {
	switch {
	case s.Type == shape.Map:
		return m.mapping(s, steps)
	case len(steps) == 0 && s.Example != nil:
		return s.Example
	case len(steps) == 0 && s.Default != nil:
		return s.Default
	case s.Type == shape.List:
		return []any{m.value(s.Items, steps)}
	case s.Type == shape.Either:
		return m.value(choice(s, steps), steps)
	case s.Words() != nil:
		return s.Words()[0]
	case s.Type == shape.Bool:
		return true
	}
	return map[string]any{}
}

// choice returns the form that has the key which steps name.
func choice(s *shape.Shape, steps []step) *shape.Shape {
	for _, c := range s.Choices {
		if len(steps) == 0 {
			return c
		}
		if f, _ := fieldIn(c, steps[0].name); f != nil {
			return c
		}
	}
	return s.Choices[0]
}

func (m sampler) mapping(s *shape.Shape, steps []step) map[string]any {
	out := map[string]any{}
	by := ""
	if s.Cases != nil {
		by = m.typeFor(s.Cases, steps)
		out[s.Cases.By] = by
	}
	addNeeded(s, steps, out)
	if s.Each != nil {
		return m.freeMapping(s, steps)
	}
	example, _ := s.Example.(map[string]any)
	for i, f := range s.Fields {
		named := len(steps) > 0 && steps[0].name == f.Name
		inner := f.Shape
		if s.Cases != nil && s.Cases.Field == f.Name {
			inner = s.Cases.Shapes[by]
		}
		switch {
		case out[f.Name] != nil:
		case m.rich && named && example[f.Name] != nil:
			out[f.Name] = m.addKeys(example[f.Name], inner, steps[1:])
		case named && (example[f.Name] == nil || len(steps) > 1):
			out[f.Name] = m.value(inner, steps[1:])
		case example[f.Name] != nil && (named || f.Required):
			out[f.Name] = example[f.Name]
		case f.Required || inExample(s, steps, i):
			out[f.Name] = m.value(inner, nil)
		}
	}
	if m.rich || slices.ContainsFunc(s.Rules, func(r shape.Rule) bool { return r.Check(out) != "" }) {
		for key, v := range example {
			if out[key] == nil {
				out[key] = v
			}
		}
	}
	addNeeded(s, steps, out)
	return out
}

// freeMapping makes a mapping whose keys are free names. It has the name in steps, or else a known name.
func (m sampler) freeMapping(s *shape.Shape, steps []step) map[string]any {
	if example, ok := s.Example.(map[string]any); ok && len(steps) <= 1 {
		return example
	}
	name := slices.Concat(s.Known, []string{"name"})[0]
	if len(steps) == 0 {
		return map[string]any{name: m.value(s.Each, nil)}
	}
	if steps[0].name != shape.AnyName {
		name = steps[0].name
	}
	return map[string]any{name: m.value(s.Each, steps[1:])}
}

// addKeys adds the keys that steps name to an example v of s that lacks them.
func (m sampler) addKeys(v any, s *shape.Shape, steps []step) any {
	if len(steps) == 0 {
		return v
	}
	if s.Type == shape.Either {
		s = choice(s, steps)
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if has(item, steps) {
				return v
			}
		}
		if len(v) > 0 {
			return append([]any{m.addKeys(v[0], s.Items, steps)}, v[1:]...)
		}
	case map[string]any:
		f, _ := fieldIn(s, steps[0].name)
		out := maps.Clone(v)
		addNeeded(s, steps, out)
		if out[f.Name] == nil {
			out[f.Name] = m.value(f.Shape, steps[1:])
		} else {
			out[f.Name] = m.addKeys(out[f.Name], f.Shape, steps[1:])
		}
		return out
	}
	return m.value(s, steps)
}

// addNeeded puts into m the values of other keys without which the key that steps name has no effect.
func addNeeded(s *shape.Shape, steps []step, m map[string]any) {
	if len(steps) == 0 {
		return
	}
	f, _ := fieldIn(s, steps[0].name)
	if f == nil {
		return
	}
	applySettings(f.Shape.Context, "", m)
	inner := f.Shape
	if inner.Type == shape.List {
		inner = inner.Items
	}
	if len(steps) > 1 && inner.Type == shape.Map {
		if deeper, _ := fieldIn(inner, steps[1].name); deeper != nil {
			applySettings(deeper.Shape.Context, shape.Outer, m)
		}
	}
}

// applySettings sets the keys whose names begin with a prefix, which may be "". A value of nil removes the key.
func applySettings(settings []shape.Setting, prefix string, m map[string]any) {
	for _, b := range settings {
		name, ok := strings.CutPrefix(b.Name, prefix)
		switch {
		case !ok || strings.HasPrefix(name, shape.Outer):
		case b.Value == nil:
			delete(m, name)
		default:
			m[name] = b.Value
		}
	}
}

// has reports whether the keys that steps name are in v.
func has(v any, steps []step) bool {
	if len(steps) == 0 {
		return true
	}
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return has(item, steps) })
	case map[string]any:
		return v[steps[0].name] != nil && has(v[steps[0].name], steps[1:])
	}
	return false
}

// inExample reports whether a key is shown in the example of a mapping without required keys: the first two are, so
// that the example is not empty.
func inExample(s *shape.Shape, steps []step, i int) bool {
	const shown = 2
	for _, f := range s.Fields {
		if f.Required {
			return false
		}
	}
	return len(steps) == 0 && s.Example == nil && i < shown
}

// typeFor returns the type that steps name, or else the type that needs the fewest keys.
func (m sampler) typeFor(c *shape.Cases, steps []step) (by string) {
	if len(steps) > 0 && steps[0].name == c.Field && steps[0].by != "" {
		return steps[0].by
	}
	fewest := -1
	for _, name := range sortedNames(c.Shapes) {
		if n := size(m.value(c.Shapes[name], nil)); fewest < 0 || n < fewest {
			by, fewest = name, n
		}
	}
	return by
}

// size counts the values in v.
func size(v any) int {
	n := 1
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			n += size(inner)
		}
	case []any:
		for _, inner := range v {
			n += size(inner)
		}
	}
	return n
}
