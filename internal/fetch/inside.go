package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Inside reads parts and links of objects: by owner, by API, or all of a kind at once, whichever takes the fewest requests.
// Links can be read by API only if the catalog has all APIs of the gateway; Inside stops waiting for the catalog as soon as
// it is known to have too many APIs for that to be cheaper. With a nil catalog no links are read by API. The links are
// returned as rows, to which Join adds the APIs.
func (r *Reader) Inside(ctx context.Context, reads []diff.Read, catalog *PendingCatalog) (objects []kind.Object, rows []Rows, err error) {
	byLink := map[*kind.LinkKind][]kind.Object{}
	var ofParts []diff.Read
	for _, read := range reads {
		if read.Link != nil {
			byLink[read.Link] = append(byLink[read.Link], read.Object)
		} else {
			ofParts = append(ofParts, read)
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		objects, err = r.allParts(gctx, ofParts)
		return err
	})
	rows = make([]Rows, len(kind.Links))
	for i, k := range kind.Links {
		g.Go(func() (err error) {
			rows[i], err = r.links(gctx, k, byLink[k], catalog)
			return err
		})
	}
	err = g.Wait()
	return objects, rows, err
}

func (r *Reader) allParts(ctx context.Context, reads []diff.Read) ([]kind.Object, error) {
	return inParallel(ctx, r, reads, func(ctx context.Context, read *diff.Read) ([]kind.Object, error) {
		found, err := r.parts(ctx, *read)
		return found, r.tolerate(read.Part.Name, read.Object.Key, err)
	})
}

