package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// Before returns the extract of a plan for the undo file: what the run is about to change.
func (r *Run) Before(c *compared.Result) (*diff.Extract, error) {
	if c.Extract != nil {
		return c.Extract, nil
	}
	return diff.NewExtract(c.Plan, c.Actual, c.Desired, r.Options)
}

// Record is what a run has changed; lists may not show it yet.
type Record interface {
	Probe() *diff.Extract                       // what it may have changed
	Settled(now kind.Actual, at time.Time) bool // lists show what it did, or have had enough time to show it
	Requested() map[string]bool                 // addresses for which it sent a request
}

// Touched holds the current state of what a run has changed.
type Touched struct {
	Now     kind.Actual
	reader  *fetch.Reader
	reading *reading
}

// Touched reads what a run has changed. If the run has only just ended, it repeats this until lists show the changes.
func (r *Run) Touched(ctx context.Context, run Record) (*Touched, error) {
	t, probe := &Touched{reader: r.reader("read")}, run.Probe()
	for waited, wait := time.Duration(0), time.Second; ; waited, wait = waited+wait, min(2*wait, 4*time.Second) {
		x, err := r.read(ctx, t.reader, toRead{wants: wantsOf(probe), begin: beginExtract(probe)})
		if err != nil {
			return nil, err
		}
		x.Catalog = mergedCatalog(probe, x.Catalog)
		t.Now, t.reading = x.actual(probe), x
		if waited >= listDelay || run.Settled(t.Now, time.Now()) || !api.Pause(ctx, wait) {
			return t, nil
		}
	}
}

// TakeBack plans to take a run back, from what was read. Notes list what cannot be restored: APIs that can no longer be bound,
// and objects that refer to something that is gone. With rest, the plan leaves these out.
func (r *Run) TakeBack(ctx context.Context, t *Touched, run Record, e *diff.Extract, rest bool) (c *compared.Result, notes []diff.Note, err error) {
	asked := run.Requested()
	fresh := kind.NewCatalog(nil)
	if names := apisToBind(e); len(names) > 0 {
		if fresh, err = t.reader.Catalog(ctx, false, lookupsByName(names)); err != nil {
			return nil, nil, err
		}
	}
	x := t.reading
	x.Objects, x.Whole = t.Now.Objects, nil
	notes = x.refreshLinks(e, fresh)
	for left := notes; ; {
		if rest {
			e.Desired = without(e.Desired, left)
		}
		if c, err = r.planned(ctx, t.reader, e, t.Now, x); err != nil {
			return nil, nil, err
		}
		taken := dropOccupied(e, c.Plan, asked)
		left = c.Plan.Errors
		notes = slices.Concat(notes, taken, left)
		if len(taken)+len(left) == 0 || len(left) > 0 && !rest {
			return c, notes, nil
		}
	}
}

// without returns the wanted state without some addresses.
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

// dropOccupied drops wanted links whose slots now hold a policy that somebody else has bound since, and returns notes that
// name these policies.
func dropOccupied(e *diff.Extract, plan *diff.Plan, asked map[string]bool) (notes []diff.Note) {
	lost := map[string]bool{}
	for i := range plan.Changes {
		for _, d := range plan.Changes[i].Displaces {
			if d.Sure && !d.Claim.Declared && !d.Claim.Owned && !asked[d.Link.Address()] {
				lost[plan.Changes[i].Address] = true
				notes = append(notes, diff.Note{Address: d.Link.Address(), Message: "is bound now"})
			}
		}
	}
	e.Desired.Links = slices.DeleteFunc(e.Desired.Links, func(l kind.DeclaredLink) bool { return lost[l.Address()] })
	return notes
}
