package format

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// sorted joins the lines of entries; those of a mapping come in the order of its shape.
func (p *printer) sorted(v *edit.Value, s *shape.Shape, entries []entry) (lines []string) {
	if m := matchingShape(s, v); p.order && m != nil && len(v.Keys) > 0 && reorderable(v) {
		first := entries[0].key
		names := m.Names()
		slices.SortStableFunc(entries, func(a, b entry) int { return rank(names, a.key) - rank(names, b.key) })
		if now := slices.IndexFunc(entries, func(e entry) bool { return e.key == first }); now > 0 {
			entries[now].blank = entries[0].blank // the previous first entry takes over the blank line of the new one, which needs none
		}
	}
	for i, e := range entries {
		if e.blank && i > 0 {
			lines = append(lines, "")
		}
		lines = append(append(lines, e.lead...), e.lines...)
	}
	return lines
}

// rank is the position of a key in the order. A merge key comes first, unknown keys come last.
func rank(names []string, key string) int {
	if key == "<<" {
		return -1
	}
	if i := slices.Index(names, key); i >= 0 {
		return i
	}
	return len(names)
}

// matchingShape is s, or the choice of s, that describes v, a mapping or list; nil if there is none.
func matchingShape(s *shape.Shape, v *edit.Value) *shape.Shape {
	if s == nil {
		return nil
	}
	want := shape.Map
	if v.Node.Kind == yaml.SequenceNode {
		want = shape.List
	}
	if s.Type == want {
		return s
	}
	for _, c := range s.Choices {
		if c.Type == want {
			return c
		}
	}
	return nil
}

// entryShape is the shape of the i-th entry of a value.
func entryShape(s *shape.Shape, v *edit.Value, i int) *shape.Shape {
	f := matchingShape(s, v)
	switch {
	case f == nil:
		return nil
	case f.Type == shape.List:
		return f.Items
	}
	values := map[string]any{}
	for j, k := range v.Keys {
		values[k.Node.Value] = v.Items[j].Node.Value
	}
	return f.FieldIn(values, v.Keys[i].Node.Value)
}

// reorderable reports whether the keys of a mapping can be reordered: no entry has an alias for an anchor in another
// entry.
func reorderable(v *edit.Value) bool {
	home := map[string]int{}
	for i, item := range v.Items {
		visit(item, func(n *yaml.Node) {
			if n.Anchor != "" {
				home[n.Anchor] = i
			}
		})
	}
	movable := true
	for i, item := range v.Items {
		visit(item, func(n *yaml.Node) {
			if at, here := home[n.Value]; n.Kind == yaml.AliasNode && here && at != i {
				movable = false
			}
		})
	}
	return movable
}

// visit calls f for a value and everything inside it.
func visit(v *edit.Value, f func(*yaml.Node)) {
	f(v.Node)
	for _, k := range v.Keys {
		visit(k, f)
	}
	for _, item := range v.Items {
		visit(item, f)
	}
}
