package content

import (
	"maps"
	"reflect"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Concise returns the canonical form of c without the members whose absence means the same. It is for writing files.
func (t Type) Concise(c map[string]any) map[string]any {
	full := t.Normalize(c)
	same := func(candidate map[string]any) bool { return reflect.DeepEqual(t.Normalize(candidate), full) }
	out := concise(t.Shape, full, same)
	for _, name := range t.Unsure {
		if v, ok := full[name]; ok {
			out[name] = v
		}
	}
	return out
}

// concise leaves out members of m, a mapping inside a content, as long as same reports that the content still means the
// same.
func concise(s *shape.Shape, m map[string]any, same func(map[string]any) bool) map[string]any {
	out := maps.Clone(m)
	for _, f := range s.Fields {
		v, ok := out[f.Name]
		if !ok {
			continue
		}
		if !f.Required {
			delete(out, f.Name)
			if same(out) {
				continue
			}
			out[f.Name] = v
		}
		if inner, ok := v.(map[string]any); ok && f.Shape.Type == shape.Map {
			out[f.Name] = concise(f.Shape, inner, func(candidate map[string]any) bool {
				whole := maps.Clone(out)
				whole[f.Name] = candidate
				return same(whole)
			})
		}
	}
	return out
}
