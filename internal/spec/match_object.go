package spec

import (
	"cmp"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// objects are those that a reference to targets other than APIs means, sorted by name: what files declare, and what the
// gateway has besides. What files rename goes by its new name.
func (m *matcher) objects(r *Reference) (found []*kind.Object) {
	all := m.targets(r.Target())
	if !kind.IsGlob(r.Text) {
		if at, ok := slices.BinarySearchFunc(all, r.Text, func(o *kind.Object, name string) int { return cmp.Compare(o.Key, name) }); ok {
			return all[at : at+1]
		}
		return nil
	}
	for _, o := range all {
		if kind.Glob(r.Text, o.Key) {
			found = append(found, o)
		}
	}
	return found
}

// targets are the objects of a kind that links may lead to, sorted by name.
func (m *matcher) targets(kindName string) []*kind.Object {
	if all, ok := m.others[kindName]; ok {
		return all
	}
	held := map[string]*kind.Object{}
	for i := range m.catalog.Others[kindName] {
		o := &m.catalog.Others[kindName][i]
		held[o.Key] = &kind.Object{Kind: kindName, Key: o.Key, ID: o.ID}
	}
	for i := range m.declared {
		d := &m.declared[i]
		if d.Kind != kindName || held[d.Key] != nil {
			continue
		}
		o := &kind.Object{Kind: kindName, Key: d.Key}
		if before := held[d.MovedFrom]; before != nil {
			o.ID = before.ID
			delete(held, d.MovedFrom)
		}
		held[d.Key] = o
	}
	all := make([]*kind.Object, 0, len(held))
	for _, o := range held {
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b *kind.Object) int { return strings.Compare(a.Key, b.Key) })
	m.others[kindName] = all
	return all
}

// linkToObject is the link that a reference to a target other than an API asks for.
func linkToObject(ref *Reference, o *kind.Object) kind.DeclaredLink {
	return kind.DeclaredLink{Link: kind.Link{Kind: ref.Kind, Owner: ref.Owner, To: o}, Source: ref.Source, Pattern: ref.Pattern()}
}

// objects links an owner to what a reference means. A glob may mean nothing; a name must be that of something, where it is
// known what there is.
func (r *resolver) objects(ref *Reference) {
	found := r.matcher.objects(ref)
	for _, o := range found {
		r.take(ref, linkToObject(ref, o))
	}
	if _, read := r.matcher.catalog.Others[ref.Target()]; len(found) > 0 || !read {
		return
	}
	word := kind.LinkOf(ref.Kind).ToWord()
	if ref.Pattern() {
		r.report(ref, "no such "+word, "no "+word+" matches "+ref.Text, "", true)
		return
	}
	hint := "declare it, or correct the name"
	var names []string
	for _, o := range r.matcher.targets(ref.Target()) {
		names = append(names, o.Key)
	}
	if near := Nearest(ref.Text, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	r.report(ref, "no such "+word, "neither the files nor the gateway have the "+word+" "+ref.Text, hint, false)
}
