package fetch

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Want says which objects of a kind are needed.
type Want struct {
	Kind  *kind.Kind
	All   bool     // every object; else
	Names []string // the objects with these exact names, if they exist
	Known []string // likewise, where only their existence and their ids are needed
}

// WantOf asks for the objects with some names, and for all of the kind if all is set. The value of a name says whether the
// whole object is needed, or only whether it exists and its id.
func WantOf(k *kind.Kind, all bool, names map[string]bool) Want {
	w := Want{Kind: k, All: all}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if names[name] {
			w.Names = append(w.Names, name)
		} else {
			w.Known = append(w.Known, name)
		}
	}
	return w
}

// keys are all names that are asked for.
func (w *Want) keys() []string { return slices.Concat(w.Names, w.Known) }

// Objects lists the objects of several kinds that live inside no other.
func (r *Reader) Objects(ctx context.Context, wants []Want) ([]kind.Object, error) {
	objects, _, err := r.List(ctx, wants)
	return objects, err
}

// List lists like Objects, and also returns the kinds of which it has listed every object.
func (r *Reader) List(ctx context.Context, wants []Want) ([]kind.Object, map[string]bool, error) {
	found, complete := make([][]kind.Object, len(wants)), make([]bool, len(wants))
	g, gctx := errgroup.WithContext(ctx)
	for i, w := range wants {
		g.Go(func() (err error) {
			found[i], complete[i], err = r.objects(gctx, w)
			// A kind that the cloud or the gateway lacks is no reason to stop if the files name no object of it.
			if (api.PathUnknown(err) || api.FeatureMissing(err)) && len(w.keys()) == 0 {
				r.note(w.Kind.Name, "", err)
				return nil
			}
			return r.tolerate(w.Kind.Name, "", err)
		})
	}
	err := g.Wait()
	whole := map[string]bool{}
	for i, w := range wants {
		whole[w.Kind.Name] = complete[i]
	}
	return slices.Concat(found...), whole, err
}

// objectsOf is the list of the objects of a kind that have an exact name, or of all of them if name is empty.
func objectsOf(k *kind.Kind, name string) listing[kind.Object] {
	return listing[kind.Object]{
		how:  byName(name),
		ask:  func(offset int) api.Request { return k.List(nil, name, offset) },
		take: func(p kind.Page) ([]kind.Object, error) { return k.Objects("", p) },
		id:   func(o *kind.Object) string { return o.ID },
	}
}

func (r *Reader) objects(ctx context.Context, w Want) (found []kind.Object, complete bool, err error) {
	if !w.All && len(w.keys()) == 0 {
		return nil, false, nil
	}
	of := func(name string) listing[kind.Object] { return objectsOf(w.Kind, name) }
	defer func() {
		if r.remember(found); complete && err == nil {
			r.count(w.Kind, found)
		}
	}()
	if w.Kind.AllExist {
		found, err = readAll(ctx, r, of(""))
		return withAllExisting(w, found), w.All, err
	}
	if w.All || w.Kind.WithNames != nil { // these objects refer to others of their kind by id, and only the full list has every name
		if found, err = readAll(ctx, r, of("")); err != nil {
			return nil, false, err
		}
		found, err = r.complete(ctx, w, found)
		return found, true, err
	}
	found, complete, err = readSelected(ctx, r, selection[string, kind.Object]{
		keys: w.keys(), whole: of(""), atOnce: 1,
		find: func(ctx context.Context, name string) ([]kind.Object, error) { return readAll(ctx, r, of(name)) },
		found: func(o *kind.Object) (name string, ok bool) {
			return o.Key, len(w.Kind.Immutable) == 0 // else the successor of a replace may be on another page
		},
	})
	return found, complete, cmp.Or(err, r.readDetails(ctx, w.Kind, found, w.wants))
}

// wants reports whether all of an object is wanted.
func (w *Want) wants(o *kind.Object) bool {
	stem, _ := w.Kind.SucceedsAny(o)
	return w.All || slices.Contains(w.Names, o.Key) || slices.Contains(w.Names, stem)
}

// complete reads what the list leaves out of the wanted objects, and replaces the ids that they refer to with names.
func (r *Reader) complete(ctx context.Context, w Want, listed []kind.Object) ([]kind.Object, error) {
	if err := r.readDetails(ctx, w.Kind, listed, w.wants); err != nil {
		return nil, err
	}
	r.remember(listed)
	return r.named(ctx, w.Kind, listed)
}

// withAllExisting are the wanted objects of a kind that every gateway has by itself. The gateway lists only those that were set once;
// the others are added here.
func withAllExisting(w Want, listed []kind.Object) (out []kind.Object) {
	missing := slices.Clone(w.Names)
	for _, o := range listed {
		if w.All || slices.Contains(w.Names, o.Key) {
			out = append(out, o)
			missing = slices.DeleteFunc(missing, func(name string) bool { return name == o.Key })
		}
	}
	for _, name := range missing {
		out = append(out, w.Kind.NeverSet(name))
	}
	return out
}

