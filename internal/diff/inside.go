package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// pairParts pairs declared and existing parts of a kind, owner by owner. Parts that the kind's Match finds equal are
// left out, and so are those for environments that this run does not compare.
func (c *comparison) pairParts(k *kind.Kind) (out []pair) {
	have := map[string][]kind.Object{}
	for i := range c.have.Objects {
		if o := c.have.Objects[i]; o.Kind == k.Name {
			have[o.Owner] = append(have[o.Owner], o)
		}
	}
	want := map[string][]kind.Declared{}
	for i := range c.want.Objects {
		if w := c.want.Objects[i]; w.Kind == k.Name {
			want[w.Owner] = append(want[w.Owner], w)
		}
	}
	for _, p := range c.pairs[k.Owner] {
		if p.want == nil {
			for _, o := range have[p.presentKey] {
				out = append(out, pair{have: &o, presentKey: o.Key, removedWithOwner: true})
			}
			continue
		}
		if !p.want.ManagesKind(k.Name) || c.rules.Object(k.Owner, p.want.Key) || !c.options.ComparesInside(k.Name, k.Owner) {
			continue
		}
		from := p.presentKey
		if move := c.replacements[p.want.Address()]; move != nil { // parts of a replaced object are not moved to its successor
			from = keyOf(move.successor)
		}
		m := kind.Matched{
			Want: covered(c.options, want[p.want.Key], func(d *kind.Declared) string { return k.EnvironmentOf(d.Value).Key }),
			Have: covered(c.options, rekey(have[from], from, p.want.Key), func(o *kind.Object) string { return k.EnvironmentOf(o.Value).Key }),
		}
		seen := len(m.Want)
		if k.Match != nil {
			m = k.Match(p.want.Key, m.Want, m.Have)
		}
		m.Have = withBuiltIn(k, p, m)
		c.plan.Unchanged += seen - len(m.Want)
		pairs := pairByKey(m)
		for i := range pairs {
			switch o := pairs[i].have; {
			case o == nil:
			case p.have == nil:
				pairs[i].presentKey = o.Key
			default:
				if pairs[i].presentKey = kind.Rekey(o.Key, p.want.Key, from); o.Key != pairs[i].presentKey {
					c.renamed[k.Name+"/"+pairs[i].presentKey] = o.Key
				}
			}
		}
		out = append(out, pairs...)
	}
	return out
}

// withBuiltIn returns the parts that an owner has, without undeclared parts that always exist. For a new owner it adds the
// declared parts that always exist: the gateway creates them, and their ids, together with the owner.
func withBuiltIn(k *kind.Kind, owner pair, m kind.Matched) (have []kind.Object) {
	wanted := map[string]bool{}
	for _, w := range m.Want {
		wanted[w.Key] = true
		if owner.have == nil && k.IsBuiltIn(&w.Object) {
			if fresh, err := k.Fresh(&w.Object); err == nil {
				have = append(have, fresh)
			}
		}
	}
	for _, o := range m.Have {
		if wanted[o.Key] || !k.IsBuiltIn(&o) {
			have = append(have, o)
		}
	}
	return have
}

// pairByKey pairs the parts of one owner by key. Pairs with a declared part come first.
func pairByKey(m kind.Matched) (out []pair) {
	have := map[string]*kind.Object{}
	for i := range m.Have {
		have[m.Have[i].Key] = &m.Have[i]
	}
	for _, w := range pointers(m.Want) {
		out = append(out, pair{want: w, have: have[w.Key]})
		delete(have, w.Key)
	}
	for _, h := range pointers(m.Have) {
		if have[h.Key] == h || h.Foreign {
			out = append(out, pair{have: h})
		}
	}
	return out
}

// compareParts compares the parts of a kind.
func (c *comparison) compareParts(k *kind.Kind) {
	for _, p := range c.pairs[k.Name] {
		switch {
		case p.removedWithOwner:
		case p.want == nil && p.have.Foreign:
			c.plan.Warnings = append(c.plan.Warnings, Note{Address: p.have.Address(), Message: "the gateway does not say what it is, so it is left alone"})
		case c.rules.Object(k.Name, p.key()):
			c.plan.Ignored++
		case p.want == nil:
			c.remove(k, p.have, "")
		default:
			c.compare(k, p)
		}
	}
}

// key returns the key of the declared object, or of the gateway's if there is none.
func (p *pair) key() string {
	if p.want != nil {
		return p.want.Key
	}
	return p.have.Key
}

// rekey returns the parts of a renamed owner under the keys that they will have.
func rekey(parts []kind.Object, from, to string) []kind.Object {
	if from == to {
		return parts
	}
	out := slices.Clone(parts)
	for i := range out {
		out[i].Owner, out[i].Key = to, kind.Rekey(out[i].Key, from, to)
	}
	return out
}
