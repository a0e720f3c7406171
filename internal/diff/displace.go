package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Displaced is a policy whose slot a bind takes.
type Displaced struct {
	Link  kind.Link // the link of that policy; its ID is "" if it is not known
	Claim kind.Claim
	Sure  bool // if false, the link has another slot and is only displaced on gateways with one slot for both
}

// Address returns the address of the policy.
func (d *Displaced) Address() string { return d.Link.OwnerAddress() }

// MayLoseSlot reports whether the policy may lose the slot on a gateway that has one slot for both. It must not if the files
// declare both bindings.
func (d *Displaced) MayLoseSlot() bool { return d.Sure || !d.Claim.Manages }

// holder is a link that holds a slot now.
type holder struct {
	*kind.Link
	held   *kind.Link // the same link, with the name that its owner has on the gateway
	name   string     // the name of its owner in the files
	slot   string     // the name of the slot; "?" when it is not known
	unseen bool       // the owner is not compared
}

// displace notes for each bind of a kind the links that it displaces.
func (c *comparison) displace(k *kind.LinkKind) {
	if k.Slot == nil || !c.binds(k) {
		return
	}
	held, going := c.holders(k), c.removedLinks(k)
	c.bindDisplacing(k, held, going)
	elsewhere := c.outOfScope(k)
	var forced []Change
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Kind != k.Name || ch.Action != Bind {
			continue
		}
		slot, at := k.Slot(c.wantKey[k.Owner][ch.Name].Value), ch.Link.To.UniqueID()
		c.checkContested(k, ch, elsewhere[Slot{at, slot}])
		for _, h := range held[at] {
			sure := h.slot == slot || h.slot == "?"
			gone := going[h.Address()]
			if h.name == ch.Name || !sure && (!k.SharedSlot || gone) {
				continue
			}
			d := Displaced{Link: *h.Link, Claim: c.claim(k, h), Sure: sure}
			ch.Displaces = append(ch.Displaces, d)
			if h.unseen {
				c.noteNeighbour(h.held)
			}
			if sure && !gone && d.Claim.Manages && h.unseen {
				forced, going[h.Address()] = append(forced, c.forcedUnbind(h)), true
			}
		}
		slices.SortStableFunc(ch.Displaces, func(a, b Displaced) int {
			if a.Sure == b.Sure {
				return strings.Compare(a.Link.Owner, b.Link.Owner)
			} else if a.Sure {
				return -1
			}
			return 1
		})
	}
	for _, ch := range forced {
		c.add(ch)
	}
}

// binds reports whether the plan binds links of a kind, either as changes of their own or as a part of a replace.
func (c *comparison) binds(k *kind.LinkKind) bool {
	return slices.ContainsFunc(c.plan.Changes, func(ch Change) bool {
		return ch.Kind == k.Name && ch.Action == Bind || ch.Kind == k.Owner && ch.Action == Replace
	})
}

// forcedUnbind returns the unbind of a link that a bind displaces and whose owner is declared but not compared.
func (c *comparison) forcedUnbind(h holder) Change {
	return Change{Address: h.Address(), Kind: h.Kind, Name: h.Owner, Action: Unbind, Link: h.Link, Forced: true}
}

// noteNeighbour adds a link and its owner to the neighbours of the plan.
func (c *comparison) noteNeighbour(l *kind.Link) {
	b := &c.plan.Neighbours
	b.Links = append(b.Links, *l)
	for _, o := range c.have.Neighbours.Owners {
		if o.ID == l.OwnerID && o.Kind == kind.LinkOf(l.Kind).Owner && !slices.ContainsFunc(b.Owners, func(x kind.Object) bool { return x.Address() == o.Address() }) {
			b.Owners = append(b.Owners, o)
		}
	}
}

// holders returns the links that hold slots now, by target: the links that are compared, and those of neighbours. The
// former have the names that the files give to their owners, and all have the names that their owners get by the plan.
func (c *comparison) holders(k *kind.LinkKind) map[kind.UniqueID][]holder {
	out, names, slots := map[kind.UniqueID][]holder{}, c.declaredNames(k.Owner), c.slotsOf(k)
	note := func(links []kind.Link, unseen bool) {
		for i := range links {
			l := links[i]
			if l.Kind != k.Name {
				continue
			}
			h := holder{&l, &links[i], l.Owner, "?", unseen}
			if slot, ok := slots[l.Owner]; ok {
				h.slot = slot
			}
			if now, ok := names[l.Owner]; ok {
				h.name = now
			}
			if !unseen {
				l.Owner = h.name
			}
			l.Owner = cmp.Or(c.newName(k.Owner, l.Owner), l.Owner)
			at := l.To.UniqueID()
			if !slices.ContainsFunc(out[at], func(x holder) bool { return x.OwnerID == l.OwnerID }) {
				out[at] = append(out[at], h)
			}
		}
	}
	note(c.have.Links, false)
	note(c.have.Neighbours.Links, true)
	return out
}

// declaredNames returns the declared keys of objects of a kind, by their keys on the gateway.
func (c *comparison) declaredNames(kindName string) map[string]string {
	out := map[string]string{}
	for _, w := range c.wantKey[kindName] {
		if out[w.Key] = w.Key; c.haveKey[kindName][w.Key] == nil && w.MovedFrom != "" {
			out[w.MovedFrom] = w.Key
		}
	}
	for _, p := range c.pairs[kindName] {
		for _, o := range []*kind.Object{p.have, p.successor} {
			if p.want != nil && o != nil {
				out[o.Key] = p.want.Key
			}
		}
	}
	return out
}

