package planfile

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/report/document"
)

// object is an object without an owner, by its name before the run: it may have had other names since.
type object struct{ kind, key string }

// collection is the parts, or the links, of one kind that an object has.
type collection struct {
	owner object
	kind  string // of the parts or links
}

// recordIndex is a record with the indexes that an undo needs.
type recordIndex struct {
	*Record
	held        map[string]*Held            // the former state, by address
	wanted      map[string]*Object          // what the run wanted, by address
	changeOf    map[object]*document.Change // the change of an object without an owner
	partChanges map[string]*document.Change // the changes of parts, by address
	former      map[object]object           // the object that had a name at some time
	names       map[object][]string         // the names that an object may have had
	affected    []collection                // those in which the plan of the run changes something, in a fixed order
	isAffected  map[collection]bool         // the same
	requested   map[string]bool             // addresses that requests of the run were about
	made        map[string][]string         // ids of what the run made, by address
	bound       []kind.Link                 // the former links
	formerLinks map[collection]map[kind.UniqueID]*kind.Link
	boundEnds   map[string]bool                 // see findBoundEnds
	formerParts map[collection]map[string]*Held // the former parts, by the end of their addresses
}

func newIndex(r *Record) *recordIndex {
	s := &recordIndex{
		Record: r, held: map[string]*Held{}, wanted: map[string]*Object{}, changeOf: map[object]*document.Change{},
		partChanges: map[string]*document.Change{}, former: map[object]object{}, names: map[object][]string{}, bound: r.Bound(), isAffected: map[collection]bool{}, formerParts: map[collection]map[string]*Held{},
	}
	s.requested, s.made = r.requested()
	for i := range r.Saved.Held {
		s.held[r.Saved.Held[i].Address()] = &r.Saved.Held[i]
	}
	for i := range r.Saved.Objects {
		s.wanted[r.Saved.Objects[i].Address()] = &r.Saved.Objects[i]
	}
	for i := range r.Changes {
		s.noteNames(&r.Changes[i])
	}
	for i := range r.Changes {
		s.noteChange(&r.Changes[i])
	}
	s.formerLinks, s.boundEnds = s.groupLinks(s.bound), s.findBoundEnds()
	for i := range s.bound {
		k := kind.LinkOf(s.bound[i].Kind)
		s.noteCollection(s.objectNamed(k.Owner, s.bound[i].Owner), k.Name)
	}
	for i := range r.Saved.Held {
		h := &r.Saved.Held[i]
		if h.Owner == "" {
			continue
		}
		c := collection{s.objectNamed(kind.Of(h.Kind).Owner, h.Owner), h.Kind}
		s.noteCollection(c.owner, c.kind)
		if s.formerParts[c] == nil {
			s.formerParts[c] = map[string]*Held{}
		}
		s.formerParts[c][strings.TrimPrefix(h.Key, h.Owner)] = h
	}
	return s
}

// changedObjects returns the objects without an owner that the plan of the run changes, sorted by the addresses of the
// changes.
func (s *recordIndex) changedObjects() []object {
	return slices.SortedFunc(maps.Keys(s.changeOf), func(x, y object) int {
		return strings.Compare(s.changeOf[x].Address, s.changeOf[y].Address)
	})
}

// groupLinks groups links by their owner, whichever of its names they use.
func (s *recordIndex) groupLinks(links []kind.Link) map[collection]map[kind.UniqueID]*kind.Link {
	out := map[collection]map[kind.UniqueID]*kind.Link{}
	for i := range links {
		l := &links[i]
		c := collection{s.objectNamed(kind.LinkOf(l.Kind).Owner, l.Owner), l.Kind}
		if out[c] == nil {
			out[c] = map[kind.UniqueID]*kind.Link{}
		}
		out[c][l.To.UniqueID()] = l
	}
	return out
}

// linkEnd returns the part of a link's address that follows the name of its owner.
func linkEnd(l *kind.Link) string { return strings.TrimPrefix(l.Address(), l.Kind+"/"+l.Owner) }

// noteNames notes the names that an object may have had during the run.
func (s *recordIndex) noteNames(ch *document.Change) {
	k := kind.Of(ch.Kind)
	if k == nil || k.Owner != "" {
		return
	}
	_, key, _ := strings.Cut(ch.Address, "/")
	keys := []string{key}
	if w := s.wanted[ch.Address]; w != nil && w.MovedFrom != "" && s.held[ch.Address] == nil { // otherwise the old name belongs to another object
		keys = append(keys, w.MovedFrom)
	}
	keys = append(keys, s.successorNames(k, ch, keys)...)
	o := object{k.Name, key}
	for _, key := range keys {
		if ch.Action != diff.Create && s.held[k.Name+"/"+key] != nil {
			o.key = key
			break
		}
	}
	s.changeOf[o], s.names[o] = ch, keys
	for _, key := range keys {
		s.former[object{k.Name, key}] = o
	}
}

