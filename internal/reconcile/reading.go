package reconcile

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
	"github.com/apigw-sync/apigw-sync/internal/reconcile/compared"
)

// question is what a comparison must read from a gateway, whether it compares files, a saved plan, or an undo file.
type question struct {
	wants   []fetch.Want                            // the objects
	allAPIs bool                                    // read all APIs, not only those of the look-ups
	apis    []kind.Lookup                           //
	begin   func(objects []kind.Object) *diff.Draft // begins to compare objects, to find out what else must be read of them
}

// reading is what was read.
type reading struct {
	fetch.Lists                // the catalog has the names that the gateway uses
	draft       *diff.Draft    // objects are compared, and their links are still to be joined
	rows        []fetch.Rows   // the links
	instance    *kind.Instance // nil unless the run looks at the gateway's own state
}

// read reads, at the same time, the APIs, the objects with their parts and links, and the gateway's own
// state.
func (r *Run) read(ctx context.Context, reader *fetch.Reader, q question) (*reading, error) {
	out, catalog := &reading{}, fetch.NewPendingCatalog()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return catalog.Read(gctx, reader, q.allAPIs, q.apis) })
	g.Go(func() (err error) { // the objects decide what must be read of them
		if out.Objects, out.Whole, err = reader.List(gctx, q.wants); err == nil {
			out.draft = q.begin(out.Objects)
			out.rows, err = inside(gctx, reader, out.draft, catalog)
		}
		return err
	})
	g.Go(func() (err error) {
		if r.CheckInstance {
			out.instance, err = reader.Instance(gctx)
		}
		return err
	})
	err := g.Wait()
	out.Catalog = catalog.Catalog()
	return out, err
}

// inside reads the parts and links that the comparison of objects needs, and compares objects. The links are still to be joined.
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

// join gives the draft the links that were read, and compares them with those that are wanted. The APIs are in the catalog.
func (x *reading) join(catalog *kind.Catalog, want kind.Desired) {
	x.draft.Know(kind.Actual{Links: fetch.Join(x.rows, catalog), Neighbours: fetch.Neighbours(x.rows, catalog)})
	x.draft.Links(want)
}

// twice reads once more if something that a list contained no longer exists when it is read, because somebody else changes the
// gateway at the same time.
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

// account adds the gateway's own state and the requests that were made to a result.
func (r *Run) account(c *compared.Result, reader *fetch.Reader) {
	if c.Instance != nil && !r.AllowUnhealthy {
		c.Plan.Refusals = append(c.Plan.Refusals, unhealthy(c.Instance)...)
	}
	c.Reads, c.Sent = reader.Requests(), reader.Sent()
}

// unhealthy explains why nothing must be written to a gateway.
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
