package reconcile

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// completePlan reads what the binds of the draft displace and what its deletes remove in addition to the objects
// themselves, and then makes the plan.
func completePlan(ctx context.Context, c *compared.Result, reader *fetch.Reader, draft *diff.Draft, l fetch.Lists) error {
	c.Actual, c.Desired = draft.Actual(), draft.Desired()
	c.Whole, c.Complete = l.Whole, linksRead(c.Actual, draft.Lists(), l.Whole)
	questions, orphaned := draft.Questions(), draft.Orphans()
	found := make([]kind.Neighbours, len(questions)+len(orphaned)+1)
	g, gctx := errgroup.WithContext(ctx)
	for i := range questions {
		g.Go(func() (err error) {
			q := &questions[i]
			if c.Actual.Neighbours.Complete[q.Link.Name] {
				found[i], err = reader.HoldersOfLinks(gctx, q, l, c.Actual.Neighbours.Links)
			} else {
				found[i], err = reader.Holders(gctx, q, l)
			}
			return err
		})
	}
	for i := range orphaned {
		g.Go(func() (err error) {
			found[len(questions)+i], err = reader.Holders(gctx, &orphaned[i], l)
			if api.MayAnswerOthers(err) {
				return nil // an object can be deleted even if the gateway refuses to show the parts that are removed with it
			}
			return err
		})
	}
	g.Go(func() (err error) {
		found[len(found)-1], err = orphans(gctx, reader, draft, l)
		return err
	})
	if err := g.Wait(); err != nil {
		return err
	}
	var neighbours kind.Neighbours
	for _, b := range found {
		neighbours.Owners, neighbours.Parts, neighbours.Links = append(neighbours.Owners, b.Owners...), append(neighbours.Parts, b.Parts...), append(neighbours.Links, b.Links...)
	}
	c.Plan = draft.Plan(neighbours)
	c.Actual.Neighbours = c.Plan.Neighbours
	return nil
}

// linksRead finds the kinds of links that were read completely: by lists for each API, or because all owners were
// listed and the bindings of each owner were read.
func linksRead(have kind.Actual, reads []diff.Read, whole map[string]bool) map[string]bool {
	out := map[string]bool{}
	for _, k := range kind.Links {
		read := map[string]bool{}
		for i := range reads {
			if reads[i].Link == k {
				read[reads[i].Object.Address()] = true
			}
		}
		out[k.Name] = have.Neighbours.Complete[k.Name] || whole[k.Owner] && !slices.ContainsFunc(have.Objects, func(o kind.Object) bool {
			return o.Kind == k.Owner && o.Bound != 0 && !read[o.Address()]
		})
	}
	return out
}