func (r *Reader) parts(ctx context.Context, read diff.Read) (got []kind.Object, err error) {
	k, o := read.Part, &read.Object
	take := func(p kind.Page) ([]kind.Object, error) { return k.Objects(o.Key, p) }
	told, ok, unreadable := k.ListedIn(o)
	switch {
	case ok && unreadable == nil: // else the owner is read once more
		got = told
	case k.Single || k.ListPath != "":
		_, got, err = ask(ctx, r, k.List(o, "", 0), "by "+k.Owner, take)
		if api.NotFound(err) {
			got, err = nil, nil
		}
	default:
		got, err = readAll(ctx, r, listing[kind.Object]{
			how:  "by " + k.Owner,
			ask:  func(offset int) api.Request { return k.List(o, "", offset) },
			take: take,
			id:   func(o *kind.Object) string { return o.ID },
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read %s of %s: %w", k.Name, o.Address(), err)
	}
	for i := range got {
		got[i].Parent = o
	}
	if err := r.readDetails(ctx, k, got, func(*kind.Object) bool { return true }); err != nil {
		return nil, err
	}
	return r.named(ctx, k, got)
}

// Rows are the links of one kind as the gateway lists them.
type Rows struct {
	Kind   *kind.LinkKind
	Rows   []kind.Row
	Others []kind.Row // links of owners that were not asked for
	All    bool       // Rows and Others together are all links of the kind that the gateway has
}

// links reads the links of some owners in the cheapest way.
func (r *Reader) links(ctx context.Context, k *kind.LinkKind, owners []kind.Object, catalog *PendingCatalog) (Rows, error) {
	out := Rows{Kind: k}
	if len(owners) == 0 {
		return out, nil
	}
	byOwner := linkPages(owners)
	if inAll, known := r.linksFrom(k.Owner); known && k.OfAll.Operation != "" && pages(inAll) < byOwner {
		rows, err := r.rows(ctx, k.OfAll, wholeList, "", kind.Row{}, inAll)
		if err == nil {
			out.Rows, _ = split(rows, owners)
			return out, nil
		}
		if !api.Refused(err) {
			return out, err
		}
	}
	var err error
	if k.Target == kind.APublication {
		if apis := catalog.All(byOwner); len(apis) > 0 {
			rows, err := r.perAPI(ctx, k, apis)
			out.All = err == nil
			out.Rows, out.Others = split(rows, owners)
			if !r.Lenient || !api.MayAnswerOthers(err) {
				return out, err
			}
		}
	}
	out.Rows, err = r.perOwner(ctx, k, owners, catalog)
	return out, err
}

func pages(n int) int { return (n + kind.PageSize - 1) / kind.PageSize }

func (r *Reader) perOwner(ctx context.Context, k *kind.LinkKind, owners []kind.Object, catalog *PendingCatalog) ([]kind.Row, error) {
	return inParallel(ctx, r, owners, func(ctx context.Context, o *kind.Object) ([]kind.Row, error) {
		found, err := r.rows(ctx, k.OfOwner, "by "+k.Owner, o.ID, kind.Row{OwnerID: o.ID, Owner: o.Key}, o.Bound)
		if half := (*Incomplete)(nil); errors.As(err, &half) && k.Target == kind.APublication {
			// Old versions of the gateway ignore the offset of this list. The lists by API are short enough for one page.
			if apis := catalog.All(math.MaxInt); len(apis) > 0 {
				found, err = r.perAPI(ctx, k, apis)
				found, _ = split(found, []kind.Object{*o})
			}
		}
		if err != nil {
			err = fmt.Errorf("read the bindings of %s: %w", o.Address(), err)
		}
		return found, r.tolerate(k.Name, o.Key, err)
	})
}

func (r *Reader) perAPI(ctx context.Context, k *kind.LinkKind, apis []*kind.API) ([]kind.Row, error) {
	return inParallel(ctx, r, apis, func(ctx context.Context, api **kind.API) ([]kind.Row, error) {
		a := *api
		found, err := r.rows(ctx, k.OfTarget, byAPI, a.ID, kind.Row{APIID: a.ID, API: a.Name, Group: a.Group}, 0)
		if err != nil {
			return nil, fmt.Errorf("read the %ss of API %s: %w", k.Owner, a.Address(), err)
		}
		return found, nil
	})
}

// rows reads one list of links. Its items leave out what the list was asked for, such as the owner: that is filled in from
// known. expected is about how many links there are; 0 if that is not known.
func (r *Reader) rows(ctx context.Context, reading kind.LinkList, how, id string, known kind.Row, expected int) ([]kind.Row, error) {
	return readAll(ctx, r, listing[kind.Row]{
		how: how, expected: expected,
		ask:    func(offset int) api.Request { return reading.Read(id, offset) },
		take:   func(p kind.Page) ([]kind.Row, error) { return filled(reading, p, known) },
		id:     (*kind.Row).Key,
		none:   reading.IsNone,
		enough: func([]kind.Row, int) bool { return reading.Unpaged() },
	})
}

// filled are the rows of a page, completed by what is known of all of them.
func filled(reading kind.LinkList, p kind.Page, known kind.Row) ([]kind.Row, error) {
	rows, err := reading.Rows(p)
	for i := range rows {
		if rows[i].Fill(known); !rows[i].Complete() {
			return nil, fmt.Errorf("%s/%d does not name the owner and the target of the binding", reading.ListField, i)
		}
	}
	return rows, err
}

// split separates the rows that belong to some owners from those of other owners.
func split(rows []kind.Row, owners []kind.Object) (theirs, others []kind.Row) {
	keys := make(map[string]string, len(owners))
	for i := range owners {
		keys[owners[i].ID] = owners[i].Key
	}
	for _, row := range rows {
		if key, ok := keys[row.OwnerID]; ok {
			row.Owner = key
			theirs = append(theirs, row)
		} else {
			others = append(others, row)
		}
	}
	return theirs, others
}

// Neighbours are the links of owners that were not asked for, as far as the lists return them.
func Neighbours(all []Rows, c *kind.Catalog) kind.Neighbours {
	out := kind.Neighbours{Complete: map[string]bool{}}
	var others []Rows
	for _, r := range all {
		if r.All {
			out.Complete[r.Kind.Name] = true
			others = append(others, Rows{Kind: r.Kind, Rows: r.Others})
		}
	}
	out.Links = Join(others, c)
	return out
}

// Join makes links of rows; the catalog has the APIs that they lead to.
func Join(all []Rows, c *kind.Catalog) (out []kind.Link) {
	others := map[string]*kind.API{}
	n := 0
	for _, rows := range all {
		n += len(rows.Rows)
	}
	out = make([]kind.Link, 0, n)
	for _, rows := range all {
		for i := range rows.Rows {
			row := &rows.Rows[i]
			l := kind.Link{Kind: rows.Kind.Name, Owner: row.Owner, OwnerID: row.OwnerID, To: c.Target(rows.Kind, row, others), ID: row.ID}
			if l.To.API == nil {
				l.ID = cmp.Or(l.ID, l.OwnerID+"/"+l.To.ID) // the gateway gives these links no id
			}
			out = append(out, l)
		}
	}
	return out
}
