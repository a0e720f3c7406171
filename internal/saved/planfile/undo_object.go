package planfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// object takes back what the run did to an object without an owner.
func (b *back) object(o object, ch *document.Change) {
	was, wanted := b.held[o.kind+"/"+o.key], b.wanted[ch.Address]
	switch {
	case !b.reached[ch.Address]:
	case ch.Action != diff.Delete && wanted == nil, ch.Action != diff.Create && (was == nil || was.Anchor):
		b.failed = append(b.failed, fmt.Errorf("%s: the undo file does not say what it was, and what it was to become", ch.Address))
	case ch.Action == diff.Create:
		b.created(o, ch, wanted)
	case ch.Action == diff.Delete:
		b.deleted(o, was)
	case ch.Action == diff.Replace:
		b.replaced(o, ch, was, wanted)
	default:
		b.updated(o, ch, was, wanted)
	}
}

// created takes back a create: the object is deleted with its parts and links.
func (b *back) created(o object, ch *document.Change, wanted *Object) {
	b.closed[o] = true
	now := b.objects[ch.Address]
	if now == nil || !b.ours(ch, wanted, now) {
		return
	}
	if strange := b.intruders(o); len(strange) > 0 {
		b.way.Stale = append(b.way.Stale, strange...)
		return
	}
	b.way.Extract.Desired.Owns[o.kind] = append(b.way.Extract.Desired.Owns[o.kind], now.Key)
}

// ours reports whether an object is the one that the run made, unchanged; if not, it notes that as stale.
func (b *back) ours(ch *document.Change, wanted *Object, now *kind.Object) bool {
	if made := b.made[ch.Address]; len(made) > 0 && !slices.Contains(made, now.ID) {
		b.stale(ch.Address, "is another one now")
		return false
	}
	fields := b.missesNew(wanted, now)
	b.stale(ch.Address, "", fields...)
	return len(fields) == 0
}

// missesNew returns the leaves in which an object that the run made differs from the wanted state. It leaves out those
// that later requests write, because the run may have ended before these requests.
func (b *back) missesNew(wanted *Object, now *kind.Object) []diff.Field {
	return slices.DeleteFunc(b.Misses(wanted, now), func(f diff.Field) bool { return kind.Of(now.Kind).Midway(f.Path) })
}

// deleted takes back a delete: the object is created again.
func (b *back) deleted(o object, was *Held) {
	address := o.kind + "/" + o.key
	if now := b.objects[address]; now != nil {
		switch b.remade(was, now) {
		case another:
			b.stale(address, "exists again, as another one")
			b.closed[o] = true
		case inPart:
			b.again(o, was, was.Key)
		case whole:
		}
		return
	}
	if b.former[o] != o {
		b.lose(address, "", "it was left over from an earlier replace that was interrupted")
		b.closed[o] = true
		return
	}
	b.again(o, was, was.Key)
}

// madeAgain says which object or part exists now under the name of one that the run removed.
type madeAgain int

const (
	whole   madeAgain = iota // the original, or a complete one from an earlier undo
	inPart                   // one that an earlier undo only began to create
	another                  // one that somebody else created
)

// remade returns what an object is that exists although the run removed it.
func (b *back) remade(was *Held, now *kind.Object) madeAgain {
	k := kind.Of(now.Kind)
	departs := slices.DeleteFunc(b.Departs(was, now), func(f diff.Field) bool { return slices.Contains(k.Generated, f.Path) })
	switch {
	case now.ID == was.ID || len(departs) == 0:
		return whole
	case k.Untouched(now) || !slices.ContainsFunc(departs, func(f diff.Field) bool { return !k.Midway(f.Path) }):
		return inPart
	}
	return another
}

// again creates an object again. If the run renamed the object, an earlier, interrupted undo may have left it under the
// new name.
func (b *back) again(o object, was *Held, renamed string) {
	d := b.anew(was)
	if d == nil {
		b.closed[o] = true
		return
	}
	if renamed != was.Key {
		d.MovedFrom = renamed
	}
	b.want(o, *d)
}

// updated takes back an update.
func (b *back) updated(o object, ch *document.Change, was *Held, wanted *Object) {
	var now *kind.Object
	gone := "is gone"
	for there := range b.there(o) {
		if there.ID == was.ID {
			now = there
			break
		}
		gone = "is another one now"
	}
	if now == nil {
		b.closed[o] = true
		b.stale(ch.Address, gone)
		return
	}
	departs, added := b.departs(ch, was, wanted, now)
	foreign := strange(kind.Of(o.kind), b.Misses(wanted, b.ledOn(now)), departs)
	switch {
	case len(foreign) > 0:
		b.stale(ch.Address, "", foreign...)
	case len(departs) == 0 && !b.leadsToReplaced(now):
		b.unrestored(ch, was, wanted)
	default:
		b.restore(o, ch, was, wanted, now, added)
	}
}

