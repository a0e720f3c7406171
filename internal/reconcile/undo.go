package reconcile

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Before is what a run is about to touch, for its undo file: the extract of its plan.
func (r *Run) Before(c *compared.Result) (*diff.Extract, error) {
	if c.Extract != nil {
		return c.Extract, nil
	}
	return diff.Narrow(c.Plan, c.Actual, c.Desired, r.Options)
}

// Way is a way back that is being looked for.
type Way struct {
	Probe   *diff.Extract                                // what must be read first
	Back    func(now kind.Actual) (*diff.Extract, error) // finds the way, of what is read
	Settled func(now kind.Actual) bool                   // lists show what the run did; until then they are read again
	Asked   func(address string) bool                    // whether the run asked for something about an address
	Rest    bool                                         // leave out what notes tell about
}

// TakeBack reads what a run touched and plans to take it back. Notes tell about what can no longer be brought back: APIs
// that can no longer be bound, and objects that refer to what is gone.
func (r *Run) TakeBack(ctx context.Context, w Way) (c *compared.Result, notes []diff.Note, err error) {
	reader := r.reader("read")
	var now kind.Actual
	var instance *kind.Instance
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		now, err = r.settle(gctx, reader, w)
		return err
	})
	if r.CheckInstance {
		g.Go(func() (err error) {
			instance, err = reader.Instance(gctx)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	e, err := w.Back(now)
	if err != nil {
		return nil, nil, err
	}
	fresh := kind.NewCatalog(nil)
	if names := apisToBind(e); len(names) > 0 {
		if fresh, err = reader.Catalog(ctx, false, byName(names)); err != nil {
			return nil, nil, err
		}
	}
	fresh = called(fresh, now.Objects, e)
	e.Desired.Links, notes = renew(e, fresh)
	lists := fetch.Lists{Objects: now.Objects, Catalog: known(e, fresh)}
	for left := notes; ; {
		if w.Rest {
			e.Desired = without(e.Desired, left)
		}
		if c, err = r.planned(ctx, reader, e, now, lists, instance); err != nil {
			return nil, nil, err
		}
		taken := giveUp(e, c.Plan, w.Asked)
		left = c.Plan.Errors
		notes = slices.Concat(notes, taken, left)
		if len(taken)+len(left) == 0 || len(left) > 0 && !w.Rest {
			return c, notes, nil
		}
	}
}

// without is what is wanted but for some addresses.
func without(want kind.Desired, notes []diff.Note) kind.Desired {
	left := map[string]bool{}
	for _, n := range notes {
		left[n.Address] = true
	}
	out := want
	out.Objects = slices.DeleteFunc(slices.Clone(want.Objects), func(d kind.Declared) bool { return left[d.Address()] })
	out.Links = slices.DeleteFunc(slices.Clone(want.Links), func(l kind.DeclaredLink) bool { return left[l.Address()] })
	return out
}

// giveUp no longer wants links back whose places somebody else has taken since, and says who.
func giveUp(e *diff.Extract, plan *diff.Plan, asked func(string) bool) (notes []diff.Note) {
	lost := map[string]bool{}
	for i := range plan.Changes {
		for _, d := range plan.Changes[i].Displaces {
			if d.Sure && !d.Claim.Declared && !d.Claim.Owned && !asked(d.Link.Address()) {
				lost[plan.Changes[i].Address] = true
				notes = append(notes, diff.Note{Address: d.Link.Address(), Message: "is bound now"})
			}
		}
	}
	e.Desired.Links = slices.DeleteFunc(e.Desired.Links, func(l kind.DeclaredLink) bool { return lost[l.Address()] })
	return notes
}

// settle reads what is there, again and again until lists show what a run did that has only just ended.
func (r *Run) settle(ctx context.Context, reader *fetch.Reader, w Way) (now kind.Actual, err error) {
	for waited, wait := time.Duration(0), time.Second; ; waited, wait = waited+wait, min(2*wait, 4*time.Second) {
		objects, err := reader.Objects(ctx, named(w.Probe))
		if err == nil {
			now, err = insideOf(ctx, reader, w.Probe, objects, known(w.Probe, kind.NewCatalog(nil)))
		}
		if err != nil || waited >= settleFor || w.Settled(now) || !apply.Pause(ctx, wait) {
			return now, err
		}
	}
}
