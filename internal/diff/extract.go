package diff

import (
	"cmp"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Extract is the part of files and gateway from which the same plan can be made again; a saved plan holds no more than that.
// Lists of parts and links are in it completely or not at all: if one special limit of a throttle changes, it has all special
// limits of that throttle.
type Extract struct {
	Desired kind.Desired // ignore rules have no end here: only those that applied are kept
	Actual  kind.Actual  // sorted
	Plan    *Plan        // made of the two above; guards are not checked again

	// Anchors are the addresses of objects that do not change, while their parts or links do: the plan needs their ids.
	// Their values on the gateway count as declared, whatever they are.
	Anchors map[string]bool
	// Carried are the addresses of replaced objects, whose bindings move to their successors (see carries).
	Carried map[string]bool
	// Context are the addresses of objects to which others refer. It matters that they exist, their values do not.
	Context map[string]bool

	ResendSecrets bool     // as in Options
	Environments  []string // as in Options

	affected map[string]bool // the result of keys: Affects needs it for each object
}

// ErrNotReproducible means that the extract of a plan gives a different plan, so it must not be saved.
var ErrNotReproducible = errors.New("the part that the plan touches does not give the same plan; this is a mistake of the program")

// NewExtract makes the extract of a plan, which must be the one that Between makes of have, want and options.
func NewExtract(plan *Plan, have kind.Actual, want kind.Desired, options Options) (*Extract, error) {
	t := newAffected(plan, have, want)
	e := &Extract{
		Anchors: map[string]bool{}, Carried: t.carried, Context: map[string]bool{}, ResendSecrets: options.ResendSecrets, Environments: options.Environments,
		Desired: kind.Desired{Owns: t.gone, Ignore: withoutEnds(want.Ignore, options.Today)},
	}
	for i := range want.Objects {
		if d, ok := t.declared(&want.Objects[i]); ok {
			e.Desired.Objects = append(e.Desired.Objects, d)
			if d.Owner == "" && !t.objects[d.Address()] {
				e.Anchors[d.Address()] = true
			}
			e.AddReferences(d.Kind, d.Value)
		}
	}
	for _, l := range pointers(want.Links) {
		if t.inside[l.Kind+" "+l.Owner] || t.claims[l.Address()] {
			e.Desired.Links = append(e.Desired.Links, *l)
		}
	}
	e.AddTargets()
	e.Actual = e.Relevant(have)
	e.Actual.Neighbours = neighbours(plan, e.Actual, have)
	e.Desired.Claims = plan.Claims()
	e.UnifyAPIs()
	e.Plan = e.Between(e.Actual)
	if !sameChanges(plan, e.Plan) {
		return nil, ErrNotReproducible
	}
	return e, nil
}

// AddReferences adds what a value of a kind refers to, to the context.
func (e *Extract) AddReferences(kindName string, value any) {
	for _, ref := range kind.Of(kindName).Refs(value) {
		e.Context[ref.Address()] = true
	}
}

// AddTargets adds the targets of wanted links to the context.
func (e *Extract) AddTargets() {
	for i := range e.Desired.Links {
		if to := e.Desired.Links[i].To; kind.Of(to.Kind) != nil {
			e.Context[to.Address()] = true
		}
	}
}

// neighbours returns the links and parts that a plan removes although their objects are not in the extract, with the owners of
// those links. In addition to the neighbours of the plan, these are displaced links of objects that the whole plan compared.
func neighbours(plan *Plan, affected, have kind.Actual) kind.Neighbours {
	out := plan.Neighbours
	out.Links, out.Owners = slices.Clone(out.Links), slices.Clone(out.Owners)
	type binding struct {
		target      kind.UniqueID
		kind, owner string
	}
	holds := func(l *kind.Link) binding { return binding{l.To.UniqueID(), l.Kind, l.OwnerID} }
	known, displaced, owners := map[binding]bool{}, map[binding]bool{}, map[string]bool{}
	for _, l := range slices.Concat(affected.Links, out.Links) {
		known[holds(&l)] = true
	}
	for i := range plan.Changes {
		for _, d := range plan.Changes[i].Displaces {
			displaced[holds(&d.Link)] = !known[holds(&d.Link)]
		}
	}
	for _, l := range pointers(have.Links) {
		if displaced[holds(l)] {
			out.Links = append(out.Links, *l)
			owners[kind.LinkOf(l.Kind).Owner+"/"+l.OwnerID] = true
		}
	}
	for _, o := range pointers(have.Objects) {
		if owners[o.Kind+"/"+o.ID] {
			out.Owners = append(out.Owners, *o)
		}
	}
	return out
}

// UnifyAPIs makes all links to an API share its most complete description: some lists report more about APIs than others.
func (e *Extract) UnifyAPIs() {
	best := map[string]*kind.API{}
	each := func(do func(l *kind.Link)) {
		for i := range e.Desired.Links {
			do(&e.Desired.Links[i].Link)
		}
		for i := range e.Actual.Links {
			do(&e.Actual.Links[i])
		}
		for i := range e.Actual.Neighbours.Links {
			do(&e.Actual.Neighbours.Links[i])
		}
	}
	known := func(a *kind.API) int { return len(a.Method) + len(a.Path) + len(a.Group) }
	each(func(l *kind.Link) {
		if a := l.To.API; a != nil && (best[a.ID] == nil || known(a) > known(best[a.ID])) {
			best[a.ID] = a
		}
	})
	each(func(l *kind.Link) {
		if a := l.To.API; a != nil {
			l.To = l.To.Of(best[a.ID])
		}
	})
}

// Between makes the plan again, of a gateway as it is now.
func (e *Extract) Between(have kind.Actual) *Plan { return e.Begin(have).Plan(have.Neighbours) }

// Begin compares again. Draft.Plan adds what the plan removes of other objects.
func (e *Extract) Begin(have kind.Actual) *Draft {
	return Compare(have, e.DesiredFor(have), e.Options())
}

// Options are those with which the plan is made again.
func (e *Extract) Options() Options {
	return Options{Prune: true, AllowEmpty: true, MaxDeletes: -1, ResendSecrets: e.ResendSecrets, Environments: e.Environments}
}

// DesiredFor returns the desired state with the values of anchors on the gateway. Anchors that no longer exist are left out.
func (e *Extract) DesiredFor(have kind.Actual) kind.Desired {
	values := e.values(have)
	out := e.Desired
	out.Objects = nil
	for _, d := range e.Desired.Objects {
		if e.Anchors[d.Address()] {
			v, ok := values[d.Address()]
			if !ok {
				continue
			}
			d.Value = v
			if d.Owner == "" { // a secret that the extract does not set is not compared
				d.Value = kind.Of(d.Kind).WithSecrets(v, func(string, string) string { return "" })
			}
		}
		out.Objects = append(out.Objects, d)
	}
	return out
}

// values returns the values of a gateway's objects by address. If the plan renames an owner, or something that an object refers
// to, they are also there under the new address.
func (e *Extract) values(have kind.Actual) map[string]any {
	renamed, out := map[string]string{}, map[string]any{}
	for i := range have.Objects {
		out[have.Objects[i].Address()] = have.Objects[i].Value
	}
	for _, d := range pointers(e.Desired.Objects) {
		if d.MovedFrom != "" && out[d.Address()] == nil {
			renamed[d.Kind+"/"+d.MovedFrom] = d.Key
		}
	}
	for _, o := range have.Objects {
		called := o
		if o.Owner != "" {
			called = kind.Of(o.Kind).Renamed(o, func(kindName, key string) string { return renamed[kindName+"/"+key] })
		}
		if now, ok := renamed[o.OwnerAddress()]; ok {
			renamed[o.Address()] = kind.Rekey(o.Key, o.Owner, now)
			out[o.Kind+"/"+kind.Rekey(called.Key, o.Owner, now)] = called.Value
		}
		out[called.Address()] = called.Value
	}
	return out
}

// Relevant returns the objects and links of the extract that a gateway holds, sorted.
func (e *Extract) Relevant(have kind.Actual) (out kind.Actual) {
	keys, inside := e.Addresses(), e.lists(have)
	for _, o := range pointers(have.Objects) {
		_, named := keys[o.Address()]
		if o.Owner == "" && (named || e.successorOf(o) != nil) || o.Owner != "" && inside[o.Kind+" "+o.Owner] {
			out.Objects = append(out.Objects, *o)
		}
	}
	for _, l := range pointers(have.Links) {
		if inside[l.Kind+" "+l.Owner] {
			out.Links = append(out.Links, *l)
		}
	}
	out.Neighbours = have.Neighbours
	Sort(&out)
	return out
}

// Fingerprinted returns the objects of a gateway that must not have changed since the plan was saved: those of the extract, and
// those from which the plan removes something.
func (e *Extract) Fingerprinted(have kind.Actual) []kind.Object {
	among := map[string]bool{}
	for i := range have.Objects {
		among[have.Objects[i].Address()] = true
	}
	holders := slices.DeleteFunc(have.Neighbours.Holders(), func(o kind.Object) bool { return among[o.Address()] })
	return slices.Concat(have.Objects, holders, have.Neighbours.Parts)
}

// Displaces reports whether an object is a policy that the plan displaces.
func (e *Extract) Displaces(o *kind.Object) bool {
	_, displaced := e.Desired.Claims[o.Address()]
	return displaced
}

// Addresses returns the present and former addresses of the extract's objects without an owner (true), and those of its context
// (false), which only have to exist.
func (e *Extract) Addresses() map[string]bool {
	out := e.ownAddresses()
	for address := range e.Context {
		if _, named := out[address]; !named {
			out[address] = false
		}
	}
	return out
}

// Affects reports whether the value of a gateway's object matters to the plan, and not only that it exists: the object
// changes, is the successor of one that is replaced, or lives inside another one.
func (e *Extract) Affects(o *kind.Object) bool {
	if kind.Of(o.Kind).Owner != "" {
		return true
	}
	if e.affected == nil {
		e.affected = e.ownAddresses()
	}
	return e.affected[o.Address()] || e.successorOf(o) != nil
}

// successorOf returns the declared object that a gateway's object, as its successor, was to replace; nil when there is none.
func (e *Extract) successorOf(o *kind.Object) *kind.Declared {
	k := kind.Of(o.Kind)
	if _, ok := k.SucceedsAny(o); !ok {
		return nil
	}
	for _, d := range pointers(e.Desired.Objects) {
		if d.Kind == o.Kind && slices.ContainsFunc(possibleKeys(d), func(key string) bool { return k.Succeeds(o, key) }) {
			return d
		}
	}
	return nil
}

// ownAddresses returns the addresses that objects of the extract have or had.
func (e *Extract) ownAddresses() map[string]bool {
	out := map[string]bool{}
	for i := range e.Desired.Objects {
		for _, key := range possibleKeys(&e.Desired.Objects[i]) {
			out[e.Desired.Objects[i].Kind+"/"+key] = true
		}
	}
	for kindName, gone := range e.Desired.Owns {
		for _, key := range gone {
			out[kindName+"/"+key] = true
		}
	}
	return out
}

// possibleKeys returns the keys that a declared object without an owner may have on the gateway, apart from those of successors.
func possibleKeys(d *kind.Declared) []string {
	if d.MovedFrom != "" {
		return []string{d.Key, d.MovedFrom}
	}
	return []string{d.Key}
}

// lists returns the lists of parts and links that the extract holds, as "KIND OWNER", for every name that the owner may have
// on a gateway.
func (e *Extract) lists(have kind.Actual) map[string]bool {
	out := map[string]bool{}
	note := func(d *kind.Declared, key string) {
		for _, m := range d.Manages {
			out[m+" "+key] = true
		}
		for _, link := range kind.LinksFrom(d.Kind) {
			out[link.Name+" "+key] = out[link.Name+" "+key] || e.carries(d)
		}
	}
	keys := map[string][]string{} // keys on the gateway, by address in the files
	for _, d := range pointers(e.Desired.Objects) {
		keys[d.Address()] = possibleKeys(d)
		if d.Owner != "" {
			keys[d.Address()] = nil
			for _, owner := range keys[d.OwnerAddress()] {
				keys[d.Address()] = append(keys[d.Address()], kind.Rekey(d.Key, d.Owner, owner))
			}
		}
		for _, key := range keys[d.Address()] {
			note(d, key)
		}
	}
	for i := range have.Objects {
		if d := e.successorOf(&have.Objects[i]); d != nil {
			note(d, have.Objects[i].Key)
		}
	}
	for kindName, gone := range e.Desired.Owns {
		for _, key := range gone {
			for _, link := range kind.LinksFrom(kindName) {
				out[link.Name+" "+key] = true
			}
			for _, part := range kind.Parts(kindName) {
				out[part.Name+" "+key] = true
			}
		}
	}
	return out
}

// carries reports whether an object gets bindings from another one: from the object that it replaces, or from a deleted object
// that an interrupted replace left.
func (e *Extract) carries(d *kind.Declared) bool {
	k := kind.Of(d.Kind)
	return e.Carried[d.Address()] || slices.ContainsFunc(e.Desired.Owns[d.Kind], func(gone string) bool {
		stem, ok := k.SucceedsAny(&kind.Object{Key: gone})
		return ok && slices.ContainsFunc(possibleKeys(d), func(key string) bool { return k.Stem(key) == stem })
	})
}

// withoutEnds returns the rules that apply today, without their ends.
func withoutEnds(rules []kind.Ignore, today string) (out []kind.Ignore) {
	for _, r := range rules {
		if r.AppliesOn(today) {
			r.Until = ""
			out = append(out, r)
		}
	}
	return out
}

// Sort orders what a gateway holds by address and id, so that plans do not depend on how it was read.
func Sort(have *kind.Actual) {
	for _, list := range [][]kind.Object{have.Objects, have.Neighbours.Owners, have.Neighbours.Parts} {
		slices.SortStableFunc(list, func(a, b kind.Object) int {
			return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
		})
	}
	slices.SortStableFunc(have.Links, func(a, b kind.Link) int {
		return cmp.Or(strings.Compare(a.Address(), b.Address()), strings.Compare(a.ID, b.ID))
	})
}

// sameChanges reports whether two plans have the same changes and the same number of requests.
func sameChanges(a, b *Plan) bool {
	return len(a.Steps) == len(b.Steps) && slices.EqualFunc(a.Changes, b.Changes, func(x, y Change) bool {
		return x.Address == y.Address && x.Action == y.Action && reflect.DeepEqual(x.Fields, y.Fields)
	})
}
