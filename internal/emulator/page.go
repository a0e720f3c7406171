package emulator

import (
	"encoding/json"
	"strconv"
	"strings"
)

// The default and the maximum size of a page, which are the same for all lists.
const (
	defaultPageSize = 20
	maxLimit        = 500
)

// offsetAndLimit reads the parameters offset and limit. Like the gateway, it replaces values that are invalid: a negative
// offset by 0, a limit below 1 by the default, and a limit above the maximum by the maximum. Texts that are not numbers
// count as 0.
func (c *call) offsetAndLimit() (offset, limit int) {
	offset, _ = strconv.Atoi(c.queryArg("offset"))
	limit, _ = strconv.Atoi(c.queryArg("limit"))
	if limit <= 0 {
		limit = defaultPageSize
	}
	return max(offset, 0), min(limit, maxLimit)
}

// pageBody is the answer to a list: the number of items on this page, the number of all items, and the items, in a
// member whose name depends on the operation.
type pageBody struct {
	member    string
	total     int
	size      int
	items     any
	omitEmpty bool // an empty list is left out
}

// MarshalJSON implements [json.Marshaler].
func (p pageBody) MarshalJSON() ([]byte, error) {
	m := map[string]any{"size": p.size, "total": p.total}
	if p.size > 0 || !p.omitEmpty {
		m[p.member] = p.items
	}
	return json.Marshal(m)
}

// page answers with the page of the rows that the request asks for, in the form that view returns. keep filters the
// rows. If it is nil, all rows are kept, and rows outside the page need no work.
func page[T, V any](g *Gateway, c *call, member string, rows []T, keep func(T) bool, view func(T) V) (reply, error) {
	offset, limit := c.offsetAndLimit()
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
	return ok(pageBody{member: member, total: total, size: len(items), items: items, omitEmpty: g.behaviour.NullLists})
}

// filter is a list of conditions that all must hold.
type filter[T any] []func(T) bool

// idAndNameFilter returns the filter by id and name that most lists have. The names of its parameters depend on the list.
func idAndNameFilter[T object](c *call, id, name string) filter[T] {
	var f filter[T]
	f.where(c, id, func(x T) string { return x.ident().id })
	f.like(c, name, c.isExact(name), func(x T) string { return x.ident().name })
	return f
}

// where adds the condition that a field equals the query parameter, if the request has this parameter.
func (f *filter[T]) where(c *call, parameter string, field func(T) string) {
	if want := c.queryArg(parameter); want != "" {
		*f = append(*f, func(x T) bool { return field(x) == want })
	}
}

// like adds the condition that a field contains the query parameter, if the request has this parameter. With exact, the
// field must be equal to it.
func (f *filter[T]) like(c *call, parameter string, exact bool, field func(T) string) {
	want := c.queryArg(parameter)
	switch {
	case want == "":
	case exact:
		*f = append(*f, func(x T) bool { return field(x) == want })
	default:
		*f = append(*f, func(x T) bool { return strings.Contains(field(x), want) })
	}
}

// condition returns the filter as a single condition, nil if it has no conditions.
func (f filter[T]) condition() func(T) bool {
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
