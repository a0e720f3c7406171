package fetch

import (
	"context"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Count tells how many objects of a kind that stands alone a gateway has: by what a list of one says of its length, or
// where it says nothing by reading the list. A gateway that lacks a feature has nothing that needs it.
func (r *Reader) Count(ctx context.Context, k *kind.Kind) (int, error) {
	l := objectsOf(k, "")
	q := l.ask(0)
	q.Query.Set("limit", "1")
	page, items, err := ask(ctx, r, q, "how many there are", l.take)
	switch {
	case err != nil:
		return 0, r.left(k.Name, "", err)
	case page.Total != kind.Unknown && page.Total >= len(items):
		return page.Total, nil
	}
	objects, err := all(ctx, r, l)
	return len(objects), err
}
