package fetch

import (
	"context"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Count returns how many objects of a kind a gateway has; the kind must not live inside another. It requests a list of one
// object, which has the total, and reads the whole list only if it has none. A gateway that lacks a feature has no object
// that needs it.
func (r *Reader) Count(ctx context.Context, k *kind.Kind) (int, error) {
	l := objectsOf(k, "")
	q := l.ask(0)
	q.Query.Set("limit", "1")
	page, items, err := ask(ctx, r, q, "how many there are", l.take)
	switch {
	case err != nil:
		return 0, r.tolerate(k.Name, "", err)
	case page.Total != kind.Unknown && page.Total >= len(items):
		return page.Total, nil
	}
	objects, err := readAll(ctx, r, l)
	return len(objects), err
}
