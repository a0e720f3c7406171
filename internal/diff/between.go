package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Read is a list that belongs to an object of the gateway and that must be read before the plan can be made.
type Read struct {
	Object kind.Object
	Part   *kind.Kind     // set for a list of the parts of Object
	Link   *kind.LinkKind // set for a list of the bindings of Object
}

// reads returns the lists of parts and links that the comparison of a kind's objects needs.
func (c *comparison) reads(k *kind.Kind) (out []Read) {
	links, parts := kind.LinksFrom(k.Name), kind.Parts(k.Name)
	for _, p := range c.pairs[k.Name] {
		if p.have == nil {
			continue
		}
		have, others := p.atPresentKey(), p.successors()
		carried := p.want != nil && (len(p.leftovers) > 0 || c.replacements[p.want.Address()] != nil)
		for _, link := range links {
			if have.Bound != 0 && (p.want == nil || p.want.ManagesKind(link.Name) || carried) {
				out = append(out, Read{Object: *have, Link: link})
			}
			for _, o := range others {
				if o.Bound != 0 {
					out = append(out, Read{Object: *o, Link: link})
				}
			}
		}
		for _, part := range parts {
			if have.MayHaveParts && (p.want == nil || p.want.ManagesKind(part.Name)) {
				out = append(out, Read{Object: *have, Part: part})
			}
		}
	}
	return out
}

// atPresentKey returns the gateway's object of a pair under the key that it has there now. If its owner is renamed, p.have
// already has the key that it will have after the rename.
func (p *pair) atPresentKey() *kind.Object {
	if p.presentKey == p.have.Key {
		return p.have
	}
	o := *p.have
	o.Key, o.Owner = p.presentKey, o.Parent.Key
	return &o
}

// successors returns the successors that interrupted replaces of the object left on the gateway.
func (p *pair) successors() []*kind.Object {
	if p.successor == nil {
		return p.leftovers
	}
	return append([]*kind.Object{p.successor}, p.leftovers...)
}

// comparison is one run of Between.
type comparison struct {
	options      Options
	want         kind.Desired
	have         kind.Actual
	plan         *Plan
	rules        Ignores
	pairs        map[string][]pair // by kind; owners are paired before their parts
	renamed      map[string]string // KIND/OLD to the new key
	haveKey      map[string]map[string]*kind.Object
	wantKey      map[string]map[string]*kind.Declared
	removing     map[string]bool         // addresses on the gateway of the objects that are deleted or replaced
	replacements map[string]*replacement // by the address of the declared object
	duplicates   map[string][]string     // address to the ids of further objects that the gateway has under the same name
	hidden       []string                // secrets that could not be compared
	unreported   []string                // other fields that could not be compared, since the gateway does not report them

	successors map[string][]*kind.Object // KIND/STEM to the undeclared objects that have the name of a successor
	leftoverOf map[string]string         // address of a leftover successor to the key of the declared object that it was to replace
	regained   map[string][]kind.Link    // address of a declared object to the links that it gets back from leftover successors

	level int    // depth of the kinds that are compared next; -1 when there are no more
	lists []Read // the lists that were requested so far
}

// pair is an object of the gateway and the declared object that it is compared with. One of the two may be nil.
type pair struct {
	have             *kind.Object // if its owner is renamed, it has the key that it will have after the rename
	want             *kind.Declared
	presentKey       string         // the present key of have on the gateway
	removedWithOwner bool           // have is removed together with its owner
	base             string         // the name from which names of successors of have are made
	successor        *kind.Object   // the existing successor that replaces have; nil when there is none yet
	leftovers        []*kind.Object // successors that interrupted replaces left and that are no longer needed
}

