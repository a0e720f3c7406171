package reconcile

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Refresh reads again what a saved plan touches, and makes the plan of that. Of APIs it reads those that are
// to be bound: their publish ids change on their own. Notes tell about APIs that can no longer be bound.
func (r *Run) Refresh(ctx context.Context, e *diff.Extract) (c *compared.Result, notes []diff.Note, err error) {
	reader := r.reader("read")
	c, err = twice(func() (c *compared.Result, err error) {
		c, notes, err = r.refresh(ctx, reader, e)
		return c, err
	})
	return c, notes, err
}

func (r *Run) refresh(ctx context.Context, reader *fetch.Reader, saved *diff.Extract) (c *compared.Result, notes []diff.Note, err error) {
	var (
		l        fetch.Lists
		instance *kind.Instance
	)
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		l.Objects, l.Whole, err = reader.List(gctx, named(saved))
		return err
	})
	g.Go(func() (err error) {
		l.Catalog, err = reader.Catalog(gctx, false, byName(apisToBind(saved)))
		return err
	})
	g.Go(func() (err error) {
		instance, err = r.instance(gctx, reader)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	e := *saved
	l.Catalog = called(l.Catalog, l.Objects, saved)
	e.Desired.Links, notes = renew(saved, l.Catalog)
	l.Catalog = known(saved, l.Catalog)
	now, err := insideOf(ctx, reader, &e, l.Objects, l.Catalog)
	if err != nil {
		return nil, nil, err
	}
	c, err = r.planned(ctx, reader, &e, now, l, instance)
	return c, notes, err
}

// planned is the comparison of an extract with what was read for it. Guards were looked at when the plan was made,
// but for the gateway's own state.
func (r *Run) planned(ctx context.Context, reader *fetch.Reader, e *diff.Extract, now kind.Actual, l fetch.Lists, instance *kind.Instance) (*compared.Result, error) {
	e.Actual = e.Relevant(now)
	c := &compared.Result{Desired: e.Settled(e.Actual), Extract: e, Instance: instance}
	draft := e.Begin(e.Actual)
	if err := complete(ctx, c, reader, draft, l); err != nil {
		return nil, err
	}
	e.Actual = draft.Actual()
	e.Plan, e.Actual.Neighbours, e.Desired.Claims = c.Plan, c.Actual.Neighbours, c.Plan.Claims()
	c.Plan.Refusals = nil
	if instance != nil && !r.AllowUnhealthy {
		c.Plan.Refusals = unhealthy(instance)
	}
	c.Reads, c.Sent = reader.Requests(), reader.Sent()
	return c, nil
}

// called is a catalog with environments and groups under the names that an extract is to give them.
func called(catalog *kind.Catalog, objects []kind.Object, e *diff.Extract) *kind.Catalog {
	now := e.Relevant(kind.Actual{Objects: objects})
	return calling(catalog, diff.Compared(kind.Actual{Objects: now.Objects}, e.Settled(now), e.Options()))
}

// insideOf completes listed objects with what an extract needs to know of them.
func insideOf(ctx context.Context, reader *fetch.Reader, e *diff.Extract, objects []kind.Object, c *kind.Catalog) (kind.Actual, error) {
	now := e.Relevant(kind.Actual{Objects: objects})
	want := e.Settled(now)
	draft := diff.Begin(now.Objects, want, e.Options())
	rows, err := inside(ctx, reader, draft, fetch.ReadyCatalog(c))
	if err != nil {
		return now, err
	}
	join(draft, rows, c, want)
	now = draft.Actual()
	diff.Sort(&now)
	return now, nil
}

// named tells under which names the objects of an extract are to be looked for.
func named(e *diff.Extract) (out []fetch.Want) {
	names := needs{}
	for address, whole := range e.Addresses() {
		kindName, key, _ := strings.Cut(address, "/")
		names.add(kindName, key, whole)
	}
	for _, k := range kind.All {
		if k.Owner == "" && len(names[k.Name]) > 0 {
			out = append(out, fetch.WantOf(k, false, names[k.Name]))
		}
	}
	return out
}

// apisToBind are the names of the APIs that a plan may bind: those of wanted links that did not exist, and of
// those that go over to the successor of a replaced object.
func apisToBind(e *diff.Extract) []string {
	names, bound := map[string]bool{}, map[string]bool{}
	for i := range e.Actual.Links {
		bound[e.Actual.Links[i].Address()] = true
	}
	for i := range e.Desired.Links {
		l := &e.Desired.Links[i]
		if l.To.API != nil && !l.Offline && (!bound[l.Address()] || e.Carried[kind.LinkOf(l.Kind).Owner+"/"+l.Owner]) {
			names[l.To.API.Name] = true
		}
	}
	return sorted(names)
}

// renew gives wanted links the ids that the gateway has for them now.
func renew(e *diff.Extract, fresh *kind.Catalog) (out []kind.DeclaredLink, notes []diff.Note) {
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

// known is a catalog of all APIs that a plan mentions, in the words of the plan, and of those that were read.
func known(e *diff.Extract, fresh *kind.Catalog) *kind.Catalog {
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
