package diff

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// WithSpared returns what the files ask for, with those spared links that the gateway has: they count as wanted, so no
// plan removes them. Spared links that the gateway lacks are left out, since their APIs are offline and nothing can be
// bound to them.
func WithSpared(have kind.Actual, want kind.Desired) kind.Desired {
	if len(want.Spared) == 0 {
		return want
	}
	c := newComparison(have, want, Options{})
	for _, k := range kind.All {
		c.pairs[k.Name] = c.pair(k)
	}
	c.addSpared()
	return c.want
}

// addSpared adds the spared links that the gateway has to the wanted links. Objects must be paired before.
func (c *comparison) addSpared() {
	if len(c.want.Spared) == 0 {
		return
	}
	out := slices.Clone(c.want.Links)
	for _, k := range kind.Links {
		spared := byOwner(c.want.Spared, k, func(l *kind.DeclaredLink) *kind.Link { return &l.Link })
		held := c.haveLinks(k)
		if len(spared) == 0 || len(held) == 0 {
			continue
		}
		for _, p := range c.pairs[k.Owner] {
			if p.want == nil || p.have == nil {
				continue
			}
			has := map[kind.UniqueID]bool{}
			for _, o := range append(p.successors(), p.atPresentKey()) {
				maps.Copy(has, targets(held[o.Key]))
			}
			for _, l := range spared[p.want.Key] {
				if e := l.Link.To.UniqueID(); has[e] {
					has[e] = false
					out = append(out, l)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b kind.DeclaredLink) int { return strings.Compare(a.Address(), b.Address()) })
	c.want.Links, c.want.Spared = out, nil
}

// keyOf returns the key of an object, or "" for nil.
func keyOf(o *kind.Object) string {
	if o == nil {
		return ""
	}
	return o.Key
}

// countBound notes in each unbind how many links of the same kind its owner has now in the same environment.
func (c *comparison) countBound() {
	type group struct{ kind, owner, env string }
	of := func(l *kind.Link) group { return group{l.Kind, l.Owner, l.To.Env} }
	n := map[group]int{}
	for i := range c.have.Links {
		n[of(&c.have.Links[i])]++
	}
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Action == Unbind {
			ch.BoundBefore = n[of(ch.Link)]
		}
	}
}