func newComparison(have kind.Actual, want kind.Desired, options Options) *comparison {
	c := &comparison{
		options: options, want: want, have: have, plan: &Plan{}, rules: NewIgnores(want.Ignore, options.Today),
		pairs: map[string][]pair{}, renamed: map[string]string{}, removing: map[string]bool{}, replacements: map[string]*replacement{}, duplicates: map[string][]string{},
		haveKey: map[string]map[string]*kind.Object{}, wantKey: map[string]map[string]*kind.Declared{},
		successors: map[string][]*kind.Object{}, leftoverOf: map[string]string{}, regained: map[string][]kind.Link{},
	}
	for _, k := range kind.All {
		c.haveKey[k.Name], c.wantKey[k.Name] = map[string]*kind.Object{}, map[string]*kind.Declared{}
	}
	for _, d := range pointers(want.Objects) {
		c.wantKey[d.Kind][d.Key] = d
	}
	c.index(0)
	// Objects that this run does not compare but that the files rename have their new names here, too.
	for i := range want.Objects {
		d := &want.Objects[i]
		if d.MovedFrom != "" && !options.Covers(kind.Of(d.Kind), d.Name()) && c.haveKey[d.Kind][d.Key] == nil {
			c.renamed[d.Kind+"/"+d.MovedFrom] = d.Key
		}
	}
	return c
}

// index adds the objects of the gateway, from a position on, to the maps that find them by key.
func (c *comparison) index(from int) {
	for i := range c.have.Objects[from:] {
		o := &c.have.Objects[from+i]
		if other := c.haveKey[o.Kind][o.Key]; other != nil && other.ID != o.ID && o.Owner == "" {
			c.duplicates[o.Address()] = append(c.duplicates[o.Address()], other.ID)
		}
		c.haveKey[o.Kind][o.Key] = o
		if stem, ok := kind.Of(o.Kind).SucceedsAny(o); ok && c.wantKey[o.Kind][o.Key] == nil {
			c.successors[o.Kind+"/"+stem] = append(c.successors[o.Kind+"/"+stem], o)
		}
	}
}

// pair finds the gateway's object for each declared object of a kind. Parts are matched by owner and key, other objects
// by name, by moved_from, and by the temporary names that interrupted replaces gave them.
func (c *comparison) pair(k *kind.Kind) (out []pair) {
	if k.Owner != "" {
		return c.pairParts(k)
	}
	taken := map[string]bool{}
	for _, w := range pointers(c.want.Objects) {
		if w.Kind != k.Name || !c.options.Covers(k, w.Key) {
			continue
		}
		p := c.match(k, w)
		p.leftovers = slices.DeleteFunc(p.leftovers, func(o *kind.Object) bool { return c.rules.Object(k.Name, o.Key) })
		for _, o := range p.leftovers {
			c.leftoverOf[o.Address()] = w.Key
		}
		for _, o := range append(p.successors(), p.have) {
			if o != nil {
				taken[o.Key] = true
			}
		}
		if p.have != nil {
			p.presentKey = p.have.Key
		}
		out = append(out, p)
	}
	for _, o := range pointers(c.have.Objects) {
		if o.Kind == k.Name && !k.AllExist && !taken[o.Key] && c.options.comparesObjects(k) && c.ownedUndeclared(k, o) && !k.IsBuiltIn(o) {
			if !c.options.Prune {
				c.plan.Extra = append(c.plan.Extra, Extra{Address: o.Address()})
				continue
			}
			out = append(out, pair{have: o, presentKey: o.Key})
		}
	}
	return out
}

// objects compares the objects of a kind and plans their changes.
func (c *comparison) objects(k *kind.Kind) {
	c.pairs[k.Name] = c.pair(k)
	if k.Owner != "" {
		c.compareParts(k)
		return
	}
	for _, p := range c.pairs[k.Name] {
		if p.want != nil && p.have != nil && p.have.Key != p.want.Key && c.options.comparesObjects(k) && !c.rules.Object(k.Name, p.want.Key) {
			c.renamed[p.have.Address()] = p.want.Key
		}
	}
	for _, p := range c.pairs[k.Name] {
		switch {
		case p.want == nil:
			c.removing[p.have.Address()] = true
			note := ""
			if names := namesOf(k, p.have, c.want.Owns[k.Name]); len(names) > 1 {
				note = leftoverNote(names[1])
			}
			c.remove(k, p.have, note)
		case c.rules.Object(k.Name, p.want.Key):
			c.plan.Ignored++
		case !c.options.comparesObjects(k): // only its parts or links are compared
		default:
			c.compare(k, p)
		}
	}
}

