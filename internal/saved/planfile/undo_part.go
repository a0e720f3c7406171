package planfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// madeParts holds which of the new parts of a collection the run made.
type madeParts struct {
	made  map[string]bool // by the end of the address
	stale []Difference
}

// findMade finds which of the new parts of a collection the run made. Parts with generated values, such as the codes of an
// app, have no name, so they are recognised by the ids in the gateway's answers. Some answers may be missing. Then the
// parts that nothing else explains count as made by the run if there are no more of them than missing answers;
// otherwise it is not known which of them the run made, so all of them are stale.
func (b *undoState) findMade(c collection) (out madeParts) {
	out.made = map[string]bool{}
	made, unanswered := map[string]bool{}, 0
	for _, ch := range b.partChanges {
		_, key, _ := strings.Cut(ch.Address, "/")
		if ch.Kind != c.kind || !b.requested[ch.Address] || !kind.Nameless(key) || b.objectNamed(c.owner.kind, ch.Name) != c.owner {
			continue
		}
		if len(b.made[ch.Address]) == 0 {
			unanswered++
		}
		for _, id := range b.made[ch.Address] {
			made[id] = true
		}
	}
	var rest []string
	for _, end := range slices.Sorted(maps.Keys(b.presentParts[c])) {
		now, ch := b.presentParts[c][end], b.partChange(c, end)
		unchanged, ofOwner := b.createdWithOwner(ch, now)
		switch {
		case b.formerParts[c][end] != nil:
		case ofOwner:
			if out.made[end] = unchanged; !unchanged {
				out.stale = append(out.stale, Difference{Address: now.Address(), Text: "differs from what was created with " + now.OwnerAddress()})
			}
		case made[now.ID] && now.ID != "":
			out.made[end] = true
		case ch == nil:
			rest = append(rest, end)
		case ch.Action == diff.Create && b.requested[ch.Address]:
			fields := b.diffCreated(b.wanted[ch.Address], now)
			if another := len(b.made[ch.Address]) > 0 && !slices.Contains(b.made[ch.Address], now.ID); another {
				out.stale = append(out.stale, Difference{Address: now.Address(), Text: "is another one now"})
			} else if len(fields) > 0 {
				out.stale = append(out.stale, differences(now.Address(), fields)...)
			} else {
				out.made[end] = true
			}
		}
	}
	for _, end := range rest {
		if len(rest) <= unanswered {
			out.made[end] = true
		} else if unanswered > 0 {
			out.stale = append(out.stale, Difference{Address: b.presentParts[c][end].Address(), Text: "cannot be told apart from what the run made"})
		}
	}
	return out
}

// createdWithOwner reports whether a part is one that the gateway creates together with its owner, and whether the part is
// unchanged since then or as the run left it.
func (b *undoState) createdWithOwner(ch *document.Change, now *kind.Object) (unchanged, ofOwner bool) {
	k := kind.Of(now.Kind)
	if !k.IsBuiltIn(now) {
		return false, false
	}
	if ch != nil && b.requested[ch.Address] && b.wanted[ch.Address] != nil {
		if len(b.DiffWanted(b.wanted[ch.Address], now)) == 0 {
			return true, true
		}
	}
	return k.Untouched(now), true
}

// restoreParts restores the parts of an object, as far as the run changed them.
func (b *undoState) restoreParts(c collection, k *kind.Kind) {
	claims := b.findMade(c)
	b.result.Stale = append(b.result.Stale, claims.stale...)
	var list []kind.Declared // by the end of the key
	differs := false
	for _, end := range slices.Sorted(maps.Keys(b.presentParts[c])) {
		if claims.made[end] {
			differs = true
			continue
		}
		v := b.formerPart(c, end) // nil for a part that stays as it is
		differs = differs || v != nil
		list = append(list, kind.Declared{Object: kind.Object{Kind: k.Name, Key: end, Value: v}})
	}
	for _, end := range slices.Sorted(maps.Keys(b.formerParts[c])) {
		was := b.formerParts[c][end]
		if b.presentParts[c][end] != nil || !b.wasRemoved(c, end, was) {
			continue
		}
		if len(was.Secrets) > 0 {
			b.addLoss(was.Address(), "", lossPart)
			continue
		}
		b.noteUnreported(was)
		differs = true
		list = append(list, kind.Declared{Object: kind.Object{Kind: k.Name, Key: end, Value: was.WithoutSecrets()}})
	}
	if differs || b.removed(c.owner) {
		b.wantParts(c, k, list)
	}
}

// wantParts sets the parts that an object must have, and no others.
func (b *undoState) wantParts(c collection, k *kind.Kind, list []kind.Declared) {
	owner := b.owner(c.owner)
	if owner == nil {
		return
	}
	owner.Manages = append(owner.Manages, k.Name)
	e := b.result.Extract
	for _, d := range list {
		stays := d.Value == nil
		if stays {
			d.Value = b.presentParts[c][d.Key].Value
		}
		d.Owner, d.Key, d.Bound = owner.Key, owner.Key+d.Key, kind.Unknown
		if d.Object = k.Renamed(d.Object, b.nameAfterUndo); stays {
			d.Value, e.Anchors[d.Address()] = nil, true
		} else {
			e.AddReferences(k.Name, d.Value)
		}
		e.Desired.Objects = append(e.Desired.Objects, d)
	}
}

// formerPart returns the former value of a part if it must be restored: because the run changed it and it is still as
// the run left it, or because the run removed it and an earlier undo only began to create it again. It returns nil for
// other parts.
func (b *undoState) formerPart(c collection, end string) any {
	was, now, ch := b.formerParts[c][end], b.presentParts[c][end], b.partChange(c, end)
	switch {
	case was == nil || !b.wasRemoved(c, end, was):
		return nil
	case ch == nil || !b.requested[ch.Address] || ch.Action != diff.Update:
		return b.recreatePart(was, now)
	}
	differs := b.DiffFormer(was, now)
	if len(differs) == 0 {
		return nil
	}
	if foreign := unexpected(kind.Of(c.kind), b.DiffWanted(b.wanted[ch.Address], now), differs); len(foreign) > 0 {
		b.addStale(now.Address(), "", foreign...)
		return nil
	}
	return was.WithoutSecrets()
}

// recreatePart returns the former value of a part that the run removed, or nil if the part already exists again.
func (b *undoState) recreatePart(was *Held, now *kind.Object) any {
	switch as := b.compareRecreated(was, now); {
	case as == complete:
	case as == another:
		b.addStale(now.Address(), "exists again, as another one")
	case len(was.Secrets) > 0:
		b.addLoss(was.Address(), "", lossPart)
	default:
		return was.WithoutSecrets()
	}
	return nil
}

// wasRemoved reports whether the run removed a part: by itself, with its owner, or with an object to which it refers.
func (b *undoState) wasRemoved(c collection, end string, was *Held) bool {
	if ch := b.partChange(c, end); ch != nil && b.requested[ch.Address] || b.removed(c.owner) {
		return true
	}
	return slices.ContainsFunc(kind.Of(was.Kind).Refs(was.WithoutSecrets()), func(ref kind.Ref) bool {
		return b.removed(b.objectNamed(ref.Kind, ref.Key))
	})
}
