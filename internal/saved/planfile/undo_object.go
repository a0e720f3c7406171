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
func (b *undoState) object(o object, ch *document.Change) {
	was, wanted := b.held[o.kind+"/"+o.key], b.wanted[ch.Address]
	switch {
	case !b.requested[ch.Address]:
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
func (b *undoState) created(o object, ch *document.Change, wanted *Object) {
	b.skipInside[o] = true
	now := b.objects[ch.Address]
	if now == nil || !b.isFromRun(ch, wanted, now) {
		return
	}
	if foreign := b.notFromRun(o); len(foreign) > 0 {
		b.result.Stale = append(b.result.Stale, foreign...)
		return
	}
	b.result.Extract.Desired.Owns[o.kind] = append(b.result.Extract.Desired.Owns[o.kind], now.Key)
}

// isFromRun reports whether an object is the one that the run made, unchanged; if not, it notes that as stale.
func (b *undoState) isFromRun(ch *document.Change, wanted *Object, now *kind.Object) bool {
	if made := b.made[ch.Address]; len(made) > 0 && !slices.Contains(made, now.ID) {
		b.addStale(ch.Address, "is another one now")
		return false
	}
	fields := b.diffCreated(wanted, now)
	b.addStale(ch.Address, "", fields...)
	return len(fields) == 0
}

// diffCreated returns the leaves in which an object that the run made differs from the wanted state. It leaves out those
// that later requests write, because the run may have ended before these requests.
func (b *undoState) diffCreated(wanted *Object, now *kind.Object) []diff.Field {
	return slices.DeleteFunc(b.DiffWanted(wanted, now), func(f diff.Field) bool { return kind.Of(now.Kind).SetAfterCreate(f.Path) })
}

// deleted takes back a delete: the object is created again.
func (b *undoState) deleted(o object, was *Held) {
	address := o.kind + "/" + o.key
	if now := b.objects[address]; now != nil {
		switch b.compareRecreated(was, now) {
		case another:
			b.addStale(address, "exists again, as another one")
			b.skipInside[o] = true
		case partial:
			b.recreate(o, was, was.Key)
		case complete:
		}
		return
	}
	if b.former[o] != o {
		b.addLoss(address, "", "it was left over from an earlier replace that was interrupted")
		b.skipInside[o] = true
		return
	}
	b.recreate(o, was, was.Key)
}

// recreation says which object or part exists now under the name of one that the run removed.
type recreation int

const (
	complete recreation = iota // the original, or a complete one from an earlier undo
	partial                    // one that an earlier undo only began to create
	another                    // one that somebody else created
)

// compareRecreated returns what an object is that exists although the run removed it.
func (b *undoState) compareRecreated(was *Held, now *kind.Object) recreation {
	k := kind.Of(now.Kind)
	differs := slices.DeleteFunc(b.DiffFormer(was, now), func(f diff.Field) bool { return slices.Contains(k.Generated, f.Path) })
	switch {
	case now.ID == was.ID || len(differs) == 0:
		return complete
	case k.Untouched(now) || !slices.ContainsFunc(differs, func(f diff.Field) bool { return !k.SetAfterCreate(f.Path) }):
		return partial
	}
	return another
}

// recreate creates an object again. If the run renamed the object, an earlier, interrupted undo may have left it under the
// new name.
func (b *undoState) recreate(o object, was *Held, renamed string) {
	d := b.recreated(was)
	if d == nil {
		b.skipInside[o] = true
		return
	}
	if renamed != was.Key {
		d.MovedFrom = renamed
	}
	b.addWanted(o, *d)
}

// updated takes back an update.
func (b *undoState) updated(o object, ch *document.Change, was *Held, wanted *Object) {
	var now *kind.Object
	gone := "is gone"
	for there := range b.present(o) {
		if there.ID == was.ID {
			now = there
			break
		}
		gone = "is another one now"
	}
	if now == nil {
		b.skipInside[o] = true
		b.addStale(ch.Address, gone)
		return
	}
	differs, added := b.differs(ch, was, wanted, now)
	foreign := unexpected(kind.Of(o.kind), b.DiffWanted(wanted, b.withFinalNames(now)), differs)
	switch {
	case len(foreign) > 0:
		b.addStale(ch.Address, "", foreign...)
	case len(differs) == 0 && !b.refersToReplaced(now):
		b.noteUnrestored(ch, was, wanted)
	default:
		b.restore(o, ch, was, wanted, now, added)
	}
}

// withFinalNames returns an object in which references to the temporary name of a successor are replaced by its final name: the
// run changed the references to the successor, and may have ended before it renamed the successor.
func (b *undoState) withFinalNames(o *kind.Object) *kind.Object {
	led := kind.Of(o.Kind).Renamed(*o, func(kindName, key string) string {
		if ch := b.changeOf[b.objectNamed(kindName, key)]; ch != nil && ch.Action == diff.Replace && ch.Via == key {
			return strings.TrimPrefix(ch.Address, kindName+"/")
		}
		return ""
	})
	return &led
}

// refersToReplaced reports whether an object refers to one that the run replaced. When that one is replaced back, the reference
// must be updated, even if nothing else of the object has to be taken back.
func (b *undoState) refersToReplaced(o *kind.Object) bool {
	return slices.ContainsFunc(kind.Of(o.Kind).Refs(o.Value), func(ref kind.Ref) bool {
		ch := b.changeOf[b.objectNamed(ref.Kind, ref.Key)]
		return ch != nil && ch.Action == diff.Replace && b.requested[ch.Address]
	})
}

// diffFormer returns the leaves in which an object differs from its former state: those that this version of the tool
// knows, and those that the run wrote. Added are JSON pointers to other new leaves, which stay, because the gateway or
// somebody else added them.
func (b *undoState) differs(ch *document.Change, was *Held, wanted *Object, now *kind.Object) (differs []diff.Field, added []string) {
	differs = b.DiffFormer(was, now)
	for _, f := range b.DiffFormerExplicit(was, now) {
		switch {
		case slices.ContainsFunc(differs, func(k diff.Field) bool { return k.Path == f.Path }):
		case slices.ContainsFunc(ch.Fields, func(c document.Field) bool { return overlap(c.Path, f.Path) }), len(wanted.Origins(f.Path)) > 0:
			differs = append(differs, f)
		case f.After == nil:
			added = append(added, f.Path)
		}
	}
	return differs, added
}

// unexpected returns the leaves in which an object is neither as it was nor as it is wanted. It leaves out missing leaves
// that later requests write, because the run may have ended before these requests.
func unexpected(k *kind.Kind, wanted, former []diff.Field) []diff.Field {
	return slices.DeleteFunc(inBoth(wanted, former), func(f diff.Field) bool {
		return k.SetAfterCreate(f.Path) && (f.Before == nil || f.Before == false)
	})
}

// inBoth returns the leaves of a that are also in b. The index of a leaf in a list does not matter.
func inBoth(a, b []diff.Field) (out []diff.Field) {
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
func (b *undoState) replaced(o object, ch *document.Change, was *Held, wanted *Object) {
	var successor *kind.Object
	for now := range b.present(o) {
		if now.ID == was.ID {
			continue
		}
		if now.Key == was.Key {
			as := b.compareRecreated(was, now)
			if as == complete {
				continue
			}
			if as == partial {
				b.recreate(o, was, was.Key)
				return
			}
		}
		if !b.isFromRun(ch, wanted, now) {
			b.skipInside[o] = true
			return
		}
		successor = now
	}
	switch there := b.objects[o.kind+"/"+was.Key]; {
	case there != nil && (successor == nil || there.ID != successor.ID):
		b.owner(o) // the successor that the run made is deleted
	case successor == nil:
		b.recreate(o, was, wanted.Key)
	default:
		b.result.Extract.Carried[o.kind+"/"+was.Key] = true
		b.restore(o, ch, was, wanted, successor, nil)
	}
}

// notFromRun returns the parts and links of an object that the run made, except those that are as the run made them.
func (b *undoState) notFromRun(o object) (out []Difference) {
	for _, c := range b.affected {
		if c.owner != o {
			continue
		}
		for _, at := range targets(b.presentLinks[c]) {
			if l := b.presentLinks[c][at]; !b.wasRequested(c, linkEnd(l)) {
				out = append(out, Difference{Address: l.Address(), Text: "is bound now"})
			}
		}
		claims := b.findMade(c)
		for _, end := range slices.Sorted(maps.Keys(b.presentParts[c])) {
			if !claims.made[end] {
				out = append(out, Difference{Address: b.presentParts[c][end].Address(), Text: "exists now"})
			}
		}
		out = append(out, claims.stale...)
	}
	return out
}
