package apply

import (
	"context"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// freeSlots unbinds the links that have the slots of some refused binds, and sends these binds at once, so that no API is without
// a policy for longer than two requests take. Then it sends the other binds again. At the first call it unbinds the links
// that the plan has in these slots, at the second the links that the gateway has, then those in other slots of the same
// targets, and whatever else the plan unbinds from these. It returns false if there is none.
func (r *runner) freeSlots(ctx context.Context, k *kind.LinkKind, way kind.Write, work []*job, t try) bool {
	if k.Slot == nil || k.Overwrites {
		return false
	}
	for finders := []linkFinder{r.planned, r.onGateway, r.inOtherSlots, r.plannedInOtherSlots}; t.searches < len(finders); {
		find := finders[t.searches]
		t.searches++
		blocking := r.findBlocking(ctx, k, work, find)
		if len(blocking) == 0 {
			continue
		}
		r.replace(ctx, k, way, work, blocking, t)
		return true
	}
	return false
}

// replace unbinds the links in the way of some binds and sends the binds. If a bind fails all the same, the link that had its
// slot is bound again. When the run is stopped it continues for a moment, since the API would be left with neither policy.
func (r *runner) replace(ctx context.Context, k *kind.LinkKind, way kind.Write, work, blocking []*job, t try) {
	long, end := api.Outlive(ctx, gracePeriod, nil)
	defer end()
	r.unbindBlocking(long, k, blocking)
	free, taken := splitFree(work)
	for _, group := range regroup(way.By, free) {
		r.bindAll(long, k, way, group, t)
	}
	r.restore(long, k, free)
	for _, group := range regroup(way.By, taken) {
		r.bindAll(ctx, k, way, group, t)
	}
	r.restore(long, k, taken)
}

// linkFinder finds the links that are in the way of a bind.
type linkFinder func(context.Context, *kind.LinkKind, *job) []kind.Link

// findBlocking makes a job for each link that is in the way of some binds.
func (r *runner) findBlocking(ctx context.Context, k *kind.LinkKind, work []*job, find linkFinder) []*job {
	var all []*job
	known := map[string]*job{}
	for _, j := range work {
		for _, l := range find(ctx, k, j) {
			if _, gone := r.freed.Load(l.ID); gone || l.ID == "" {
				continue
			}
			if known[l.ID] == nil {
				// A list by API leaves the target out.
				l.To = j.Link.To
				known[l.ID] = &job{Item: diff.Item{Link: l}, out: &outcome{}}
				all = append(all, known[l.ID])
			}
			j.blocking = append(j.blocking, known[l.ID])
		}
	}
	return all
}

// unbindBlocking unbinds links before the steps that were to unbind them, and notes that for these steps.
func (r *runner) unbindBlocking(ctx context.Context, k *kind.LinkKind, blocking []*job) {
	for _, g := range batches(k.Unbind, blocking) {
		r.unbindAll(ctx, k, k.Unbind[g.write], g.work)
	}
	for _, j := range blocking {
		if j.out.status == Succeeded {
			r.freed.Store(j.Link.ID, *j.out)
		}
	}
}

// splitFree separates binds whose slot is free now from those whose slot is still taken.
func splitFree(work []*job) (free, taken []*job) {
	for _, j := range work {
		if len(j.blocking) > 0 && !slices.ContainsFunc(j.blocking, func(o *job) bool { return o.out.status != Succeeded }) {
			free = append(free, j)
		} else {
			taken = append(taken, j)
		}
	}
	return free, taken
}

// planned are the links in the slot of a bind that the plan unbinds.
func (r *runner) planned(_ context.Context, k *kind.LinkKind, j *job) (out []kind.Link) {
	for _, h := range r.occupants[k.Name][j.Link.To.UniqueID()] {
		if r.sameSlot(k, &j.Link, &h) {
			out = append(out, h)
		}
	}
	return out
}

// plannedInOtherSlots are the links in other slots of the target of a bind that the plan unbinds. Some gateways have one slot for
// all, and a list that shows changes late may not show yet which link is in it.
func (r *runner) plannedInOtherSlots(_ context.Context, k *kind.LinkKind, j *job) (out []kind.Link) {
	for _, h := range r.occupants[k.Name][j.Link.To.UniqueID()] {
		if h.OwnerID != j.Link.OwnerID && !r.sameSlot(k, &j.Link, &h) {
			out = append(out, h)
		}
	}
	return out
}

// inOtherSlots are the links that onGateway found in other slots of the target of a bind whose own slot was empty, since some
// gateways have one slot for all. They come after those of onGateway: one request is for many targets, and the gateway refuses
// all of it because of one.
func (r *runner) inOtherSlots(_ context.Context, _ *kind.LinkKind, j *job) []kind.Link {
	return j.elsewhere
}

// onGateway are the links that the gateway has now in the slot of a bind. Links that the plan does not unbind or displace are
// left alone: the error of the bind names their owners.
func (r *runner) onGateway(ctx context.Context, k *kind.LinkKind, j *job) []kind.Link {
	held, err := r.reader.LinksAt(ctx, k, j.Link.To)
	if err != nil {
		return nil
	}
	var out, others []kind.Link
	for _, h := range held {
		switch {
		case h.To.Env != j.Link.To.Env || h.OwnerID == j.Link.OwnerID:
		case !r.givesWay(k, j, &h):
			if r.sameSlot(k, &j.Link, &h) {
				j.unplanned = append(j.unplanned, k.Owner+"/"+h.Owner)
			}
		case r.sameSlot(k, &j.Link, &h):
			out = append(out, h)
		default:
			others = append(others, h)
		}
	}
	if j.elsewhere = nil; len(out) == 0 {
		j.elsewhere = others
	}
	return out
}

// givesWay reports whether the plan shows that a link gives way to a bind: by an unbind, or as what the bind displaces.
func (r *runner) givesWay(k *kind.LinkKind, j *job, h *kind.Link) bool {
	return slices.ContainsFunc(r.occupants[k.Name][j.Link.To.UniqueID()], func(o kind.Link) bool { return o.OwnerID == h.OwnerID }) ||
		j.change != nil && slices.ContainsFunc(j.change.Displaces, func(d diff.Displaced) bool {
			return (d.Link.OwnerID == h.OwnerID || d.Link.Owner == h.Owner) && d.MayLoseSlot()
		})
}

// sameSlot reports whether two links of an API take the same slot, as far as their owners are known.
func (r *runner) sameSlot(k *kind.LinkKind, a, b *kind.Link) bool {
	x, known := r.slots.Load(k.Name + "/" + a.OwnerID)
	y, ok := r.slots.Load(k.Name + "/" + b.OwnerID)
	return !known || !ok || x == y
}

// restore binds links again that were unbound for binds which then failed, so that no API is left without the policy that it
// had. If that is not possible, the error of the failed bind says so.
func (r *runner) restore(ctx context.Context, k *kind.LinkKind, work []*job) {
	var back []*job
	bindOf, unbindOf := map[*job]*job{}, map[*job]*job{}
	for _, j := range work {
		for _, gone := range j.blocking {
			switch {
			case gone.out.status != Succeeded || j.out.status == Succeeded:
			case j.out.status == Unknown:
				j.out.failure.add(gone.Link.Owner + ", which was bound there before, was unbound")
			default:
				gone.out.status = "" // so that no other failed bind restores it again
				b := &job{Item: gone.Item, out: &outcome{}}
				back, bindOf[b], unbindOf[b] = append(back, b), j, gone
			}
		}
	}
	for _, g := range batches(k.Bind, back) {
		r.bindAll(ctx, k, k.Bind[g.write], g.work, try{searches: noSearch})
	}
	for _, b := range back {
		if b.out.status == Succeeded {
			r.freed.Delete(b.Link.ID)
			unbindOf[b].out.status = Skipped
			continue
		}
		bindOf[b].failWithLoss(b.Link.Owner + ", which was bound there before, was unbound and could not be bound again")
	}
}

// noSearch as the number of searches keeps freeSlots from unbinding anything: it is more than there are linkFinders.
const noSearch = 99

// slotReasons says why a bind did not get its slot.
func slotReasons(j *job) (words []string) {
	if len(j.unplanned) > 0 {
		words = append(words, strings.Join(j.unplanned, ", ")+" is bound there, which the plan does not show; compare again")
	}
	for _, o := range j.blocking {
		if o.out.failure != nil {
			words = append(words, o.Link.Owner+", which is bound there, could not be unbound: "+strings.TrimSpace(o.out.failure.ErrorCode+" "+o.out.failure.ErrorMsg))
		}
	}
	return words
}

// batch has the jobs of one request.
type batch struct {
	write int
	work  []*job
}

// batches divides jobs into as few requests as the ways to write allow.
func batches(ways []kind.Write, work []*job) (out []batch) {
	byPair := make(map[string]*job, len(work))
	for _, j := range work {
		byPair[pairKey(&j.Link)] = j
	}
	for _, g := range diff.Group(ways, links(work)) {
		b := batch{write: g.Write}
		for i := range g.Links {
			b.work = append(b.work, byPair[pairKey(&g.Links[i])])
		}
		out = append(out, b)
	}
	return out
}
