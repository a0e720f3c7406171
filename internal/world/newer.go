package world

import (
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// content returns the example of a value whose shape depends on another key. With Options.Newer, some optional members are
// left out.
func (d *drawer) content(s *shape.Shape) map[string]any {
	c, _ := s.Example.(map[string]any)
	for _, f := range s.Fields {
		if d.opt.Newer && !f.Required && d.rand.IntN(3) == 0 {
			c = maps.Clone(c)
			delete(c, f.Name)
		}
	}
	return c
}

// makeNewer turns an object into one of a newer gateway: its content gets undocumented members, and sometimes its type is
// undocumented, too.
func (d *drawer) makeNewer(c *shape.Cases, item map[string]any) {
	if d.rand.IntN(5) == 0 {
		item[c.By], item[c.Field] = "not_yet_known", map[string]any{"mode": pick(d.rand, []string{"block", "log"})}
	}
	item[c.Field] = d.addMembers(item[c.Field])
}

// addMembers returns v with undocumented members in some of its mappings.
func (d *drawer) addMembers(v any) any {
	switch v := v.(type) {
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = d.addMembers(out[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out[name] = d.addMembers(v[name])
		}
		if d.rand.IntN(3) == 0 {
			out[pick(d.rand, []string{"new_mode", "new_list", "new_part"})] = d.undocumented()
		}
		return out
	}
	return v
}

func (d *drawer) undocumented() any {
	return pick(d.rand, []any{
		"", "a", int64(d.rand.IntN(3)), 1.5, false, nil,
		[]any{},
		[]any{"b", "a"},
		map[string]any{"deep": map[string]any{"a": int64(d.rand.IntN(2))}},
		[]any{map[string]any{"name": "x", "weight": int64(d.rand.IntN(2))}, map[string]any{"name": "y"}},
	})
}