// slotsOf returns the names of the slots that the links of the gateway's owners hold, by the key of the owner.
func (c *comparison) slotsOf(k *kind.LinkKind) map[string]string {
	out := map[string]string{}
	for _, o := range pointers(c.have.Neighbours.Owners) {
		if o.Kind == k.Owner && o.Value != nil {
			out[o.Key] = k.Slot(o.Value)
		}
	}
	for key, o := range c.haveKey[k.Owner] {
		out[key] = k.Slot(o.Value)
	}
	return out
}

// removedLinks returns the addresses of the links that the plan removes in any case.
func (c *comparison) removedLinks(k *kind.LinkKind) map[string]bool {
	out := map[string]bool{}
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Kind == k.Name && ch.Action == Unbind {
			out[ch.Address] = true
		}
		if move := c.replacements[ch.Address]; move != nil && ch.Kind == k.Owner {
			for _, l := range move.released {
				l.Owner = ch.Want.Key
				out[l.Address()] = true
			}
		}
	}
	return out
}

// bindDisplacing turns a link that a replace moves to the successor into a change of its own if it displaces a policy that
// would stay bound otherwise: people must see such a bind in the plan.
func (c *comparison) bindDisplacing(k *kind.LinkKind, held map[kind.UniqueID][]holder, going map[string]bool) {
	for _, p := range c.pairs[k.Owner] {
		if p.want == nil || c.replacements[p.want.Address()] == nil {
			continue
		}
		move, slot := c.replacements[p.want.Address()], k.Slot(p.want.Value)
		move.carried = slices.DeleteFunc(move.carried, func(l kind.Link) bool {
			displaces := l.Kind == k.Name && slices.ContainsFunc(held[l.To.UniqueID()], func(h holder) bool {
				return h.name != p.want.Key && h.slot == slot && !going[h.Address()]
			})
			if displaces {
				c.bind(k, &kind.DeclaredLink{Link: l, Source: p.want.Source})
			}
			return displaces
		})
	}
}

// outOfScope returns the declared links of objects that this run does not compare, by the slots that they take.
func (c *comparison) outOfScope(k *kind.LinkKind) map[Slot]*kind.DeclaredLink {
	out := map[Slot]*kind.DeclaredLink{}
	for _, l := range pointers(c.want.OutOfScope) {
		if w := c.wantKey[k.Owner][l.Owner]; l.Kind == k.Name && w != nil {
			out[Slot{l.Link.To.UniqueID(), k.Slot(w.Value)}] = l
		}
	}
	return out
}

// checkContested reports an error if the files give one slot to two objects of which this run compares only one.
func (c *comparison) checkContested(k *kind.LinkKind, ch *Change, other *kind.DeclaredLink) {
	if other == nil || other.Owner == ch.Name {
		return
	}
	c.plan.Errors = append(c.plan.Errors, Note{Address: ch.Address, Source: ch.Source, Message: fmt.Sprintf(
		"%s %s also declares this slot (%s:%d), although this run does not compare it; remove the API from one of them",
		k.Owner, other.Owner, other.Source.File, other.Source.Line)})
}

// claim returns whether the files declare, own or ignore a policy. An ignored policy counts as neither declared nor
// owned.
func (c *comparison) claim(k *kind.LinkKind, h holder) (s kind.Claim) {
	if known, ok := c.want.Claims[k.Owner+"/"+h.Owner]; ok {
		return known
	}
	name := h.name
	if declared, ok := c.leftoverOf[k.Owner+"/"+name]; ok {
		name = declared
	}
	w := c.wantKey[k.Owner][name]
	if s.Ignored = c.rules.Object(k.Owner, name) || c.rules.Object(k.Name, name); s.Ignored {
		return s
	}
	s.Declared, s.Owned = w != nil, w == nil && c.owned(k.Owner, name)
	s.Manages = w != nil && w.ManagesKind(k.Name)
	return s
}

// Claims returns, by address, whether the files declare, own or ignore the policies that the plan displaces.
func (p *Plan) Claims() map[string]kind.Claim {
	out := map[string]kind.Claim{}
	for i := range p.Changes {
		for _, d := range p.Changes[i].Displaces {
			out[d.Address()] = d.Claim
		}
	}
	return out
}

// guardSlots refuses binds that displace policies which the files neither declare nor own, unless takes_over allows it.
func (c *comparison) guardSlots() {
	lost, first := map[string][]string{}, map[string]*Displaced{}
	taker := map[string]string{}
	var order []string
	for _, ch := range pointers(c.plan.Changes) {
		for _, d := range pointers(ch.Displaces) {
			address := d.Address()
			if d.Claim.Declared || d.Claim.Owned || slices.Contains(c.want.MayDisplace, address) {
				continue
			}
			if first[address] == nil {
				order, first[address], taker[address] = append(order, address), d, kind.LinkOf(ch.Kind).Owner+"/"+ch.Name
			}
			lost[address] = append(lost[address], strings.TrimPrefix(d.Link.Address(), d.Link.Kind+"/"+d.Link.Owner+"/"))
		}
	}
	slices.Sort(order)
	for _, address := range order {
		why, would := "these files neither declare nor own", "would"
		if first[address].Claim.Ignored {
			why = "a rule of these files ignores"
		}
		if !first[address].Sure {
			would = "may"
		}
		c.plan.Refusals = append(c.plan.Refusals, Refusal{
			Guard: "take-over", Address: address, Flag: "--take-over=" + address,
			Reason: fmt.Sprintf("%s, which %s, %s lose %s to %s", address, why, would, kind.FirstOf(lost[address], mostNamed), taker[address]),
			Would:  "also pass the file that declares it (--file)",
		})
	}
}
