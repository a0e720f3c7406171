package diff

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Standing is what the files ask for with those of the spared links that the gateway has: they count as asked for, so
// that they stay. The others are none of a comparison's business.
func Standing(have kind.Actual, want kind.Desired) kind.Desired {
	if len(want.Spared) == 0 {
		return want
	}
	c, out := newComparison(have, want, Policy{}), slices.Clone(want.Links)
	for _, k := range kind.Links {
		spared := byOwner(want.Spared, k, func(l *kind.DeclaredLink) *kind.Link { return &l.Link })
		held := c.heldLinks(k)
		if len(spared) == 0 || len(held) == 0 {
			continue
		}
		for _, p := range c.pair(kind.Of(k.Owner)) {
			if p.want == nil || p.have == nil {
				continue
			}
			has := map[edge]bool{}
			for _, o := range append([]*kind.Object{p.have, p.next}, p.left...) {
				for i := range held[keyOf(o)] {
					has[edgeOf(&held[o.Key][i])] = true
				}
			}
			for _, l := range spared[p.want.Key] {
				if e := edgeOf(&l.Link); has[e] {
					has[e] = false
					out = append(out, l)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b kind.DeclaredLink) int { return strings.Compare(a.Address(), b.Address()) })
	want.Links, want.Spared = out, nil
	return want
}

// keyOf is "" for none.
func keyOf(o *kind.Object) string {
	if o == nil {
		return ""
	}
	return o.Key
}
