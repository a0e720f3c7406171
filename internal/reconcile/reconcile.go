// Package reconcile is the way from desired-state files to a gateway that matches them:
// resolve → fetch → diff → apply → read again.
package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

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
	Parallel int // writes under way at most

	// CheckInstance reads the gateway's own state and refuses to write to one that is not Running or
	// is locked, unless AllowUnhealthy.
	CheckInstance  bool
	AllowUnhealthy bool

	// Tolerant compares the rest also when references lead nowhere. Such a plan is not to be applied.
	Tolerant bool

	// Only are the kinds that Everything reads; nil means all.
	Only []*kind.Kind

	// Lenient goes on without what the gateway refuses to show.
	Lenient bool

	// Backends has lists of APIs tell of backends, too.
	Backends bool

	// Progress is told how far a stage ("read", "write", "verify") is; total is 0 while it is not
	// known. It may be nil, and is called from several goroutines.
	Progress func(stage string, done, total int)
	Waiting  func(address string, d time.Duration) // told where a change has to wait for one of a moment ago; may be nil
}

// Outcome is what an apply did.
type Outcome struct {
	Results   []apply.Result // one for each change, in the order of the plan
	Verified  bool           // what was touched was read again, late enough for lists to show it
	Converged bool           // and it matches
	Remaining []diff.Change  // what still differs
	Writes    int            // requests sent, repeats included
	Reads     int
	Warnings  []diff.Note
	Stopped   bool // the run was stopped before everything was tried
}

// Compare reads the gateway and plans. It returns an error when the gateway cannot be read.
func (r *Run) Compare(ctx context.Context, state *spec.State) (*compared.Result, error) {
	reader := r.reader("read")
	c, err := twice(func() (*compared.Result, error) { return r.compare(ctx, reader, state) })
	if err != nil {
		return nil, err
	}
	if c.Instance != nil && !r.AllowUnhealthy {
		c.Plan.Refusals = append(c.Plan.Refusals, unhealthy(c.Instance)...)
	}
	for _, u := range reader.Unread() {
		c.Plan.Warnings = append(c.Plan.Warnings, diff.Note{Message: "of the kind " + u.Kind + " nothing was read: " + u.Why})
	}
	c.Reads, c.Sent = reader.Requests(), reader.Sent()
	return c, nil
}

