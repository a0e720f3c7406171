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

// toRead is what a comparison must read from a gateway, whether it compares files, a saved plan, or an undo file.
type toRead struct {
	wants   []fetch.Want                            // the objects
	allAPIs bool                                    // read all APIs, not only those of the look-ups
	apis    []kind.Lookup                           //
	begin   func(objects []kind.Object) *diff.Draft // compares objects, to find out which of their parts and links must be read
}

// reading is what was read.
type reading struct {
	fetch.Lists                // the catalog has the names that the gateway uses
	draft       *diff.Draft    // objects are compared, links are not yet: see join
	rows        []fetch.Rows   // the links
	instance    *kind.Instance // nil unless the run looks at the gateway's own state
}

// read reads, at the same time, the APIs, the objects with their parts and links, and the gateway's own
// state.
func (r *Run) read(ctx context.Context, reader *fetch.Reader, q toRead) (*reading, error) {
	out, catalog := &reading{}, fetch.NewPendingCatalog()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return catalog.Read(gctx, reader, q.allAPIs, q.apis) })
	g.Go(func() (err error) { // which parts and links must be read depends on the objects
		if out.Objects, out.Whole, err = reader.List(gctx, q.wants); err == nil {
			out.draft = q.begin(out.Objects)
			out.rows, err = readInside(gctx, reader, out.draft, catalog)
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

// readInside reads the parts and links that the comparison of objects needs, and compares the objects. The links are
// compared later, by join.
func readInside(ctx context.Context, reader *fetch.Reader, draft *diff.Draft, catalog *fetch.PendingCatalog) (links []fetch.Rows, err error) {
	for reads := draft.Reads(); len(reads) > 0; reads = draft.Reads() {
		parts, rows, err := reader.Inside(ctx, reads, catalog)
		if err != nil {
			return nil, err
		}
		draft.Add(kind.Actual{Objects: parts})
		links = append(links, rows...)
	}
	return links, nil
}

// addLinks adds the links that were read to the draft, which compares them with the wanted ones. The catalog must have the
// APIs of both.
func (x *reading) addLinks(catalog *kind.Catalog, want kind.Desired) {
	x.draft.Add(kind.Actual{Links: fetch.Join(x.rows, catalog), Neighbours: fetch.Neighbours(x.rows, catalog)})
	x.draft.CompareLinks(want)
}

// retryIfGone reads once more if an object from a list no longer exists when its details are read, because somebody else
// changes the gateway at the same time.
func retryIfGone[T any](read func() (T, error)) (T, error) {
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

// finish adds to a result the gateway's own state, and the requests that were made.
func (r *Run) finish(c *compared.Result, reader *fetch.Reader) {
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
