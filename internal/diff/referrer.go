package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// heldFast reports objects that would be deleted or replaced while others refer to them that stay: it cannot go before.
// What lives inside others goes along with what it refers to, but for what requests of their own write.
func (c *comparison) heldFast() {
	referrers := c.referrers()
	if len(referrers) == 0 {
		return
	}
	becomes := map[string]*Change{} // by the address on the gateway
	for i := range c.plan.Changes {
		if ch := &c.plan.Changes[i]; ch.Have != nil && ch.Link == nil {
			becomes[ch.Have.Address()] = ch
		}
	}
	for i := range c.plan.Changes {
		ch := &c.plan.Changes[i]
		if ch.Action != Delete && ch.Action != Replace || ch.Have == nil {
			continue
		}
		for _, h := range referrers[ch.Have.Address()] {
			switch {
			case h.moves(c, becomes[h.object.Address()]) || h.apart && ch.Action == Delete:
			case ch.Action == Delete:
				c.plan.Errors = append(c.plan.Errors, Note{
					Address: ch.Address, Source: ch.Source,
					Message: "would be deleted while " + h.object.Address() + " refers to it; let that refer to another one, or let both go",
				})
			default:
				c.plan.Errors = append(c.plan.Errors, Note{
					Address: ch.Address, Source: ch.Source,
					Message: "would be replaced while " + h.object.Address() + " has it; declare the new one under another name, name that there, and let this one go",
				})
			}
		}
	}
}

// referrer is an object of the gateway that refers to another one, which cannot go before it.
type referrer struct {
	object *kind.Object
	ref    kind.Ref
	apart  bool // requests of their own write the reference
}

// referrers are those of each address.
func (c *comparison) referrers() map[string][]referrer {
	out := map[string][]referrer{}
	for i := range c.have.Objects {
		o := &c.have.Objects[i]
		k := kind.Of(o.Kind)
		if k.Refers == "" {
			continue
		}
		for _, ref := range k.Refs(o.Value) {
			if apart := k.IsApart(ref.Path); apart || k.Owner == "" {
				out[ref.Address()] = append(out[ref.Address()], referrer{o, ref, apart})
			}
		}
	}
	return out
}

// moves reports whether the reference ends, by what becomes of the object, or by what files declare of it where that is
// written apart.
func (h *referrer) moves(c *comparison, becomes *Change) bool {
	k := kind.Of(h.object.Kind)
	var value any
	switch d := c.wantKey[h.object.Kind][h.object.Key]; {
	case h.apart && d != nil:
		value = d.Value
	case h.apart || becomes == nil:
		return false
	case becomes.Action != Update:
		return true
	default:
		value = becomes.Want.Value
	}
	return !slices.ContainsFunc(k.Refs(value), func(ref kind.Ref) bool { return ref.Address() == h.ref.Address() })
}
