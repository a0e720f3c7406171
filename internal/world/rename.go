package world

import (
	"fmt"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// names are the new names of objects that are renamed, by kind and old name.
type names map[string]map[string]string

// of returns the new name of an object, or its name if it is not renamed.
func (n names) of(kindName, name string) string {
	if now, ok := n[kindName][name]; ok {
		return now
	}
	return name
}

// Renamed returns a desired state in which some objects have a new name, and moved_from with the previous one. References to
// them use the new name.
func (w *World) Renamed(s State) State {
	now := names{}
	for _, k := range kinds() {
		now[k.Name] = map[string]string{}
		for _, o := range objectsOf(s, k.Section) {
			if name := o["name"].(string); !slices.Contains(k.BuiltIn, name) && w.rand.IntN(3) == 0 {
				now[k.Name][name] = w.newName(k, s, now[k.Name], name)
			}
		}
	}
	out := maps.Clone(s)
	for _, k := range kinds() {
		list := []any{}
		for _, o := range objectsOf(s, k.Section) {
			list = append(list, w.renamed(k, o, now))
		}
		out[k.Section] = list
	}
	return out
}

// newName returns a new name for an object: one that was never used, or one whose object is not in the state any more and has
// no references.
func (w *World) newName(k *kind.Kind, s State, given map[string]string, name string) string {
	now := "new_" + name
	if referred(k) || k.RefersTo == k.Name || len(w.needed(k)) > 0 || w.rand.IntN(4) > 0 {
		return now
	}
	for i := range w.opt.Policies {
		free := fmt.Sprintf("%s_%d", k.Name, i)
		held := slices.ContainsFunc(objectsOf(s, k.Section), func(o map[string]any) bool { return o["name"] == free })
		for _, taken := range given {
			held = held || taken == free
		}
		if !held {
			return free
		}
	}
	return now
}

// renamed returns an object with its new name, if it has one, and the new names of everything that it refers to.
func (w *World) renamed(k *kind.Kind, o map[string]any, now names) map[string]any {
	out := follow(k.Shape, o, now).(map[string]any)
	if name := o["name"].(string); now.of(k.Name, name) != name {
		out["name"], out["moved_from"] = now.of(k.Name, name), name
	}
	for _, link := range kind.LinksFrom(k.Name) {
		targets, _ := o[link.Field].([]any)
		for i := range targets {
			if link.Target != kind.APublication {
				out[link.Field].([]any)[i] = now.of(link.Target, targets[i].(string))
				continue
			}
			a, env := w.apiOf(targets[i])
			a.Group = now.of(kind.AGroup, a.Group)
			out[link.Field].([]any)[i] = w.reference(a, now.of(kind.AnEnvironment, env))
		}
	}
	return out
}

// follow returns a copy of a value in which references use the new names.
func follow(s *shape.Shape, v any, now names) any {
	switch v := v.(type) {
	case string:
		if s != nil && s.RefersTo != "" {
			return now.of(s.RefersTo, v)
		}
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			var item *shape.Shape
			if s != nil {
				item = s.Items
			}
			out[i] = follow(item, x, now)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, x := range v {
			var member *shape.Shape
			if s != nil {
				member = s.FieldIn(v, name)
			}
			out[name] = follow(member, x, now)
		}
		return out
	}
	return v
}
