package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// replacement describes what a replace does with bindings. The old object is deleted after its successor has been bound to the
// same targets.
type replacement struct {
	successor *kind.Object // the successor, if an interrupted replace has already created it
	base      string       // the name from which the successor's name is made
	carried   []kind.Link  // links that the replace moves to the successor
	released  []kind.Link  // links of the old object; all of them are removed
}

// links compares one kind of binding.
func (c *comparison) links(k *kind.LinkKind) {
	want, have := c.wantLinks(k), c.haveLinks(k)
	clear(c.regained)
	for _, p := range c.pairs[k.Owner] {
		switch {
		case p.want == nil:
			if !k.DeletedWithOwner {
				c.unbind(k, have[p.presentKey], nil)
			}
			continue
		case c.rules.Object(k.Owner, p.want.Key), !c.options.ComparesInside(k.Name, k.Owner):
			continue
		}
		var held []kind.Link
		if p.have != nil {
			held = have[p.presentKey]
		}
		var next []kind.Link
		if p.successor != nil {
			next = have[p.successor.Key]
		}
		var left []kind.Link
		for _, o := range p.leftovers {
			left = append(left, have[o.Key]...)
		}
		switch move := c.replacements[p.want.Address()]; {
		case move != nil:
			c.replaceLinks(k, p, move, held, next, want[p.want.Key])
		case p.want.ManagesKind(k.Name):
			c.compareLinks(k, p, held, want[p.want.Key])
			left = append(left, next...)
		}
		c.regainLinks(k, p, append(held, next...), left)
		c.unbind(k, left, nil)
	}
	c.assignSlots(k)
}

// regainLinks notes bindings that an interrupted replace took from an object, so that now only leftover successors have
// them. If the files do not list the bindings of the object, it gets these back.
func (c *comparison) regainLinks(k *kind.LinkKind, p pair, held, left []kind.Link) {
	if p.want.ManagesKind(k.Name) && !c.rules.Object(k.Name, p.want.Key) || len(left) == 0 {
		return
	}
	has, claimed := targets(held), c.claimedSlots(k)
	for _, l := range left {
		l.ID, l.OwnerID, l.Owner = "", "", p.want.Key
		if !has[l.To.UniqueID()] && !claimed[slotFor(k, p.want, &l)] {
			has[l.To.UniqueID()] = true
			c.regained[p.want.Address()] = append(c.regained[p.want.Address()], l)
		}
	}
}

// assignSlots gives each slot to one owner. A replace can change slots: if plugins of two types both become a third
// type, their links to one API are moved to the same slot, or regained there. The owner whose name sorts first gets the
// slot.
func (c *comparison) assignSlots(k *kind.LinkKind) {
	var owners []*kind.Declared
	for _, p := range c.pairs[k.Owner] {
		if p.want != nil && (c.replacements[p.want.Address()] != nil && !p.want.ManagesKind(k.Name) || c.regained[p.want.Address()] != nil) {
			owners = append(owners, p.want)
		}
	}
	slices.SortFunc(owners, func(a, b *kind.Declared) int { return strings.Compare(a.Key, b.Key) })
	taken := map[Slot]*kind.Declared{}
	for _, o := range owners {
		isTaken := func(l kind.Link) bool {
			if l.Kind != k.Name {
				return false
			}
			at := slotFor(k, o, &l)
			first := taken[at]
			if first == nil || k.Slot == nil {
				taken[at] = o
				return false
			}
			c.plan.Warnings = append(c.plan.Warnings, Note{Address: l.Address(), Message: fmt.Sprintf(
				"is lost with the replace, since %s takes the slot; declare apis of both to say which of them is bound", first.Address())})
			return true
		}
		if move := c.replacements[o.Address()]; move != nil {
			move.carried = slices.DeleteFunc(move.carried, isTaken)
		}
		for _, l := range slices.DeleteFunc(c.regained[o.Address()], isTaken) {
			c.bind(k, &kind.DeclaredLink{Link: l, Source: o.Source})
		}
	}
}

// slotFor returns the slot that a link of a declared owner takes.
func slotFor(k *kind.LinkKind, owner *kind.Declared, l *kind.Link) Slot {
	at := Slot{UniqueID: l.To.UniqueID()}
	if k.Slot != nil {
		at.name = k.Slot(owner.Value)
	}
	return at
}

// claimedSlots returns the slots that the declared links of a kind take.
func (c *comparison) claimedSlots(k *kind.LinkKind) map[Slot]bool {
	out := map[Slot]bool{}
	for _, l := range pointers(c.want.Links) {
		if owner := c.wantKey[k.Owner][l.Owner]; l.Kind == k.Name && owner != nil {
			out[slotFor(k, owner, &l.Link)] = true
		}
	}
	return out
}

func (c *comparison) wantLinks(k *kind.LinkKind) map[string][]kind.DeclaredLink {
	return byOwner(covered(c.options, c.want.Links, func(l *kind.DeclaredLink) string { return l.To.Env }), k, func(l *kind.DeclaredLink) *kind.Link { return &l.Link })
}

