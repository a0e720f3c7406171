// Package reconcile makes a gateway match desired-state files:
// resolve → fetch → diff → apply → read again.
package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/apply"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
	"github.com/apigw-sync/apigw-sync/internal/spec"
)

// Run is one comparison of files with a gateway, and what follows from it.
type Run struct {
	Caller   api.Caller
	Options  diff.Options
	Parallel int // maximum number of writes at the same time

	// CheckInstance reads the gateway's own state and refuses to write to one that is not Running or
	// is locked, unless AllowUnhealthy.
	CheckInstance  bool
	AllowUnhealthy bool

	// Tolerant compares the rest even if references match nothing. Such a plan must not be applied.
	Tolerant bool

	// Only are the kinds that Everything reads; nil means all.
	Only []*kind.Kind

	// Lenient leaves out what the gateway refuses to show.
	Lenient bool

	// Backends makes lists of APIs include their backends.
	Backends bool

	// Progress is called with the progress of a stage ("read", "write" or "verify"); total is 0 while it is not known.
	// It may be nil, and must be safe for concurrent use.
	Progress func(stage string, done, total int)
	Waiting  func(address string, d time.Duration) // called when a change must wait because the object has just been changed; may be nil
}

// Outcome is what an apply did.
type Outcome struct {
	Results   []apply.Result // one for each change, in the order of the plan
	Verified  bool           // what was written was read again, late enough for lists to show it
	Converged bool           // and it matches
	Remaining []diff.Change  // what still differs
	Writes    int            // requests sent, repeats included
	Reads     int
	Warnings  []diff.Note
	Stopped   bool // the run was stopped before everything was tried
}

// Compare reads the gateway and makes a plan. It returns an error if the gateway cannot be read.
func (r *Run) Compare(ctx context.Context, state *spec.State) (*compared.Result, error) {
	reader := r.reader("read")
	c, err := retryIfGone(func() (*compared.Result, error) { return r.compare(ctx, reader, state) })
	if err != nil {
		return nil, err
	}
	for _, u := range reader.Unread() {
		c.Plan.Warnings = append(c.Plan.Warnings, diff.Note{Message: "nothing of the kind " + u.Kind + " was read: " + u.Message})
	}
	r.finish(c, reader)
	return c, nil
}

func (r *Run) compare(ctx context.Context, reader *fetch.Reader, all *spec.State) (*compared.Result, error) {
	state := all.OnlyReferences(r.Options.CoversLink)
	q := toRead{wants: r.wanted(state), begin: func(objects []kind.Object) *diff.Draft {
		return diff.Begin(objects, state.WithoutLinks(), r.Options)
	}}
	q.allAPIs, q.apis = apisOf(state)
	reader.Backends = slices.ContainsFunc(q.wants, func(w fetch.Want) bool { return w.Kind.UsedByBackends() })
	x, err := r.read(ctx, reader, q)
	if err != nil {
		return nil, err
	}
	catalog, err := environments(ctx, reader, state, state.Renamed(withNewNames(x.Catalog, x.draft)), x.draft)
	if err != nil {
		return nil, err
	}
	x.Catalog = state.Renamed(catalog)
	x.Catalog.OtherTargets = fetch.Targets(q.wants, x.Objects)
	c := &compared.Result{Plan: &diff.Plan{}, Instance: x.instance, APIs: x.Catalog}
	c.Desired, c.Findings = state.Resolve(x.Catalog)
	c.Desired.OutOfScope = outOfScope(all, r.Options, x.Catalog)
	if !r.Tolerant && slices.ContainsFunc(c.Findings, func(f spec.Finding) bool { return !f.Warning }) {
		return c, nil
	}
	x.addLinks(x.Catalog, c.Desired)
	if err := completePlan(ctx, c, reader, x.draft, x.Lists); err != nil {
		return nil, err
	}
	c.Plan.Warnings = append(c.Plan.Warnings, r.Options.Unmatched(c.Actual, c.Desired)...)
	return c, nil
}

// withNewNames returns the catalog with the names that environments and groups have after the plan.
func withNewNames(catalog *kind.Catalog, draft *diff.Draft) *kind.Catalog {
	if !draft.Renames() {
		return catalog
	}
	return catalog.Renamed(draft.NewName)
}

// Apply carries out the plan, and then reads again what it has written.
func (r *Run) Apply(ctx context.Context, c *compared.Result) *Outcome {
	results, tally := apply.Run(ctx, r.Caller, c.Plan, c.Actual, apply.Options{
		Parallel: r.Parallel, Waiting: r.Waiting,
		Progress: func(done, total int) {
			if r.Progress != nil {
				r.Progress("write", done, total)
			}
		},
	})
	out := &Outcome{Results: results, Writes: tally.Writes, Reads: c.Reads + tally.Reads, Stopped: ctx.Err() != nil}
	if s := apply.Summarize(results); s.Failed+s.Skipped+s.Unknown == 0 {
		out.Warnings = append(out.Warnings, compareRequests(c.Plan, tally)...)
	}
	r.verify(ctx, c, out)
	return out
}

// compareRequests compares the requests that the plan announced with those that were sent.
func compareRequests(plan *diff.Plan, sent apply.Tally) (out []diff.Note) {
	planned := map[string]int{}
	for i := range plan.Steps {
		planned[plan.Steps[i].Operation]++
	}
	for op := range sent.Operations {
		planned[op] += 0 // so that operations that were not planned are compared, too
	}
	for _, op := range slices.Sorted(maps.Keys(planned)) {
		if planned[op] != sent.Operations[op] {
			out = append(out, diff.Note{Message: fmt.Sprintf("%s: %d requests planned, %d sent", op, planned[op], sent.Operations[op])})
		}
	}
	return out
}
