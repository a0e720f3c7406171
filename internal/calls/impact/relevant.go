package impact

import (
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// relevant is the part of a gateway that matters for a plan: most plans affect little of a large gateway.
type relevant struct {
	links    []*kind.Link            // at the slots that the plan affects
	objects  []*kind.Object          // that change or have such links, and their parts
	policies map[string]*kind.Object // those of the objects that are compared and have no owner, by address
}

func newRelevant(in Input) *relevant {
	affected, slots := affectedBy(in)
	links := [][]kind.Link{in.Have.Links, in.Have.Neighbours.Links}
	for _, list := range links {
		for i := range list {
			if l := &list[i]; l.To.API != nil && affected[l.OwnerAddress()] {
				slots[slotOf(l)] = true
			}
		}
	}
	out := &relevant{policies: map[string]*kind.Object{}}
	for _, list := range links {
		for i := range list {
			if l := &list[i]; l.To.API != nil && slots[slotOf(l)] {
				out.links = append(out.links, l)
				affected[l.OwnerAddress()] = true
			}
		}
	}
	for i := range in.Plan.Changes { // of policies that are bound or displaced
		ch := &in.Plan.Changes[i]
		if ch.Link != nil {
			affected[ch.Link.OwnerAddress()] = true
		}
		for j := range ch.Displaces {
			affected[ch.Displaces[j].Link.OwnerAddress()] = true
		}
	}
	for _, list := range [][]kind.Object{in.Have.Objects, in.Have.Neighbours.Owners, in.Have.Neighbours.Parts} {
		for i := range list {
			if affected[policyOf(&list[i])] {
				out.objects = append(out.objects, &list[i])
			}
		}
	}
	for i := range in.Have.Objects {
		if o := &in.Have.Objects[i]; o.Owner == "" && affected[o.Address()] {
			out.policies[o.Address()] = o
		}
	}
	return out
}

// affectedBy returns the addresses of the policies that a plan changes, including those of which it changes only parts,
// and the APIs in an environment whose bindings it changes.
func affectedBy(in Input) (policies map[string]bool, slots map[slot]bool) {
	policies, slots = map[string]bool{}, map[slot]bool{}
	for i := range in.Plan.Changes {
		ch := &in.Plan.Changes[i]
		switch {
		case ch.Link != nil && ch.Link.To.API != nil:
			slots[slotOf(ch.Link)] = true
		case ch.Link == nil:
			if ch.Have != nil {
				policies[policyOf(ch.Have)] = true
			}
			if ch.Want != nil {
				policies[policyOf(&ch.Want.Object)] = true
			}
		}
	}
	return policies, slots
}
