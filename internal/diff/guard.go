package diff

import (
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// keepGuarded orders steps so that an API that has a guard before and after the plan has one all the time. A guard here is a
// policy that names who may call, such as an ACL. Links may move between slots, and owners may become guards or stop being one.
//
//	step                                          waits for
//	bind to an owner that will become a guard     its update
//	bind that takes the slot of a guard           the other steps that give the API a guard
//	unbind of a guard                             what binds another guard in its slot, else all other steps that give the API a guard
//	update of an owner that ceases to be a guard  the other steps that give its APIs a guard
//
// Continuing with the successor of a replaced owner counts as an update. Steps that give an API a guard are binds to owners
// that will be guards, and updates that turn owners to which it stays bound into guards. They only wait for updates, so the
// order has no cycle.
func (b *builder) keepGuarded(k *kind.LinkKind) {
	if k.Guards == nil {
		return
	}
	s := b.guards(k)
	for i, step := range pointers(b.steps) {
		for j, item := range pointers(step.Items) {
			switch owner := k.Owner + "/" + item.Link.Owner; {
			case step.Kind == k.Name && step.Op == OpBind && !item.Displaced:
				if update, becomes := s.becomes[owner]; becomes {
					b.need(i, j, update)
				} else if !s.after[owner] && s.held[b.slot(k, &item.Link)] {
					b.need(i, j, s.guarding[item.Link.To.UniqueID()]...)
				}
			case step.Kind == k.Name && step.Op == OpUnbind:
				if at := b.slot(k, &item.Link); s.held[at] {
					b.need(i, j, b.guardsInstead(s, at)...)
				}
			case step.Kind == k.Owner && (step.Op == OpUpdate || step.Op == OpRestage):
				for _, at := range s.stops[b.plan.Changes[item.Change].Address] {
					b.need(i, j, s.guarding[at]...)
				}
			}
		}
	}
}

// guardsInstead returns the steps after which a guard may be removed: the one that binds another guard in its slot, which on
// some gateways removes it anyway, or else all steps that give the API a guard.
func (b *builder) guardsInstead(s *guards, at Slot) []int {
	same := slices.DeleteFunc(slices.Clone(b.bindsIn[at]), func(step int) bool { return !slices.Contains(s.guarding[at.UniqueID], step) })
	if len(same) > 0 {
		return same
	}
	return s.guarding[at.UniqueID]
}

// guards are the guards of APIs before and after a plan, for one kind of links.
type guards struct {
	held     map[Slot]bool              // slots that a guard holds
	after    map[string]bool            // addresses of owners that are guards in the end
	becomes  map[string]int             // addresses of owners that become guards, to the step that updates them
	stops    map[string][]kind.UniqueID // addresses of owners that cease to be guards, to what they are bound to
	guarding map[kind.UniqueID][]int    // steps after which a target has a guard
}

func (b *builder) guards(k *kind.LinkKind) *guards {
	s := &guards{held: map[Slot]bool{}, after: map[string]bool{}, becomes: map[string]int{}, stops: map[string][]kind.UniqueID{}, guarding: map[kind.UniqueID][]int{}}
	for _, w := range b.c.wantKey[k.Owner] {
		s.after[w.Address()] = k.Guards(w.Value)
	}
	ceases := map[string]string{} // gateway's id to address
	keeps := map[string]int{}     // the same for those that become guards, to the step
	for _, ch := range pointers(b.plan.Changes) {
		o := ch.InPlace()
		if ch.Kind != k.Owner || o == nil {
			continue
		}
		step := b.update[ch.Address]
		if ch.Action == Replace {
			step = b.create[ch.Address]
		}
		switch before, after := k.Guards(o.Value), k.Guards(ch.Want.Value); {
		case after && !before:
			s.becomes[ch.Address], keeps[o.ID] = step, step
		case before && !after:
			ceases[o.ID] = ch.Address
		}
	}
	for _, l := range pointers(b.c.have.Links) {
		owner := b.c.haveKey[k.Owner][l.Owner]
		if l.Kind != k.Name || owner == nil {
			continue
		}
		at := l.To.UniqueID()
		if k.Guards(owner.Value) {
			s.held[Slot{at, k.Slot(owner.Value)}] = true
		}
		if update, ok := keeps[l.OwnerID]; ok {
			if _, isUnbound := b.index[l.Address()+" "+string(Unbind)]; !isUnbound {
				s.guarding[at] = append(s.guarding[at], update)
			}
		}
		if address, ok := ceases[l.OwnerID]; ok {
			s.stops[address] = append(s.stops[address], at)
		}
	}
	for i := range b.steps {
		for j := range b.steps[i].Items {
			if l := &b.steps[i].Items[j].Link; b.steps[i].Kind == k.Name && b.steps[i].Op == OpBind && s.after[k.Owner+"/"+l.Owner] {
				s.guarding[l.To.UniqueID()] = append(s.guarding[l.To.UniqueID()], i)
			}
		}
	}
	return s
}
