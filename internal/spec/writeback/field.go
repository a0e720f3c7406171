package writeback

import (
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// target is an object or part in the files that is to match the gateway.
type target struct {
	kind    *kind.Kind
	address string
	value   spec.Value        // its item in the files
	tree    map[string]any    // what the gateway has, in the form of files
	changed []diff.Field      // leaves that differ
	refused map[string]string // why the rules for files refuse a value of the gateway, by JSON pointer
	retyped bool              // the gateway has an object of another type, without the fields of this type
}

// object writes the differing fields of an object to the files.
func (r *round) object(c *diff.Change) {
	if why := r.unedited[c.Address]; why != "" {
		r.keep(c.Want.Source, c.Address, "", why)
		return
	}
	k := kind.Of(c.Kind)
	t := &target{kind: k, address: c.Address, value: r.places.Item(c.Want), tree: k.Tree(c.Have.Value), changed: c.Fields, refused: r.refused(c.Want)}
	if c.Have.Key != c.Want.Key {
		if c.Have.Key != c.Want.MovedFrom {
			r.keep(c.Want.Source, c.Address, "", "its replacement was interrupted; apply completes it")
			return
		}
		if v, ok := t.value.Key("moved_from"); ok { // the rename did not happen
			r.removeKey(t, v, "/moved_from", c.Want.MovedFrom)
		}
	}
	if cases := k.Shape.Cases; cases != nil && slices.ContainsFunc(c.Fields, func(f diff.Field) bool { return f.Path == "/"+cases.By }) {
		r.overwrite(t, "/"+cases.Field)
	}
	if t.refused[""] == "" && slices.ContainsFunc(c.Fields, func(f diff.Field) bool { return slices.Contains(k.Immutable, f.Path) }) {
		t.retyped = true
		r.leaveToGateway(t)
	}
	r.leaves(t)
}

// leaveToGateway adapts an item to an object of another type by the same name on the gateway. It removes the fields that
// the gateway generates, because keys of one type do not fit another and those of the gateway are secret, and the fields
// that the gateway never shows. It adds the collections that the files did not manage, because the other type may require
// them.
func (r *round) leaveToGateway(t *target) {
	paths := slices.Concat(t.kind.Generated, t.kind.WriteOnly)
	for _, f := range t.kind.Shape.Fields {
		if f.Shape.NotReturned {
			paths = append(paths, "/"+f.Name)
		}
	}
	for _, path := range paths {
		if v, ok := find(t.value, path); ok && r.firstTime(t, path) {
			r.removeKey(t, v, path, diff.Hidden)
		}
	}
	for _, f := range t.kind.Shape.Fields {
		path := jsonptr.Join(f.Name)
		if _, written := t.value.Key(f.Name); f.Shape.Unmanaged() && !written && t.tree[f.Name] != nil && !r.refuses(t, &diff.Field{Path: path}) {
			r.addKey(t, t.value, path, &diff.Field{Path: path})
		}
	}
}

func (r *round) leaves(t *target) {
	for i := range t.changed {
		r.leaf(t, &t.changed[i])
	}
}

// overwrite replaces a whole field, such as the content of a plugin that now has another type. The old content does not
// fit the new type, so nothing of it is kept, not even variables.
func (r *round) overwrite(t *target, path string) {
	r.firstTime(t, path)
	v, ok := find(t.value, path)
	if !ok {
		return
	}
	value := jsonptr.At(t.tree, path)
	r.set(v.Place(), updated(t.address, path, v.Plain(), value), r.snippets.Value(spec.ShapeAt(t.kind, t.tree, path), value, t.address, path))
}

// leaf writes one differing leaf to the files: in place or, where the files have the value in another form, together with
// the list or mapping that contains it.
func (r *round) leaf(t *target, f *diff.Field) {
	v, path := t.value, ""
	if r.coveredByDone(t, f.Path) || r.refuses(t, f) {
		return
	}
	if s := spec.ShapeAt(t.kind, t.tree, f.Path); f.Sensitive || s != nil && s.NotReturned {
		r.secret(t, f)
		return
	}
	for key := range jsonptr.Keys(f.Path) {
		if v.IsList() {
			r.list(t, v, path)
			return
		}
		next, ok := v.Key(key)
		switch {
		case ok:
			v, path = next, path+jsonptr.Join(key)
		case v.IsMap():
			r.addKey(t, v, path+jsonptr.Join(key), f)
			return
		default:
			r.replaceWhole(t, v, path)
			return
		}
	}
	switch {
	case v.IsList():
		r.list(t, v, path)
	case f.Before == nil, f.Before == "":
		r.drop(t, v, path)
	case v.IsMap():
		r.replaceWhole(t, v, path)
	default:
		r.put(t, v, path, f.Before)
	}
}

// secret keeps a field that is secret or that no gateway shows. Its value is never written.
func (r *round) secret(t *target, f *diff.Field) {
	why := "it is a secret, which is never written"
	if !f.Sensitive {
		why = "no gateway shows it"
	}
	at := t.value.Place().Source
	if v, ok := find(t.value, f.Path); ok {
		at = v.Place().Source
		if text := v.Variable(); text != "" {
			why = "comes from " + text
		}
	}
	r.keep(at, t.address, f.Path, why)
}

// find follows a pointer through a value.
func find(v spec.Value, pointer string) (spec.Value, bool) {
	for key := range jsonptr.Keys(pointer) {
		next, ok := v.Key(key)
		if i, inside := jsonptr.Index(key, len(v.Items())); inside {
			next, ok = v.Items()[i], true
		}
		if !ok {
			return v, false
		}
		v = next
	}
	return v, true
}

// firstTime marks a value as done, and reports whether it was not done before in this round.
func (r *round) firstTime(t *target, path string) bool {
	id := t.address + " " + path
	if r.done[id] {
		return false
	}
	r.done[id] = true
	return true
}

// coveredByDone reports whether a field, or a value that contains it, is done.
func (r *round) coveredByDone(t *target, path string) bool {
	for i := len(path); i > 0; i = strings.LastIndexByte(path[:i], '/') {
		if r.done[t.address+" "+path[:i]] {
			return true
		}
	}
	return false
}

// put replaces a value, unless it comes from a variable.
func (r *round) put(t *target, v spec.Value, path string, value any) {
	if !r.firstTime(t, path) || r.fromVariable(v, t.address, path) {
		return
	}
	node := r.snippets.Value(spec.ShapeAt(t.kind, t.tree, path), value, t.address, path)
	r.set(v.Place(), updated(t.address, path, v.Plain(), value), node)
}

// set writes a value. A value that comes from a merge key is overridden by a key of its own.
func (r *round) set(at spec.Place, c Change, node *yaml.Node) {
	r.editFile(at, c, func(f *edit.File) error {
		if i := strings.LastIndexByte(at.Path, '/'); !f.Has(at.Document, at.Path) && i >= 0 && f.Has(at.Document, at.Path[:i]) {
			return f.Add(at.Document, at.Path[:i], jsonptr.Unescape(at.Path[i+1:]), node, nil)
		}
		return f.Set(at.Document, at.Path, node)
	})
}

// replaceWhole replaces a list or mapping by that of the gateway.
func (r *round) replaceWhole(t *target, v spec.Value, path string) {
	value := jsonptr.At(t.tree, path)
	if value == nil {
		r.drop(t, v, path)
		return
	}
	r.put(t, v, path, value)
}

// fromVariable reports whether a value comes from a variable, and if so keeps it: replacing it would remove the variable
// from the files.
func (r *round) fromVariable(v spec.Value, address, path string) bool {
	text := v.Variable()
	if text != "" {
		r.keep(v.Place().Source, address, path, "comes from "+text)
	}
	return text != ""
}

// drop removes a field that the gateway does not have or, if the gateway also lacks a mapping that contains the field, the
// outermost such mapping. That mapping is removed even if it contains variables, as are the fields of another type.
func (r *round) drop(t *target, v spec.Value, path string) {
	whole := t.retyped
	for i := 1; i < len(path); i++ {
		if path[i] != '/' || jsonptr.At(t.tree, path[:i]) != nil {
			continue
		}
		if outer, ok := find(t.value, path[:i]); ok && !outer.IsList() {
			v, path, whole = outer, path[:i], true
		}
		break
	}
	if r.firstTime(t, path) && (whole || !r.fromVariable(v, t.address, path)) {
		r.removeKey(t, v, path, v.Plain())
	}
}

// removeKey removes a key. In an overlay it sets the key to null instead if the file, too, has the key.
func (r *round) removeKey(t *target, v spec.Value, path string, before any) {
	place := v.Place()
	hides := slices.ContainsFunc(v.Layers(), func(l spec.Place) bool {
		return v.IsOverlay() && (l.Source.File != place.Source.File || l.Document != place.Document) && r.hasAt(l, v.Pointer())
	})
	r.editFile(place, updated(t.address, path, before, nil), func(f *edit.File) error {
		if hides {
			return f.Set(place.Document, place.Path, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"})
		}
		return f.Remove(place.Document, place.Path)
	})
}

// addKey adds the value of the gateway under a new key of a mapping.
func (r *round) addKey(t *target, v spec.Value, path string, f *diff.Field) {
	value := jsonptr.At(t.tree, path)
	if value == nil && path == f.Path {
		value = f.Before
	}
	if value == nil || value == "" || !r.firstTime(t, path) {
		return
	}
	parent := path[:strings.LastIndexByte(path, '/')]
	node := r.snippets.Value(spec.ShapeAt(t.kind, t.tree, path), value, t.address, path)
	r.insert(t, v, parent, jsonptr.Unescape(path[len(parent)+1:]), updated(t.address, path, nil, value), node)
}

// insert adds a key to a mapping, in the usual order of keys. If an overlay removes that key, its null is replaced instead.
func (r *round) insert(t *target, v spec.Value, parent, key string, c Change, node *yaml.Node) {
	for _, layer := range slices.Backward(v.Layers()) {
		if pointer := v.Pointer() + "/" + jsonptr.Escape(key); r.hasAt(layer, pointer) {
			layer.Path += pointer
			r.set(layer, c, node)
			return
		}
	}
	var order []string
	if s := spec.ShapeAt(t.kind, t.tree, parent); s != nil {
		order = s.Names()
	}
	place := v.Place()
	r.editFile(place, c, func(f *edit.File) error { return f.Add(place.Document, place.Path, key, node, order) })
}

// hasAt reports whether a layer of an item has a value at a pointer inside the item.
func (r *round) hasAt(layer spec.Place, pointer string) bool {
	o := r.files.get(layer.Source.File)
	return o.err == nil && o.file.Has(layer.Document, layer.Path+pointer)
}

// canonical is equal for equal values, such as 5 and 5.0, or mappings in any order.
func canonical(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(out)
}
