package planfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// claims holds which of the new parts of a collection the run made.
type claims struct {
	mine  map[string]bool // by the end of the address
	stale []Difference
}

// claim finds which of the new parts of a collection the run made. Parts with generated values, such as the codes of an
// app, have no name, so they are recognised by the ids in the gateway's answers. Some answers may be missing. Then the
// parts that nothing else explains count as made by the run if there are no more of them than missing answers;
// otherwise it is not known which of them the run made, so all of them are stale.
func (b *back) claim(c collection) (out claims) {
	out.mine = map[string]bool{}
	made, unanswered := map[string]bool{}, 0
	for _, ch := range b.parts {
		_, key, _ := strings.Cut(ch.Address, "/")
		if ch.Kind != c.kind || !b.reached[ch.Address] || !kind.Nameless(key) || b.before(c.owner.kind, ch.Name) != c.owner {
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
	for _, end := range slices.Sorted(maps.Keys(b.inside[c])) {
		now, ch := b.inside[c][end], b.part(c, end)
		came, ownWay := b.cameAlong(ch, now)
		switch {
		case b.inner[c][end] != nil:
		case ownWay:
			if out.mine[end] = came; !came {
				out.stale = append(out.stale, Difference{Address: now.Address(), Text: "differs from what was created with " + now.OwnerAddress()})
			}
		case made[now.ID] && now.ID != "":
			out.mine[end] = true
		case ch == nil:
			rest = append(rest, end)
		case ch.Action == diff.Create && b.reached[ch.Address]:
			fields := b.missesNew(b.wanted[ch.Address], now)
			if another := len(b.made[ch.Address]) > 0 && !slices.Contains(b.made[ch.Address], now.ID); another {
				out.stale = append(out.stale, Difference{Address: now.Address(), Text: "is another one now"})
			} else if len(fields) > 0 {
				out.stale = append(out.stale, differences(now.Address(), fields)...)
			} else {
				out.mine[end] = true
			}
		}
	}
	for _, end := range rest {
		if len(rest) <= unanswered {
			out.mine[end] = true
		} else if unanswered > 0 {
			out.stale = append(out.stale, Difference{Address: b.inside[c][end].Address(), Text: "cannot be told apart from what the run made"})
		}
	}
	return out
}

// cameAlong reports, as comes, whether a part is one that the gateway creates together with its owner, and, as as,
// whether the part is unchanged since then or as the run left it.
func (b *back) cameAlong(ch *document.Change, now *kind.Object) (as, comes bool) {
	k := kind.Of(now.Kind)
	if !k.Stays(now) {
		return false, false
	}
	if ch != nil && b.reached[ch.Address] && b.wanted[ch.Address] != nil {
		if len(b.Misses(b.wanted[ch.Address], now)) == 0 {
			return true, true
		}
	}
	return k.Untouched(now), true
}

// restoreParts restores the parts of an object, as far as the run changed them.
func (b *back) restoreParts(c collection, k *kind.Kind) {
	claims := b.claim(c)
	b.way.Stale = append(b.way.Stale, claims.stale...)
	var list []kind.Declared // by the end of the key
	differs := false
	for _, end := range slices.Sorted(maps.Keys(b.inside[c])) {
		if claims.mine[end] {
			differs = true
			continue
		}
		v := b.partBefore(c, end) // nil for a part that stays as it is
		differs = differs || v != nil
		list = append(list, kind.Declared{Object: kind.Object{Kind: k.Name, Key: end, Value: v}})
	}
	for _, end := range slices.Sorted(maps.Keys(b.inner[c])) {
		was := b.inner[c][end]
		if b.inside[c][end] != nil || !b.taken(c, end, was) {
			continue
		}
		if len(was.Secrets) > 0 {
			b.lose(was.Address(), "", lostPart)
			continue
		}
		differs = true
		list = append(list, kind.Declared{Object: kind.Object{Kind: k.Name, Key: end, Value: was.Bare()}})
	}
	if differs || b.removed(c.owner) {
		b.wantParts(c, k, list)
	}
}

// wantParts sets the parts that an object must have, and no others.
func (b *back) wantParts(c collection, k *kind.Kind, list []kind.Declared) {
	owner := b.owner(c.owner)
	if owner == nil {
		return
	}
	owner.Manages = append(owner.Manages, k.Name)
	e := b.way.Extract
	for _, d := range list {
		stays := d.Value == nil
		if stays {
			d.Value = b.inside[c][d.Key].Value
		}
		d.Owner, d.Key, d.Bound = owner.Key, owner.Key+d.Key, kind.Unknown
		if d.Object = k.Recalled(d.Object, b.finally); stays {
			d.Value, e.Anchors[d.Address()] = nil, true
		} else {
			context(e, k, d.Value)
		}
		e.Desired.Objects = append(e.Desired.Objects, d)
	}
}

// partBefore returns the former value of a part if it must be restored: because the run changed it and it is still as
// the run left it, or because the run removed it and an earlier undo only began to create it again. It returns nil for
// other parts.
func (b *back) partBefore(c collection, end string) any {
	was, now, ch := b.inner[c][end], b.inside[c][end], b.part(c, end)
	switch {
	case was == nil || !b.taken(c, end, was):
		return nil
	case ch == nil || !b.reached[ch.Address] || ch.Action != diff.Update:
		return b.partAgain(was, now)
	}
	departs := b.Departs(was, now)
	if len(departs) == 0 {
		return nil
	}
	if foreign := strange(kind.Of(c.kind), b.Misses(b.wanted[ch.Address], now), departs); len(foreign) > 0 {
		b.stale(now.Address(), "", foreign...)
		return nil
	}
	return was.Bare()
}

// partAgain returns the former value of a part that the run removed, or nil if the part already exists again.
func (b *back) partAgain(was *Held, now *kind.Object) any {
	switch as := b.remade(was, now); {
	case as == whole:
	case as == another:
		b.stale(now.Address(), "exists again, as another one")
	case len(was.Secrets) > 0:
		b.lose(was.Address(), "", lostPart)
	default:
		return was.Bare()
	}
	return nil
}

// taken reports whether the run removed a part: by itself, with its owner, or with an object to which it refers.
func (b *back) taken(c collection, end string, was *Held) bool {
	if ch := b.part(c, end); ch != nil && b.reached[ch.Address] || b.removed(c.owner) {
		return true
	}
	return slices.ContainsFunc(kind.Of(was.Kind).Refs(was.Bare()), func(ref kind.Ref) bool {
		return b.removed(b.before(ref.Kind, ref.Key))
	})
}
