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

// list writes a list to the files. The first round edits entry by entry, so that entries that stay keep their text and
// comments. A later round, or a list whose entries cannot be told apart, replaces the whole list.
func (r *round) list(t *target, v spec.Value, path string) {
	wanted, ok := jsonptr.At(t.tree, path).([]any)
	switch {
	case !ok, r.number > 1, len(wanted) == 0:
		r.replaceWhole(t, v, path)
		return
	case !r.firstTime(t, path):
		return
	}
	s := spec.ShapeAt(t.kind, t.tree, path)
	items := v.Items()
	if s != nil && s.Key == nil && !s.Set && len(items) > 0 {
		r.orderedList(t, v, path, wanted)
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
		r.done[t.address+" "+path] = false // for whole
		r.replaceWhole(t, v, path)
		return
	}
	r.entries(t, v, path, matched{s, items, wanted, old, fresh})
}

// matched is a list in the files and on the gateway, with the identities of its entries.
type matched struct {
	shape      *shape.Shape // of the list; nil if not known
	items      []spec.Value // entries in the files
	wanted     []any        // entries on the gateway
	old, fresh []string     // identities of items and of wanted
}

// entries edits the entries that differ. If a single entry was replaced by another one, its value is replaced in place, so
// that its comment stays.
func (r *round) entries(t *target, v spec.Value, path string, m matched) {
	var removed, added []int
	for i, id := range m.old {
		if at := slices.Index(m.fresh, id); at >= 0 {
			r.entry(t, m.shape, m.items[i], path+jsonptr.Join(m.name(i)), m.wanted[at])
		} else {
			removed = append(removed, i)
		}
	}
	for i, id := range m.fresh {
		if !slices.Contains(m.old, id) {
			added = append(added, i)
		}
	}
	if slices.ContainsFunc(removed, func(i int) bool { return r.fromVariable(m.items[i], t.address, path) }) {
		return
	}
	if len(removed) == 1 && len(added) == 1 {
		item, inner, value := m.items[removed[0]], path+jsonptr.Join(m.name(removed[0])), m.wanted[added[0]]
		r.set(item.Place(), updated(t.address, inner, item.Plain(), value), r.snippets.Value(m.inner(), value, t.address, inner))
		return
	}
	for _, i := range removed {
		r.remove(m.items[i].Place(), updated(t.address, path+jsonptr.Join(m.name(i)), m.items[i].Plain(), nil))
	}
	for _, i := range added {
		place, value := v.Place(), m.wanted[i]
		inner := path + jsonptr.Join(m.nameOf(value, i))
		node := r.snippets.Value(m.inner(), value, t.address, inner)
		r.editFile(place, updated(t.address, inner, nil, value), func(f *edit.File) error { return f.Append(place.Document, place.Path, node) })
	}
}

// name is the step for the i-th entry of the files in JSON pointers: its key, if entries have keys, or its index.
func (m matched) name(i int) string { return m.nameOf(m.items[i].Plain(), i) }

func (m matched) nameOf(entry any, i int) string {
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

// identity identifies an entry of a list: a scalar by its value, a mapping by its key or else by its first field with a
// value.
func identity(s *shape.Shape, v any) string {
	m, ok := v.(map[string]any)
	if !ok || s == nil || s.Items == nil {
		return canonical(v)
	}
	if key := s.KeyOf(v); key != "" {
		return key
	}
	for _, f := range s.Items.Fields {
		if m[f.Name] != nil {
			return f.Name + " " + canonical(m[f.Name])
		}
	}
	return canonical(v)
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

// changedKeys are the fields of an entry of a list that differ. If the path of the entry does not occur among the changes,
// because entries have no keys or files write them in a short form, they are the fields that differ in any entry. Other
// fields must not be edited, because a gateway may write an equal value differently.
func (t *target) changedKeys(entry string) map[string]bool {
	out := map[string]bool{}
	list, number := jsonptr.ListOf(entry)
	if inside := func(f diff.Field) bool { return strings.HasPrefix(f.Path, entry+"/") }; !number && !slices.ContainsFunc(t.changed, inside) {
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

// entry writes the differing fields of an entry that both lists have.
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
		case f.Shape.Secret, f.Shape.NotReturned, !changed[f.Name] && !changed[""]: // secrets have changes of their own
		case written && value != nil && canonical(have.Plain()) != canonical(value):
			if !r.fromVariable(have, t.address, inner) {
				r.set(have.Place(), updated(t.address, inner, have.Plain(), value), r.snippets.Value(f.Shape, value, t.address, inner))
			}
		case written && value == nil && !f.Required && !isAbsent(f.Shape, have.Plain()):
			if t.retyped || have.IsMap() || !r.fromVariable(have, t.address, inner) {
				r.removeKey(t, have, inner, have.Plain())
			}
		case !written && value != nil && !isAbsent(f.Shape, value):
			r.insert(t, v, path, f.Name, updated(t.address, inner, nil, value), r.snippets.Value(f.Shape, value, t.address, inner))
		}
	}
}

// isAbsent reports whether a field with this value means the same as a field that is left out.
func isAbsent(s *shape.Shape, value any) bool {
	if s.Default != nil {
		return value == s.Default
	}
	list, isList := value.([]any)
	return value == "" || value == false || isList && len(list) == 0
}
