package promote

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// sideIndex is one side of the comparison, with indexes.
type sideIndex struct {
	Side
	desired kind.Desired
	plan    *diff.Plan
	notes   []diff.Note // about references in the files

	byAddress  map[string]*kind.Object // by address
	declared   map[string]*kind.Declared
	changes    map[string]*diff.Change
	parts      map[collection][]*kind.Object
	links      map[collection][]*kind.Link
	bound      map[edge]*kind.DeclaredLink // what the files ask for
	apis       map[string]*kind.API        // by address
	unresolved map[collection]bool         // links with a reference that could not be resolved, so the files may declare more

	hidden   []string        // secrets that cannot be compared, since the gateway hides them
	reported map[string]bool // addresses of changes that a difference already reports; see changesKey for all changes of an owner
}

// collection identifies all parts of one kind of an owner, or all its links of one kind.
type collection struct{ kind, owner string }

// edge is a link without ids, so that links of two gateways can be equal. The side's own environment is "".
type edge struct{ kind, owner, target, env string }

func newSideIndex(own, other *Side, shared bool) *sideIndex {
	l := &sideIndex{
		Side: *own, byAddress: map[string]*kind.Object{}, declared: map[string]*kind.Declared{},
		changes: map[string]*diff.Change{}, parts: map[collection][]*kind.Object{}, links: map[collection][]*kind.Link{},
		bound: map[edge]*kind.DeclaredLink{}, apis: map[string]*kind.API{}, unresolved: map[collection]bool{}, reported: map[string]bool{},
	}
	if own.APIs == nil {
		l.buildFromFiles()
	} else {
		l.resolve(other)
	}
	if shared {
		elsewhere := func(o *kind.Object) bool {
			env := kind.Of(o.Kind).EnvironmentOf(o.Value).Key
			return env != "" && env != l.Env
		}
		l.Have.Objects = slices.DeleteFunc(slices.Clone(l.Have.Objects), func(o kind.Object) bool { return elsewhere(&o) })
		l.desired.Objects = slices.DeleteFunc(slices.Clone(l.desired.Objects), func(d kind.Declared) bool { return elsewhere(&d.Object) })
		l.Have.Links = slices.DeleteFunc(slices.Clone(l.Have.Links), func(x kind.Link) bool { return x.To.Env != l.Env })
		l.desired.Links = slices.DeleteFunc(slices.Clone(l.desired.Links), func(x kind.DeclaredLink) bool { return x.To.Env != l.Env })
	}
	l.Have = renamed(l.Have, l.desired.Objects)
	l.desired = diff.WithSpared(l.Have, l.desired)
	l.plan = diff.Between(l.Have, l.desired, diff.Options{
		Kinds: own.Options.Kinds, Names: own.Options.Names, Environments: own.Options.Environments, Today: own.Options.Today, MaxDeletes: -1,
	})
	for _, e := range l.plan.Errors {
		if e.Refers == "" || l.inScope(e.Refers) {
			l.note(e)
		}
	}
	l.index()
	return l
}

// resolve finds the APIs that the files refer to, including those that only the other side has.
func (l *sideIndex) resolve(other *Side) {
	state := l.State.OnlyReferences(l.Options.CoversLink)
	want, findings := state.Resolve(union(&l.Side, other))
	l.desired = want
	owners := map[kind.Source]collection{}
	for i := range state.References {
		ref := &state.References[i]
		owners[ref.Source] = collection{ref.Kind, ref.Owner}
	}
	for _, f := range findings {
		l.unresolved[owners[f.Source]] = l.unresolved[owners[f.Source]] || !f.Warning
		l.note(diff.Note{Source: &f.Source, Message: strings.TrimSuffix(f.Problem+"; "+f.Hint, "; ")})
	}
}

// inScope reports whether an object of this address is in the scope of the side. Whether objects out of scope exist is
// not known.
func (l *sideIndex) inScope(address string) bool {
	kindName, key, _ := strings.Cut(address, "/")
	kindName, key, _ = strings.Cut(kind.Of(kindName).Root(key), "/")
	return l.Options.Covers(kind.Of(kindName), key)
}

// note adds a warning about the files of the target.
func (l *sideIndex) note(n diff.Note) {
	n.Message = l.Target + ": " + n.Message
	l.notes = append(l.notes, n)
}