// successorNames returns the temporary names that successors of an object may have: the one of this run, and those that an
// earlier, interrupted replace left. Leftovers that the run deletes are not among them, because they have a change of
// their own.
func (s *recordIndex) successorNames(k *kind.Kind, ch *document.Change, keys []string) (out []string) {
	if ch.Via != "" {
		out = append(out, ch.Via)
	}
	for address, h := range s.held {
		o := &kind.Object{Kind: h.Kind, Key: h.Key}
		if _, ok := k.SucceedsAny(o); !ok || h.Kind != k.Name || h.Key == ch.Via || s.deletes(address) {
			continue
		}
		if o.Value = h.WithoutSecrets(); o.Value != nil && slices.ContainsFunc(keys, func(key string) bool { return k.Succeeds(o, key) }) {
			out = append(out, h.Key)
		}
	}
	return out
}

// deletes reports whether the plan of the run deletes exactly this object.
func (s *recordIndex) deletes(address string) bool {
	return slices.ContainsFunc(s.Changes, func(ch document.Change) bool { return ch.Address == address && ch.Action == diff.Delete })
}

// objectNamed returns the object that had this name at some time during the run.
func (s *recordIndex) objectNamed(kindName, key string) object {
	o := object{kindName, key}
	if was, ok := s.former[o]; ok {
		return was
	}
	if s.names[o] == nil {
		s.names[o] = []string{key}
	}
	return o
}

// noteChange notes the collections that a change affects.
func (s *recordIndex) noteChange(ch *document.Change) {
	k, link := kind.Of(ch.Kind), kind.LinkOf(ch.Kind)
	switch {
	case link != nil:
		s.noteCollection(s.objectNamed(link.Owner, ch.Name), link.Name)
	case k.Owner != "":
		s.noteCollection(s.objectNamed(k.Owner, ch.Name), k.Name)
		s.partChanges[ch.Address] = ch
	case ch.Action != diff.Update:
		_, key, _ := strings.Cut(ch.Address, "/")
		o := s.objectNamed(k.Name, key)
		for _, part := range kind.Parts(k.Name) {
			s.noteCollection(o, part.Name)
		}
		for _, l := range kind.LinksFrom(k.Name) {
			s.noteCollection(o, l.Name)
		}
	}
}

func (s *recordIndex) noteCollection(owner object, kindName string) {
	if c := (collection{owner, kindName}); !s.isAffected[c] {
		s.isAffected[c], s.affected = true, append(s.affected, c)
	}
}

// wasRequested reports whether a request of the run was about a link or part; rest is its address after the name of its owner.
func (s *recordIndex) wasRequested(c collection, rest string) bool {
	return slices.ContainsFunc(s.names[c.owner], func(name string) bool { return s.requested[c.kind+"/"+name+rest] })
}

// partChange returns the change of a part, nil if there is none.
func (s *recordIndex) partChange(c collection, rest string) *document.Change {
	for _, name := range s.names[c.owner] {
		if ch := s.partChanges[c.kind+"/"+name+rest]; ch != nil {
			return ch
		}
	}
	return nil
}

// removed reports whether the run tried to delete or replace an object, so that its parts and links may be gone.
func (s *recordIndex) removed(o object) bool {
	ch := s.changeOf[o]
	return ch != nil && (ch.Action == diff.Delete || ch.Action == diff.Replace) && s.requested[ch.Address]
}

// findBoundEnds finds the links that the run made, by kind and end of the address. Each of them may have displaced a
// link that was in the same slot before.
func (s *recordIndex) findBoundEnds() map[string]bool {
	out := map[string]bool{}
	for _, step := range s.Saved.Steps {
		if step.Op != string(diff.OpBind) {
			continue
		}
		for _, item := range step.Items {
			owner := step.Kind + "/" + s.Changes[item.Change].Name
			if at, ok := strings.CutPrefix(item.Link, owner); ok && s.requested[item.Link] && !item.Displaced {
				out[step.Kind+" "+at] = true
			}
		}
	}
	return out
}

// Probe returns what must be read from the gateway before Back can find how to take the run back.
func (r *Record) Probe() *diff.Extract {
	s := newIndex(r)
	e := newExtract()
	e.Actual.Links = slices.Concat(s.bound, r.Wanted()) // so that the names of APIs are known
	manages := map[object][]string{}
	for o := range s.changeOf {
		manages[o] = nil
	}
	for _, c := range s.affected {
		manages[c.owner] = append(manages[c.owner], c.kind)
	}
	for _, o := range slices.SortedFunc(maps.Keys(manages), byName) {
		for _, name := range s.names[o] {
			d := anchor(o.kind, name)
			d.Manages = manages[o]
			e.Anchors[d.Address()] = true
			e.Desired.Objects = append(e.Desired.Objects, d)
		}
	}
	for _, h := range s.held {
		if v := h.WithoutSecrets(); v != nil {
			e.AddReferences(h.Kind, v)
		}
	}
	return e
}

func byName(x, y object) int {
	return cmp.Or(strings.Compare(x.kind, y.kind), strings.Compare(x.key, y.key))
}

func newExtract() *diff.Extract {
	return &diff.Extract{
		Anchors: map[string]bool{}, Carried: map[string]bool{}, Context: map[string]bool{},
		Desired: kind.Desired{Owns: map[string][]string{}},
	}
}

func anchor(kindName, key string) kind.Declared {
	return kind.Declared{Object: kind.Object{Kind: kindName, Key: key, Bound: kind.Unknown}}
}
