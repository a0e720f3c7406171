package reconcile

import (
	"context"

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

// linkKey tells links apart, whatever their id.
type linkKey struct{ kind, owner, api, env string }

func keyOf(l *kind.Link) linkKey { return linkKey{l.Kind, l.OwnerID, l.API.ID, l.Env} }