// renamed returns have with the new names of objects that the files rename, so that their name is compared like any
// other leaf. Their values keep the old name.
func renamed(have kind.Actual, want []kind.Declared) kind.Actual {
	there, to := map[string]bool{}, map[string]string{} // by address
	for i := range have.Objects {
		there[have.Objects[i].Address()] = true
	}
	for i := range want {
		if old := want[i].Kind + "/" + want[i].MovedFrom; there[old] && !there[want[i].Address()] {
			to[old] = want[i].Key
		}
	}
	if len(to) == 0 {
		return have
	}
	out := kind.Actual{Objects: slices.Clone(have.Objects), Links: slices.Clone(have.Links)}
	for i := range out.Objects {
		o := &out.Objects[i]
		if now, ok := to[o.Address()]; ok {
			o.Key = now
		}
		if now, ok := to[kind.Of(o.Kind).Owner+"/"+o.Owner]; ok {
			o.Key, o.Owner = now+strings.TrimPrefix(o.Key, o.Owner), now
		}
	}
	for i := range out.Links {
		x := &out.Links[i]
		if now, ok := to[x.OwnerAddress()]; ok {
			x.Owner = now
		}
		if now, ok := to[x.To.Address()]; ok {
			target := *x.To
			target.Name, x.To = now, &target
		}
	}
	return out
}

// buildFromFiles builds a gateway from the files: it has what they declare, with one API for each reference.
func (l *sideIndex) buildFromFiles() {
	l.Have = kind.Actual{}
	state := l.State.OnlyReferences(l.Options.CoversLink)
	l.desired = kind.Desired{Objects: state.Objects, Owns: state.Owns, Ignore: state.Ignore}
	for i := range state.Objects {
		if o := state.Objects[i].Object; l.Options.CoversEnvironmentOf(&o) {
			l.Have.Objects = append(l.Have.Objects, o)
		}
	}
	for i := range state.References {
		ref := &state.References[i]
		link := kind.Link{Kind: ref.Kind, Owner: ref.Owner, To: &kind.Target{Kind: ref.Target(), Name: ref.Text}}
		if ref.Target() == kind.APublication {
			link.To, _ = namedAPI(ref.String()).In(ref.Environment)
		}
		l.desired.Links = append(l.desired.Links, kind.DeclaredLink{Link: link, Source: ref.Source})
		l.Have.Links = append(l.Have.Links, link)
	}
}

// namedAPI returns the API that stands for a reference.
func namedAPI(reference string) *kind.API {
	group, name, ok := strings.Cut(reference, "/")
	if !ok || strings.HasPrefix(reference, "{") {
		group, name = "*", reference
	}
	return &kind.API{ID: reference, Group: group, Name: name}
}

func (l *sideIndex) index() {
	for i := range l.Have.Objects {
		o := &l.Have.Objects[i]
		l.byAddress[o.Address()] = o
		if o.Owner != "" {
			at := collection{o.Kind, o.Owner}
			l.parts[at] = append(l.parts[at], o)
		}
	}
	for i := range l.Have.Links {
		x := &l.Have.Links[i]
		at := collection{x.Kind, x.Owner}
		l.links[at] = append(l.links[at], x)
	}
	for i := range l.desired.Objects {
		d := &l.desired.Objects[i]
		l.declared[d.Address()] = d
	}
	for i := range l.desired.Links {
		x := &l.desired.Links[i]
		l.bound[l.edge(&x.Link)] = x
	}
	for i := range l.plan.Changes {
		l.changes[l.plan.Changes[i].Address] = &l.plan.Changes[i]
	}
	if l.APIs != nil {
		for _, a := range l.APIs.APIs {
			l.apis[a.Address()] = a
		}
	}
}

// edge returns the edge of a link; it leaves out the environment if that is the side's own.
func (l *sideIndex) edge(x *kind.Link) edge {
	e := edge{x.Kind, x.Owner, x.To.Name, x.To.Env}
	if e.env == l.Env {
		e.env = ""
	}
	return e
}

// env returns the name of an edge's environment on this side.
func (l *sideIndex) env(e edge) string { return cmp.Or(e.env, l.Env) }

// sharedAddress returns the address of an object without the environment, if the object is for the side's own: the
// object of this address on the other side, which is for the other side's own environment, is its counterpart.
func (l *sideIndex) sharedAddress(o *kind.Object) string {
	if kind.Of(o.Kind).EnvironmentOf(o.Value).Key == l.Env {
		return strings.TrimSuffix(o.Address(), l.Env)
	}
	return o.Address()
}

// ownAddress is the inverse of sharedAddress.
func (l *sideIndex) ownAddress(address string) string {
	if strings.HasSuffix(address, "@") {
		return address + l.Env
	}
	return address
}

