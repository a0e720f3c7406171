package writeback

import (
	"slices"
	"strconv"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/spec"
	"github.com/apigw-sync/apigw-sync/internal/spec/edit"
)

// orderedList writes a list whose order matters. Entries that both lists have in the same order keep their text.
// Between two of these, entries of the files are replaced by those of the gateway one by one, and the rest are removed
// or added.
func (r *round) orderedList(t *target, v spec.Value, path string, wanted []any) {
	items := v.Items()
	old, fresh := make([]string, len(items)), make([]string, len(wanted))
	for i, item := range items {
		old[i] = canonical(item.Plain())
	}
	for i, value := range wanted {
		fresh[i] = canonical(value)
	}
	i, j := 0, 0
	for _, p := range append(commonEntries(old, fresh), [2]int{len(old), len(fresh)}) {
		r.editGap(t, v, path, gap{items[i:p[0]], wanted[j:p[1]], i})
		i, j = p[0]+1, p[1]+1
	}
}

// commonEntries are the indexes, in both lists, of a longest common subsequence.
func commonEntries(old, fresh []string) (out [][2]int) {
	most := make([][]int, len(old)+1) // most[i][j] is the length of a longest common subsequence of old[i:] and fresh[j:]
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

// gap are the entries between two entries that stay.
type gap struct {
	items  []spec.Value // in the files
	wanted []any        // on the gateway
	from   int          // index of the first of items
}

// editGap makes the entries in a gap those of the gateway.
func (r *round) editGap(t *target, v spec.Value, path string, g gap) {
	s := spec.ShapeAt(t.kind, t.tree, path)
	for i, item := range g.items {
		inner, place := path+jsonptr.Join(strconv.Itoa(g.from+i)), item.Place()
		if r.fromVariable(item, t.address, inner) {
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
		r.remove(place, updated(t.address, inner, item.Plain(), nil))
	}
	before := g.from + len(g.items) // number of entries before the new ones
	for i := len(g.items); i < len(g.wanted); i++ {
		inner := path + jsonptr.Join(strconv.Itoa(g.from+i))
		node, list := r.snippets.Value(s.Items, g.wanted[i], t.address, inner), v.Place()
		r.editFile(list, updated(t.address, inner, nil, g.wanted[i]), func(f *edit.File) error {
			if before == 0 {
				return f.Prepend(list.Document, list.Path, node)
			}
			at := v.Items()[before-1].Place()
			return f.Insert(at.Document, at.Path, node)
		})
	}
}

func isMap(v any) bool { _, is := v.(map[string]any); return is }