// compare plans the change of one declared object.
func (c *comparison) compare(k *kind.Kind, p pair) {
	w := p.want
	if p.have == nil && k.AllExist {
		unset := k.NeverSet(w.Key)
		p.have, p.presentKey = &unset, w.Key
	}
	change := Change{Address: w.Address(), Kind: k.Name, Name: w.Name(), Source: &w.Source, Want: w, Have: p.have}
	if p.have == nil {
		c.create(k, change)
		return
	}
	if p.have.Key != w.Key {
		if w.MovedFrom == p.have.Key {
			change.Note = "renamed from " + p.have.Key
		} else {
			change.Note = p.have.Key + ", which an interrupted replace left, takes its place"
		}
	}
	c.removeLeftovers(k, p)
	fields := append(leaves(k, k.ForComparison(w.Value, c.valueWithNewNames(k, p.have)), w.Value, true), c.hiddenSecrets(k, w, p.have)...)
	kept, ignored := c.rules.split(k.Name, w.Key, fields)
	c.checkUpdate(k, w, p.have)
	switch {
	case slices.ContainsFunc(kept, func(f Field) bool { return slices.Contains(k.Immutable, f.Path) }):
		change.Action, change.Fields = Replace, kept
		c.removing[p.have.Address()] = true
		c.replacements[w.Address()] = &replacement{successor: p.successor, base: p.base}
		if change.Successor = p.successor; p.successor != nil {
			change.Note = "continues with " + p.successor.Key + ", which an interrupted replace left"
		} else if p.have.Key != w.Key && w.MovedFrom != p.have.Key {
			change.Note = "in place of " + p.have.Key + ", which an interrupted replace left"
		}
	case len(kept) > 0:
		change.Action, change.Fields, change.Want = Update, kept, c.outgoing(k, p, kept, len(ignored) > 0)
	case len(ignored) > 0:
		c.plan.Ignored++
		return
	default:
		c.plan.Unchanged++
		return
	}
	if change.Action == Replace {
		if len(ignored) > 0 {
			change.Want = c.rules.withIgnored(k, w, p.have)
		}
		c.checkReplaceLosses(k, change.Want, p.have)
	}
	c.checkWriteOnly(k, change.Want, "an update")
	c.add(change)
}

// valueWithNewNames returns the value of a gateway's object with its references changed to the names that the plan gives to their
// targets.
func (c *comparison) valueWithNewNames(k *kind.Kind, o *kind.Object) any {
	if len(c.renamed) == 0 {
		return o.Value
	}
	return k.Renamed(*o, c.newName).Value
}

// create plans an object that the gateway lacks.
func (c *comparison) create(k *kind.Kind, change Change) {
	w := change.Want
	if k.IsBuiltIn(&w.Object) {
		c.plan.Errors = append(c.plan.Errors, Note{Address: w.Address(), Message: "every " + cmp.Or(k.Owner, "gateway") + " has one, but this one does not list it"})
		return
	}
	change.Action, change.Fields = Create, createdFields(k, w.Value)
	c.checkWriteOnly(k, w, "a new one")
	c.add(change)
}

// checkUpdate collects the fields of a declared object that the gateway does not report, and reports what makes an update of
// the gateway's object to the declared one impossible.
func (c *comparison) checkUpdate(k *kind.Kind, w *kind.Declared, have *kind.Object) {
	for _, path := range k.Unclear(have.Value).Unreported() {
		if counted, _ := c.rules.split(k.Name, w.Key, []Field{{Path: path}}); len(counted) > 0 {
			c.unreported = append(c.unreported, w.Address()+" "+path)
		}
	}
	for _, p := range k.Conflict(w.Value, have.Value) {
		if p.Warning {
			c.unreported = append(c.unreported, w.Address()+" "+p.Path)
		} else {
			c.plan.Errors = append(c.plan.Errors, problem(w, strings.TrimPrefix(p.Path, "/")+" "+p.Text+"; "+p.Hint))
		}
	}
}

