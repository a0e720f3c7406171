package planfile

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Way is how to take a run back.
type Way struct {
	Extract *diff.Extract // the state to restore; its Plan is not made yet
	Losses  []diff.Loss   // what cannot be brought back
	Stale   []Difference  // what is neither as before the run nor as the run left it, and is not changed
}

// Back finds how to take the run back, given the current state of what Probe returns. Each object, part and binding is
// handled separately:
//
//	state now            the run changed it   result
//	as before the run    yes or no            nothing to do
//	as the run wanted    yes                  it is changed back
//	anything else        yes                  it is stale
//	anything else        no                   it is left alone
//
// An object that the run made is deleted with its parts and links, so it is stale if any of these is not from the run. It is an
// error if a secret that is needed cannot be found.
func (r *Record) Back(now kind.Actual, reveal Reveal) (*Way, error) {
	b := &back{
		story: newStory(r), reveal: reveal, way: &Way{Extract: newExtract()}, objects: map[string]*kind.Object{},
		place: map[object]int{}, closed: map[object]bool{},
	}
	b.read(b.asRecorded(now))
	for _, o := range b.changed() {
		b.object(o, b.change[o])
	}
	for _, c := range b.affected {
		if b.closed[c.owner] {
			continue
		}
		if link := kind.LinkOf(c.kind); link != nil {
			b.restoreLinks(c, link)
		} else {
			b.restoreParts(c, kind.Of(c.kind))
		}
	}
	b.dropLost()
	if err := errors.Join(b.failed...); err != nil {
		return nil, err
	}
	e := b.way.Extract
	e.Actual = e.Relevant(diff.Renamed(b.asRecorded(now), b.finally))
	e.UnifyAPIs()
	slices.SortStableFunc(b.way.Stale, func(x, y Difference) int { return strings.Compare(x.Address, y.Address) })
	b.way.Losses = sortedLosses(b.way.Losses)
	return b.way, nil
}

func sortedLosses(list []diff.Loss) []diff.Loss {
	slices.SortFunc(list, func(x, y diff.Loss) int {
		return cmp.Or(strings.Compare(x.Address, y.Address), strings.Compare(x.Path, y.Path))
	})
	return list
}

// back holds the state of Back.
type back struct {
	*story
	reveal  Reveal
	way     *Way
	objects map[string]*kind.Object // the present objects, by address
	inside  map[collection]map[string]*kind.Object
	now     map[collection]map[kind.UniqueID]*kind.Link
	place   map[object]int  // index of a restored object in Extract.Desired.Objects
	closed  map[object]bool // objects whose parts and links are not restored: they stay as they are, or are deleted with the object
	failed  []error         // missing secrets, and values that cannot be put together
}

// there yields the current objects that have one of the names that an object may have had.
func (b *back) there(o object) iter.Seq[*kind.Object] {
	return func(yield func(*kind.Object) bool) {
		for _, name := range b.names[o] {
			if now := b.objects[o.kind+"/"+name]; now != nil && !yield(now) {
				return
			}
		}
	}
}

// unpacked returns the value that a tree stands for.
func (b *back) unpacked(k *kind.Kind, address string, tree map[string]any) any {
	v, err := k.Unpack(tree)
	if err != nil {
		b.failed = append(b.failed, fmt.Errorf("%s: %w", address, err))
	}
	return v
}

func (b *back) read(now kind.Actual) {
	b.inside = map[collection]map[string]*kind.Object{}
	for i := range now.Objects {
		o := &now.Objects[i]
		b.objects[o.Address()] = o
		if o.Owner == "" {
			continue
		}
		c := collection{b.before(kind.Of(o.Kind).Owner, o.Owner), o.Kind}
		if b.inside[c] == nil {
			b.inside[c] = map[string]*kind.Object{}
		}
		b.inside[c][strings.TrimPrefix(o.Key, o.Owner)] = o
	}
	b.now = b.sorted(now.Links)
}

func (b *back) stale(address, text string, fields ...diff.Field) {
	if text != "" {
		b.way.Stale = append(b.way.Stale, Difference{Address: address, Text: text})
	}
	b.way.Stale = append(b.way.Stale, differences(address, fields)...)
}

// differences swaps the sides of leaves, so that the wanted state comes first.
func differences(address string, fields []diff.Field) (out []Difference) {
	for _, f := range fields {
		f.Before, f.After = f.After, f.Before
		out = append(out, Difference{Address: address, Field: &f})
	}
	return out
}

func (b *back) lose(address, path, reason string) {
	b.way.Losses = append(b.way.Losses, diff.Loss{Address: address, Path: path, Reason: reason})
}

func (b *back) want(o object, d kind.Declared) {
	e := b.way.Extract
	b.place[o] = len(e.Desired.Objects)
	e.Desired.Objects = append(e.Desired.Objects, d)
	if d.Value != nil {
		context(e, kind.Of(o.kind), d.Value)
	}
}

// owner returns the wanted object to which restored parts and links are added: the restored object, or else the current
// one; nil if there is none.
func (b *back) owner(o object) *kind.Declared {
	e := b.way.Extract
	if at, ok := b.place[o]; ok {
		return &e.Desired.Objects[at]
	}
	for now := range b.there(o) {
		d := anchor(o.kind, now.Key)
		e.Anchors[d.Address()] = true
		b.want(o, d)
		return b.owner(o)
	}
	return nil
}

// restoreLinks restores the bindings of an object, as far as the run changed them.
func (b *back) restoreLinks(c collection, k *kind.LinkKind) {
	was, is := b.links[c], b.now[c]
	var keep []*kind.Link
	differs := false
	for _, at := range targets(is) {
		l := is[at]
		if was[at] == nil && b.asked(c, linkEnd(l)) {
			differs = true
			continue
		}
		keep = append(keep, l)
	}
	for _, at := range targets(was) {
		l := was[at]
		taken := b.removed(b.before(l.To.Kind, l.To.Key())) // together with its target
		if is[at] == nil && (taken || b.asked(c, linkEnd(l)) || b.removed(c.owner) || b.boundEnds[k.Name+" "+linkEnd(l)]) {
			differs = true
			keep = append(keep, l)
		}
	}
	if !differs && !b.removed(c.owner) {
		return
	}
	owner := b.owner(c.owner)
	if owner == nil {
		return
	}
	owner.Manages = append(owner.Manages, k.Name)
	for _, l := range keep {
		d := *l
		d.Owner, d.ID, d.OwnerID, d.To = owner.Key, "", "", b.target(d.To).Recalled(b.finally)
		b.way.Extract.Desired.Links = append(b.way.Extract.Desired.Links, kind.DeclaredLink{Link: d})
	}
}

// target returns the target of a link with the name that it will have after the undo and, if it exists, its current id.
func (b *back) target(to *kind.Target) *kind.Target {
	o, out := b.before(to.Kind, to.Key()), *to
	for now := range b.there(o) {
		out.Name, out.ID = now.Key, now.ID
	}
	if at, changes := b.place[o]; changes {
		out.Name = b.way.Extract.Desired.Objects[at].Key
		if b.objects[to.Kind+"/"+to.Key()] == nil && out.ID == to.ID {
			out.ID = "" // it is created again
		}
	}
	return &out
}

func targets(links map[kind.UniqueID]*kind.Link) []kind.UniqueID {
	return slices.SortedFunc(maps.Keys(links), func(x, y kind.UniqueID) int {
		return cmp.Or(strings.Compare(x.Key, y.Key), strings.Compare(x.Env, y.Env))
	})
}