func (r *Run) compare(ctx context.Context, reader *fetch.Reader, all *spec.State) (*compared.Result, error) {
	state := all.OnlyReferences(r.Options.CoversLink)
	c := &compared.Result{Plan: &diff.Plan{}}
	var (
		l     fetch.Lists
		draft *diff.Draft
		rows  []fetch.Rows
	)
	wants, catalog := r.wanted(state), fetch.NewPendingCatalog()
	reader.Backends = slices.ContainsFunc(wants, func(w fetch.Want) bool { return w.Kind.BehindAPIs() })
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		everything, lookups := apisOf(state)
		return catalog.Read(gctx, reader, everything, lookups)
	})
	g.Go(func() (err error) { // what is looked into follows from objects alone
		if l.Objects, l.Whole, err = reader.List(gctx, wants); err == nil {
			draft = diff.Begin(l.Objects, state.WithoutLinks(), r.Options)
			rows, err = inside(gctx, reader, draft, catalog)
		}
		return err
	})
	g.Go(func() (err error) {
		c.Instance, err = r.instance(gctx, reader)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var err error
	if l.Catalog, err = environments(ctx, reader, state, state.Renamed(calling(catalog.Catalog(), draft)), draft); err != nil {
		return nil, err
	}
	l.Catalog = state.Renamed(l.Catalog)
	l.Catalog.Others = fetch.Targets(wants, l.Objects)
	c.APIs = l.Catalog
	c.Desired, c.Findings = state.Resolve(l.Catalog)
	c.Desired.OutOfScope = outOfScope(all, r.Options, l.Catalog)
	if !r.Tolerant && slices.ContainsFunc(c.Findings, func(f spec.Finding) bool { return !f.Warning }) {
		return c, nil
	}
	join(draft, rows, l.Catalog, c.Desired)
	err = complete(ctx, c, reader, draft, l)
	return c, err
}

// calling is a catalog with environments and groups under the names that they are to have.
func calling(catalog *kind.Catalog, draft *diff.Draft) *kind.Catalog {
	if !draft.Renames() {
		return catalog
	}
	return catalog.Calling(draft.Calls)
}

// twice reads again when something that a list showed is gone by the time that it is looked into: somebody else
// changes the gateway meanwhile.
func twice[T any](read func() (T, error)) (T, error) {
	out, err := read()
	if api.NotFound(err) {
		return read()
	}
	return out, err
}

func (r *Run) reader(stage string) *fetch.Reader {
	reader := &fetch.Reader{Caller: r.Caller, Parallel: r.Parallel}
	if r.Progress != nil {
		reader.Progress = func(n int) { r.Progress(stage, n, 0) }
	}
	return reader
}

// instance reads the gateway's own state, where the run looks at it.
func (r *Run) instance(ctx context.Context, reader *fetch.Reader) (*kind.Instance, error) {
	if !r.CheckInstance {
		return nil, nil
	}
	return reader.Instance(ctx)
}

// inside reads what the comparison of objects needs to know besides, and compares objects. The links are still to be joined.
func inside(ctx context.Context, reader *fetch.Reader, draft *diff.Draft, catalog *fetch.PendingCatalog) (links []fetch.Rows, err error) {
	for reads := draft.Reads(); len(reads) > 0; reads = draft.Reads() {
		parts, rows, err := reader.Inside(ctx, reads, catalog)
		if err != nil {
			return nil, err
		}
		draft.Know(kind.Actual{Objects: parts})
		links = append(links, rows...)
	}
	return links, nil
}

// join tells a draft the links that were read, and compares them with those that are wanted.
func join(draft *diff.Draft, rows []fetch.Rows, catalog *kind.Catalog, want kind.Desired) {
	draft.Know(kind.Actual{Links: fetch.Join(rows, catalog), Neighbours: fetch.Neighbours(rows, catalog)})
	draft.Links(want)
}

// unhealthy tells why a gateway must not be written to.
func unhealthy(i *kind.Instance) (out []diff.Refusal) {
	if i.State() != kind.Running {
		out = append(out, diff.Refusal{
			Guard: "instance", Reason: fmt.Sprintf("the gateway is %s, not Running", i.State()),
			Would: "writes might have been lost or half done", Flag: "--allow-unhealthy",
		})
	}
	for _, l := range i.Locks {
		out = append(out, diff.Refusal{
			Guard: "instance", Reason: fmt.Sprintf("the gateway is locked (%s by %s)", l.Scene, l.Source),
			Would: "writes might have been refused half way", Flag: "--allow-unhealthy",
		})
	}
	return out
}

// Apply carries the plan out and reads what it touched again.
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
		out.Warnings = append(out.Warnings, promise(c.Plan, tally)...)
	}
	r.verify(ctx, c, out)
	return out
}

// promise compares the requests that the plan announced with those that were sent.
func promise(plan *diff.Plan, sent apply.Tally) (out []diff.Note) {
	planned := map[string]int{}
	for i := range plan.Steps {
		planned[plan.Steps[i].Operation]++
	}
	operations := map[string]bool{}
	for op := range planned {
		operations[op] = true
	}
	for op := range sent.Operations {
		operations[op] = true
	}
	for _, op := range sorted(operations) {
		if planned[op] != sent.Operations[op] {
			out = append(out, diff.Note{Message: fmt.Sprintf("%s: %d requests planned, %d sent", op, planned[op], sent.Operations[op])})
		}
	}
	return out
}
