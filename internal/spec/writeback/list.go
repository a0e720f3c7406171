package writeback

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// list writes a list back: entry by entry in the first round, so that those that stay are left alone with their
// comments; anew when that was not enough, since order counts or entries cannot be told apart.
func (r *round) list(t *target, v spec.Value, path string) {
	wanted, ok := jsonptr.At(t.tree, path).([]any)
	switch {
	case !ok, r.number > 1, len(wanted) == 0:
		r.whole(t, v, path)
		return
	case !r.once(t, path):
		return
	}
	s := spec.ShapeAt(t.kind, t.tree, path)
	items := v.Items()
	if s != nil && s.Key == nil && !s.Set && len(items) > 0 {
		r.sequence(t, v, path, wanted)
		return
	}
	old, fresh := make([]string, len(items)), make([]string, len(wanted))
	for i, item := range items {
		old[i] = identity(s, item.Plain())
	}
	for i, value := range wanted {
		fresh[i] = identity(s, value)
	}
	if !distinct(old) || !distinct(fresh) {
		r.done[t.address+" "+path] = false
		r.whole(t, v, path)
		return
	}
	r.entries(t, v, path, matched{s, items, wanted, old, fresh})
}

// matched is a list on both sides with what tells its entries apart.
type matched struct {
	shape      *shape.Shape // of the list; nil when nothing is known
	items      []spec.Value
	wanted     []any
	old, fresh []string
}

// entries writes back what differs between two lists. One entry for another takes its place, with its comment.
func (r *round) entries(t *target, v spec.Value, path string, m matched) {
	var goes, comes []int
	for i, id := range m.old {
		if at := slices.Index(m.fresh, id); at >= 0 {
			r.entry(t, m.shape, m.items[i], path+jsonptr.Join(m.name(i)), m.wanted[at])
		} else {
			goes = append(goes, i)
		}
	}
	for i, id := range m.fresh {
		if !slices.Contains(m.old, id) {
			comes = append(comes, i)
		}
	}
	if slices.ContainsFunc(goes, func(i int) bool { return r.fromVariable(t, m.items[i], path) }) {
		return
	}
	if len(goes) == 1 && len(comes) == 1 {
		item, inner, value := m.items[goes[0]], path+jsonptr.Join(m.name(goes[0])), m.wanted[comes[0]]
		r.set(item.Place(), updated(t.address, inner, item.Plain(), value), r.snippets.Value(m.inner(), value, t.address, inner))
		return
	}
	for _, i := range goes {
		item, place := m.items[i], m.items[i].Place()
		c := updated(t.address, path+jsonptr.Join(m.name(i)), item.Plain(), nil)
		r.do(place, c, func(f *edit.File) error { return f.Remove(place.Document, place.Path) })
	}
	for _, i := range comes {
		place, value := v.Place(), m.wanted[i]
		inner := path + jsonptr.Join(m.called(value, i))
		node := r.snippets.Value(m.inner(), value, t.address, inner)
		r.do(place, updated(t.address, inner, nil, value), func(f *edit.File) error { return f.Append(place.Document, place.Path, node) })
	}
}

// name is how the i-th entry of the files is called in JSON pointers: by its key, where entries have one, else by its place.
func (m matched) name(i int) string { return m.called(m.items[i].Plain(), i) }

func (m matched) called(entry any, i int) string {
	if m.shape == nil || m.shape.Key == nil || m.shape.Ordered || m.shape.KeyOf(entry) == "" {
		return strconv.Itoa(i)
	}
	return m.shape.KeyOf(entry)
}

func (m matched) inner() *shape.Shape {
	if m.shape == nil {
		return nil
	}
	return m.shape.Items
}

// identity tells entries of a list apart: scalars by themselves, mappings by their key, else by their first field that
// has a value.
func identity(s *shape.Shape, v any) string {
	m, ok := v.(map[string]any)
	if !ok || s == nil || s.Items == nil {
		return canon(v)
	}
	if key := s.KeyOf(v); key != "" {
		return key
	}
	for _, f := range s.Items.Fields {
		if m[f.Name] != nil {
			return f.Name + " " + canon(m[f.Name])
		}
	}
	return canon(v)
}

func distinct(ids []string) bool {
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

// changedKeys are the keys in which an entry of a list differs; where entries have no names, or files write them short,
// those of any entry. Gateways write others in another way that says the same.
func (t *target) changedKeys(entry string) map[string]bool {
	out := map[string]bool{}
	list, number := jsonptr.ListOf(entry)
	if called := func(f diff.Field) bool { return strings.HasPrefix(f.Path, entry+"/") }; !number && !slices.ContainsFunc(t.changed, called) {
		list, number = entry[:strings.LastIndexByte(entry, '/')], true
	}
	for _, f := range t.changed {
		rest, ok := strings.CutPrefix(f.Path, entry+"/")
		if number {
			if rest, ok = strings.CutPrefix(f.Path, list+"/"); ok {
				_, rest, _ = strings.Cut(rest, "/")
			}
		}
		if ok {
			key, _, _ := strings.Cut(rest, "/")
			out[jsonptr.Unescape(key)] = true
		}
	}
	return out
}

// entry writes the keys back in which an entry of a list differs that both sides have.
func (r *round) entry(t *target, s *shape.Shape, v spec.Value, path string, wanted any) {
	m, ok := wanted.(map[string]any)
	if !ok || !v.IsMap() || s == nil || s.Items == nil {
		return
	}
	changed := t.changedKeys(path)
	for _, f := range s.Items.Fields {
		have, written := v.Key(f.Name)
		value := m[f.Name]
		inner := path + "/" + f.Name
		switch {
		case f.Shape.Secret, f.Shape.Withheld, !changed[f.Name] && !changed[""]: // a secret is told by itself
		case written && value != nil && canon(have.Plain()) != canon(value):
			if !r.fromVariable(t, have, inner) {
				r.set(have.Place(), updated(t.address, inner, have.Plain(), value), r.snippets.Value(f.Shape, value, t.address, inner))
			}
		case written && value == nil && !f.Required && !nothing(f.Shape, have.Plain()):
			if t.another || have.IsMap() || !r.fromVariable(t, have, inner) {
				r.take(t, have, inner, have.Plain())
			}
		case !written && value != nil && !nothing(f.Shape, value):
			r.insert(t, v, path, f.Name, updated(t.address, inner, nil, value), r.snippets.Value(f.Shape, value, t.address, inner))
		}
	}
}

// nothing reports whether a value of an entry says what leaving it out does.
func nothing(s *shape.Shape, value any) bool {
	if s.Default != nil {
		return value == s.Default
	}
	list, isList := value.([]any)
	return value == "" || value == false || isList && len(list) == 0
}
