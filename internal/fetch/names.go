package fetch

import (
	"context"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// remember keeps the names of listed objects, since other lists refer to them by id only.
func (r *Reader) remember(objects []kind.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.names == nil {
		r.names = map[string]string{}
	}
	for i := range objects {
		r.names[objects[i].Kind+" "+objects[i].ID] = objects[i].Key
	}
}

// count keeps how many links the objects of a kind have; objects are all that the gateway has of it.
func (r *Reader) count(k *kind.Kind, objects []kind.Object) {
	n := 0
	for i := range objects {
		n += max(0, objects[i].Bound)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bound == nil {
		r.bound = map[string]int{}
	}
	r.bound[k.Name] = n
}

// linksFrom is how many links the objects of a kind have together, as their list says; known is false if not all of them
// were listed.
func (r *Reader) linksFrom(kindName string) (n int, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, known = r.bound[kindName]
	return n, known
}

// named replaces the ids by which objects refer to others with names. It lists kinds whose names are not known yet.
func (r *Reader) named(ctx context.Context, k *kind.Kind, objects []kind.Object) ([]kind.Object, error) {
	if k.WithNames == nil || len(objects) == 0 {
		return objects, nil
	}
	out := make([]kind.Object, len(objects))
	missing := map[string]bool{}
	name := func(kindName, id string) string {
		r.mu.Lock()
		defer r.mu.Unlock()
		found := r.names[kindName+" "+id]
		if found == "" && id != "" {
			missing[kindName] = true
		}
		return found
	}
	fillIn := func() {
		for i := range objects {
			out[i] = k.WithNames(objects[i], name)
		}
	}
	if fillIn(); len(missing) == 0 {
		return out, nil
	}
	for _, kindName := range slices.Sorted(maps.Keys(missing)) {
		found, err := readAll(ctx, r, objectsOf(kind.Of(kindName), ""))
		if err != nil {
			return nil, err
		}
		r.remember(found)
	}
	fillIn()
	return out, nil
}
