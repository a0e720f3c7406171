package reconcile

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/fetch"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Everything is what a gateway holds, within the scope of the run and as far as the gateway shows it.
type Everything struct {
	Kinds   []*kind.Kind // that were listed, or that the gateway refused to list
	Actual  kind.Actual
	Catalog *kind.Catalog
	Unread  []kind.Unread   // what the gateway refuses to show; empty unless the run is lenient
	Skipped map[string]bool // kinds of links that were not read because they are out of the scope of the run
	Reads   int
}

// Everything reads the gateway: objects, their parts, their links, and all APIs. A lenient run leaves out what the gateway
// refuses to show; if that is everything, it is an error.
func (r *Run) Everything(ctx context.Context) (*Everything, error) {
	reader := r.reader("read")
	reader.Lenient, reader.Backends = r.Lenient, r.Backends
	return retryIfGone(func() (*Everything, error) {
		defer reader.Again()
		return r.everything(ctx, reader)
	})
}

func (r *Run) everything(ctx context.Context, reader *fetch.Reader) (*Everything, error) {
	out := &Everything{Skipped: map[string]bool{}}
	for _, link := range kind.Links {
		out.Skipped[link.Name] = !r.Options.ComparesInside(link.Name, link.Owner)
	}
	var wants []fetch.Want
	for _, k := range kind.All {
		if k.Owner == "" && r.Options.Covers(k, "") && (r.Only == nil || slices.Contains(r.Only, k)) {
			wants, out.Kinds = append(wants, fetch.Want{Kind: k, All: true}), append(out.Kinds, k)
		}
	}
	var (
		objects []kind.Object
		rows    []fetch.Rows
	)
	catalog := fetch.NewPendingCatalog()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return catalog.Read(gctx, reader, true, nil) })
	g.Go(func() (err error) {
		if objects, err = reader.Objects(gctx, wants); err == nil {
			out.Actual.Objects, rows, err = r.readInScope(gctx, reader, objects, catalog, len(wants))
		}
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out.Catalog = catalog.Catalog()
	out.Catalog.OtherTargets = fetch.Targets(wants, objects)
	out.Actual.Links = slices.DeleteFunc(fetch.Join(rows, out.Catalog), func(l kind.Link) bool { return !r.Options.CoversEnvironment(l.To.Env) })
	out.Unread, out.Reads = reader.Unread(), reader.Requests()
	return out, nil
}

// readInScope reads the objects of these kinds that are in the scope of the run, with their parts and links. It is an error if
// the gateway shows none of the kinds.
func (r *Run) readInScope(ctx context.Context, reader *fetch.Reader, objects []kind.Object, catalog *fetch.PendingCatalog, kinds int) (all []kind.Object, links []fetch.Rows, err error) {
	left := slices.DeleteFunc(reader.Unread(), func(u kind.Unread) bool { return u.Kind == kind.AnyAPI })
	if len(left) == kinds && len(left) > 0 {
		return nil, nil, left[0].Err
	}
	level := slices.DeleteFunc(slices.Clone(objects), func(o kind.Object) bool { return !r.Options.Covers(kind.Of(o.Kind), o.Key) })
	for len(level) > 0 {
		all = append(all, level...)
		parts, rows, err := reader.Inside(ctx, r.readsInside(level), catalog)
		if err != nil {
			return nil, nil, err
		}
		links, level = append(links, rows...), slices.DeleteFunc(parts, func(o kind.Object) bool { return !r.Options.CoversEnvironmentOf(&o) })
	}
	return all, links, nil
}

// readsInside returns the reads of the parts of some objects and of what the objects are bound to, within the scope of the
// run.
func (r *Run) readsInside(objects []kind.Object) (reads []diff.Read) {
	for _, o := range objects {
		for _, link := range kind.LinksFrom(o.Kind) {
			if o.Bound != 0 && r.Options.ComparesInside(link.Name, o.Kind) {
				reads = append(reads, diff.Read{Object: o, Link: link})
			}
		}
		for _, part := range kind.Parts(o.Kind) {
			if o.MayHaveParts && r.Options.ComparesInside(part.Name, o.Kind) {
				reads = append(reads, diff.Read{Object: o, Part: part})
			}
		}
	}
	return reads
}
