package diff

import (
	"slices"
	"sort"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bind plans the requests that create the new links of a kind, in as few requests as its ways to write allow. Each bind
// waits for the steps that create its owner and its target.
func (b *builder) bind(k *kind.LinkKind) {
	clear(b.bindsAt)
	clear(b.bindsIn)
	var items []Item
	for i, ch := range pointers(b.plan.Changes) {
		if ch.Kind == k.Name && ch.Action == Bind {
			items = append(withRoom(items), Item{Change: i, Link: *ch.Link})
		}
	}
	items = append(items, b.carried(k)...)
	for i := range items {
		if made, ok := b.create[k.Owner+"/"+items[i].Link.Owner]; ok {
			items[i].Needs = []int{made}
		}
		if made, ok := b.create[items[i].Link.To.Address()]; ok {
			items[i].Needs = append(items[i].Needs, made)
		}
	}
	displaced := b.displaced(k, items)
	for _, g := range group(k.Bind, items) {
		step := Step{Op: OpBind, Kind: k.Name, Operation: k.Bind[g.write].Operation, Write: g.write, Items: g.items, Lanes: lanes(k, g.items)}
		if !b.removesLinks[k.Name] {
			b.add(step)
			continue // the plan removes no link of this kind, so no step waits for binds
		}
		for i := range g.items {
			for _, d := range displaced[b.slot(k, &g.items[i].Link)] {
				d.Needs = g.items[i].Needs
				step.Items = append(step.Items, d)
			}
		}
		s := b.add(step)
		for i := range g.items {
			slot := b.slot(k, &g.items[i].Link)
			b.bindsAt[slot.UniqueID], b.bindsIn[slot] = append(b.bindsAt[slot.UniqueID], s), append(b.bindsIn[slot], s)
		}
	}
}

// carried returns the binds that replaces make for their successors. They are not changes of their own.
func (b *builder) carried(k *kind.LinkKind) (out []Item) {
	for i, ch := range pointers(b.plan.Changes) {
		if ch.Kind != k.Owner || ch.Action != Replace {
			continue
		}
		for _, l := range b.c.replacements[ch.Address].carried {
			if l.Kind == k.Name {
				out = append(out, Item{Change: i, Link: l})
			}
		}
	}
	return out
}

// displaced returns, by slot, the links that need no unbind since a bind in their slot removes them.
func (b *builder) displaced(k *kind.LinkKind, binds []Item) map[Slot][]Item {
	if !k.Overwrites || !b.removesLinks[k.Name] {
		return nil
	}
	taken := map[Slot]bool{}
	for i := range binds {
		taken[b.slot(k, &binds[i].Link)] = true
	}
	out := map[Slot][]Item{}
	for i, ch := range pointers(b.plan.Changes) {
		if ch.Kind != k.Name || ch.Action != Unbind {
			continue
		}
		if slot := b.slot(k, ch.Link); taken[slot] {
			out[slot] = append(out[slot], Item{Change: i, Link: *ch.Link, Displaced: true})
		}
	}
	return out
}

// slot returns the slot that a link takes. Its name depends on the value of the owner: for a link that does not exist
// yet, on the declared value, otherwise on the gateway's.
func (b *builder) slot(k *kind.LinkKind, l *kind.Link) Slot {
	at := Slot{UniqueID: l.To.UniqueID()}
	want, have := b.c.wantKey[k.Owner][l.Owner], b.c.haveKey[k.Owner][l.Owner]
	switch made := l.ID != "" || l.OwnerID != ""; {
	case k.Slot == nil:
	case want != nil && (!made || have == nil):
		at.name = k.Slot(want.Value)
	case have != nil:
		at.name = k.Slot(have.Value)
	}
	return at
}

// unbind plans the requests that remove links of a kind. If the plan binds another policy in the same slot, the unbind
// waits for that bind: an API that has a policy before and after the plan is never without one.
func (b *builder) unbind(k *kind.LinkKind) {
	if !b.removesLinks[k.Name] {
		return
	}
	gone := map[int]bool{}
	for i := range b.steps {
		for _, item := range b.steps[i].Items {
			gone[item.Change] = gone[item.Change] || item.Displaced
		}
	}
	var items []Item
	for i, ch := range pointers(b.plan.Changes) {
		switch {
		case ch.Kind == k.Name && ch.Action == Unbind && !gone[i]:
			items = append(items, Item{Change: i, Link: *ch.Link})
		case ch.Kind == k.Owner && ch.Action == Replace:
			items = append(items, b.released(k, i)...)
		case ch.Kind == k.Name && ch.Action == Bind && k.UnbindFirst:
			items = append(items, b.vacated(i)...)
		}
	}
	for i := range items {
		items[i].Needs = b.waitsFor(k, &items[i])
	}
	// Items that wait for nothing come first, so that only the last requests have to wait.
	sort.SliceStable(items, func(i, j int) bool { return len(items[i].Needs) == 0 && len(items[j].Needs) > 0 })
	for _, g := range group(k.Unbind, items) {
		s := b.add(Step{Op: OpUnbind, Kind: k.Name, Operation: k.Unbind[g.write].Operation, Write: g.write, Items: g.items, Lanes: lanes(k, g.items)})
		for i := range g.items {
			owner := k.Owner + "/" + g.items[i].Link.OwnerID
			b.unbinds[owner] = append(b.unbinds[owner], s)
			if kind.Of(k.Target) != nil {
				target := k.Target + "/" + g.items[i].Link.To.ID
				b.unbinds[target] = append(b.unbinds[target], s)
			}
		}
	}
	for i := range b.steps {
		for _, item := range b.steps[i].Items {
			if item.Displaced && b.steps[i].Kind == k.Name {
				owner := k.Owner + "/" + item.Link.OwnerID
				b.unbinds[owner] = append(b.unbinds[owner], i)
			}
		}
	}
}

// vacate makes each bind of a kind with UnbindFirst wait for the steps that free its target: unbinds, and deletes of
// owners, which remove the owners' links.
func (b *builder) vacate(k *kind.LinkKind) {
	if !k.UnbindFirst {
		return
	}
	frees, deletes := map[kind.UniqueID][]int{}, map[string]int{} // steps by target, and by id of the deleted owner
	for i := range b.steps {
		for _, item := range pointers(b.steps[i].Items) {
			switch {
			case b.steps[i].Kind == k.Name && b.steps[i].Op == OpUnbind:
				frees[item.Link.To.UniqueID()] = append(frees[item.Link.To.UniqueID()], i)
			case b.steps[i].Kind == k.Owner && b.plan.Changes[item.Change].Action == Delete:
				deletes[b.plan.Changes[item.Change].Have.ID] = i
			}
		}
	}
	for _, l := range pointers(b.c.have.Links) {
		if step, isDeleted := deletes[l.OwnerID]; isDeleted && l.Kind == k.Name {
			frees[l.To.UniqueID()] = append(frees[l.To.UniqueID()], step)
		}
	}
	for i := range b.steps {
		if b.steps[i].Kind != k.Name || b.steps[i].Op != OpBind {
			continue
		}
		for j := range b.steps[i].Items {
			b.need(i, j, frees[b.steps[i].Items[j].Link.To.UniqueID()]...)
		}
	}
}

// waitsFor returns the steps for which an unbind waits. The first line that applies counts:
//
//	link                         waits for
//	of a leftover successor      the bind of the declared object to the same target, and binds in the link's slot
//	of a kind with UnbindFirst   the steps that create the target and what will be bound to it
//	of a replaced owner          binds in its slot, else all binds to the target, and the step that creates the successor
//	of a kind that Overwrites    nothing: if the plan had a bind in its slot, the link would be displaced without an unbind
//	any other                    binds in its slot, else all binds to the target
func (b *builder) waitsFor(k *kind.LinkKind, item *Item) []int {
	at := item.Link.To.UniqueID()
	if declared, ok := b.c.leftoverOf[k.Owner+"/"+item.Link.Owner]; ok {
		var out []int
		for _, s := range b.bindsAt[at] {
			if slices.ContainsFunc(b.steps[s].Items, func(bound Item) bool { return bound.Link.Owner == declared && bound.Link.To.UniqueID() == at }) {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			return append(out, b.bindsIn[b.slot(k, &item.Link)]...)
		}
	}
	ch := &b.plan.Changes[item.Change]
	switch {
	case k.UnbindFirst:
		return b.creators(at)
	case ch.Action == Replace:
		return append(b.replacingBinds(k, &item.Link), b.create[ch.Address])
	case k.Overwrites:
		return nil
	}
	return b.replacingBinds(k, &item.Link)
}

// replacingBinds returns the steps that bind something in the slot of a link, or, if there are none, in any slot of its
// target.
func (b *builder) replacingBinds(k *kind.LinkKind, l *kind.Link) []int {
	at := l.To.UniqueID()
	if same := b.bindsIn[b.slot(k, l)]; len(same) > 0 {
		return slices.Clone(same)
	}
	return slices.Clone(b.bindsAt[at])
}

// creators returns the steps that create a target and the owners that will be bound to it.
func (b *builder) creators(at kind.UniqueID) (out []int) {
	for _, s := range b.bindsAt[at] {
		for _, item := range pointers(b.steps[s].Items) {
			if item.Link.To.UniqueID() == at {
				out = append(out, item.Needs...)
			}
		}
	}
	return out
}

// vacated returns the links that a bind of a kind with UnbindFirst displaces, without those that another change removes.
func (b *builder) vacated(change int) (out []Item) {
	for _, d := range b.plan.Changes[change].Displaces {
		_, own := b.index[d.Link.Address()+" "+string(Unbind)]
		if !own && !b.c.removing[d.Address()] {
			out = append(out, Item{Change: change, Link: d.Link})
		}
	}
	return out
}

// released returns the links that a replace removes from the old object and that no change of their own unbinds.
func (b *builder) released(k *kind.LinkKind, change int) (out []Item) {
	ch := &b.plan.Changes[change]
	for _, l := range b.c.replacements[ch.Address].released {
		if _, own := b.index[l.Address()+" "+string(Unbind)]; !own && l.Kind == k.Name {
			out = append(out, Item{Change: change, Link: l})
		}
	}
	return out
}

func lanes(k *kind.LinkKind, items []Item) (out []string) {
	if k.Lanes == nil {
		return nil
	}
	for i := range items {
		out = append(out, k.Lanes(&items[i].Link)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
