package fetch

import (
	"context"
	"fmt"

	"github.com/apigw-sync/apigw-sync/internal/diff"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Named lists the objects of a kind among which the one with a key must be: those with that exact name, or all that live
// inside a parent.
func (r *Reader) Named(ctx context.Context, k *kind.Kind, parent *kind.Object, key string) ([]kind.Object, error) {
	found, err := r.lookUp(ctx, k, parent, key)
	for i := range found {
		if r.Called != nil {
			found[i] = k.Renamed(found[i], r.Called)
		}
	}
	return found, err
}

func (r *Reader) lookUp(ctx context.Context, k *kind.Kind, parent *kind.Object, key string) ([]kind.Object, error) {
	if parent != nil {
		now := *parent
		now.PartLists = nil // from when the parent was read; it may have changed since
		return r.parts(ctx, diff.Read{Part: k, Object: now})
	}
	if k.AllExist && key != "" {
		found, _, err := r.objects(ctx, Want{Kind: k, Names: []string{key}})
		return found, err
	}
	found, err := readAll(ctx, r, objectsOf(k, key))
	if err != nil {
		return nil, err
	}
	return r.complete(ctx, Want{Kind: k, All: key == "", Names: []string{key}}, found)
}

// ByID finds one object by its id; it returns nil if the gateway does not have it.
func (r *Reader) ByID(ctx context.Context, k *kind.Kind, parent *kind.Object, id string) (*kind.Object, error) {
	objects, err := r.Named(ctx, k, parent, "")
	if err != nil {
		return nil, err
	}
	for i := range objects {
		if objects[i].ID == id {
			return &objects[i], nil
		}
	}
	return nil, nil
}

// LinksOf reads the links of one owner.
func (r *Reader) LinksOf(ctx context.Context, k *kind.LinkKind, owner kind.Object) ([]kind.Link, error) {
	rows, err := r.rows(ctx, k.OfOwner, "by "+k.Owner, owner.ID, kind.Row{OwnerID: owner.ID, Owner: owner.Key}, owner.Bound)
	return r.joined(k, rows, kind.NewCatalog(nil)), err
}

// LinksAt reads the links of a target, in all environments.
func (r *Reader) LinksAt(ctx context.Context, k *kind.LinkKind, to *kind.Target) ([]kind.Link, error) {
	rows, err := r.rows(ctx, k.OfTarget, "by "+k.ToWord(), to.ListedBy(), rowFor(to), 0)
	catalog := kind.NewCatalog(nil)
	if to.API != nil {
		catalog = kind.NewCatalog([]*kind.API{to.API})
	}
	return r.joined(k, rows, catalog), err
}

// joined makes links of rows. Their targets have the names that the plan gives them (see Called).
func (r *Reader) joined(k *kind.LinkKind, rows []kind.Row, catalog *kind.Catalog) []kind.Link {
	links := Join([]Rows{{Kind: k, Rows: rows}}, catalog)
	for i := range links {
		if r.Called != nil {
			links[i].To = links[i].To.Renamed(r.Called)
		}
	}
	return links
}

// rowFor is what a list of the links of a target leaves out, since it was asked for that target.
func rowFor(to *kind.Target) kind.Row {
	if a := to.API; a != nil {
		return kind.Row{APIID: a.ID, API: a.Name, Group: a.Group}
	}
	return kind.Row{TargetID: to.ID, Target: to.Name}
}

// Instance reads the gateway's own state.
func (r *Reader) Instance(ctx context.Context) (*kind.Instance, error) {
	var i kind.Instance
	if err := r.read(ctx, kind.ShowInstance(), "once", &i); err != nil {
		return nil, fmt.Errorf("read the gateway: %w", err)
	}
	return &i, nil
}
