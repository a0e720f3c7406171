package testworld

import (
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind/content"
)

// content draws the content of a plugin. That of a newer gateway has members and words that nobody has heard of.
func (w *World) content(pluginType string) map[string]any {
	t := content.Of(pluginType)
	c := content.Example(pluginType)
	if !w.opt.Newer {
		return c
	}
	for _, f := range t.Shape.Fields {
		less := maps.Clone(c)
		delete(less, f.Name)
		if !f.Required && w.rand.IntN(3) == 0 && len(t.Problems(less)) == 0 {
			c = less
		}
	}
	if c == nil {
		c = map[string]any{"mode": w.pick("block", "log")}
	}
	out, _ := w.newer(c).(map[string]any)
	return out
}

// newer adds members that no document lists to some of the mappings in v.
func (w *World) newer(v any) any {
	switch v := v.(type) {
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = w.newer(out[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out[name] = w.newer(v[name])
		}
		if w.rand.IntN(3) == 0 {
			out[w.pick("new_mode", "new_list", "new_part")] = w.unheard()
		}
		return out
	}
	return v
}

func (w *World) unheard() any {
	values := []any{
		"", "a", int64(w.rand.IntN(3)), 1.5, false, nil,
		[]any{},
		[]any{"b", "a"},
		map[string]any{"deep": map[string]any{"a": int64(w.rand.IntN(2))}},
		[]any{map[string]any{"name": "x", "weight": int64(w.rand.IntN(2))}, map[string]any{"name": "y"}},
	}
	return values[w.rand.IntN(len(values))]
}
