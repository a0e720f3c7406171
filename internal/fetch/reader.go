// Package fetch reads what a gateway holds, with as few requests as its lists allow. It reads pages and kinds in parallel.
package fetch

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/apigw-sync/apigw-sync/internal/api"
	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// Reader reads from one gateway. Its Caller limits how many requests are in flight.
type Reader struct {
	Caller   api.Caller
	Progress func(requests int) // called after each request; may be nil
	Parallel int                // requests that the caller sends at the same time; 0 means 10

	Lenient  bool // note what the gateway refuses to show, and read the rest
	Backends bool // ask lists of APIs for their backends, too

	// Called returns the new name of an object that the plan renames, and "" for all others. What is looked up refers to the
	// object by its new name, whether or not the rename has happened yet. nil if the plan renames nothing.
	Called func(kindName, key string) string

	mu     sync.Mutex
	unread []kind.Unread
	again  bool // this is the second reading (see Again)

	names map[string]string // names of the objects that were listed, by kind and id
	bound map[string]int    // by kind: how many links its objects have; only for kinds of which all objects were listed

	sent   atomic.Int64
	sentBy sync.Map // grouped to *atomic.Int64
}

// group runs the reads of one kind. It starts enough of them to keep the caller busy even while answers are decoded, and no
// more, since each goroutine costs a stack.
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

// inParallel reads something for each of several items in parallel, and returns the results in the order of the items.
func inParallel[S, T any](ctx context.Context, r *Reader, items []S, read func(context.Context, *S) ([]T, error)) ([]T, error) {
	found := make([][]T, len(items))
	g, gctx := r.group(ctx)
	for i := range items {
		g.Go(func() (err error) {
			found[i], err = read(gctx, &items[i])
			return err
		})
	}
	err := g.Wait()
	return slices.Concat(found...), err
}

// Requests returns how many requests were sent so far, including repeats.
func (r *Reader) Requests() int { return int(r.sent.Load()) }

// listing is one list of the API: how to request a page of it, and how to tell its items apart.
type listing[T any] struct {
	how  string // grouping of its requests, as --explain-requests shows it
	ask  func(offset int) api.Request
	take func(kind.Page) ([]T, error)
	id   func(*T) string
	// none reports whether an error says that the list is empty; nil if no error does.
	none func(error) bool
	// enough reports after the first page whether the other pages are not needed; nil reads all pages.
	enough func(first []T, pages int) bool
	// counted is called as soon as it is known how many items there are at least, with math.MaxInt if enough has ended the
	// listing; nil if the number is not needed.
	counted func(least int)
	// expected is how many items another list says there are; 0 if none does.
	expected int
}

func (l *listing[T]) count(least int) {
	if l.counted != nil {
		l.counted(least)
	}
}

// ahead is how many pages are requested at once when a list claims to have them, and most is the most items that are read of
// one list: more than the quotas of any gateway allow. Both bound what a wrong total can cause.
const (
	maxPagesAhead = 64
	maxItems      = 1_000_000
)

// readAll reads a list: the first page together with the expected ones, then the other pages in parallel. Items may move between
// pages while the list is read, so an id that comes twice counts once. A list that announces more items than it returns is
// an error, since acting on half a list would be wrong. One that announces no total, or fewer items than it returns, is read
// until a page has nothing new.
func readAll[T any](ctx context.Context, r *Reader, l listing[T]) ([]T, error) {
	got, err := readFirst(ctx, r, l)
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
	for full := size > 0 && total != kind.Unknown; full && len(got) < pages && len(got)*size < maxItems; {
		var next []batch[T]
		if next, err = readPages(ctx, r, l, len(got)*size, size, min(maxPagesAhead, pages-len(got))); err != nil {
			return nil, err
		}
		got, total = append(got, next...), next[len(next)-1].total
		full = len(next[len(next)-1].items) > 0
	}
	return readRest(ctx, r, l, collect(l, got...), total)
}

