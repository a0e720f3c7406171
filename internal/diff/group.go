package diff

import (
	"iter"
	"slices"

	"github.com/apigw-sync/apigw-sync/internal/kind"
)

// bundle is the items of one request and the way to write them.
type bundle struct {
	write int
	items []Item
}

// group makes as few requests as the ways to write allow.
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
		return crosses(way.Max, items)
	case kind.ByOwner:
		return each(items, way.Max, func(l *kind.Link) string { return l.Owner })
	default:
		return chunks(0, 1, items)
	}
}

// Batch is the links of one request and the way to write them.
type Batch struct {
	Write int
	Links []kind.Link
}

// Group makes as few requests for some links as the ways to write allow.
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

// pointers goes through the entries of a list in place.
func pointers[T any](list []T) iter.Seq2[int, *T] {
	return func(yield func(int, *T) bool) {
		for i := range list {
			if !yield(i, &list[i]) {
				return
			}
		}
	}
}

// each makes a bundle of the items of one key, in the order of their first appearance.
func each(items []Item, most int, key func(*kind.Link) string) (out []bundle) {
	by, order := map[string][]Item{}, []string{}
	for i := range items {
		k := key(&items[i].Link)
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], items[i])
	}
	for _, k := range order {
		out = append(out, chunks(0, most, by[k])...)
	}
	return out
}

// byEnv makes a list of the items of each environment, in the order of their first appearance.
func byEnv(items []Item) (out [][]Item) {
	at := map[string]int{}
	for i := range items {
		env := items[i].Link.To.Env
		n, ok := at[env]
		if !ok {
			n = len(out)
			at[env] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], items[i])
	}
	return out
}
