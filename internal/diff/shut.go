package diff

import (
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// keepShut orders steps so that no API that has a shutting link before and after the plan is without one in
// between, whether links move between slots or their owners change from shutting to not and back.
//
//	step                                            waits for
//	bind to an owner that is to become shutting     its update
//	bind that takes the slot of a shutting link     what shuts the API else
//	unbind of a shutting link                       what shuts the API else
//	update of an owner that is to stop shutting     what shuts its APIs else
//
// To go on with the successor of a replaced owner is an update of that.
// What shuts an API else are binds to owners that will shut it, and updates of owners that it keeps.
// Whatever shuts waits for updates at most, so that the order has no cycle.
func (b *builder) keepShut(k *kind.LinkKind) {
	if k.Shuts == nil {
		return
	}
	s := b.shutters(k)
	for i := range b.steps {
		step := &b.steps[i]
		for j := range step.Items {
			item := &step.Items[j]
			switch owner := k.Owner + "/" + item.Link.Owner; {
			case step.Kind == k.Name && step.Op == OpBind && !item.Displaced:
				if update, becomes := s.becomes[owner]; becomes {
					b.need(i, j, update)
				} else if !s.will[owner] && s.held[seat{SpotOf(&item.Link), b.slot(k, &item.Link)}] {
					b.need(i, j, s.coming[SpotOf(&item.Link)]...)
				}
			case step.Kind == k.Name && step.Op == OpUnbind:
				if s.held[seat{SpotOf(&item.Link), b.slot(k, &item.Link)}] {
					b.need(i, j, s.coming[SpotOf(&item.Link)]...)
				}
			case step.Kind == k.Owner && (step.Op == OpUpdate || step.Op == OpRestage):
				for _, at := range s.stops[b.plan.Changes[item.Change].Address] {
					b.need(i, j, s.coming[at]...)
				}
			}
		}
	}
}

// shutters is what shuts APIs before and after a plan, for one kind of links.
type shutters struct {
	held    map[seat]bool     // slots with a shutting link
	will    map[string]bool   // addresses of owners that shut in the end
	becomes map[string]int    // addresses of owners that begin to shut, to the step that updates them
	stops   map[string][]Spot // addresses of owners that cease to shut, to where they are bound
	coming  map[Spot][]int    // steps after which a spot is shut
}

func (b *builder) shutters(k *kind.LinkKind) *shutters {
	s := &shutters{held: map[seat]bool{}, will: map[string]bool{}, becomes: map[string]int{}, stops: map[string][]Spot{}, coming: map[Spot][]int{}}
	for _, w := range b.c.wantKey[k.Owner] {
		s.will[w.Address()] = k.Shuts(w.Value)
	}
	ceases := map[string]string{} // gateway's id to address
	keeps := map[string]int{}     // the same for those that become shutting, to the step
	for i := range b.plan.Changes {
		ch := &b.plan.Changes[i]
		o := ch.InPlace()
		if ch.Kind != k.Owner || o == nil {
			continue
		}
		step := b.update[ch.Address]
		if ch.Action == Replace {
			step = b.create[ch.Address]
		}
		switch before, after := k.Shuts(o.Value), k.Shuts(ch.Want.Value); {
		case after && !before:
			s.becomes[ch.Address], keeps[o.ID] = step, step
		case before && !after:
			ceases[o.ID] = ch.Address
		}
	}
	for i := range b.c.have.Links {
		l := &b.c.have.Links[i]
		owner := b.c.haveKey[k.Owner][l.Owner]
		if l.Kind != k.Name || owner == nil {
			continue
		}
		at := SpotOf(l)
		if k.Shuts(owner.Value) {
			s.held[seat{at, k.Slot(owner.Value)}] = true
		}
		if update, ok := keeps[l.OwnerID]; ok {
			if _, goes := b.index[l.Address()+" "+string(Unbind)]; !goes {
				s.coming[at] = append(s.coming[at], update)
			}
		}
		if address, ok := ceases[l.OwnerID]; ok {
			s.stops[address] = append(s.stops[address], at)
		}
	}
	for i := range b.steps {
		for j := range b.steps[i].Items {
			if l := &b.steps[i].Items[j].Link; b.steps[i].Kind == k.Name && b.steps[i].Op == OpBind && s.will[k.Owner+"/"+l.Owner] {
				s.coming[SpotOf(l)] = append(s.coming[SpotOf(l)], i)
			}
		}
	}
	return s
}
