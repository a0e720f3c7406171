package emulator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Page sizes of every list of the API.
const (
	defaultLimit = 20
	mostLimit    = 500
)

// bounds reads offset and limit: negative or unreadable offsets are 0, limits below 1 are 20 and
// limits above 500 are 500.
func (c *call) bounds() (offset, limit int) {
	offset, _ = strconv.Atoi(c.arg("offset"))
	limit, _ = strconv.Atoi(c.arg("limit"))
	if limit <= 0 {
		limit = defaultLimit
	}
	return max(offset, 0), min(limit, mostLimit)
}

// pageBody is the answer to a list: how many items are here, how many there are, and the items under
// a name of the operation's own.
type pageBody struct {
	member string
	total  int
	size   int
	items  any
	bare   bool // an empty list is left out
}

// MarshalJSON implements [json.Marshaler].
func (p pageBody) MarshalJSON() ([]byte, error) {
	m := map[string]any{"size": p.size, "total": p.total}
	if p.size > 0 || !p.bare {
		m[p.member] = p.items
	}
	return json.Marshal(m)
}

// page answers with the part of rows that the request asks for, shown by view. A nil keep keeps all,
// and then no row outside the page is looked at.
func page[T, V any](g *Gateway, c *call, member string, rows []T, keep func(T) bool, view func(T) V) (reply, error) {
	offset, limit := c.bounds()
	items := []V{}
	total := len(rows)
	if keep == nil {
		from := min(offset, total)
		for _, r := range rows[from:min(from+limit, total)] {
			items = append(items, view(r))
		}
	} else {
		total = 0
		for _, r := range rows {
			if !keep(r) {
				continue
			}
			if total >= offset && len(items) < limit {
				items = append(items, view(r))
			}
			total++
		}
	}
	return ok(pageBody{member: member, total: total, size: len(items), items: items, bare: g.behaviour.NullLists})
}

// filter is a list of conditions that all must hold.
type filter[T any] []func(T) bool

// named returns the filter by id and name that most lists have, each with parameters of its own.
func named[T object](c *call, id, name string) filter[T] {
	var f filter[T]
	f.where(c, id, func(x T) string { return x.ident().id })
	f.like(c, name, c.precise(name), func(x T) string { return x.ident().name })
	return f
}

// where adds the condition that a field equals the query parameter, when that is given.
func (f *filter[T]) where(c *call, parameter string, field func(T) string) {
	if want := c.arg(parameter); want != "" {
		*f = append(*f, func(x T) bool { return field(x) == want })
	}
}

// like adds the condition that a field contains the query parameter, when that is given; with exact
// it must equal it.
func (f *filter[T]) like(c *call, parameter string, exact bool, field func(T) string) {
	want := c.arg(parameter)
	switch {
	case want == "":
	case exact:
		*f = append(*f, func(x T) bool { return field(x) == want })
	default:
		*f = append(*f, func(x T) bool { return strings.Contains(field(x), want) })
	}
}

// keep returns the filter as a single condition, nil if it has no conditions.
func (f filter[T]) keep() func(T) bool {
	if len(f) == 0 {
		return nil
	}
	return func(x T) bool {
		for _, holds := range f {
			if !holds(x) {
				return false
			}
		}
		return true
	}
}
