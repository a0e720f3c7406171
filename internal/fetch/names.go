package fetch

import (
	"context"
	"maps"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// remember keeps the names of objects that were listed, for lists that tell of them by their ids alone.
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

// named gives what lists tell by ids alone its names. What was not listed yet is listed.
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
	spell := func() {
		for i := range objects {
			out[i] = k.WithNames(objects[i], name)
		}
	}
	if spell(); len(missing) == 0 {
		return out, nil
	}
	for _, kindName := range slices.Sorted(maps.Keys(missing)) {
		found, err := r.Named(ctx, kind.Of(kindName), nil, "")
		if err != nil {
			return nil, err
		}
		r.remember(found)
	}
	spell()
	return out, nil
}
