package diff

import (
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// updateReferrers plans an update of each declared object that has no change of its own and refers to a replaced object. An
// update sends the whole object and therefore the id of the new one. The old one is deleted after that.
func (c *comparison) updateReferrers() {
	changed := map[string]bool{}
	replaced := map[string]*Change{}
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Have != nil && ch.Link == nil {
			changed[ch.Have.Address()] = true
			if ch.Action == Replace {
				replaced[ch.Have.Address()] = ch
			}
		}
	}
	var again []Change
	for _, k := range kind.All {
		for _, p := range c.pairs[k.Name] {
			if len(replaced) == 0 || k.RefersTo == "" || k.Owner != "" || p.want == nil || p.have == nil || changed[p.have.Address()] || c.rules.Object(k.Name, p.want.Key) || !c.options.comparesObjects(k) {
				continue
			}
			if fields := fieldsReferringTo(k, p.have, replaced); len(fields) > 0 {
				again = append(again, Change{
					Address: p.want.Address(), Kind: k.Name, Name: p.want.Name(), Source: &p.want.Source, Action: Update, Have: p.have,
					Want: c.outgoing(k, p, fields, true), Fields: fields, Note: "refers to the new object from now on",
				})
				c.plan.Unchanged--
			}
		}
	}
	for _, ch := range again {
		c.add(ch)
	}
}

// fieldsReferringTo returns the fields of an object that refer to replaced objects: the name is the same before and after.
func fieldsReferringTo(k *kind.Kind, o *kind.Object, replaced map[string]*Change) (out []Field) {
	for _, ref := range k.Refs(o.Value) {
		if ch := replaced[ref.Address()]; ch != nil && !k.IsSeparate(ref.Path) {
			out = append(out, Field{Path: k.Shape.ArrangedPointer(k.Tree(o.Value), ref.Path), Before: ref.Key, After: ch.Want.Key})
		}
	}
	return out
}

// checkReferrers reports objects that would be deleted or replaced while objects that stay refer to them: the gateway refuses
// that. Parts are removed along with what they refer to, except for fields that separate requests write.
func (c *comparison) checkReferrers() {
	referrers := c.referrers()
	if len(referrers) == 0 {
		return
	}
	becomes := map[string]*Change{} // changes by the object's address on the gateway, but with the new names of owners
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Have != nil && ch.Link == nil {
			becomes[c.addressOf(ch.Have)] = ch
		}
	}
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Action != Delete && ch.Action != Replace || ch.Have == nil {
			continue
		}
		for _, h := range referrers[ch.Have.Address()] {
			next := becomes[c.addressOf(h.object)]
			switch {
			case h.isEnded(c, next):
			case ch.Action == Replace && !h.separate && next != nil: // its update makes it refer to the new object
			case ch.Action == Delete:
				c.plan.Errors = append(c.plan.Errors, Note{
					Address: ch.Address, Source: ch.Source,
					Message: "would be deleted while " + h.object.Address() + " refers to it" + h.ownerHint(c) + "; change that reference, or remove both",
				})
			default:
				c.plan.Errors = append(c.plan.Errors, Note{
					Address: ch.Address, Source: ch.Source,
					Message: "would be replaced while " + h.object.Address() + " refers to it; " + h.advice(c),
				})
			}
		}
	}
}

// advice returns what a person can do about a replace that the reference prevents.
func (h *referrer) advice(c *comparison) string {
	if h.separate || h.declared(c) != nil {
		return "declare the new object under another name, refer to that one, and remove this one"
	}
	return "declare " + h.object.Address() + ", so that the plan changes its reference, or declare the new object under another name and remove this one"
}

// ownerHint returns a hint if the files do not declare the object that refers.
func (h *referrer) ownerHint(c *comparison) string {
	if h.declared(c) != nil {
		return ""
	}
	return ", which these files do not declare"
}

// referrer is an object of the gateway that refers to another one, which cannot be deleted before it.
type referrer struct {
	object   *kind.Object
	ref      kind.Ref
	separate bool // requests of their own write the reference
}

// declared returns the declared form of the object, nil if the files do not declare it. Files use the new name of its
// owner.
func (h *referrer) declared(c *comparison) *kind.Declared {
	_, key, _ := strings.Cut(c.addressOf(h.object), "/")
	return c.wantKey[h.object.Kind][key]
}

// referrers returns the objects that refer to another one, by the address of the latter.
func (c *comparison) referrers() map[string][]referrer {
	out := map[string][]referrer{}
	for _, list := range [][]kind.Object{c.have.Objects, c.have.Neighbours.Parts} {
		for _, o := range pointers(list) {
			k := kind.Of(o.Kind)
			if k.RefersTo == "" {
				continue
			}
			for _, ref := range k.Refs(o.Value) {
				if apart := k.IsSeparate(ref.Path); apart || k.Owner == "" {
					out[ref.Address()] = append(out[ref.Address()], referrer{o, ref, apart})
				}
			}
		}
	}
	return out
}

// isEnded reports whether the plan ends the reference: by the change of the object that refers, or, if separate requests
// write the reference, by what the files declare.
func (h *referrer) isEnded(c *comparison, becomes *Change) bool {
	k := kind.Of(h.object.Kind)
	var value any
	switch d := h.declared(c); {
	case becomes != nil && becomes.Action == Delete, h.object.Owner != "" && c.removing[h.object.OwnerAddress()]:
		return true
	case h.separate && d != nil:
		value = d.Value
	case h.separate || becomes == nil:
		return false
	case becomes.Action != Update:
		return true
	default:
		value = becomes.Want.Value
	}
	return !slices.ContainsFunc(k.Refs(value), func(ref kind.Ref) bool { return ref.Address() == h.ref.Address() })
}