// ledOn returns an object in which references to the temporary name of a successor are replaced by its final name: the
// run changed the references to the successor, and may have ended before it renamed the successor.
func (b *back) ledOn(o *kind.Object) *kind.Object {
	led := kind.Of(o.Kind).Recalled(*o, func(kindName, key string) string {
		if ch := b.change[b.before(kindName, key)]; ch != nil && ch.Action == diff.Replace && ch.Via == key {
			return strings.TrimPrefix(ch.Address, kindName+"/")
		}
		return ""
	})
	return &led
}

// leadsToReplaced reports whether an object refers to one that the run replaced. When that one is replaced back, the reference
// must be updated, even if nothing else of the object has to be taken back.
func (b *back) leadsToReplaced(o *kind.Object) bool {
	return slices.ContainsFunc(kind.Of(o.Kind).Refs(o.Value), func(ref kind.Ref) bool {
		ch := b.change[b.before(ref.Kind, ref.Key)]
		return ch != nil && ch.Action == diff.Replace && b.reached[ch.Address]
	})
}

// departs returns the leaves in which an object differs from its former state: those that this version of the tool
// knows, and those that the run wrote. Added are JSON pointers to other new leaves, which stay, because the gateway or
// somebody else added them.
func (b *back) departs(ch *document.Change, was *Held, wanted *Object, now *kind.Object) (departs []diff.Field, added []string) {
	departs = b.Departs(was, now)
	for _, f := range b.DepartsWhole(was, now) {
		switch {
		case slices.ContainsFunc(departs, func(k diff.Field) bool { return k.Path == f.Path }):
		case slices.ContainsFunc(ch.Fields, func(c document.Field) bool { return overlap(c.Path, f.Path) }), len(wanted.Origins(f.Path)) > 0:
			departs = append(departs, f)
		case f.After == nil:
			added = append(added, f.Path)
		}
	}
	return departs, added
}

// strange returns the leaves in which an object is neither as it was nor as it is wanted. It leaves out missing leaves
// that later requests write, because the run may have ended before these requests.
func strange(k *kind.Kind, misses, departs []diff.Field) []diff.Field {
	return slices.DeleteFunc(both(misses, departs), func(f diff.Field) bool {
		return k.Midway(f.Path) && (f.Before == nil || f.Before == false)
	})
}

// both returns the leaves of a that are also in b. The index of a leaf in a list does not matter.
func both(a, b []diff.Field) (out []diff.Field) {
	list := func(f *diff.Field) string {
		keys := strings.Split(f.Path, "/")
		for i, key := range keys {
			if key != "" && strings.Trim(key, "0123456789") == "" {
				return strings.Join(keys[:i], "/")
			}
		}
		return f.Path
	}
	for i := range a {
		if slices.ContainsFunc(b, func(f diff.Field) bool { return overlap(list(&f), list(&a[i])) }) {
			out = append(out, a[i])
		}
	}
	return out
}

// overlap reports whether two pointers are equal, or one points inside the value of the other.
func overlap(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// replaced takes back a replace, which may have ended after any of its requests.
func (b *back) replaced(o object, ch *document.Change, was *Held, wanted *Object) {
	var mine *kind.Object
	for now := range b.there(o) {
		if now.ID == was.ID {
			continue
		}
		if now.Key == was.Key {
			as := b.remade(was, now)
			if as == whole {
				continue
			}
			if as == inPart {
				b.again(o, was, was.Key)
				return
			}
		}
		if !b.ours(ch, wanted, now) {
			b.closed[o] = true
			return
		}
		mine = now
	}
	switch there := b.objects[o.kind+"/"+was.Key]; {
	case there != nil && (mine == nil || there.ID != mine.ID):
		b.owner(o) // the successor that the run made is deleted
	case mine == nil:
		b.again(o, was, wanted.Key)
	default:
		b.way.Extract.Carried[o.kind+"/"+was.Key] = true
		b.restore(o, ch, was, wanted, mine, nil)
	}
}

// intruders returns the parts and links of an object that the run made, except those that are as the run made them.
func (b *back) intruders(o object) (out []Difference) {
	for _, c := range b.affected {
		if c.owner != o {
			continue
		}
		for _, at := range targets(b.now[c]) {
			if l := b.now[c][at]; !b.asked(c, linkEnd(l)) {
				out = append(out, Difference{Address: l.Address(), Text: "is bound now"})
			}
		}
		claims := b.claim(c)
		for _, end := range slices.Sorted(maps.Keys(b.inside[c])) {
			if !claims.mine[end] {
				out = append(out, Difference{Address: b.inside[c][end].Address(), Text: "exists now"})
			}
		}
		out = append(out, claims.stale...)
	}
	return out
}
