package promote

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// ledger is one side, made ready to be looked up.
type ledger struct {
	Side
	want  kind.Desired
	plan  *diff.Plan
	notes []diff.Note // about references in the files

	have    map[string]*kind.Object // by address
	asked   map[string]*kind.Declared
	changes map[string]*diff.Change
	parts   map[collection][]*kind.Object
	links   map[collection][]*kind.Link
	bound   map[edge]*kind.DeclaredLink // what the files ask for
	apis    map[string]*kind.API        // by address
	astray  map[collection]bool         // links of which a reference is wrong, so that the files may ask for more

	hidden []string        // secrets that the gateway does not let compare
	told   map[string]bool // addresses of changes that a difference tells, and of owners all of whose changes one tells
}

// collection is what lives inside an owner, or what an owner is bound to.
type collection struct{ kind, owner string }

// edge is a link without ids, so that those of two gateways can be the same. The side's own environment is "".
type edge struct{ kind, owner, target, env string }

func newLedger(own, other *Side, shared bool) *ledger {
	l := &ledger{
		Side: *own, have: map[string]*kind.Object{}, asked: map[string]*kind.Declared{},
		changes: map[string]*diff.Change{}, parts: map[collection][]*kind.Object{}, links: map[collection][]*kind.Link{},
		bound: map[edge]*kind.DeclaredLink{}, apis: map[string]*kind.API{}, astray: map[collection]bool{}, told: map[string]bool{},
	}
	if own.APIs == nil {
		l.standIn()
	} else {
		l.resolve(other)
	}
	if shared {
		l.Have.Links = slices.DeleteFunc(slices.Clone(l.Have.Links), func(x kind.Link) bool { return x.To.Env != l.Env })
		l.want.Links = slices.DeleteFunc(slices.Clone(l.want.Links), func(x kind.DeclaredLink) bool { return x.To.Env != l.Env })
	}
	l.Have = renamed(l.Have, l.want.Objects)
	l.want = diff.Standing(l.Have, l.want)
	l.plan = diff.Between(l.Have, l.want, diff.Options{
		Kinds: own.Options.Kinds, Names: own.Options.Names, Environments: own.Options.Environments, Today: own.Options.Today, MaxDeletes: -1,
	})
	for _, e := range l.plan.Errors {
		if e.Refers == "" || l.looksAt(e.Refers) {
			l.note(e)
		}
	}
	l.index()
	return l
}

// resolve finds the APIs that the files mean, those that only the other side has included.
func (l *ledger) resolve(other *Side) {
	state := l.State.OnlyReferences(l.Options.CoversLink)
	want, findings := state.Resolve(union(&l.Side, other))
	l.want = want
	owners := map[kind.Source]collection{}
	for i := range state.References {
		ref := &state.References[i]
		owners[ref.Source] = collection{ref.Kind, ref.Owner}
	}
	for _, f := range findings {
		l.astray[owners[f.Source]] = l.astray[owners[f.Source]] || !f.Warning
		l.note(diff.Note{Source: &f.Source, Message: strings.TrimSuffix(f.Problem+"; "+f.Hint, "; ")})
	}
}

// looksAt reports whether the side was asked for an object of this address: of others nobody knows whether they are there.
func (l *ledger) looksAt(address string) bool {
	kindName, key, _ := strings.Cut(address, "/")
	kindName, key, _ = strings.Cut(kind.Of(kindName).Root(key), "/")
	return l.Options.Covers(kind.Of(kindName), key)
}

// note warns of something about the target's files.
func (l *ledger) note(n diff.Note) {
	n.Message = l.Target + ": " + n.Message
	l.notes = append(l.notes, n)
}

// renamed calls what the files rename by its new name, so that the name is a leaf like others. It has its old one
// in its value.
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
		if now, ok := to[kind.LinkOf(x.Kind).Owner+"/"+x.Owner]; ok {
			x.Owner = now
		}
		if now, ok := to[x.To.Address()]; ok {
			target := *x.To
			target.Name, x.To = now, &target
		}
	}
	return out
}

// standIn makes a gateway of the files: it has what they ask for, each reference as one API.
func (l *ledger) standIn() {
	l.Have = kind.Actual{}
	state := l.State.OnlyReferences(l.Options.CoversLink)
	l.want = kind.Desired{Objects: state.Objects, Owns: state.Owns, Ignore: state.Ignore}
	for i := range state.Objects {
		if o := state.Objects[i].Object; l.Options.SeesObject(&o) {
			l.Have.Objects = append(l.Have.Objects, o)
		}
	}
	for i := range state.References {
		ref := &state.References[i]
		link := kind.Link{Kind: ref.Kind, Owner: ref.Owner, To: &kind.Target{Kind: ref.Target(), Name: ref.Text}}
		if ref.Target() == kind.APublication {
			link.To, _ = named(ref.String()).In(ref.Environment)
		}
		l.want.Links = append(l.want.Links, kind.DeclaredLink{Link: link, Source: ref.Source})
		l.Have.Links = append(l.Have.Links, link)
	}
}

