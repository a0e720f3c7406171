package diff

import (
	"iter"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bundle holds the items of one request and the way to write them.
type bundle struct {
	write int
	items []Item
}

// group returns the fewest requests that the ways to write allow.
func group(ways []kind.Write, items []Item) []bundle {
	if len(items) == 0 {
		return nil
	}
	if len(ways) == 2 {
		return cover(ways, items)
	}
	switch way := ways[0]; way.By {
	case kind.Together:
		return chunks(0, way.Max, items)
	case kind.Cross:
		return crossProducts(way.Max, items)
	case kind.ByOwner:
		var out []bundle
		for _, list := range GroupBy(items, func(i *Item) string { return i.Link.Owner }) {
			out = append(out, chunks(0, way.Max, list)...)
		}
		return out
	default:
		return chunks(0, 1, items)
	}
}

// Batch holds the links of one request and the way to write them.
type Batch struct {
	Write int
	Links []kind.Link
}

// Group returns the fewest requests for links that the ways to write allow.
func Group(ways []kind.Write, links []kind.Link) (out []Batch) {
	items := make([]Item, len(links))
	for i := range links {
		items[i].Link = links[i]
	}
	for _, g := range group(ways, items) {
		b := Batch{Write: g.write}
		for i := range g.items {
			b.Links = append(b.Links, g.items[i].Link)
		}
		out = append(out, b)
	}
	return out
}

func chunks(write, most int, items []Item) (out []bundle) {
	for c := range slices.Chunk(items, most) {
		out = append(out, bundle{write: write, items: slices.Clip(c)})
	}
	return out
}

// pointers iterates over pointers to the entries of a list, so that the loop can change them and copies nothing.
func pointers[T any](list []T) iter.Seq2[int, *T] {
	return func(yield func(int, *T) bool) {
		for i := range list {
			if !yield(i, &list[i]) {
				return
			}
		}
	}
}

// byEnv groups items by environment.
func byEnv(items []Item) [][]Item {
	return GroupBy(items, func(i *Item) string { return i.Link.To.Env })
}

// GroupBy groups the entries of a list by key. The groups have the order in which their keys first appear.
func GroupBy[T any](list []T, key func(*T) string) (out [][]T) {
	at := map[string]int{}
	for i, x := range pointers(list) {
		n := numberOf(at, key(x))
		if n == len(out) {
			out = append(out, nil)
		}
		out[n] = append(out[n], list[i])
	}
	return out
}

// numberOf returns the number of a key. Keys are numbered in the order in which they first appear.
func numberOf(at map[string]int, key string) int {
	n, known := at[key]
	if !known {
		n = len(at)
		at[key] = n
	}
	return n
}
