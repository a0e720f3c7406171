package content

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/apigw-sync/apigw-sync/internal/kind/jsonptr"
	"github.com/apigw-sync/apigw-sync/internal/kind/shape"
)

// Place finds where in c, as it was written, stands what a JSON pointer means in the canonical form of c, the
// lists of which may be in another order.
func (t Type) Place(c map[string]any, pointer string) string {
	steps := strings.Split(pointer, "/")
	var v any = c
	s, at := t.Shape, ""
	for i, step := range steps[1:] {
		if s.Type == shape.Either {
			s = choose(s, v)
		}
		switch in := v.(type) {
		case map[string]any:
			name := jsonptr.Unescape(step)
			v, at = in[name], at+"/"+name
			if s = fieldOf(s, name); s == nil {
				s = anything
			}
		case []any:
			if s.Type != shape.List {
				return strings.Join(steps, "/") // what no shape describes keeps its order
			}
			n, err := strconv.Atoi(step)
			order := t.order(s, at, in)
			if err != nil || n < 0 || n >= len(order) {
				return strings.Join(steps, "/")
			}
			steps[i+1] = strconv.Itoa(order[n])
			v, s, at = in[order[n]], s.Items, at+"/*"
		default:
			return strings.Join(steps, "/")
		}
	}
	return strings.Join(steps, "/")
}

// order lists the indices of the entries of a list in the order of its canonical form.
func (t Type) order(s *shape.Shape, at string, list []any) (out []int) {
	items := make([]any, len(list))
	for i, item := range list {
		items[i] = t.value(s.Items, at+"/*", item)
	}
	canonical, _ := t.formed(at, items).([]any)
	taken := make([]bool, len(list))
	for _, c := range canonical {
		for i := range items {
			if !taken[i] && reflect.DeepEqual(items[i], c) {
				out, taken[i] = append(out, i), true
				break
			}
		}
	}
	return out
}
