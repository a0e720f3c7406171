package diff

import (
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Question asks which links now hold the slots that binds of one kind will take.
type Question struct {
	Link    *kind.LinkKind
	Binds   []kind.Link     // binds of the plan of whose slots not all is known
	Managed map[string]bool // names of owners whose links must be read with their ids

	known map[string]bool // ids of owners of which all links are known
	slots map[string]bool // names of the slots that the binds take; nil when a link in any slot may be in the way
}

// Unread returns those of the owners whose links were not read and may hold one of the slots.
func (q *Question) Unread(owners []kind.Object) (out []kind.Object) {
	for _, o := range owners {
		if o.Kind == q.Link.Owner && o.Bound != 0 && !q.known[o.ID] && (q.slots == nil || q.slots[q.Link.Slot(o.Value)]) {
			out = append(out, o)
		}
	}
	return out
}

// Compared reports whether an owner is compared together with all of its links.
func (q *Question) Compared(o *kind.Object) bool { return q.known[o.ID] }

// Slots returns the number of slots that the binds take; 0 when a link in any slot may be displaced.
func (q *Question) Slots() int { return len(q.slots) }

// Known reports whether all links of an owner were read.
func (q *Question) Known(o *kind.Object) bool { return q.known[o.ID] || o.Bound == 0 }

// MayHold reports whether links of an owner may hold one of the slots that the binds take.
func (q *Question) MayHold(o *kind.Object) bool {
	return o.Value == nil || q.slots == nil || q.slots[q.Link.Slot(o.Value)]
}

// Questions must be answered before the plan is complete.
func (d *Draft) Questions() (out []Question) {
	for _, k := range kind.Links {
		if k.Slot == nil || !d.c.binds(k) {
			continue
		}
		if q := d.c.question(k); len(q.Binds) > 0 {
			out = append(out, q)
		}
	}
	return out
}

// Orphans ask for links of deleted objects that the comparison did not read: they are removed with the objects.
func (d *Draft) Orphans() (out []Question) {
	c := d.c
	for _, k := range kind.Links {
		to := kind.Of(k.Target)
		if to == nil {
			continue
		}
		q, held := c.newQuestion(k), c.holders(k)
		for _, ch := range pointers(c.plan.Changes) {
			if ch.Kind != to.Name || ch.Action != Delete {
				continue
			}
			if l := (kind.Link{Kind: k.Name, To: ch.Have.Target()}); k.Slot == nil || len(held[l.To.UniqueID()]) == 0 {
				q.Binds = append(q.Binds, l)
			}
		}
		if len(q.Binds) > 0 {
			out = append(out, q)
		}
	}
	return out
}

// newQuestion returns a question about links of a kind, still without binds.
func (c *comparison) newQuestion(k *kind.LinkKind) Question {
	q := Question{Link: k, Managed: map[string]bool{}, known: map[string]bool{}}
	for _, r := range c.lists {
		if r.Link == k {
			q.known[r.Object.ID] = true
		}
	}
	return q
}

func (c *comparison) question(k *kind.LinkKind) Question {
	q := c.newQuestion(k)
	if !k.SharedSlot {
		q.slots = map[string]bool{}
	}
	held := map[kind.UniqueID][]holder{}
	if !k.SharedSlot {
		held = c.holders(k)
	}
	ask := func(l kind.Link) {
		if l.To.ID == "" && kind.Of(k.Target) != nil {
			return // the target does not exist yet, so nothing is bound to it
		}
		slot := k.Slot(c.wantKey[k.Owner][l.Owner].Value)
		for _, h := range held[l.To.UniqueID()] {
			if h.slot == slot {
				return
			}
		}
		q.Binds = append(q.Binds, l)
		if q.slots != nil {
			q.slots[slot] = true
		}
	}
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Kind == k.Name && ch.Action == Bind {
			ask(*ch.Link)
		}
	}
	for _, p := range c.pairs[k.Owner] {
		if p.want == nil || c.replacements[p.want.Address()] == nil {
			continue
		}
		for _, l := range c.replacements[p.want.Address()].carried {
			if l.Kind == k.Name {
				ask(l)
			}
		}
	}
	for _, w := range c.wantKey[k.Owner] {
		if w.ManagesKind(k.Name) && !c.options.Covers(kind.Of(k.Owner), w.Key) {
			q.Managed[w.Key] = true
		}
	}
	return q
}
