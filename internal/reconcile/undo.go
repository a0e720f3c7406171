package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Undo is the plan that takes back what an apply did, and what it cannot bring back. The comparison must
// have been made by a deep run. What the gateway holds now is read, so that the plan is about what was
// really done, however the run ended.
func (r *Run) Undo(ctx context.Context, c *Comparison, out *Outcome) (*diff.Extract, []diff.Loss, error) {
	u := newUndo(c)
	reader := r.reader("verify")
	changes := attempted(out.Results)
	for _, ch := range changes {
		u.object(ch)
	}
	for _, ch := range changes {
		u.belongings(ch)
	}
	if err := u.displaced(ctx, reader, c); err != nil {
		return nil, nil, err
	}
	if err := u.orphaned(ctx, reader, c); err != nil {
		return nil, nil, err
	}
	now, err := u.now(ctx, reader, out.Results)
	if err != nil {
		return nil, nil, err
	}
	if err := u.settle(now); err != nil {
		return nil, nil, err
	}
	u.e.Actual = u.e.Relevant(now)
	u.e.Unify()
	u.e.Plan = u.e.Between(u.e.Actual)
	if errs := u.e.Plan.Errors; len(errs) > 0 {
		return nil, nil, fmt.Errorf("%s: %s", errs[0].Address, errs[0].Message)
	}
	for i := range u.e.Plan.Changes {
		switch ch := &u.e.Plan.Changes[i]; {
		case ch.Action == diff.Replace:
			u.e.Carried[ch.Address] = true
			u.lose(ch.Address, "/id", "it is replaced back, with another id")
		case ch.Action == diff.Create && kind.Of(ch.Kind).Owner == "":
			u.lose(ch.Address, "/id", "it is made anew, with another id")
		}
	}
	slices.SortFunc(u.losses, func(a, b diff.Loss) int {
		return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Path, b.Path))
	})
	return u.e, u.losses, nil
}

// now reads what the gateway holds after the run, until its lists show what was bound.
func (u *undo) now(ctx context.Context, reader *fetch.Reader, results []apply.Result) (kind.Actual, error) {
	for waited, wait := time.Duration(0), time.Second; ; waited, wait = waited+wait, min(2*wait, 4*time.Second) {
		objects, err := reader.Objects(ctx, named(u.e))
		if err != nil {
			return kind.Actual{}, err
		}
		now, err := insideOf(ctx, reader, u.e, objects, known(u.e, kind.NewCatalog(nil)))
		if err != nil || waited >= settleFor || u.shows(now, results) || !pause(ctx, wait) {
			return now, err
		}
	}
}

// shows reports whether all that was bound is in the lists, and nothing that was unbound.
func (u *undo) shows(now kind.Actual, results []apply.Result) bool {
	is := map[string]bool{}
	for i := range now.Links {
		is[now.Links[i].Address()] = true
	}
	for i := range u.c.Plan.Steps {
		s := &u.c.Plan.Steps[i]
		link := kind.LinkOf(s.Kind)
		for j := range s.Items {
			item := &s.Items[j]
			ch := results[item.Change].Change
			if link == nil || results[item.Change].Status != apply.Succeeded || !u.full[s.Kind+" "+u.before(link.Owner, item.Link.Owner)] {
				continue
			}
			binds := s.Op == diff.OpBind && !item.Displaced
			if binds || ch.Action == diff.Unbind {
				if is[item.Link.Address()] != binds {
					return false
				}
			}
		}
	}
	return true
}

// attempted are the changes that reached the gateway, or may have.
func attempted(results []apply.Result) (out []*diff.Change) {
	for i := range results {
		if res := &results[i]; res.Status == apply.Succeeded || res.Attempts > 0 {
			out = append(out, res.Change)
		}
	}
	return out
}

// undo collects what is wanted back.
type undo struct {
	c      *Comparison
	e      *diff.Extract
	at     map[string]int          // address to its place among the wanted objects
	names  map[string]string       // KIND/KEY after the run to the key before
	change map[string]*diff.Change // address before the run to what happened to it
	full   map[string]bool         // KIND OWNER of collections that are wanted back as they were
	losses []diff.Loss
}

