package impact

import (
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// near is what of a gateway matters for a plan: most plans touch little of a large gateway.
type near struct {
	links    []*kind.Link            // at the slots that the plan touches
	objects  []*kind.Object          // that change or have such links, and what lives in them
	policies map[string]*kind.Object // those of the objects that are compared and stand alone, by address
}

// names are names of objects, by kind.
type names map[string]map[string]bool

func (n names) add(kindName, name string) {
	if n[kindName] == nil {
		n[kindName] = map[string]bool{}
	}
	n[kindName][name] = true
}

// owner adds what has the bindings of an object: itself, or that in which it lives.
func (n names) owner(o *kind.Object) {
	if k := kind.Of(o.Kind); k.Owner != "" {
		n.add(k.Owner, o.Owner)
	} else {
		n.add(o.Kind, o.Key)
	}
}

// has reports whether the owner of an object is among them.
func (n names) has(o *kind.Object) bool {
	if k := kind.Of(o.Kind); k.Owner != "" {
		return n[k.Owner][o.Owner]
	}
	return n[o.Kind][o.Key]
}

func nearby(in Input) *near {
	affected, slots := affectedBy(in)
	links := [][]kind.Link{in.Have.Links, in.Have.Neighbours.Links}
	for _, list := range links {
		for i := range list {
			if l := &list[i]; l.To.API != nil && affected[kind.LinkOf(l.Kind).Owner][l.Owner] {
				slots[slotOf(l)] = true
			}
		}
	}
	out := &near{policies: map[string]*kind.Object{}}
	for _, list := range links {
		for i := range list {
			if l := &list[i]; l.To.API != nil && slots[slotOf(l)] {
				out.links = append(out.links, l)
				affected.add(kind.LinkOf(l.Kind).Owner, l.Owner)
			}
		}
	}
	for i := range in.Plan.Changes { // of what is bound, or gives way
		ch := &in.Plan.Changes[i]
		if ch.Link != nil {
			affected.add(kind.LinkOf(ch.Kind).Owner, ch.Link.Owner)
		}
		for j := range ch.Displaces {
			affected.add(kind.LinkOf(ch.Displaces[j].Link.Kind).Owner, ch.Displaces[j].Link.Owner)
		}
	}
	for _, list := range [][]kind.Object{in.Have.Objects, in.Have.Neighbours.Owners, in.Have.Neighbours.Parts} {
		for i := range list {
			if affected.has(&list[i]) {
				out.objects = append(out.objects, &list[i])
			}
		}
	}
	for i := range in.Have.Objects {
		if o := &in.Have.Objects[i]; o.Owner == "" && affected.has(o) {
			out.policies[o.Address()] = o
		}
	}
	return out
}

// affectedBy are the objects that a plan changes, and the slots that its bindings are about.
func affectedBy(in Input) (names, map[slot]bool) {
	objects, slots := names{}, map[slot]bool{}
	for i := range in.Plan.Changes {
		ch := &in.Plan.Changes[i]
		switch {
		case ch.Link != nil && ch.Link.To.API != nil:
			slots[slotOf(ch.Link)] = true
		case ch.Link == nil:
			if ch.Have != nil {
				objects.owner(ch.Have)
			}
			if ch.Want != nil {
				objects.owner(&ch.Want.Object)
			}
		}
	}
	return objects, slots
}