// readFirst reads the first page of a list. If more pages are expected, it reads them at the same time; they are dropped if the
// gateway's pages turn out to be shorter than requested, since the offsets were wrong then.
func readFirst[T any](ctx context.Context, r *Reader, l listing[T]) ([]batch[T], error) {
	if l.expected <= kind.PageSize {
		first, err := readPage(ctx, r, l, 0)
		return []batch[T]{first}, err
	}
	got, err := readPages(ctx, r, l, 0, kind.PageSize, min(maxPagesAhead, pages(l.expected)))
	if err == nil && len(got[0].items) != kind.PageSize {
		got = got[:1]
	}
	return got, err
}

// readPages reads pages in parallel.
func readPages[T any](ctx context.Context, r *Reader, l listing[T], offset, size, pages int) ([]batch[T], error) {
	out := make([]batch[T], pages)
	g, gctx := r.group(ctx)
	for i := range out {
		g.Go(func() (err error) {
			out[i], err = readPage(gctx, r, l, offset+i*size)
			return err
		})
	}
	return out, g.Wait()
}

// readRest reads page after page until one has nothing new. It is needed if items moved, if a page was shorter than the first,
// and if the list has no total.
func readRest[T any](ctx context.Context, r *Reader, l listing[T], got *collected[T], total int) ([]T, error) {
	for total == kind.Unknown || len(got.items) < total {
		next, err := readPage(ctx, r, l, len(got.items))
		if err != nil {
			return nil, err
		}
		fresh := got.add(next)
		total = next.total
		switch n := len(got.items); {
		case n >= maxItems, !fresh && n < total:
			return got.items, &Incomplete{Operation: l.ask(0).Operation, Got: n, Total: total}
		case !fresh:
			return got.items, nil
		}
	}
	return got.items, nil
}

// Incomplete is the error for a list that the gateway does not return in full: the gateway ignores the offset, counts items
// that it does not show, or has no end of pages.
type Incomplete struct {
	Operation  string
	Got, Total int // Total is kind.Unknown if the list has none
}

func (e *Incomplete) Error() string {
	of := fmt.Sprintf("only %d of the %d items that it counts", e.Got, e.Total)
	if e.Got >= maxItems {
		of = fmt.Sprintf("more than %d items, the most that are read of one list", maxItems)
	}
	return fmt.Sprintf("%s: the gateway returns %s; narrow the run with --kind or --name", e.Operation, of)
}

const (
	wholeList = "the whole list, 500 a page"
	byAPI     = "by API"
)

// byName is the grouping of a request to a list that can be filtered by an exact name; name is "" without that filter.
func byName(name string) string {
	if name == "" {
		return wholeList
	}
	return "by name"
}

type batch[T any] struct {
	items []T
	total int
}

func readPage[T any](ctx context.Context, r *Reader, l listing[T], offset int) (b batch[T], err error) {
	page, items, err := ask(ctx, r, l.ask(offset), l.how, l.take)
	if err != nil && l.none != nil && l.none(err) {
		return batch[T]{}, nil
	}
	if b = (batch[T]{items, page.Total}); b.total != kind.Unknown && b.total < len(items) {
		b.total = kind.Unknown
	}
	return b, err
}

// attempts is how often a request is sent whose answer cannot be read: most answers that are garbled once are right the
// next time.
const attempts = 3

// ask sends one request and reads its answer. If the answer cannot be read, the error names the request.
func ask[T any](ctx context.Context, r *Reader, q api.Request, how string, take func(kind.Page) (T, error)) (page kind.Page, out T, err error) {
	var id string
	q.OnAnswer = func(requestID string) { id = requestID }
	for n := range attempts {
		q.IsRetry = n > 0
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

// collected are the items that were read of a list, each once.
type collected[T any] struct {
	id    func(*T) string
	seen  map[string]bool
	items []T
}

func collect[T any](l listing[T], batches ...batch[T]) *collected[T] {
	c := &collected[T]{id: l.id, seen: map[string]bool{}}
	for _, b := range batches {
		c.add(b)
	}
	return c
}

// add adds the items of a page, and reports whether any of them is new.
func (c *collected[T]) add(b batch[T]) (fresh bool) {
	for i := range b.items {
		if id := c.id(&b.items[i]); !c.seen[id] {
			c.seen[id] = true
			c.items, fresh = append(c.items, b.items[i]), true
		}
	}
	return fresh
}
