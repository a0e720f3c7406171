package writeback

import (
	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// removeObject removes an object that the gateway does not have from the file and from overlays, unless it is protected.
func (r *round) removeObject(c *diff.Change) {
	if c.Want.Protected {
		r.keep(c.Want.Source, c.Address, "", "is protected, and the gateway does not have it")
		return
	}
	r.removed[c.Address] = true
	for _, place := range r.places.Item(c.Want).Layers() {
		r.remove(place, Change{Action: diff.Delete, Address: c.Address})
	}
}

// create adds objects, given by kind, that only the gateway has, next to others of their kind. Those that files cannot
// express are kept.
func (r *round) create(fresh map[string][]*kind.Object) {
	for _, name := range sortedKeys(fresh) {
		byPlace, places := map[string][]created{}, map[string]spec.Place{}
		for _, o := range fresh[name] {
			at, ok := r.sectionFor(kind.Of(name), o)
			if !ok {
				r.unwritten[o.Address()] = true
				r.keep(kind.Source{}, o.Address(), "", "no file declares or owns objects of its kind")
				continue
			}
			node, why := r.snippets.Item(o, r.environment(at))
			if why != "" {
				r.unwritten[o.Address()] = true
				r.keep(kind.Source{}, o.Address(), "", why)
				continue
			}
			id := placeID(kind.Source{File: at.Source.File, Line: at.Document}, at.Path)
			byPlace[id], places[id] = append(byPlace[id], created{o, node}), at
		}
		for _, id := range sortedKeys(byPlace) {
			r.appendObjects(places[id], byPlace[id])
		}
	}
}

// created is an object that is added to the files, and its item.
type created struct {
	object *kind.Object
	node   *yaml.Node
}

// sectionFor is the section for a new object, with any position in its document as the source. It is in the document of
// the object of the same kind whose name shares the longest prefix or, without one, in the document that owns the kind.
// With Adopt it may also be in the document of any object, or else in the first input.
func (r *round) sectionFor(k *kind.Kind, o *kind.Object) (spec.Place, bool) {
	best, most := spec.Place{}, -1
	for i := range r.state.Objects {
		d := &r.state.Objects[i]
		if d.Kind != k.Name || r.removed[d.Address()] && most >= 0 {
			continue
		}
		if n := commonPrefix(d.Key, o.Key); n >= most {
			best, most = r.places.Item(d).Layers()[0], n
		}
	}
	if most < 0 {
		owns := r.places.OfOwns(k.Name)
		switch {
		case len(owns) > 0:
			best = owns[0]
		case !r.gateway.Adopt:
			return best, false
		case len(r.state.Objects) > 0:
			best = r.places.Item(&r.state.Objects[0]).Layers()[0]
		default:
			best = spec.Place{Source: kind.Source{File: r.inputs[0].Name}}
		}
	}
	best.Path = "/" + k.Section
	return best, true
}

// commonPrefix is the length of the common prefix of two names.
func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// appendObjects adds objects at the end of a section, or the whole section if there is none.
func (r *round) appendObjects(at spec.Place, objects []created) {
	section := &yaml.Node{Kind: yaml.SequenceNode}
	for _, o := range objects {
		section.Content = append(section.Content, o.node)
	}
	for i, o := range objects {
		r.editFile(at, Change{Action: diff.Create, Address: o.object.Address()}, func(f *edit.File) error {
			switch {
			case f.Has(at.Document, at.Path):
				return f.Append(at.Document, at.Path, o.node)
			case i > 0:
				return nil // added with the section
			}
			return f.Add(at.Document, "", at.Path[1:], section, spec.Document().Names())
		})
	}
}
