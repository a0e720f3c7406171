package fetch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Read sends one request for something that is not a list, and decodes its answer into reply.
func (r *Reader) Read(ctx context.Context, q api.Request, reply any) error {
	return r.read(ctx, q, "one by one", reply)
}

func (r *Reader) read(ctx context.Context, q api.Request, how string, reply any) error {
	attempts, err := r.Caller.Call(ctx, q, reply)
	n := r.sent.Add(int64(attempts))
	count, _ := r.sentBy.LoadOrStore(grouped{q.Operation, how}, new(atomic.Int64))
	count.(*atomic.Int64).Add(int64(attempts))
	if r.Progress != nil {
		r.Progress(int(n))
	}
	return err
}

// grouped is an operation and how its requests were grouped.
type grouped struct{ operation, grouping string }

// Sent returns how many requests were sent so far, by operation and grouping.
func (r *Reader) Sent() (out []api.Sent) {
	r.sentBy.Range(func(k, count any) bool {
		g := k.(grouped)
		out = append(out, api.Sent{Operation: g.operation, Grouping: g.grouping, Count: int(count.(*atomic.Int64).Load())})
		return true
	})
	slices.SortFunc(out, func(a, b api.Sent) int {
		return cmp.Or(strings.Compare(a.Operation, b.Operation), strings.Compare(a.Grouping, b.Grouping))
	})
	return out
}

// Groups lists the API groups with some exact names, as far as they exist.
func (r *Reader) Groups(ctx context.Context, names []string) ([]kind.Object, error) {
	found, err := r.Objects(ctx, []Want{{Kind: kind.Of(kind.AGroup), Known: names}})
	return slices.DeleteFunc(found, func(g kind.Object) bool { return !slices.Contains(names, g.Key) }), err
}

// Environments lists the names of all environments; never nil.
func (r *Reader) Environments(ctx context.Context) ([]string, error) {
	found, err := r.Named(ctx, kind.Of(kind.AnEnvironment), nil, "")
	out := make([]string, len(found))
	for i := range found {
		out[i] = found[i].Key
	}
	return out, err
}

// APIs lists the APIs that meet the conditions of q.
func (r *Reader) APIs(ctx context.Context, q url.Values) ([]*kind.API, error) {
	return readAll(ctx, r, listing[*kind.API]{
		how:  "those with certain features",
		ask:  func(offset int) api.Request { return kind.FindAPIs(q, offset) },
		take: kind.APIs,
		id:   func(a **kind.API) string { return (*a).ID },
	})
}

// Live reads the definition of an API that is live in an environment.
func (r *Reader) Live(ctx context.Context, apiID, envID string) (*kind.Definition, error) {
	versions, err := readAll(ctx, r, listing[*kind.Version]{
		how:    "by API and environment",
		ask:    func(offset int) api.Request { return kind.ListVersions(apiID, envID, offset) },
		take:   kind.Versions,
		id:     func(v **kind.Version) string { return (*v).ID },
		enough: func(first []*kind.Version, _ int) bool { return slices.ContainsFunc(first, (*kind.Version).Live) },
	})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(versions, (*kind.Version).Live)
	if at < 0 {
		return nil, errors.New("none of its versions is live")
	}
	var d kind.Definition
	err = r.Read(ctx, kind.ShowVersion(versions[at].ID), &d)
	return &d, err
}

// Whole reads one object of a kind whose list does not return objects in full; it refers to other objects by name.
func (r *Reader) Whole(ctx context.Context, k *kind.Kind, id string) ([]kind.Object, error) {
	var answer json.RawMessage
	if err := r.Read(ctx, k.Show(nil, id), &answer); err != nil {
		return nil, err
	}
	told, err := k.Completed(kind.Object{}, answer)
	if err != nil {
		return nil, err
	}
	return r.named(ctx, k, []kind.Object{told})
}

// Bound is a link with its owner.
type Bound struct {
	kind.Link
	Object kind.Object // Value is nil if the list does not return the owner in full
}

// BoundTo reads what is bound to a target, in all environments.
func (r *Reader) BoundTo(ctx context.Context, k *kind.LinkKind, to *kind.Target, catalog *kind.Catalog) ([]Bound, error) {
	known := rowFor(to)
	return readAll(ctx, r, listing[Bound]{
		how: "by " + k.ToWord(),
		ask: func(offset int) api.Request { return k.OfTarget.Read(to.ListedBy(), offset) },
		take: func(p kind.Page) ([]Bound, error) {
			rows, err := filled(k.OfTarget, p, known)
			if err != nil {
				return nil, err
			}
			owners, err := kind.Of(k.Owner).Shown(p)
			if err != nil {
				return nil, err
			}
			out := make([]Bound, len(rows))
			for i, l := range Join([]Rows{{Kind: k, Rows: rows}}, catalog) {
				out[i] = Bound{Link: l, Object: kind.Object{Kind: k.Owner, Key: l.Owner, MayHaveParts: true}}
				if len(owners) == len(rows) {
					out[i].Object = owners[i]
				}
				out[i].Object.ID = l.OwnerID
			}
			return out, nil
		},
		id:     func(b *Bound) string { return b.ID + " " + b.OwnerID + " " + b.To.Env },
		none:   k.OfTarget.IsNone,
		enough: func([]Bound, int) bool { return k.OfTarget.Unpaged() },
	})
}