// references reports objects and links that refer to something that neither the files nor the gateway have, or that the gateway
// lacks and this run does not create.
func (c *comparison) references() {
	for _, ch := range pointers(c.plan.Changes) {
		if ch.Link != nil && ch.Action == Bind && ch.Link.To.API == nil {
			c.checkCreated(ch, kind.Ref{Kind: ch.Link.To.Kind, Key: ch.Link.To.Name})
		}
		if ch.Want == nil {
			continue
		}
		for _, ref := range kind.Of(ch.Kind).Refs(ch.Want.Value) {
			if c.wantKey[ref.Kind][ref.Key] != nil {
				c.checkCreated(ch, ref)
				continue
			}
			if c.haveKey[ref.Kind][ref.Key] != nil && !c.removing[ref.Address()] && c.renamed[ref.Address()] == "" {
				continue
			}
			if ch.Have != nil && kind.Of(ch.Kind).IsSeparate(ref.Path) && !c.removing[ref.Address()] && slices.Contains(kind.Of(ch.Kind).Refs(ch.Have.Value), ref) {
				continue // the gateway's object refers to it already, so it exists although no list contains it
			}
			c.plan.Errors = append(c.plan.Errors, Note{
				Address: ch.Address, Source: ch.Source, Refers: ref.Address(),
				Message: "refers to the " + ref.Kind + " " + ref.Key + ", which neither the files nor the gateway have; declare it, or correct the name",
			})
		}
	}
}

// checkCreated reports a change that needs a declared object which the gateway lacks, if this run does not create that object.
func (c *comparison) checkCreated(ch *Change, ref kind.Ref) {
	k, w := kind.Of(ref.Kind), c.wantKey[ref.Kind][ref.Key]
	if w == nil || k.Owner != "" || c.haveKey[ref.Kind][ref.Key] != nil {
		return
	}
	why := ""
	switch {
	case c.rules.Object(k.Name, ref.Key):
		why = "an ignore rule leaves out; remove the rule, or create the object by hand"
	case !c.options.comparesObjects(k) || !c.options.selectsName(ref.Key):
		why = "--kind or --name leaves out; include it, or apply it first"
	default:
		return
	}
	c.plan.Errors = append(c.plan.Errors, Note{
		Address: ch.Address, Source: ch.Source, Refers: ref.Address(),
		Message: "refers to the " + ref.Kind + " " + ref.Key + ", which the gateway does not have and " + why,
	})
}

// ambiguous reports names that several objects of the gateway have, if the plan needs one of these objects: it cannot
// be known which of them is meant.
func (c *comparison) ambiguous() {
	for _, address := range slices.Sorted(maps.Keys(c.duplicates)) {
		kindName, key, _ := strings.Cut(address, "/")
		ids := append(slices.Clone(c.duplicates[address]), c.haveKey[kindName][key].ID)
		slices.Sort(ids)
		note := Note{Address: address, Message: fmt.Sprintf("the gateway has %d objects of this name (%s), and the files cannot say which one they mean; rename or delete the others there", len(ids), strings.Join(ids, ", "))}
		switch w := c.wantKey[kindName][key]; {
		case c.rules.Object(kindName, key):
			continue
		case w != nil:
			note.Source = &w.Source
		case !c.removing[address] && !c.newlyReferred(address):
			continue
		}
		c.plan.Errors = append(c.plan.Errors, note)
	}
}

// newlyReferred reports whether a change adds a reference to an object.
func (c *comparison) newlyReferred(address string) bool {
	names := func(k *kind.Kind, v any) bool {
		return slices.ContainsFunc(k.Refs(v), func(r kind.Ref) bool { return r.Address() == address })
	}
	return slices.ContainsFunc(c.plan.Changes, func(ch Change) bool {
		k := kind.Of(ch.Kind)
		return k != nil && ch.Want != nil && names(k, ch.Want.Value) && (ch.Have == nil || !names(k, ch.Have.Value))
	})
}

// remove plans the delete of an object.
func (c *comparison) remove(k *kind.Kind, h *kind.Object, note string) {
	c.add(Change{Address: h.Address(), Kind: k.Name, Name: h.Name(), Action: Delete, Fields: deletedFields(k, h.Value), Have: h, LeftoverOf: c.leftoverOf[h.Address()], Note: note})
}

func (c *comparison) add(ch Change) { c.plan.Changes = append(withRoom(c.plan.Changes), ch) }

// withRoom returns a slice with room for one more entry and doubles its capacity if there is none. Append alone lets
// large slices grow by only a quarter, so it copies them more often.
func withRoom[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	return slices.Grow(s, max(len(s), 16))
}

func sortChanges(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Address, b.Address))
	})
}
