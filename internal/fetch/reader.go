// Package fetch reads what a gateway holds with as few requests as its lists allow, pages and kinds in
// parallel.
package fetch

import (
	"context"
	"fmt"
	"math"
	"strings"
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

	Lenient  bool // what the gateway refuses to show is noted, and the rest is read
	Backends bool // lists of APIs are to tell of backends, too

	// Called tells the name that an object is to have, by the one that it had, and "" for what keeps its own: what is looked
	// up refers to it by that, be it renamed by now or not. nil where all keep theirs.
	Called func(kindName, key string) string

	mu     sync.Mutex
	unread []kind.Unread
	again  bool // all is read for the second time

	names map[string]string // of objects that were listed, by kind and id
	bound map[string]int    // links from all objects of a kind, where all were listed

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

// listing is one list of the API: how to ask for a page of it and what its items are called.
type listing[T any] struct {
	how  string // what its requests have in common
	ask  func(offset int) api.Request
	take func(kind.Page) ([]T, error)
	id   func(*T) string
	// enough ends the listing after the first page when nothing more is needed; nil reads all.
	enough func(first []T, pages int) bool
	// counted is told how many items there are at least as soon as the list tells, or math.MaxInt when enough has ended it;
	// nil when nobody waits for that.
	counted func(least int)
	// expected is how many items there are, as another list told; 0 when none did.
	expected int
}

func (l *listing[T]) count(least int) {
	if l.counted != nil {
		l.counted(least)
	}
}

// ahead is how many pages are asked for at once on the word of a list alone, and most is how many items of one list
// are read: more than the quotas of any gateway allow.
const (
	ahead = 64
	most  = 1_000_000
)

// all reads a list: the first page, with those that are expected, then the others at once. Lists may move while they are
// read, so that items are told apart by id. A list that says more than it gives is an error, never half a truth; one that
// does not say how long it is, or says less than it gives, is read until it gives nothing new.
func all[T any](ctx context.Context, r *Reader, l listing[T]) ([]T, error) {
	got, err := begin(ctx, r, l)
	if err != nil {
		return nil, err
	}
	first := got[0]
	size, total := len(first.items), first.total
	pages := 1
	switch {
	case total == kind.Unknown && size > 0:
		pages = 2 // or more
	case size > 0:
		pages = max(1, (total-1)/size+1)
	}
	switch whole := pages == 1 && total <= size; {
	case !whole && l.enough != nil && l.enough(first.items, pages):
		l.count(math.MaxInt)
		return first.items, nil
	case whole:
		l.count(size)
		return first.items, nil
	}
	l.count(max(size, total))
	for full := size > 0 && total != kind.Unknown; full && len(got) < pages && len(got)*size < most; {
		var next []batch[T]
		if next, err = several(ctx, r, l, len(got)*size, size, min(ahead, pages-len(got))); err != nil {
			return nil, err
		}
		got, total = append(got, next...), next[len(next)-1].total
		full = len(next[len(next)-1].items) > 0
	}
	return tail(ctx, r, l, newHeap(l, got...), total)
}

// begin reads the first page of a list, and the others as far as it is known that there are some, if pages are as long as
// was asked for.
func begin[T any](ctx context.Context, r *Reader, l listing[T]) ([]batch[T], error) {
	if l.expected <= kind.PageSize {
		first, err := one(ctx, r, l, 0)
		return []batch[T]{first}, err
	}
	got, err := several(ctx, r, l, 0, kind.PageSize, min(ahead, pages(l.expected)))
	if err == nil && len(got[0].items) != kind.PageSize {
		got = got[:1]
	}
	return got, err
}

// several reads pages side by side.
func several[T any](ctx context.Context, r *Reader, l listing[T], offset, size, pages int) ([]batch[T], error) {
	out := make([]batch[T], pages)
	g, gctx := r.group(ctx)
	for i := range out {
		g.Go(func() (err error) {
			out[i], err = one(gctx, r, l, offset+i*size)
			return err
		})
	}
	return out, g.Wait()
}

// tail reads on where pages moved or came shorter than the first, or where nobody knows how many there are, until
// the list gives nothing new.
func tail[T any](ctx context.Context, r *Reader, l listing[T], got *heap[T], total int) ([]T, error) {
	for total == kind.Unknown || len(got.items) < total {
		next, err := one(ctx, r, l, len(got.items))
		if err != nil {
			return nil, err
		}
		fresh := got.add(next)
		total = next.total
		switch n := len(got.items); {
		case n >= most, !fresh && n < total:
			return got.items, &Incomplete{Operation: l.ask(0).Operation, Got: n, Total: total}
		case !fresh:
			return got.items, nil
		}
	}
	return got.items, nil
}

// Incomplete is a list of which the gateway does not give all: it ignores the offset, counts what it does not show,
// or has no end.
type Incomplete struct {
	Operation  string
	Got, Total int // Total is kind.Unknown when the gateway does not say
}

func (e *Incomplete) Error() string {
	of := fmt.Sprintf("%d of %d items, however it is asked", e.Got, e.Total)
	if e.Got >= most {
		of = fmt.Sprintf("more than the %d items that are read of one list", most)
	}
	return fmt.Sprintf("%s: the gateway gives %s; narrow the run with --kind or --name", e.Operation, of)
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
	page, items, err := ask(ctx, r, l.ask(offset), l.how, l.take)
	if b = (batch[T]{items, page.Total}); b.total != kind.Unknown && b.total < len(items) {
		b.total = kind.Unknown
	}
	return b, err
}

// looks at an answer that makes no sense: most that do not at first are whole the next time.
const looks = 3

// ask sends one request and reads its answer. What cannot be read is an error that says which answer it was.
func ask[T any](ctx context.Context, r *Reader, q api.Request, how string, take func(kind.Page) (T, error)) (page kind.Page, out T, err error) {
	var id string
	q.Answered = func(requestID string) { id = requestID }
	for n := range looks {
		q.Again = n > 0
		if err = r.read(ctx, q, how, &page); err != nil {
			return page, out, fmt.Errorf("%s: %w", q.Operation, err)
		}
		if out, err = take(page); err == nil {
			return page, out, nil
		}
		err = fmt.Errorf("%s: %s /%s (request %s): %w: %w", q.Operation, q.Method, strings.Join(q.Path, "/"), id, api.ErrUnreadable, err)
	}
	return page, out, err
}

// heap is what was read of a list, each item once.
type heap[T any] struct {
	id    func(*T) string
	seen  map[string]bool
	items []T
}

func newHeap[T any](l listing[T], batches ...batch[T]) *heap[T] {
	h := &heap[T]{id: l.id, seen: map[string]bool{}}
	for _, b := range batches {
		h.add(b)
	}
	return h
}

// add tells whether anything is new.
func (h *heap[T]) add(b batch[T]) (fresh bool) {
	for i := range b.items {
		if id := h.id(&b.items[i]); !h.seen[id] {
			h.seen[id] = true
			h.items, fresh = append(h.items, b.items[i]), true
		}
	}
	return fresh
}
