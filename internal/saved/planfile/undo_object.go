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

// object takes back what the run did to an object that stands alone.
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

// created takes back a create: what the run made goes, with all that belongs to it.
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

// ours reports whether an object is the one that the run made, as it made it, and says when it is not.
func (b *back) ours(ch *document.Change, wanted *Object, now *kind.Object) bool {
	if made := b.made[ch.Address]; len(made) > 0 && !slices.Contains(made, now.ID) {
		b.stale(ch.Address, "is another one now")
		return false
	}
	fields := b.missesNew(wanted, now)
	b.stale(ch.Address, "", fields...)
	return len(fields) == 0
}

// missesNew are the leaves in which an object that the run made is not as it is wanted, but for those that further requests
// write: the run may have ended before.
func (b *back) missesNew(wanted *Object, now *kind.Object) []diff.Field {
	return slices.DeleteFunc(b.Misses(wanted, now), func(f diff.Field) bool { return kind.Of(now.Kind).Midway(f.Path) })
}

// deleted takes back a delete: the object is made again.
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

// madeAgain is what stands in place of an object or part that the run took away.
type madeAgain int

const (
	whole   madeAgain = iota // itself, or one that an undo before this one made again
	inPart                   // one that such an undo had only begun to make
	another                  // one that somebody else made
)

// remade tells what an object is that exists though the run took it away.
func (b *back) remade(was *Held, now *kind.Object) madeAgain {
	k := kind.Of(now.Kind)
	departs := slices.DeleteFunc(b.Departs(was, now), func(f diff.Field) bool { return slices.Contains(k.Makes, f.Path) })
	switch {
	case now.ID == was.ID || len(departs) == 0:
		return whole
	case k.Untouched(now) || !slices.ContainsFunc(departs, func(f diff.Field) bool { return !k.Midway(f.Path) }):
		return inPart
	}
	return another
}

// again wants an object made again, to which the run perhaps gave another name: what an undo before this one made of it goes by
// that, until it is finished.
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

// ledOn is an object that calls what the run replaced by its own name where the run led it to the successor, and may have ended
// before that got the name.
func (b *back) ledOn(o *kind.Object) *kind.Object {
	led := kind.Of(o.Kind).Recalled(*o, func(kindName, key string) string {
		if ch := b.change[b.before(kindName, key)]; ch != nil && ch.Action == diff.Replace && ch.Via == key {
			return strings.TrimPrefix(ch.Address, kindName+"/")
		}
		return ""
	})
	return &led
}

// leadsToReplaced reports whether an object refers to one that the run replaced: when that is replaced in turn, the object is
// led to the new one, whatever else there is to take back of it.
func (b *back) leadsToReplaced(o *kind.Object) bool {
	return slices.ContainsFunc(kind.Of(o.Kind).Refs(o.Value), func(ref kind.Ref) bool {
		ch := b.change[b.before(ref.Kind, ref.Key)]
		return ch != nil && ch.Action == diff.Replace && b.reached[ch.Address]
	})
}

// departs are the leaves in which an object is not as it was: those that this version knows, and those that the run
// wrote. Added are JSON pointers of what else there is more than before: the gateway has added it by itself, or somebody
// else has, so that it stays.
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

// strange are the leaves in which an object is neither as it was nor as it is wanted. What it is without while some of its
// requests are still to come is not strange when it is missing.
func strange(k *kind.Kind, misses, departs []diff.Field) []diff.Field {
	return slices.DeleteFunc(both(misses, departs), func(f diff.Field) bool {
		return k.Midway(f.Path) && (f.Before == nil || f.Before == false)
	})
}

// both are the leaves that stand in two lists. Of lists the place of an element says nothing.
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

// overlap reports whether two pointers lead to one value, or one of them into that of the other.
func overlap(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// replaced takes back a replace, which may have come to an end after any of its requests.
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
		b.owner(o) // what the run made beside it goes
	case mine == nil:
		b.again(o, was, wanted.Key)
	default:
		b.way.Extract.Carried[o.kind+"/"+was.Key] = true
		b.restore(o, ch, was, wanted, mine, nil)
	}
}

// intruders are what belongs to an object that the run made, and is not as the run made it.
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
