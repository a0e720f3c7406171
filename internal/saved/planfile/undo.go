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

// Undo is how a run is taken back.
type Undo struct {
	Extract *diff.Extract // the state to restore; its Plan is not made yet
	Losses  []diff.Loss   // what cannot be brought back
	Stale   []Difference  // what is neither as before the run nor as the run left it, and is not changed
}

// Undo finds how to take the run back, given the current state of what Probe returns. Each object, part and binding is
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
func (r *Record) Undo(now kind.Actual, reveal Reveal) (*Undo, error) {
	b := &undoState{
		recordIndex: newIndex(r), reveal: reveal, result: &Undo{Extract: newExtract()}, objects: map[string]*kind.Object{},
		position: map[object]int{}, skipInside: map[object]bool{},
	}
	b.index(b.withRecordedNames(now))
	for _, o := range b.changedObjects() {
		b.object(o, b.changeOf[o])
	}
	for _, c := range b.affected {
		if b.skipInside[c.owner] {
			continue
		}
		if link := kind.LinkOf(c.kind); link != nil {
			b.restoreLinks(c, link)
		} else {
			b.restoreParts(c, kind.Of(c.kind))
		}
	}
	b.dropLostReferences()
	if err := errors.Join(b.failed...); err != nil {
		return nil, err
	}
	e := b.result.Extract
	e.Actual = e.Relevant(diff.Renamed(b.withRecordedNames(now), b.nameAfterUndo))
	e.UnifyAPIs()
	slices.SortStableFunc(b.result.Stale, func(x, y Difference) int { return strings.Compare(x.Address, y.Address) })
	b.result.Losses = sortedLosses(b.result.Losses)
	return b.result, nil
}

func sortedLosses(list []diff.Loss) []diff.Loss {
	slices.SortFunc(list, func(x, y diff.Loss) int {
		return cmp.Or(strings.Compare(x.Address, y.Address), strings.Compare(x.Path, y.Path))
	})
	return list
}

// undoState is what Record.Undo works with.
type undoState struct {
	*recordIndex
	reveal       Reveal
	result       *Undo
	objects      map[string]*kind.Object // the present objects, by address
	presentParts map[collection]map[string]*kind.Object
	presentLinks map[collection]map[kind.UniqueID]*kind.Link
	position     map[object]int  // index of a restored object in Extract.Desired.Objects
	skipInside   map[object]bool // objects whose parts and links are not restored: they stay as they are, or are deleted with the object
	failed       []error         // missing secrets, and values that cannot be put together
}

// present yields the current objects that have one of the names that an object may have had.
func (b *undoState) present(o object) iter.Seq[*kind.Object] {
	return func(yield func(*kind.Object) bool) {
		for _, name := range b.names[o] {
			if now := b.objects[o.kind+"/"+name]; now != nil && !yield(now) {
				return
			}
		}
	}
}

// unpack returns the value that a tree stands for.
func (b *undoState) unpack(k *kind.Kind, address string, tree map[string]any) any {
	v, err := k.Unpack(tree)
	if err != nil {
		b.failed = append(b.failed, fmt.Errorf("%s: %w", address, err))
	}
	return v
}

func (b *undoState) index(now kind.Actual) {
	b.presentParts = map[collection]map[string]*kind.Object{}
	for i := range now.Objects {
		o := &now.Objects[i]
		b.objects[o.Address()] = o
		if o.Owner == "" {
			continue
		}
		c := collection{b.objectNamed(kind.Of(o.Kind).Owner, o.Owner), o.Kind}
		if b.presentParts[c] == nil {
			b.presentParts[c] = map[string]*kind.Object{}
		}
		b.presentParts[c][strings.TrimPrefix(o.Key, o.Owner)] = o
	}
	b.presentLinks = b.groupLinks(now.Links)
}

func (b *undoState) addStale(address, text string, fields ...diff.Field) {
	if text != "" {
		b.result.Stale = append(b.result.Stale, Difference{Address: address, Text: text})
	}
	b.result.Stale = append(b.result.Stale, differences(address, fields)...)
}

// differences swaps the sides of leaves, so that the wanted state comes first.
func differences(address string, fields []diff.Field) (out []Difference) {
	for _, f := range fields {
		f.Before, f.After = f.After, f.Before
		out = append(out, Difference{Address: address, Field: &f})
	}
	return out
}

func (b *undoState) addLoss(address, path, reason string) {
	b.result.Losses = append(b.result.Losses, diff.Loss{Address: address, Path: path, Reason: reason})
}

func (b *undoState) addWanted(o object, d kind.Declared) {
	e := b.result.Extract
	b.position[o] = len(e.Desired.Objects)
	e.Desired.Objects = append(e.Desired.Objects, d)
	if d.Value != nil {
		e.AddReferences(o.kind, d.Value)
	}
}

// owner returns the wanted object to which restored parts and links are added: the restored object, or else the current
// one; nil if there is none.
func (b *undoState) owner(o object) *kind.Declared {
	e := b.result.Extract
	if at, ok := b.position[o]; ok {
		return &e.Desired.Objects[at]
	}
	for now := range b.present(o) {
		d := anchor(o.kind, now.Key)
		e.Anchors[d.Address()] = true
		b.addWanted(o, d)
		return b.owner(o)
	}
	return nil
}

// restoreLinks restores the bindings of an object, as far as the run changed them.
func (b *undoState) restoreLinks(c collection, k *kind.LinkKind) {
	was, is := b.formerLinks[c], b.presentLinks[c]
	var keep []*kind.Link
	differs := false
	for _, at := range targets(is) {
		l := is[at]
		if was[at] == nil && b.wasRequested(c, linkEnd(l)) {
			differs = true
			continue
		}
		keep = append(keep, l)
	}
	for _, at := range targets(was) {
		l := was[at]
		targetRemoved := b.removed(b.objectNamed(l.To.Kind, l.To.Key()))
		if is[at] == nil && (targetRemoved || b.wasRequested(c, linkEnd(l)) || b.removed(c.owner) || b.boundEnds[k.Name+" "+linkEnd(l)]) {
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
		d.Owner, d.ID, d.OwnerID, d.To = owner.Key, "", "", b.target(d.To).Renamed(b.nameAfterUndo)
		b.result.Extract.Desired.Links = append(b.result.Extract.Desired.Links, kind.DeclaredLink{Link: d})
	}
}

// target returns the target of a link with the name that it will have after the undo and, if it exists, its current id.
func (b *undoState) target(to *kind.Target) *kind.Target {
	o, out := b.objectNamed(to.Kind, to.Key()), *to
	for now := range b.present(o) {
		out.Name, out.ID = now.Key, now.ID
	}
	if at, changes := b.position[o]; changes {
		out.Name = b.result.Extract.Desired.Objects[at].Key
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
