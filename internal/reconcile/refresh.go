package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Refresh reads again the objects and links that a saved plan is about, and makes the plan again. It also reads the
// APIs that the plan binds, because their publish ids may have changed. Notes list APIs that can no longer be bound.
func (r *Run) Refresh(ctx context.Context, e *diff.Extract) (c *compared.Result, notes []diff.Note, err error) {
	reader := r.reader("read")
	c, err = retryIfGone(func() (c *compared.Result, err error) {
		c, notes, err = r.refresh(ctx, reader, e)
		return c, err
	})
	return c, notes, err
}

func (r *Run) refresh(ctx context.Context, reader *fetch.Reader, saved *diff.Extract) (*compared.Result, []diff.Note, error) {
	x, err := r.read(ctx, reader, toRead{wants: wantsOf(saved), apis: lookupsByName(apisToBind(saved)), begin: beginExtract(saved)})
	if err != nil {
		return nil, nil, err
	}
	e := *saved
	notes := x.refreshLinks(&e, x.Catalog)
	c, err := r.planned(ctx, reader, &e, x.actual(&e), x)
	return c, notes, err
}

// beginExtract begins the comparison of an extract.
func beginExtract(e *diff.Extract) func([]kind.Object) *diff.Draft {
	return func(objects []kind.Object) *diff.Draft {
		now := e.Relevant(kind.Actual{Objects: objects})
		return diff.Begin(now.Objects, e.DesiredFor(now), e.Options())
	}
}

// refreshLinks updates the ids of the wanted links of an extract from a catalog of the APIs to bind that was just read. It
// replaces the catalog of the reading by one that has the names of the extract. Notes list what can no longer be bound.
func (x *reading) refreshLinks(e *diff.Extract, fresh *kind.Catalog) (notes []diff.Note) {
	now := e.Relevant(kind.Actual{Objects: x.Objects})
	fresh = withNewNames(fresh, diff.Compare(kind.Actual{Objects: now.Objects}, e.DesiredFor(now), e.Options()))
	e.Desired.Links, notes = currentLinks(e, fresh)
	x.Catalog = mergedCatalog(e, fresh)
	return notes
}

// actual returns the part of a reading that an extract is about.
func (x *reading) actual(e *diff.Extract) kind.Actual {
	x.addLinks(x.Catalog, e.DesiredFor(e.Relevant(kind.Actual{Objects: x.Objects})))
	now := x.draft.Actual()
	diff.Sort(&now)
	return now
}

// planned compares an extract with what was read for it. The guards were applied when the plan was made, except for the check
// of the gateway's own state.
func (r *Run) planned(ctx context.Context, reader *fetch.Reader, e *diff.Extract, now kind.Actual, x *reading) (*compared.Result, error) {
	e.Actual = e.Relevant(now)
	c := &compared.Result{Desired: e.DesiredFor(e.Actual), Extract: e, Instance: x.instance}
	draft := e.Begin(e.Actual)
	if err := completePlan(ctx, c, reader, draft, x.Lists); err != nil {
		return nil, err
	}
	e.Actual = draft.Actual()
	e.Plan, e.Actual.Neighbours, e.Desired.Claims = c.Plan, c.Actual.Neighbours, c.Plan.Claims()
	c.Plan.Refusals = nil
	r.finish(c, reader)
	return c, nil
}

// wantsOf returns the names under which to look for the objects of an extract.
func wantsOf(e *diff.Extract) []fetch.Want {
	names := needs{}
	for address, whole := range e.Addresses() {
		kindName, key, _ := strings.Cut(address, "/")
		names.add(kindName, key, whole)
	}
	return names.wants()
}

// apisToBind returns the names of the APIs that a plan may bind: those of wanted links that did not exist, and those of
// links that move to the successor of a replaced object.
func apisToBind(e *diff.Extract) []string {
	names, bound := map[string]bool{}, map[string]bool{}
	for i := range e.Actual.Links {
		bound[e.Actual.Links[i].Address()] = true
	}
	for i := range e.Desired.Links {
		l := &e.Desired.Links[i]
		if l.To.API != nil && !l.Offline && (!bound[l.Address()] || e.Carried[l.OwnerAddress()]) {
			names[l.To.API.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// currentLinks returns the wanted links of an extract with their current ids.
func currentLinks(e *diff.Extract, fresh *kind.Catalog) (out []kind.DeclaredLink, notes []diff.Note) {
	toBind := map[string]bool{}
	for _, name := range apisToBind(e) {
		toBind[name] = true
	}
	for _, l := range e.Desired.Links {
		was := l.To.API
		if was == nil || l.Offline || !toBind[was.Name] {
			out = append(out, l)
			continue
		}
		a := fresh.ByID[was.ID]
		switch {
		case a == nil:
			notes = append(notes, diff.Note{Address: l.Address(), Message: fmt.Sprintf("the API %s is gone", was.Address())})
		case a.Address() != was.Address():
			notes = append(notes, diff.Note{Address: l.Address(), Message: fmt.Sprintf("the API %s is %s now", was.Address(), a.Address())})
		default:
			if p, live := a.In(l.To.Env); live {
				l.To = p.Of(was)
			} else {
				notes = append(notes, diff.Note{Address: l.Address(), Message: fmt.Sprintf("the API %s is no longer published in %s", was.Address(), l.To.Env)})
			}
		}
		out = append(out, l)
	}
	return out, notes
}

// mergedCatalog returns a catalog of all APIs that a plan mentions, as the plan describes them, and of those that were read.
func mergedCatalog(e *diff.Extract, fresh *kind.Catalog) *kind.Catalog {
	var apis []*kind.API
	seen := map[string]bool{}
	add := func(a *kind.API) {
		if a != nil && !seen[a.ID] {
			seen[a.ID] = true
			apis = append(apis, a)
		}
	}
	for i := range e.Desired.Links {
		add(e.Desired.Links[i].To.API)
	}
	for i := range e.Actual.Links {
		add(e.Actual.Links[i].To.API)
	}
	for _, a := range fresh.APIs {
		add(a)
	}
	return kind.NewCatalog(apis)
}