// declaredAddress returns the address of an object, if the files declare it; otherwise "". See declaredEdge.
func (l *sideIndex) declaredAddress(o *kind.Object) string {
	if l.declared[o.Address()] == nil {
		return ""
	}
	return o.Address()
}

// object compares an object as a whole with the files of the side.
func (l *sideIndex) object(address string) Aspect {
	d, has := l.declared[address], l.byAddress[address] != nil
	a := Aspect{Present: has, State: AsDeclared}
	if d != nil {
		a.Source, a.overlay = &d.Source, l.Places.DeclarationOf(d, "").Overlay
	}
	switch {
	case has && d == nil:
		a.State = NotDeclared
		l.reported[address] = true
	case !has && d != nil:
		a.State = Departs
		l.reported[address] = true
		if d.Owner == "" {
			l.reported[collection{d.Kind, d.Key}.changesKey()] = true
		}
	}
	return a
}

// allParts compares all parts that an owner has on this side with its files. It is used if one of the sides has no
// parts.
func (l *sideIndex) allParts(k *kind.Kind, at collection) Aspect {
	owner, has := l.declared[k.Owner+"/"+at.owner], len(l.parts[at]) > 0
	asks := slices.IndexFunc(l.desired.Objects, func(d kind.Declared) bool { return d.Kind == k.Name && d.Owner == at.owner })
	a := Aspect{Present: has, State: AsDeclared}
	if asks >= 0 {
		d := &l.desired.Objects[asks]
		a.Source, a.overlay = &d.Source, l.Places.DeclarationOf(d, "").Overlay
	}
	switch {
	case has == (asks >= 0):
		return a
	case has && (owner == nil || !owner.ManagesKind(k.Name)):
		a.State = NotDeclared
	default:
		a.State = Departs
	}
	for i := range l.plan.Changes {
		if ch := &l.plan.Changes[i]; ch.Kind == k.Name && ch.Name == at.owner {
			l.reported[ch.Address] = true
		}
	}
	return a
}

// changesKey returns the key in reported that stands for all changes of an owner's parts or links.
func (c collection) changesKey() string { return c.kind + "/" + c.owner + "/*" }

// link compares a link that only one side has with the files of the side.
func (l *sideIndex) link(e edge, has bool) Aspect {
	a := Aspect{Present: has, State: AsDeclared}
	d := l.bound[e]
	if a.Source, a.overlay = l.listLine(e); d != nil {
		a.Source = &d.Source
	}
	if d == nil && (has || l.unresolved[collection{e.kind, e.owner}]) {
		a.State = NotDeclared
	}
	if !has && d != nil {
		a.State = Departs
		l.reported[d.Address()] = true
	}
	if d == nil && has {
		l.reported[l.unbind(e)] = true
	}
	if !has {
		a.Note = l.obstacle(e)
	}
	return a
}

// listLine returns the line where the files of the side list the bindings of an owner, nil if there is none, and
// whether an overlay has it.
func (l *sideIndex) listLine(e edge) (*kind.Source, bool) {
	owner := l.declared[kind.LinkOf(e.kind).Owner+"/"+e.owner]
	if owner == nil {
		return nil, false
	}
	says := l.Places.DeclarationOf(owner, "/"+kind.LinkOf(e.kind).Field)
	if !says.Exact {
		return nil, false
	}
	return &says.Source, says.Overlay
}

// unbind returns the address of the change that removes a link.
func (l *sideIndex) unbind(e edge) string {
	if kind.LinkOf(e.kind).Target != kind.APublication {
		return e.kind + "/" + e.owner + "/" + e.target
	}
	return e.kind + "/" + e.owner + "/" + e.target + "@" + l.env(e)
}

// obstacle returns why the side cannot have a link; "" if it can.
func (l *sideIndex) obstacle(e edge) string {
	if l.APIs == nil {
		return "" // no gateway was read
	}
	env, api, link := l.env(e), l.apis[e.target], kind.LinkOf(e.kind)
	switch {
	case link.Target != kind.APublication && l.byAddress[link.Target+"/"+e.target] == nil:
		return fmt.Sprintf("%s has no %s %s", l.Target, link.ToWord(), e.target)
	case link.Target != kind.APublication:
		return ""
	case api == nil:
		return fmt.Sprintf("%s has no API %s", l.Target, e.target)
	}
	if _, ok := api.In(env); !ok {
		return fmt.Sprintf("%s is not published in %s of %s", e.target, env, l.Target)
	}
	return ""
}