// resolveTargets gives wanted links the ids of their targets if these were not yet known when the references in the files were
// resolved. Links to objects that the plan deletes are left out.
func (c *comparison) resolveTargets() {
	out := slices.DeleteFunc(slices.Clone(c.want.Links), func(l kind.DeclaredLink) bool { return c.targetDeleted(&l) })
	for i := range out {
		if to := out[i].To; to.ID == "" && c.haveKey[to.Kind][to.Key()] != nil {
			made := *to
			made.ID = c.haveKey[to.Kind][to.Key()].ID
			out[i].To = &made
		}
	}
	c.want.Links = out
}

// targetDeleted reports whether the target of a wanted link is deleted by the same plan. For a reference by name that is an
// error; a pattern then just matches one object less.
func (c *comparison) targetDeleted(l *kind.DeclaredLink) bool {
	to := l.To
	if len(c.removing) == 0 || !c.removing[to.Address()] || c.wantKey[to.Kind][to.Key()] != nil {
		return false
	}
	if !l.Pattern {
		c.plan.Errors = append(c.plan.Errors, Note{
			Address: l.Address(), Source: &l.Source, Refers: to.Address(),
			Message: "refers to the " + to.Kind + " " + to.Key() + ", which this plan deletes; declare it, or remove the reference",
		})
	}
	return true
}

func (c *comparison) haveLinks(k *kind.LinkKind) map[string][]kind.Link {
	return byOwner(covered(c.options, c.have.Links, func(l *kind.Link) string { return l.To.Env }), k, func(l *kind.Link) *kind.Link { return l })
}

// byOwner returns the links of a kind by owner. Each list keeps the order of links.
func byOwner[L any](links []L, k *kind.LinkKind, link func(*L) *kind.Link) map[string][]L {
	out := map[string][]L{}
	for i := range links {
		if l := link(&links[i]); l.Kind == k.Name {
			out[l.Owner] = append(out[l.Owner], links[i])
		}
	}
	return out
}

// targets returns the set of the targets of links.
func targets(links []kind.Link) map[kind.UniqueID]bool {
	out := make(map[kind.UniqueID]bool, len(links))
	for i := range links {
		out[links[i].To.UniqueID()] = true
	}
	return out
}

// compareLinks plans binds and unbinds of an owner that is not replaced.
func (c *comparison) compareLinks(k *kind.LinkKind, p pair, held []kind.Link, want []kind.DeclaredLink) {
	has := targets(held)
	wanted := make(map[kind.UniqueID]bool, len(want))
	for i := range want {
		e := want[i].Link.To.UniqueID()
		wanted[e] = true
		switch {
		case has[e]:
			c.plan.Unchanged++
		case c.rules.Object(k.Name, p.want.Key):
			c.plan.Ignored++
		default:
			c.bind(k, &want[i])
		}
	}
	var removed []kind.Link
	for i := range held {
		if wanted[held[i].To.UniqueID()] {
			continue
		}
		if c.rules.Object(k.Name, p.want.Key) {
			c.plan.Ignored++
			continue
		}
		l := held[i]
		l.Owner = p.want.Key
		removed = append(removed, l)
	}
	c.unbind(k, removed, nil)
}

// replaceLinks plans the bindings of a replaced owner. A binding that it has and should keep is moved to the successor as
// a part of the replace; a new binding, or one that is removed, is a change of its own.
func (c *comparison) replaceLinks(k *kind.LinkKind, p pair, move *replacement, old, next []kind.Link, want []kind.DeclaredLink) {
	old = byAddress(old) // saved plans have them in this order
	move.released = append(move.released, old...)
	onOld, onNext := targets(old), targets(next)
	if !p.want.ManagesKind(k.Name) {
		claimed := c.claimedSlots(k)
		for _, l := range old {
			l.ID, l.OwnerID, l.Owner = "", "", p.want.Key
			if !onNext[l.To.UniqueID()] && !claimed[slotFor(k, p.want, &l)] {
				move.carried = append(move.carried, l)
			}
		}
		return
	}
	wanted := map[kind.UniqueID]bool{}
	for i := range want {
		e := want[i].Link.To.UniqueID()
		if want[i].Offline && !onNext[e] {
			c.plan.Warnings = append(c.plan.Warnings, Note{Address: want[i].Address(), Source: &want[i].Source, Message: "is lost with the replace, since " +
				"nothing can be bound to an API that is not published; apply again once it is"})
			continue
		}
		wanted[e] = true
		switch {
		case onNext[e]:
		case onOld[e]:
			move.carried = append(move.carried, want[i].Link)
		default:
			c.bind(k, &want[i])
		}
	}
	for _, l := range slices.Concat(old, next) {
		if !wanted[l.To.UniqueID()] {
			c.unbind(k, []kind.Link{l}, &p.want.Source)
		}
	}
}

// byAddress returns links sorted by address.
func byAddress(links []kind.Link) []kind.Link {
	return slices.SortedStableFunc(slices.Values(links), func(a, b kind.Link) int { return strings.Compare(a.Address(), b.Address()) })
}

func (c *comparison) bind(k *kind.LinkKind, d *kind.DeclaredLink) {
	l := d.Link
	c.add(Change{Address: l.Address(), Kind: k.Name, Name: l.Owner, Action: Bind, Source: &d.Source, Link: &l})
}

func (c *comparison) unbind(k *kind.LinkKind, links []kind.Link, source *kind.Source) {
	for _, l := range byAddress(links) {
		c.add(Change{Address: l.Address(), Kind: k.Name, Name: l.Owner, Action: Unbind, Source: source, Link: &l})
	}
}
