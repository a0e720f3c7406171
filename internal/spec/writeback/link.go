package writeback

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// links writes the bindings of one owner to the files. A reference stays if the gateway has all bindings that it asks for.
// One that asks for more is replaced by references to those that exist; bindings without a reference get a new one at the
// end of the list.
func (r *round) links(k *kind.LinkKind, owner string) {
	if r.refusesAll(k.Name, owner, "/"+k.Field) {
		return
	}
	have := r.gatewayLinks(k, owner)
	covered := map[string]bool{}
	var partly []*spec.Reference
	for _, ref := range r.references[k.Name+" "+owner] {
		links, spared, wrong := r.finder().Links(ref)
		if wrong || slices.ContainsFunc(links, func(l kind.Link) bool { return have[idOf(&l)] == nil }) {
			partly = append(partly, ref)
			continue
		}
		for _, l := range slices.Concat(links, spared) {
			covered[idOf(&l)] = true
		}
	}
	for _, ref := range partly {
		r.reference(ref, have, covered)
	}
	list := r.places.Targets(k, owner)
	for _, id := range sortedKeys(have) {
		to := have[id].To
		if r.unwritten[to.Address()] {
			r.keep(list.Place().Source, have[id].Address(), "", to.Address()+" cannot be written into the files")
			continue
		}
		if covered[id] {
			continue
		}
		place := list.Place()
		node := r.snippets.Reference(have[id], r.environment(place))
		r.editFile(place, Change{Action: diff.Create, Address: have[id].Address()}, func(f *edit.File) error { return f.Append(place.Document, place.Path, node) })
	}
}

// idOf identifies a link of an owner. Targets may share a name, so it includes the target's id.
func idOf(l *kind.Link) string { return l.Address() + " " + l.To.ListedBy() }

// gatewayLinks are the links on the gateway by idOf, under the name of their owner in the files. Links that cannot be
// written as a reference are kept.
func (r *round) gatewayLinks(k *kind.LinkKind, owner string) map[string]*kind.Link {
	d := r.declared[k.Owner+"/"+owner]
	out := map[string]*kind.Link{}
	links := r.bound[k.Name+" "+owner]
	if d.MovedFrom != "" && r.onGateway(d.Kind, d.Key) == nil {
		links = r.bound[k.Name+" "+d.MovedFrom]
	}
	for i := range links {
		l := *links[i]
		l.Owner = owner
		if !r.snippets.HasReference(&l) {
			r.keep(d.Source, l.Address(), "", "the gateway does not list the API, so that no reference can name it")
			continue
		}
		out[idOf(&l)] = &l
	}
	return out
}

func (r *round) finder() *spec.LinkFinder {
	if r.linkFinder == nil {
		r.linkFinder = spec.NewLinkFinder(r.gateway.Catalog)
	}
	return r.linkFinder
}

// environment is the default environment of the references in a document.
func (r *round) environment(p spec.Place) string {
	return cmp.Or(p.Environment, r.options.Environment, spec.DefaultEnvironment)
}

// reference removes a reference, or replaces it by references to those of its links that the gateway has.
func (r *round) reference(ref *spec.Reference, have map[string]*kind.Link, covered map[string]bool) {
	place := r.places.OfReference(ref, "")
	links, spared, wrong := r.finder().Links(ref)
	var left []*kind.Link
	var changes []Change
	for _, l := range slices.Concat(links, spared) {
		switch id := idOf(&l); {
		case have[id] != nil && !covered[id]:
			left = append(left, have[id])
		case have[id] == nil && slices.Contains(links, l):
			changes = append(changes, Change{Action: diff.Delete, Address: l.Address()})
		}
	}
	note := ref.String() + " stood for more bindings; those that exist are now listed one by one"
	if len(changes) == 0 && wrong { // it asks for nothing that could be bound, but may match existing bindings
		var after any
		if len(left) > 0 {
			after, note = left[0].To.Name+", optional", ref.String()+" is bound, but not published in "+ref.Environment+" at present"
		}
		changes = []Change{updated(kind.LinkOf(ref.Kind).Owner+"/"+ref.Owner, "/"+kind.LinkOf(ref.Kind).Field, ref.String(), after)}
	}
	if len(changes) == 0 {
		return
	}
	if text := r.places.ReferenceVariable(ref); text != "" {
		r.keep(place.Source, changes[0].Address, "", "comes from "+text)
		return
	}
	slices.SortFunc(left, func(a, b *kind.Link) int { return strings.Compare(idOf(a), idOf(b)) })
	done := r.editFile(place, changes[0], func(f *edit.File) error {
		if len(left) == 0 {
			return f.Remove(place.Document, place.Path)
		}
		for _, l := range left[1:] {
			if err := f.Insert(place.Document, place.Path, r.snippets.Reference(l, r.environment(place))); err != nil {
				return err
			}
		}
		return f.Set(place.Document, place.Path, r.snippets.Reference(left[0], r.environment(place)))
	})
	if !done {
		return
	}
	for _, c := range changes[1:] {
		r.editFile(place, c, func(*edit.File) error { return nil })
	}
	if len(left) > 0 {
		r.note(place.Source, changes[0].Address, note)
	}
	for _, l := range left {
		covered[idOf(l)] = true
	}
}
