package writeback

import (
	"slices"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// sequence writes a list back of which the order counts. Entries that stay, in their order, are found by their values and keep
// their text. Between two of them, one entry for another takes its place, and what is left over comes or goes.
func (r *round) sequence(t *target, v spec.Value, path string, wanted []any) {
	items := v.Items()
	old, fresh := make([]string, len(items)), make([]string, len(wanted))
	for i, item := range items {
		old[i] = canon(item.Plain())
	}
	for i, value := range wanted {
		fresh[i] = canon(value)
	}
	i, j := 0, 0
	for _, p := range append(staying(old, fresh), [2]int{len(old), len(fresh)}) {
		r.between(t, v, path, gap{items[i:p[0]], wanted[j:p[1]], i})
		i, j = p[0]+1, p[1]+1
	}
}

// staying are the places, in both lists, of a longest sequence of entries that both have in this order.
func staying(old, fresh []string) (out [][2]int) {
	most := make([][]int, len(old)+1) // of what is left of both from two places on
	for i := range most {
		most[i] = make([]int, len(fresh)+1)
	}
	for i, id := range slices.Backward(old) {
		for j := len(fresh) - 1; j >= 0; j-- {
			if most[i][j] = max(most[i+1][j], most[i][j+1]); id == fresh[j] {
				most[i][j] = 1 + most[i+1][j+1]
			}
		}
	}
	for i, j := 0, 0; i < len(old) && j < len(fresh); {
		switch {
		case old[i] == fresh[j]:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case most[i+1][j] >= most[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// gap is what stands between two entries that stay.
type gap struct {
	items  []spec.Value
	wanted []any
	from   int // the place of the first of items
}

func (r *round) between(t *target, v spec.Value, path string, g gap) {
	s := spec.ShapeAt(t.kind, t.tree, path)
	for i, item := range g.items {
		inner, place := path+jsonptr.Join(strconv.Itoa(g.from+i)), item.Place()
		if r.fromVariable(t, item, inner) {
			continue
		}
		if i < len(g.wanted) && item.IsMap() && isMap(g.wanted[i]) {
			r.entry(t, s, item, inner, g.wanted[i])
			continue
		}
		if i < len(g.wanted) {
			r.set(place, updated(t.address, inner, item.Plain(), g.wanted[i]), r.snippets.Value(s.Items, g.wanted[i], t.address, inner))
			continue
		}
		r.do(place, updated(t.address, inner, item.Plain(), nil), func(f *edit.File) error { return f.Remove(place.Document, place.Path) })
	}
	before := g.from + len(g.items) // behind the one before this place
	for i := len(g.items); i < len(g.wanted); i++ {
		inner := path + jsonptr.Join(strconv.Itoa(g.from+i))
		node, list := r.snippets.Value(s.Items, g.wanted[i], t.address, inner), v.Place()
		r.do(list, updated(t.address, inner, nil, g.wanted[i]), func(f *edit.File) error {
			if before == 0 {
				return f.Prepend(list.Document, list.Path, node)
			}
			at := v.Items()[before-1].Place()
			return f.Insert(at.Document, at.Path, node)
		})
	}
}

func isMap(v any) bool { _, is := v.(map[string]any); return is }
