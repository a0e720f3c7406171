package writeback

import (
	"go.yaml.in/yaml/v3"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/edit"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// remove takes an object out that the gateway does not have, from overlays too. One that is protected stays.
func (r *round) remove(c *diff.Change) {
	if c.Want.Protected {
		r.keep(c.Want.Source, c.Address, "", "is protected, and the gateway does not have it")
		return
	}
	r.gone[c.Address] = true
	change := Change{Action: diff.Delete, Address: c.Address}
	for _, place := range r.places.Item(c.Want).Layers() {
		r.do(place, change, func(f *edit.File) error { return f.Remove(place.Document, place.Path) })
	}
}

// create adds objects that only the gateway has, by kind, where their siblings are.
func (r *round) create(fresh map[string][]*kind.Object) error {
	for _, name := range sortedKeys(fresh) {
		objects, err := r.writable(fresh[name])
		if err != nil {
			return err
		}
		byPlace, places := map[string][]*kind.Object{}, map[string]spec.Place{}
		for _, o := range objects {
			at, ok := r.home(kind.Of(name), o)
			if !ok {
				r.keep(kind.Source{}, o.Address(), "", "the files have no place for it")
				continue
			}
			id := placeID(kind.Source{File: at.Source.File, Line: at.Document}, at.Path)
			byPlace[id], places[id] = append(byPlace[id], o), at
		}
		for _, id := range sortedKeys(byPlace) {
			r.appendObjects(places[id], byPlace[id])
		}
	}
	return nil
}

// writable are the objects that files can say, the others are told.
func (r *round) writable(objects []*kind.Object) (out []*kind.Object, err error) {
	e := spec.Export{Known: r.gateway.Catalog.APIs, Links: r.gateway.Actual.Links}
	wanted := map[string]bool{}
	for _, o := range objects {
		e.Objects = append(e.Objects, *o)
		wanted[o.Key] = true
	}
	for _, o := range r.gateway.Actual.Objects {
		if k := kind.Of(o.Kind); k.Owner == objects[0].Kind && wanted[o.Owner] {
			e.Objects = append(e.Objects, o)
		}
	}
	files, err := spec.Write(e)
	if err != nil {
		return nil, err
	}
	refused := map[string]string{}
	for _, l := range files[0].LeftOut {
		refused[l.Address] = l.Why
	}
	for _, o := range objects {
		if why, ok := refused[o.Address()]; ok {
			r.keep(kind.Source{}, o.Address(), "", why)
			continue
		}
		out = append(out, o)
	}
	return out, nil
}

// home is the section in which a new object belongs: that of the object with the most similar name, else in the
// document that owns it. The place is that of the section, its source any place of the document.
func (r *round) home(k *kind.Kind, o *kind.Object) (spec.Place, bool) {
	best, most := spec.Place{}, -1
	for i := range r.state.Objects {
		d := &r.state.Objects[i]
		if d.Kind != k.Name || r.gone[d.Address()] && most >= 0 {
			continue
		}
		if n := common(d.Key, o.Key); n >= most {
			best, most = r.places.Item(d).Layers()[0], n
		}
	}
	if most < 0 {
		owns := r.places.OfOwns(k.Name)
		if len(owns) == 0 {
			return best, false
		}
		best = owns[0]
	}
	best.Path = "/" + k.Section
	return best, true
}

// common is the length of the beginning that two names share.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// appendObjects adds objects at the end of a section, or the section.
func (r *round) appendObjects(at spec.Place, objects []*kind.Object) {
	section := &yaml.Node{Kind: yaml.SequenceNode}
	for _, o := range objects {
		section.Content = append(section.Content, r.snippets.Item(o, r.environment(at)))
	}
	for i, o := range objects {
		r.do(at, Change{Action: diff.Create, Address: o.Address()}, func(f *edit.File) error {
			switch {
			case f.Has(at.Document, at.Path):
				return f.Append(at.Document, at.Path, section.Content[i])
			case i > 0:
				return nil // added with the section
			}
			return f.Add(at.Document, "", at.Path[1:], section, spec.Document().Names())
		})
	}
}
