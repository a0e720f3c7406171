package spec

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// objects are the objects that a reference to targets other than APIs matches, sorted by name: those that the files
// declare, and others on the gateway. Objects that the files rename are matched by their new name.
func (m *matcher) objects(r *Reference) (found []*kind.Target) {
	all := m.targets(r.Target())
	if !kind.IsGlob(r.Text) {
		if at, ok := slices.BinarySearchFunc(all, r.Text, func(t *kind.Target, name string) int { return cmp.Compare(t.Name, name) }); ok {
			return all[at : at+1]
		}
		return nil
	}
	for _, t := range all {
		if kind.Glob(r.Text, t.Name) {
			found = append(found, t)
		}
	}
	return found
}

// targets are all objects of a kind that can be the target of a link, sorted by name.
func (m *matcher) targets(kindName string) []*kind.Target {
	if all, ok := m.targetsByKind[kindName]; ok {
		return all
	}
	held := map[string]*kind.Target{}
	for i := range m.catalog.OtherTargets[kindName] {
		o := &m.catalog.OtherTargets[kindName][i]
		held[o.Key] = o.Target()
	}
	for i := range m.declared {
		d := &m.declared[i]
		if d.Kind != kindName || held[d.Key] != nil {
			continue
		}
		held[d.Key] = d.Target()
		if before := held[d.MovedFrom]; before != nil {
			held[d.Key].ID = before.ID
			delete(held, d.MovedFrom)
		}
	}
	all := slices.SortedFunc(maps.Values(held), func(a, b *kind.Target) int { return strings.Compare(a.Name, b.Name) })
	m.targetsByKind[kindName] = all
	return all
}

// unmatched reports a reference to targets other than APIs that matches nothing, unless the gateway's objects were not
// read. For a glob that is a warning.
func (r *resolver) unmatched(ref *Reference, m matchResult) {
	if _, read := r.matcher.catalog.OtherTargets[ref.Target()]; !m.empty() || !read {
		return
	}
	word := kind.LinkOf(ref.Kind).ToWord()
	if ref.Pattern() {
		r.report(ref, "no such "+word, "no "+word+" matches "+ref.Text, "", true)
		return
	}
	var names []string
	for _, t := range r.matcher.targets(ref.Target()) {
		names = append(names, t.Name)
	}
	hint := DidYouMean(ref.Text, names, "declare it, or correct the name")
	r.report(ref, "no such "+word, "neither the files nor the gateway have the "+word+" "+ref.Text, hint, false)
}
