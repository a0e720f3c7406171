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
func (b *back) object(o object, ch *document.Change) error {
	was, wanted := b.held[o.kind+"/"+o.key], b.wanted[ch.Address]
	switch {
	case !b.reached[ch.Address]:
		return nil
	case ch.Action != diff.Delete && wanted == nil, ch.Action != diff.Create && (was == nil || was.Anchor):
		return fmt.Errorf("%s: the undo file does not say what it was and was to be", ch.Address)
	case ch.Action == diff.Create:
		return b.created(o, ch, wanted)
	case ch.Action == diff.Delete:
		return b.deleted(o, was)
	case ch.Action == diff.Replace:
		return b.replaced(o, ch, was, wanted)
	}
	return b.updated(o, ch, was, wanted)
}

// created takes back a create: what the run made goes, with all that belongs to it.
func (b *back) created(o object, ch *document.Change, wanted *Object) error {
	b.closed[o] = true
	now := b.objects[ch.Address]
	if now == nil {
		return nil
	}
	ours, err := b.ours(ch, wanted, now)
	if err != nil || !ours {
		return err
	}
	strange, err := b.intruders(o)
	if err != nil || len(strange) > 0 {
		b.way.Stale = append(b.way.Stale, strange...)
		return err
	}
	b.way.Extract.Desired.Owns[o.kind] = append(b.way.Extract.Desired.Owns[o.kind], now.Key)
	return nil
}

// ours reports whether an object is the one that the run made, as it made it, and says when it is not.
func (b *back) ours(ch *document.Change, wanted *Object, now *kind.Object) (bool, error) {
	if made := b.made[ch.Address]; len(made) > 0 && !slices.Contains(made, now.ID) {
		b.stale(ch.Address, "is another one now")
		return false, nil
	}
	fields, err := b.missesNew(wanted, now)
	b.stale(ch.Address, "", fields...)
	return len(fields) == 0, err
}

// missesNew are the leaves in which an object that the run made is not as it is wanted, but for those that further requests
// write: the run may have ended before.
func (b *back) missesNew(wanted *Object, now *kind.Object) ([]diff.Field, error) {
	fields, err := b.Misses(wanted, now)
	return slices.DeleteFunc(fields, func(f diff.Field) bool { return kind.Of(now.Kind).Midway(f.Path) }), err
}

// deleted takes back a delete: the object is made again.
func (b *back) deleted(o object, was *Held) error {
	address := o.kind + "/" + o.key
	if now := b.objects[address]; now != nil {
		as, err := b.remade(was, now)
		switch {
		case err != nil:
			return err
		case as == another:
			b.stale(address, "exists again, as another one")
			b.closed[o] = true
		case as == inPart:
			return b.again(o, was)
		}
		return nil
	}
	if b.former[o] != o {
		b.lose(address, "", "it was left behind by a replace that was interrupted before")
		b.closed[o] = true
		return nil
	}
	return b.again(o, was)
}

// madeAgain is what stands in place of an object or part that the run took away.
type madeAgain int

const (
	whole   madeAgain = iota // itself, or one that an undo before this one made again
	inPart                   // one that such an undo had only begun to make
	another                  // one that somebody else made
)

// remade tells what an object is that exists though the run took it away.
func (b *back) remade(was *Held, now *kind.Object) (madeAgain, error) {
	k := kind.Of(now.Kind)
	departs, err := b.Departs(was, now)
	departs = slices.DeleteFunc(departs, func(f diff.Field) bool { return slices.Contains(k.Makes, f.Path) })
	switch {
	case err != nil || now.ID == was.ID || len(departs) == 0:
		return whole, err
	case k.Untouched(now) || !slices.ContainsFunc(departs, func(f diff.Field) bool { return !k.Midway(f.Path) }):
		return inPart, nil
	}
	return another, nil
}

// again wants an object made again.
func (b *back) again(o object, was *Held) error { return b.againAs(o, was, was.Key) }

// againAs is the same for one that the run gave another name: what an undo before this one made of it goes by that, until it
// is finished.
func (b *back) againAs(o object, was *Held, renamed string) error {
	d, err := b.anew(was)
	if err != nil || d == nil {
		b.closed[o] = true
		return err
	}
	if renamed != was.Key {
		d.MovedFrom = renamed
	}
	b.want(o, *d)
	return nil
}

