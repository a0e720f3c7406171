package reconcile

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// deepen reads what the plan may take away without saying so.
func (c *Comparison) deepen(ctx context.Context, reader *fetch.Reader) (err error) {
	if c.Around, err = around(ctx, reader, c); err == nil {
		c.Orphans, err = orphans(ctx, reader, c)
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
	for i := range c.Plan.Changes {
		ch := &c.Plan.Changes[i]
		k := kind.LinkOf(ch.Kind)
		if k == nil || k.Slot == nil || ch.Action != diff.Bind {
			continue
		}
		at := place{k, ch.Link.API}
		if envs[at] == nil {
			envs[at] = map[string]bool{}
			order = append(order, at)
		}
		envs[at][ch.Link.Env] = true
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
		left, err := reader.LinksOf(ctx, k, kind.Object{Kind: k.Owner, Key: o.Owner, ID: o.OwnerID, Bound: kind.Unknown})
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