// readDetails reads each wanted object that the list does not return in full, with one request per object.
func (r *Reader) readDetails(ctx context.Context, k *kind.Kind, found []kind.Object, wanted func(*kind.Object) bool) error {
	g, gctx := r.group(ctx)
	for i := range found {
		o := &found[i]
		if !k.NeedsShow(o) || !wanted(o) {
			continue
		}
		g.Go(func() error {
			var answer json.RawMessage
			if err := r.read(gctx, k.Show(o.Parent, o.ID), "one by one", &answer); err != nil {
				return fmt.Errorf("read %s: %w", o.Address(), err)
			}
			told, err := k.Completed(*o, answer)
			if err == nil && told.ID == o.ID {
				*o = told
			}
			return err
		})
	}
	return g.Wait()
}

// Catalog lists the gateway's APIs: all of them, or, if everything is false, at least those that the look-ups ask for.
func (r *Reader) Catalog(ctx context.Context, everything bool, lookups []kind.Lookup) (*kind.Catalog, error) {
	return r.catalog(ctx, everything, lookups, nil)
}

func (r *Reader) catalog(ctx context.Context, everything bool, lookups []kind.Lookup, counted func(int)) (*kind.Catalog, error) {
	var apis []*kind.API
	var err error
	complete, whole := everything, r.apisOf(kind.Lookup{}, "")
	if whole.counted = counted; everything {
		apis, err = readAll(ctx, r, whole)
	} else {
		apis, complete, err = readSelected(ctx, r, selection[kind.Lookup, *kind.API]{
			keys: lookups, whole: whole, atOnce: 2, find: r.find,
			cost: func(l kind.Lookup) int {
				if l.Group != "" {
					return 2
				}
				return 1
			},
		})
	}
	c := kind.NewCatalog(apis)
	c.Complete, c.CompleteGroups = complete, map[string]bool{}
	for _, l := range lookups {
		c.CompleteGroups[l.Group] = l.Group != ""
	}
	if everything {
		err = r.tolerate(kind.AnyAPI, "", err)
	}
	return c, err
}

func (r *Reader) apisOf(l kind.Lookup, groupID string) listing[*kind.API] {
	how := byName(l.Name)
	switch {
	case l.Path != "":
		how = "by path"
	case l.Group != "":
		how = "by group"
	}
	return listing[*kind.API]{
		how: how,
		ask: func(offset int) api.Request {
			q := kind.ListAPIs(l, groupID, offset)
			if r.Backends {
				q = kind.WithBackends(q)
			}
			return q
		},
		take: kind.APIs,
		id:   func(a **kind.API) string { return (*a).ID },
	}
}

// find looks APIs up. For the APIs of a group it takes two requests, since the list can only be filtered by the group's id.
func (r *Reader) find(ctx context.Context, l kind.Lookup) ([]*kind.API, error) {
	if l.Group == "" {
		return readAll(ctx, r, r.apisOf(l, ""))
	}
	groups, err := r.Groups(ctx, []string{l.Group})
	if err != nil || len(groups) == 0 {
		return nil, err
	}
	return readAll(ctx, r, r.apisOf(l, groups[0].ID))
}

// selection describes a list of which only some items may be needed.
type selection[K comparable, T any] struct {
	keys   []K
	whole  listing[T]
	atOnce int // up to this many look-ups are made without reading the first page of the list
	find   func(context.Context, K) ([]T, error)
	cost   func(K) int // requests that a look-up takes; nil means one
	// found is the key of an item on the first page that need not be looked up any more; nil if several items may
	// have the same key.
	found func(*T) (key K, ok bool)
}

// readSelected reads a whole list, or looks keys up one by one where that takes fewer requests. A few keys are looked up at
// once; for more, it first reads a page to learn how many pages there are. complete reports whether items are the whole list.
func readSelected[K comparable, T any](ctx context.Context, r *Reader, s selection[K, T]) (items []T, complete bool, err error) {
	if n := s.requests(s.keys); n <= s.atOnce && n == len(s.keys) {
		s.whole.count(math.MaxInt)
		items, err = s.lookUp(ctx, r, s.keys, nil)
		return items, false, err
	}
	var missing []K // set if looking these up is cheaper than reading the remaining pages
	l := s.whole
	l.enough = func(first []T, pages int) bool {
		if m := s.missing(first); s.requests(m) < pages-1 {
			missing = m
			return true
		}
		return false
	}
	items, err = readAll(ctx, r, l)
	if err != nil || missing == nil {
		return items, err == nil, err
	}
	items, err = s.lookUp(ctx, r, missing, items)
	return items, false, err
}

// lookUp looks keys up and adds what it finds to the items that were read before.
func (s selection[K, T]) lookUp(ctx context.Context, r *Reader, keys []K, got []T) ([]T, error) {
	found, err := inParallel(ctx, r, keys, func(ctx context.Context, key *K) ([]T, error) { return s.find(ctx, *key) })
	if err != nil {
		return nil, err
	}
	return collect(s.whole, batch[T]{items: got}, batch[T]{items: found}).items, nil
}

func (s selection[K, T]) requests(keys []K) (n int) {
	if s.cost == nil {
		return len(keys)
	}
	for _, key := range keys {
		n += s.cost(key)
	}
	return n
}

// missing are the keys that the first page does not have.
func (s selection[K, T]) missing(first []T) []K {
	if s.found == nil {
		return s.keys
	}
	out, seen := []K{}, map[K]bool{}
	for i := range first {
		if key, ok := s.found(&first[i]); ok {
			seen[key] = true
		}
	}
	for _, key := range s.keys {
		if !seen[key] {
			out = append(out, key)
		}
	}
	return out
}
