// Package fetch reads what a gateway holds with as few requests as its lists allow, pages and kinds in
// parallel.
package fetch

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Reader reads from one gateway. How many requests are in flight is the caller's affair.
type Reader struct {
	Caller   api.Caller
	Progress func(requests int) // called after each request; may be nil
	Parallel int                // requests that the caller lets go at once; 0 means 10

	sent atomic.Int64
	ways sync.Map // way to *atomic.Int64
}

// group runs the reads of one kind: enough of them to keep the caller busy alone, also while answers are
// decoded, and no more, since each costs a stack.
func (r *Reader) group(ctx context.Context) (*errgroup.Group, context.Context) {
	const usual = 10
	g, gctx := errgroup.WithContext(ctx)
	most := r.Parallel
	if most <= 0 {
		most = usual
	}
	g.SetLimit(2 * most)
	return g, gctx
}

// Requests is how many requests were sent so far, repeats included.
func (r *Reader) Requests() int { return int(r.sent.Load()) }

func (r *Reader) call(ctx context.Context, q api.Request, how string) (page kind.Page, err error) {
	err = r.read(ctx, q, how, &page)
	return page, err
}

// listing is one list of the API: how to ask for a page of it and what its items are called.
type listing[T any] struct {
	how  string // what its requests have in common
	ask  func(offset int) api.Request
	take func(kind.Page) ([]T, error)
	id   func(*T) string
	// enough ends the listing after the first page when nothing more is needed; nil reads all.
	enough func(first []T, pages int) bool
}

// all reads a list: the first page, then the others at once. Lists may move while they are read, so that
// items are told apart by id; a list that says more than it gives is an error, never half a truth.
func all[T any](ctx context.Context, r *Reader, l listing[T]) ([]T, error) {
	first, err := one(ctx, r, l, 0)
	if err != nil {
		return nil, err
	}
	pages := 1
	if n := len(first.items); n > 0 {
		pages = (first.total + n - 1) / n
	}
	if pages <= 1 || l.enough != nil && l.enough(first.items, pages) {
		return first.items, nil
	}
	rest := make([]batch[T], pages-1)
	g, gctx := r.group(ctx)
	for i := range rest {
		g.Go(func() (err error) {
			rest[i], err = one(gctx, r, l, (i+1)*len(first.items))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return tail(ctx, r, l, join(l, append([]batch[T]{first}, rest...)), rest[len(rest)-1].total)
}

// tail reads on where pages moved or came shorter than the first, until the list gives nothing new.
func tail[T any](ctx context.Context, r *Reader, l listing[T], got []T, total int) ([]T, error) {
	for len(got) < total {
		next, err := one(ctx, r, l, len(got))
		if err != nil {
			return nil, err
		}
		before := len(got)
		got, total = join(l, []batch[T]{{items: got}, next}), next.total
		if len(next.items) == 0 {
			break
		}
		if len(got) == before {
			return got, &Incomplete{Operation: l.ask(0).Operation, Got: len(got), Total: total}
		}
	}
	return got, nil
}

// Incomplete is a list of which the gateway does not give all: it ignores the offset.
type Incomplete struct {
	Operation  string
	Got, Total int
}

func (e *Incomplete) Error() string {
	return fmt.Sprintf("%s: the gateway gives %d of %d items, however it is asked; narrow the run with --kind or --name", e.Operation, e.Got, e.Total)
}

const (
	whole = "the whole list, 500 a page"
	byAPI = "by API"
)

// byName tells how a list is asked that takes an exact name, or "".
func byName(name string) string {
	if name == "" {
		return whole
	}
	return "by name"
}

type batch[T any] struct {
	items []T
	total int
}

func one[T any](ctx context.Context, r *Reader, l listing[T], offset int) (b batch[T], err error) {
	q := l.ask(offset)
	page, err := r.call(ctx, q, l.how)
	if err == nil {
		b.items, err = l.take(page)
		b.total = page.Total
	}
	if err != nil {
		return b, fmt.Errorf("%s: %w", q.Operation, err)
	}
	return b, nil
}

func join[T any](l listing[T], batches []batch[T]) (out []T) {
	seen := map[string]bool{}
	for _, b := range batches {
		for i := range b.items {
			if id := l.id(&b.items[i]); !seen[id] {
				seen[id] = true
				out = append(out, b.items[i])
			}
		}
	}
	return out
}
