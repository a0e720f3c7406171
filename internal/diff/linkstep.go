package diff

import (
	"slices"
	"sort"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bind plans the requests that make the new links of a kind, as few as its ways to write allow. Each waits for the steps that
// make the owner and the target.
func (b *builder) bind(k *kind.LinkKind) {
	clear(b.binds)
	clear(b.takes)
	var items []Item
	for i, ch := range pointers(b.plan.Changes) {
		if ch.Kind == k.Name && ch.Action == Bind {
			items = append(doubled(items), Item{Change: i, Link: *ch.Link})
		}
	}
	items = append(items, b.carried(k)...)
	managed := kind.Of(k.Target) != nil // objects, which the same plan may make; else publications
	for i := range items {
		if made, ok := b.create[k.Owner+"/"+items[i].Link.Owner]; ok {
			items[i].Needs = []int{made}
		}
		if !managed {
			continue // publications exist before a plan
		}
		if made, ok := b.create[items[i].Link.To.Address()]; ok {
			items[i].Needs = append(items[i].Needs, made)
		}
	}
	displaced := b.displaced(k, items)
	for _, g := range group(k.Bind, items) {
		step := Step{Op: OpBind, Kind: k.Name, Operation: k.Bind[g.write].Operation, Write: g.write, Items: g.items, Lanes: lanes(k, g.items)}
		if !b.goes[k.Name] {
			b.add(step)
			continue // no link of the kind goes, so that nothing waits for binds
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
			b.binds[slot.UniqueID], b.takes[slot] = append(b.binds[slot.UniqueID], s), append(b.takes[slot], s)
		}
	}
}

// carried are the binds to successors of replaced owners that are no changes of their own.
func (b *builder) carried(k *kind.LinkKind) (out []Item) {
	for i, ch := range pointers(b.plan.Changes) {
		if ch.Kind != k.Owner || ch.Action != Replace {
			continue
		}
		for _, l := range b.c.swaps[ch.Address].carried {
			if l.Kind == k.Name {
				out = append(out, Item{Change: i, Link: l})
			}
		}
	}
	return out
}

// displaced finds the links that need no unbind, since a bind of another one in their slot takes them away.
func (b *builder) displaced(k *kind.LinkKind, binds []Item) map[Slot][]Item {
	if !k.Overwrites || !b.goes[k.Name] {
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

// slot is that which a link takes. What it is called follows from the owner: as files declare it for a link that is still to
// be made, else as the gateway has it.
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

// unbind plans the requests that take links of a kind away. Where another link comes in the same slot, the unbind waits for
// its bind: an API that has a policy before and after the plan has one all the time.
func (b *builder) unbind(k *kind.LinkKind) {
	if !b.goes[k.Name] {
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
		case ch.Kind == k.Name && ch.Action == Bind && k.Vacates:
			items = append(items, b.vacated(i)...)
		}
	}
	for i := range items {
		items[i].Needs = b.awaited(k, &items[i])
	}
	// What waits for nothing goes first, so that only the last chunks wait.
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

// vacate lets each bind of a kind that Vacates wait for the steps that free its target: unbinds, and deletes of owners, which
// take their links along.
func (b *builder) vacate(k *kind.LinkKind) {
	if !k.Vacates {
		return
	}
	frees, deletes := map[kind.UniqueID][]int{}, map[string]int{} // the latter by id of the owner
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
		if step, goes := deletes[l.OwnerID]; goes && l.Kind == k.Name {
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

// awaited are the steps for which an unbind waits:
//
//	the link is                           it waits for
//	of what an interrupted replace left   the bind of the declared object to the same target, and binds in its slot
//	of a kind that Vacates                the steps that make what will be bound to the target
//	of a replaced owner                   the bind of its successor, and the step that makes this
//	of a kind that Overwrites             nothing: with a bind in its slot it is displaced, and needs no unbind
//	any other                             binds in its slot, else any to the target
func (b *builder) awaited(k *kind.LinkKind, item *Item) []int {
	at := item.Link.To.UniqueID()
	if heir, ok := b.c.heirs[k.Owner+"/"+item.Link.Owner]; ok {
		var out []int
		for _, s := range b.binds[at] {
			if slices.ContainsFunc(b.steps[s].Items, func(bound Item) bool { return bound.Link.Owner == heir && bound.Link.To.UniqueID() == at }) {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			return append(out, b.takes[b.slot(k, &item.Link)]...)
		}
	}
	ch := &b.plan.Changes[item.Change]
	switch {
	case k.Vacates:
		return b.makers(at)
	case ch.Action == Replace:
		return append(b.successors(k, &item.Link), b.create[ch.Address])
	case k.Overwrites:
		return nil
	}
	return b.successors(k, &item.Link)
}

// successors are the steps that bind something in the slot of a link, or, where there are none, in any slot of its target.
func (b *builder) successors(k *kind.LinkKind, l *kind.Link) []int {
	at := l.To.UniqueID()
	if same := b.takes[b.slot(k, l)]; len(same) > 0 {
		return slices.Clone(same)
	}
	return slices.Clone(b.binds[at])
}

// makers are the steps that make the owners of what is to be bound to a target, or the target itself.
func (b *builder) makers(at kind.UniqueID) (out []int) {
	for _, s := range b.binds[at] {
		for _, item := range pointers(b.steps[s].Items) {
			if item.Link.To.UniqueID() == at {
				out = append(out, item.Needs...)
			}
		}
	}
	return out
}

// vacated are the links that a bind of a kind that Vacates displaces, without those that another change takes away.
func (b *builder) vacated(change int) (out []Item) {
	for _, d := range b.plan.Changes[change].Displaces {
		_, own := b.index[d.Link.Address()+" "+string(Unbind)]
		if !own && !b.c.retiring[d.Address()] {
			out = append(out, Item{Change: change, Link: d.Link})
		}
	}
	return out
}

// released are the links of a replaced owner that are no changes of their own.
func (b *builder) released(k *kind.LinkKind, change int) (out []Item) {
	ch := &b.plan.Changes[change]
	for _, l := range b.c.swaps[ch.Address].released {
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
