package writeback

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// links writes the bindings of one owner back. A reference stays when the gateway has all that it means. One that
// means more gives way to references to what is left of it; what none means gets one at the end.
func (r *round) links(k *kind.LinkKind, owner string) {
	if r.refusesAll(k.Name, owner, "/"+k.Field) {
		return
	}
	have := r.held(k, owner)
	covered := map[string]bool{}
	var partly []*spec.Reference
	for _, ref := range r.references[k.Name+" "+owner] {
		means, spared, wrong := r.meaning().Of(ref)
		if wrong || slices.ContainsFunc(means, func(l kind.Link) bool { return have[idOf(&l)] == nil }) {
			partly = append(partly, ref)
			continue
		}
		for _, l := range slices.Concat(means, spared) {
			covered[idOf(&l)] = true
		}
	}
	for _, ref := range partly {
		r.reference(ref, have, covered)
	}
	list := r.places.Targets(k, owner)
	for _, id := range sortedKeys(have) {
		to := have[id].To
		if r.apart[to.Address()] {
			r.keep(list.Place().Source, have[id].Address(), "", to.Address()+" cannot be written into the files")
			continue
		}
		if covered[id] {
			continue
		}
		place := list.Place()
		node := r.snippets.Reference(have[id], r.environment(place))
		r.do(place, Change{Action: diff.Create, Address: have[id].Address()}, func(f *edit.File) error { return f.Append(place.Document, place.Path, node) })
	}
}

// idOf tells links of one owner apart, also those to targets of one name.
func idOf(l *kind.Link) string { return l.Address() + " " + l.To.ListedBy() }

// held are the links that the gateway has, by the id that they have under the owner's name in the files. Those that
// no reference can mean are told.
func (r *round) held(k *kind.LinkKind, owner string) map[string]*kind.Link {
	d := r.declared[k.Owner+"/"+owner]
	out := map[string]*kind.Link{}
	links := r.bound[k.Name+" "+owner]
	if d.MovedFrom != "" && !r.has(d) {
		links = r.bound[k.Name+" "+d.MovedFrom]
	}
	for i := range links {
		l := *links[i]
		l.Owner = owner
		if !r.snippets.Sayable(&l) {
			r.keep(d.Source, l.Address(), "", "the gateway does not list the API, so that no reference can mean it")
			continue
		}
		out[idOf(&l)] = &l
	}
	return out
}

// has reports whether the gateway has an object of that name.
func (r *round) has(d *kind.Declared) bool {
	return slices.ContainsFunc(r.gateway.Actual.Objects, func(o kind.Object) bool { return o.Kind == d.Kind && o.Key == d.Key })
}

func (r *round) meaning() *spec.Meaning {
	if r.means == nil {
		r.means = spec.NewMeaning(r.gateway.Catalog)
	}
	return r.means
}

// environment is where a place looks for APIs when a reference does not say.
func (r *round) environment(p spec.Place) string {
	for _, env := range []string{p.Environment, r.options.Environment} {
		if env != "" {
			return env
		}
	}
	return spec.DefaultEnvironment
}

// reference takes a reference out, or puts others in its place that mean what is left of it.
func (r *round) reference(ref *spec.Reference, have map[string]*kind.Link, covered map[string]bool) {
	place := r.places.OfReference(ref, "")
	means, spared, wrong := r.meaning().Of(ref)
	var left []*kind.Link
	var lost []Change
	for _, l := range slices.Concat(means, spared) {
		switch id := idOf(&l); {
		case have[id] != nil && !covered[id]:
			left = append(left, have[id])
		case have[id] == nil && slices.Contains(means, l):
			lost = append(lost, Change{Action: diff.Delete, Address: l.Address()})
		}
	}
	note := ref.String() + " meant more; what is left of it is named one by one"
	if len(lost) == 0 && wrong { // nothing of what it means can be bound, though it may be
		var after any
		if len(left) > 0 {
			after, note = left[0].To.Name+", optional", ref.String()+" is bound, and not published in "+ref.Environment+" now"
		}
		lost = []Change{updated(kind.LinkOf(ref.Kind).Owner+"/"+ref.Owner, "/"+kind.LinkOf(ref.Kind).Field, ref.String(), after)}
	}
	if len(lost) == 0 {
		return
	}
	if text := r.places.ReferenceVaried(ref); text != "" {
		r.keep(place.Source, lost[0].Address, "", "comes from "+text)
		return
	}
	slices.SortFunc(left, func(a, b *kind.Link) int { return strings.Compare(idOf(a), idOf(b)) })
	done := r.do(place, lost[0], func(f *edit.File) error {
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
	for _, c := range lost[1:] {
		r.do(place, c, func(*edit.File) error { return nil })
	}
	if len(left) > 0 {
		r.note(place.Source, lost[0].Address, note)
	}
	for _, l := range left {
		covered[idOf(l)] = true
	}
}