// updated takes back an update.
func (b *back) updated(o object, ch *document.Change, was *Held, wanted *Object) error {
	now := b.withID(o, was.ID)
	if now == nil {
		b.closed[o] = true
		b.stale(ch.Address, b.instead(o))
		return nil
	}
	departs, added, err := b.departs(ch, was, wanted, now)
	if err != nil {
		return err
	}
	misses, err := b.Misses(wanted, b.ledOn(now))
	if err != nil {
		return err
	}
	foreign := strange(kind.Of(o.kind), misses, departs)
	switch {
	case len(foreign) > 0:
		b.stale(ch.Address, "", foreign...)
		return nil
	case len(departs) == 0 && !b.leadsToReplaced(now):
		b.unrestored(ch, was, wanted)
		return nil
	}
	return b.restore(o, ch, was, wanted, now, added)
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
func (b *back) departs(ch *document.Change, was *Held, wanted *Object, now *kind.Object) (departs []diff.Field, added []string, err error) {
	departs, err = b.Departs(was, now)
	if err != nil {
		return nil, nil, err
	}
	whole, err := b.DepartsWhole(was, now)
	for _, f := range whole {
		switch {
		case slices.ContainsFunc(departs, func(k diff.Field) bool { return k.Path == f.Path }):
		case slices.ContainsFunc(ch.Fields, func(c document.Field) bool { return overlap(c.Path, f.Path) }), len(wanted.Origins(f.Path)) > 0:
			departs = append(departs, f)
		case f.After == nil:
			added = append(added, f.Path)
		}
	}
	return departs, added, err
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
func (b *back) replaced(o object, ch *document.Change, was *Held, wanted *Object) error {
	var mine *kind.Object
	for _, name := range b.names[o] {
		now := b.objects[o.kind+"/"+name]
		if now == nil || now.ID == was.ID {
			continue
		}
		if name == was.Key {
			as, err := b.remade(was, now)
			switch {
			case err != nil:
				return err
			case as == whole:
				continue
			case as == inPart:
				return b.again(o, was)
			}
		}
		ours, err := b.ours(ch, wanted, now)
		if err != nil || !ours {
			b.closed[o] = true
			return err
		}
		mine = now
	}
	switch there := b.objects[o.kind+"/"+was.Key]; {
	case there != nil && (mine == nil || there.ID != mine.ID):
		b.owner(o) // what the run made beside it goes
		return nil
	case mine == nil:
		return b.againAs(o, was, wanted.Key)
	}
	b.way.Extract.Carried[o.kind+"/"+was.Key] = true
	return b.restore(o, ch, was, wanted, mine, nil)
}

// withID is the object of a gateway's id, under one of its names.
func (b *back) withID(o object, id string) *kind.Object {
	for _, name := range b.names[o] {
		if now := b.objects[o.kind+"/"+name]; now != nil && now.ID == id {
			return now
		}
	}
	return nil
}

// instead says what there is in place of an object that is not there.
func (b *back) instead(o object) string {
	for _, name := range b.names[o] {
		if b.objects[o.kind+"/"+name] != nil {
			return "is another one now"
		}
	}
	return "is gone"
}

// intruders are what belongs to an object that the run made, and is not as the run made it.
func (b *back) intruders(o object) (out []Difference, err error) {
	for _, c := range b.affected {
		if c.owner != o {
			continue
		}
		for _, at := range targets(b.now[c]) {
			if l := b.now[c][at]; !b.asked(c, linkEnd(l)) {
				out = append(out, Difference{Address: l.Address(), Text: "is bound now"})
			}
		}
		claims, err := b.claim(c)
		if err != nil {
			return nil, err
		}
		for _, end := range slices.Sorted(maps.Keys(b.inside[c])) {
			if !claims.mine[end] {
				out = append(out, Difference{Address: b.inside[c][end].Address(), Text: "exists now"})
			}
		}
		out = append(out, claims.stale...)
	}
	return out, nil
}
