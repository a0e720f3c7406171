package reconcile

import (
	"context"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// complete reads what a plan takes along, and makes the plan.
func (r *Run) complete(ctx context.Context, reader *fetch.Reader, c *Comparison, draft *diff.Draft) (err error) {
	if c.Actual.Beside, err = orphans(ctx, reader, draft); err != nil {
		return err
	}
	c.Plan = draft.Plan(c.Actual.Beside)
	if r.Deep {
		c.Around, err = around(ctx, reader, c)
	}
	return err
}

// around reads the bindings that may give way to those of a plan without being part of it: those of objects
// that the files do not declare, or whose bindings they do not list.
func around(ctx context.Context, reader *fetch.Reader, c *Comparison) ([]kind.Link, error) {
	type place struct {
		kind *kind.LinkKind
		api  *kind.API
	}
	envs, order := map[place]map[string]bool{}, []place{}
	apis := map[string]*kind.API{}
	for i := range c.Plan.Steps {
		s := &c.Plan.Steps[i]
		k := kind.LinkOf(s.Kind)
		if s.Op != diff.OpBind || k.Slot == nil {
			continue
		}
		for j := range s.Items {
			l := &s.Items[j].Link
			if apis[l.API.ID] == nil {
				apis[l.API.ID] = l.API
			}
			at := place{k, apis[l.API.ID]}
			if envs[at] == nil {
				envs[at] = map[string]bool{}
				order = append(order, at)
			}
			envs[at][l.Env] = true
		}
	}
	found := make([][]kind.Link, len(order))
	g, gctx := errgroup.WithContext(ctx)
	for i, at := range order {
		g.Go(func() (err error) {
			found[i], err = reader.LinksAt(gctx, at.kind, at.api)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	told := map[linkKey]bool{}
	for i := range c.Actual.Links {
		told[keyOf(&c.Actual.Links[i])] = true
	}
	var out []kind.Link
	for i, at := range order {
		for _, l := range found[i] {
			if envs[at][l.Env] && !told[keyOf(&l)] {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

// steady reads the bindings of an owner until two reads agree, since lists may be late.
func steady(ctx context.Context, reader *fetch.Reader, k *kind.LinkKind, owner kind.Object) ([]kind.Link, error) {
	var before map[linkKey]bool
	for waited := time.Duration(0); ; waited += time.Second {
		links, err := reader.LinksOf(ctx, k, owner)
		if err != nil {
			return nil, err
		}
		now := map[linkKey]bool{}
		for i := range links {
			now[keyOf(&links[i])] = true
		}
		if before != nil && (maps.Equal(before, now) || waited >= settleFor || !pause(ctx, time.Second)) {
			return links, nil
		}
		before = now
	}
}

// linkKey tells links apart, whatever their id.
type linkKey struct{ kind, owner, api, env string }

func keyOf(l *kind.Link) linkKey { return linkKey{l.Kind, l.OwnerID, l.API.ID, l.Env} }

// displaced finds which of the bindings around a plan gave way, and wants them back.
func (u *undo) displaced(ctx context.Context, reader *fetch.Reader, c *Comparison) error {
	var owners []kind.Link
	seen := map[linkKey]bool{}
	for _, l := range c.Around {
		if id := (linkKey{kind: l.Kind, owner: l.OwnerID}); !seen[id] {
			seen[id] = true
			owners = append(owners, l)
		}
	}
	for _, o := range owners {
		k := kind.LinkOf(o.Kind)
		left, err := steady(ctx, reader, k, kind.Object{Kind: k.Owner, Key: o.Owner, ID: o.OwnerID, Bound: kind.Unknown})
		if err != nil {
			return err
		}
		is := map[linkKey]bool{}
		for i := range left {
			is[keyOf(&left[i])] = true
		}
		gone := false
		for _, l := range c.Around {
			if l.Kind == o.Kind && l.OwnerID == o.OwnerID && !is[keyOf(&l)] {
				left, gone = append(left, l), true
			}
		}
		if gone {
			u.collection(k.Owner, o.Owner, k.Name)
			u.bind(left)
		}
	}
	return nil
}