func newUndo(c *Comparison) *undo {
	return &undo{
		c: c, at: map[string]int{}, names: map[string]string{}, change: map[string]*diff.Change{}, full: map[string]bool{},
		e: &diff.Extract{
			Anchors: map[string]bool{}, Carried: map[string]bool{}, Context: map[string]bool{},
			Desired: kind.Desired{Owns: map[string][]string{}},
		},
	}
}

func (u *undo) lose(address, path, reason string) {
	u.losses = append(u.losses, diff.Loss{Address: address, Path: path, Reason: reason})
}

func (u *undo) want(d kind.Declared) {
	u.at[d.Address()] = len(u.e.Desired.Objects)
	u.e.Desired.Objects = append(u.e.Desired.Objects, d)
}

// object wants back an object that stands alone, or wants it gone when the run created it.
func (u *undo) object(ch *diff.Change) {
	k := kind.Of(ch.Kind)
	if k == nil || k.Owner != "" {
		return
	}
	if ch.Have == nil {
		u.e.Desired.Owns[k.Name] = append(u.e.Desired.Owns[k.Name], ch.Want.Key)
		return
	}
	d := kind.Declared{Object: *ch.Have}
	d.ID = ""
	if ch.Want != nil && ch.Want.Key != ch.Have.Key {
		d.MovedFrom = ch.Want.Key
		u.names[k.Name+"/"+ch.Want.Key] = ch.Have.Key
	}
	u.change[d.Address()] = ch
	u.want(d)
}

// belongings wants back what lived inside an object and what was bound to it, as far as the run touched it.
func (u *undo) belongings(ch *diff.Change) {
	k, link := kind.Of(ch.Kind), kind.LinkOf(ch.Kind)
	switch {
	case link != nil:
		u.restore(link.Owner, ch.Name, link.Name)
	case k.Owner != "":
		u.restore(k.Owner, ch.Name, k.Name)
	case ch.Action == diff.Delete:
		for _, part := range kind.Parts(k.Name) {
			u.restore(k.Name, ch.Have.Key, part.Name)
		}
		if l := kind.LinkFrom(k.Name); l != nil {
			u.restore(k.Name, ch.Have.Key, l.Name)
		}
	case ch.Action == diff.Replace:
		if l := kind.LinkFrom(k.Name); l != nil {
			u.restore(k.Name, ch.Have.Key, l.Name)
		}
	}
}

// restore wants a collection back as it was.
func (u *undo) restore(ownerKind, owner, collection string) {
	owner = u.before(ownerKind, owner)
	if u.full[collection+" "+owner] || slices.Contains(u.e.Desired.Owns[ownerKind], owner) {
		return
	}
	u.collection(ownerKind, owner, collection)
	for _, o := range u.c.Actual.Objects {
		if o.Kind == collection && o.Owner == owner {
			u.inside([]kind.Object{o})
		}
	}
	var links []kind.Link
	for i := range u.c.Actual.Links {
		if l := u.c.Actual.Links[i]; l.Kind == collection && l.Owner == owner {
			links = append(links, l)
		}
	}
	u.bind(links)
}

// before is the key that an object had before the run.
func (u *undo) before(kindName, key string) string {
	if was, ok := u.names[kindName+"/"+key]; ok {
		return was
	}
	return key
}

func (u *undo) inside(parts []kind.Object) {
	for _, o := range parts {
		o.ID = ""
		u.want(kind.Declared{Object: o})
	}
}

// collection notes that all of a kind inside an owner, or bound to it, is listed.
func (u *undo) collection(ownerKind, owner, collection string) {
	u.full[collection+" "+owner] = true
	address := ownerKind + "/" + owner
	if _, ok := u.at[address]; !ok {
		u.e.Anchors[address] = true
		u.want(kind.Declared{Object: kind.Object{Kind: ownerKind, Key: owner, Bound: kind.Unknown}})
	}
	d := &u.e.Desired.Objects[u.at[address]]
	d.Manages = append(d.Manages, collection)
}

func (u *undo) bind(links []kind.Link) {
	for _, l := range links {
		l.ID, l.OwnerID, l.PublishID = "", "", ""
		u.e.Desired.Links = append(u.e.Desired.Links, kind.DeclaredLink{Link: l})
	}
}