// named is the API that is made up for a reference.
func named(reference string) *kind.API {
	group, name, ok := strings.Cut(reference, "/")
	if !ok || strings.HasPrefix(reference, "{") {
		group, name = "*", reference
	}
	return &kind.API{ID: reference, Group: group, Name: name}
}

func (l *ledger) index() {
	for i := range l.Have.Objects {
		o := &l.Have.Objects[i]
		l.have[o.Address()] = o
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
	for i := range l.want.Objects {
		d := &l.want.Objects[i]
		l.asked[d.Address()] = d
	}
	for i := range l.want.Links {
		x := &l.want.Links[i]
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

// edge leaves the side's own environment out.
func (l *ledger) edge(x *kind.Link) edge {
	e := edge{x.Kind, x.Owner, x.To.Name, x.To.Env}
	if e.env == l.Env {
		e.env = ""
	}
	return e
}

// env is the environment of an edge by its name on this side.
func (l *ledger) env(e edge) string { return cmp.Or(e.env, l.Env) }

// object compares the side with its files in an object as a whole.
func (l *ledger) object(kindName, address string) Aspect {
	d, has := l.asked[address], l.have[address] != nil
	a := Aspect{Present: has, State: AsDeclared}
	if d != nil {
		a.Source, a.overlay = &d.Source, l.Places.DeclarationOf(d, "").Overlay
	}
	switch {
	case has && d == nil:
		a.State = Unsaid
		l.told[address] = true
	case !has && d != nil:
		a.State = Departs
		l.told[address] = true
		if d.Owner == "" {
			l.told[collection{kindName, d.Key}.below()] = true
		}
	}
	return a
}

// all compares the side with its files in all the parts of an owner, of which one side has none.
func (l *ledger) all(k *kind.Kind, at collection) Aspect {
	owner, has := l.asked[k.Owner+"/"+at.owner], len(l.parts[at]) > 0
	asks := slices.IndexFunc(l.want.Objects, func(d kind.Declared) bool { return d.Kind == k.Name && d.Owner == at.owner })
	a := Aspect{Present: has, State: AsDeclared}
	if asks >= 0 {
		d := &l.want.Objects[asks]
		a.Source, a.overlay = &d.Source, l.Places.DeclarationOf(d, "").Overlay
	}
	switch {
	case has == (asks >= 0):
		return a
	case has && (owner == nil || !owner.ManagesKind(k.Name)):
		a.State = Unsaid
	default:
		a.State = Departs
	}
	for i := range l.plan.Changes {
		if ch := &l.plan.Changes[i]; ch.Kind == k.Name && ch.Name == at.owner {
			l.told[ch.Address] = true
		}
	}
	return a
}

// below is how told names all that belongs to an owner.
func (c collection) below() string { return c.kind + "/" + c.owner + "/*" }

// link compares the side with its files in a link that one side has.
func (l *ledger) link(e edge, has bool) Aspect {
	a := Aspect{Present: has, State: AsDeclared}
	d := l.bound[e]
	if a.Source, a.overlay = l.list(e); d != nil {
		a.Source = &d.Source
	}
	if d == nil && (has || l.astray[collection{e.kind, e.owner}]) {
		a.State = Unsaid
	}
	if !has && d != nil {
		a.State = Departs
		l.told[d.Address()] = true
	}
	if d == nil && has {
		l.told[l.unbind(e)] = true
	}
	if !has {
		a.Note = l.cannot(e)
	}
	return a
}

// list is where the files of the side list what an owner is bound to; nil when they do not.
func (l *ledger) list(e edge) (*kind.Source, bool) {
	owner := l.asked[kind.LinkOf(e.kind).Owner+"/"+e.owner]
	if owner == nil {
		return nil, false
	}
	says := l.Places.DeclarationOf(owner, "/"+kind.LinkOf(e.kind).Field)
	if !says.Exact {
		return nil, false
	}
	return &says.Source, says.Overlay
}

// unbind is the address of the change that takes a link away.
func (l *ledger) unbind(e edge) string {
	if kind.LinkOf(e.kind).Target != kind.APublication {
		return e.kind + "/" + e.owner + "/" + e.target
	}
	return e.kind + "/" + e.owner + "/" + e.target + "@" + l.env(e)
}

// cannot is why the side cannot have a link; "" when it can.
func (l *ledger) cannot(e edge) string {
	if l.APIs == nil {
		return "" // no gateway was read
	}
	env, api, link := l.env(e), l.apis[e.target], kind.LinkOf(e.kind)
	switch {
	case link.Target != kind.APublication && l.have[link.Target+"/"+e.target] == nil:
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
