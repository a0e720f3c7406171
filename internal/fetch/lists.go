package fetch

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Want says which objects of a kind are needed.
type Want struct {
	Kind  *kind.Kind
	All   bool     // every object; else
	Names []string // those of these exact names, as far as they exist
}

// Objects lists the objects of several kinds that stand alone.
func (r *Reader) Objects(ctx context.Context, wants []Want) ([]kind.Object, error) {
	found := make([][]kind.Object, len(wants))
	g, gctx := errgroup.WithContext(ctx)
	for i, w := range wants {
		g.Go(func() (err error) {
			found[i], err = r.objects(gctx, w)
			return err
		})
	}
	err := g.Wait()
	return slices.Concat(found...), err
}

func (r *Reader) objects(ctx context.Context, w Want) ([]kind.Object, error) {
	if !w.All && len(w.Names) == 0 {
		return nil, nil
	}
	return scarce(ctx, r, scarcity[kind.Object]{
		all: w.All, names: w.Names, name: func(o *kind.Object) string { return o.Key }, ambiguous: len(w.Kind.Replace) > 0,
		list: func(name string) listing[kind.Object] {
			return listing[kind.Object]{
				ask:  func(offset int) api.Request { return w.Kind.List("", name, offset) },
				take: func(p kind.Page) ([]kind.Object, error) { return w.Kind.Objects("", p) },
				id:   func(o *kind.Object) string { return o.ID },
			}
		},
	})
}

// Catalog lists the gateway's APIs: all of them, or when all is false those of some exact names.
func (r *Reader) Catalog(ctx context.Context, everything bool, names []string) (*kind.Catalog, error) {
	apis, err := scarce(ctx, r, scarcity[*kind.API]{
		all: everything, names: names, name: func(a **kind.API) string { return (*a).Name }, ambiguous: true,
		list: func(name string) listing[*kind.API] {
			return listing[*kind.API]{
				ask:  func(offset int) api.Request { return kind.ListAPIs(name, offset) },
				take: kind.APIs,
				id:   func(a **kind.API) string { return (*a).ID },
			}
		},
	})
	return kind.NewCatalog(apis), err
}

// scarcity is a list of which only some names may be needed.
type scarcity[T any] struct {
	all       bool
	names     []string
	name      func(*T) string
	ambiguous bool // finding one item does not settle its name: others may share or extend it
	list      func(name string) listing[T]
}

// scarce reads a whole list, or looks names up one by one where that takes fewer requests: a single name
// at once, several after the first page has told how many pages there are.
func scarce[T any](ctx context.Context, r *Reader, s scarcity[T]) ([]T, error) {
	if s.all {
		return all(ctx, r, s.list(""))
	}
	if len(s.names) == 1 {
		return all(ctx, r, s.list(s.names[0]))
	}
	var missing []string // set when looking names up is cheaper than reading on
	l := s.list("")
	l.enough = func(first []T, pages int) bool {
		if m := s.missing(first); len(m) < pages-1 {
			missing = m
			return true
		}
		return false
	}
	got, err := all(ctx, r, l)
	if err != nil || missing == nil {
		return got, err
	}
	looked := make([]batch[T], len(missing))
	g, gctx := errgroup.WithContext(ctx)
	for i, name := range missing {
		g.Go(func() (err error) {
			looked[i].items, err = all(gctx, r, s.list(name))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return join(l, append([]batch[T]{{items: got}}, looked...)), nil
}

// missing are the names that the first page does not settle.
func (s scarcity[T]) missing(first []T) []string {
	out := []string{}
	seen := map[string]bool{}
	for i := range first {
		seen[s.name(&first[i])] = !s.ambiguous
	}
	for _, n := range s.names {
		if !seen[n] {
			out = append(out, n)
		}
	}
	return out
}

// refused reports whether the gateway answers that it will not do what was asked, however often.
func refused(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status >= 400 && e.Status < 500 && !api.Throttled(err)
}
